"""The type stubs of MicroPython on the ESP32, for the type checker alone.

They stay outside the virtual environment: among them are stubs named like real packages
(`requests`), and installed there they overwrite those.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.setup.places import KEPT, Item, half_made, put, run

PLACE = KEPT / "stubs"
_PINS = {"micropython-esp32-stubs": "1.29.0.post1", "micropython-stdlib-stubs": "1.29.0.post2"}


def set_up() -> Item:
    """Finds or installs the pinned stubs under .tools/stubs."""
    version = _PINS["micropython-esp32-stubs"]
    if all(_mark(PLACE, name).is_dir() for name in _PINS):
        return Item("esp32 stubs", version, PLACE)
    with half_made() as scratch:
        _install(scratch / "stubs")
        put(scratch / "stubs", PLACE)
    return Item("esp32 stubs", version, PLACE, "installed with pip")


def _install(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    wanted = [f"{name}=={version}" for name, version in _PINS.items()]
    run(
        [*pip, *wanted],
        "The type stubs for MicroPython on the ESP32 cannot be installed",
        "Check the network and pip's settings, then run `make setup` again.",
    )


def _mark(folder: Path, name: str) -> Path:
    """The folder that pip leaves behind a whole installation."""
    return folder / f"{name.replace('-', '_')}-{_PINS[name]}.dist-info"
