"""What apt can install where this is Debian and we are root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.errors import SetupError
from tools.setup.places import Item, run

_LISTS = Path("/var/lib/apt/lists")
_AGAIN = "Check the network and /etc/apt, then run `make setup` again."


def parse_version(text: str) -> tuple[int, int, int] | None:
    """The first dotted number in a version such as `1.25.0+ds-1` or `1:1.9-2`, or None."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def may_install() -> bool:
    """True for root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def candidate(package: str) -> tuple[int, int, int] | None:
    """The version that apt would install, or None where it knows none."""
    _lists_there()
    said = run(["apt-cache", "policy", package], f"apt knows nothing of {package}", _AGAIN)
    found = re.search(r"^\s*Candidate:\s*(\S+)", said, re.MULTILINE)
    return parse_version(found[1]) if found else None


def install(package: str) -> None:
    """Installs one package, with fresh lists where the old ones lead nowhere."""
    _lists_there()
    command = ["apt-get", "-q", "-y", "--no-install-recommends", "install", package]
    failed = f"apt cannot install {package}"
    try:
        run(command, failed, _AGAIN)
    except SetupError:
        _update()
        run(command, failed, _AGAIN)


def _lists_there() -> None:
    if not any(_LISTS.glob("*_Packages*")):
        _update()


def _update() -> None:
    run(["apt-get", "-q", "update"], "apt cannot fetch its lists of packages", _AGAIN)


def mosquitto() -> Path | None:
    """The mosquitto broker, also where only root's PATH would find it, or None."""
    found = shutil.which("mosquitto") or shutil.which(
        "mosquitto", path="/usr/sbin:/usr/local/sbin"
    )
    return Path(found) if found else None


def set_up_mosquitto() -> Item:
    """Finds or installs mosquitto; SetupError where neither works."""
    there = mosquitto()
    if there:
        return Item("mosquitto", _mosquitto_version(there), there)
    if not may_install():
        raise SetupError(
            "mosquitto is not installed and only root can install it: the demo works without, the "
            "tests that need a second broker will fail. Run `sudo apt-get install mosquitto`, or "
            "the like."
        )
    install("mosquitto")
    there = mosquitto()
    if not there:
        raise SetupError("apt installed mosquitto but no such program is found. Check the PATH.")
    return Item("mosquitto", _mosquitto_version(there), there, "installed with apt")


def _mosquitto_version(path: Path) -> str:
    said = subprocess.run(
        [path, "-h"], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    number = parse_version(said.stdout)
    return ".".join(map(str, number)) if number else "unknown"
