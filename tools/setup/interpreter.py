"""The MicroPython interpreter that the simulator and the tests run: which one, and getting one."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

from tools.errors import SetupError
from tools.setup import packages, private
from tools.setup.places import Item

WANTED = (1, 25, 0)  # the first with `vfs`, `tls` and the rest that the simulator leans on
_ASK = "import sys; print(sys.implementation.name, *sys.implementation.version[:3])"
_PATIENCE_S = 10


def find() -> Path:
    """The interpreter to use: $MICROPYTHON, else a new enough one on PATH, else the private one.

    Raises SetupError, a sentence, where $MICROPYTHON is no good or nothing is there.  Cheap to
    call: each interpreter is asked for its version once per process.
    """
    found = _there()
    if found is None:
        raise SetupError(
            f"No MicroPython {dotted(WANTED)} or later is here: run `make setup`, or set "
            "MICROPYTHON to the path of one."
        )
    return found


@functools.cache
def version(path: Path) -> tuple[int, int, int]:
    """What the interpreter at `path` says it is; SetupError where it is no MicroPython."""
    try:
        done = subprocess.run(
            [path, "-c", _ASK],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
        name, major, minor, patch = done.stdout.split()
        number = (int(major), int(minor), int(patch))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        name, number = "", (0, 0, 0)
    if name != "micropython":
        raise SetupError(f"{path} does not run as a MicroPython interpreter. {_remedy()}")
    return number


def set_up() -> Item:
    """Finds the interpreter or gets one: from apt if that has a new enough one, else privately."""
    found = _there()
    if found:
        return _item(found, "already there")
    if packages.may_install() and (packages.candidate("micropython") or (0, 0, 0)) >= WANTED:
        packages.install("micropython")
        return _item(find(), "installed with apt")
    private.make()
    return _item(find(), f"unpacked from Debian {private.SUITE}")


def dotted(number: tuple[int, ...]) -> str:
    return ".".join(map(str, number))


def _there() -> Path | None:
    chosen = os.environ.get("MICROPYTHON")
    if chosen:
        return _chosen(chosen)
    on_path = shutil.which("micropython")
    for path in (Path(on_path).absolute() if on_path else None, private.LAUNCHER):
        if path and path.exists() and _good(path):
            return path
    return None


def _chosen(name: str) -> Path:
    """What $MICROPYTHON names: it is used or refused, never passed over."""
    found = shutil.which(name)
    if found is None:
        raise SetupError(f"MICROPYTHON is {name}, and no such program can be run. {_remedy()}")
    path = Path(found).absolute()
    if version(path) < WANTED:
        raise SetupError(
            f"MICROPYTHON is {path}, version {dotted(version(path))}: too old, "
            f"{dotted(WANTED)} or later is needed. {_remedy()}"
        )
    return path


def _good(path: Path) -> bool:
    try:
        return version(path) >= WANTED
    except SetupError:
        return False


def _remedy() -> str:
    return (
        f"Set MICROPYTHON to the path of a MicroPython {dotted(WANTED)} or later, or unset it "
        "and run `make setup`."
    )


def _item(path: Path, how: str) -> Item:
    return Item("micropython", dotted(version(path)), path, how)
