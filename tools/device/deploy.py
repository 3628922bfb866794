"""`smartbin deploy`: our firmware onto a board that runs the official MicroPython.

/app/A and /app/B hold a version each, /app/current names the one that runs.  A copy goes to the
other one, is read back by its sums, and only then is `current` renamed into place: littlefs
renames at one blow, so whatever is cut short leaves the old version running.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import typer

from tools.device import crowd, fitting, knock, ports, talk, tree
from tools.device.talk import DeviceError, Step, Talk

# As it stands on the device; it hardly ever changes, as all that does is in the tree.
_MARK = "# Starts the version that /app/current names"
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
_CURRENT = """
try:
    print(open('/app/current').read(1))
except OSError:
    print('-')
"""
_SPARE = """
import os
try:
    with open('/main.py') as f:
        ours = f.read(%d) == %r
    if not ours:
        os.rename('/main.py', '/main.old.py')
        print('spared')
except OSError:
    pass
"""
_ROOM = "import os\ns = os.statvfs('/')\nprint(s[0] * s[3])"


def bring(device: Talk, files: dict[str, bytes], step: Step = talk.none) -> str:
    """Makes `files` the version that runs; a sentence of what was done."""
    wanted, letter = sums_of(files), current(device)
    if not letter or below(device, letter) != wanted:
        letter = "B" if letter == "A" else "A"
        _copy(device, letter, files, wanted, step)
        _switch(device, "/app/current", letter.encode())
    elif stub_stands(device):
        return f"version {fingerprint(wanted)} is there already; nothing was written."
    spared = _start_with_it(device)
    return f"version {fingerprint(wanted)} stands in /app/{letter} and runs from now on.{spared}"


def _start_with_it(device: Talk) -> str:
    """The stub as main.py; a main.py of somebody else is spared, and that is said."""
    if stub_stands(device):
        return ""
    spared = device.exec(_SPARE % (len(_MARK), _MARK)).strip()
    _switch(device, "/main.py", STUB)
    return " The main.py that was there is main.old.py now." if spared else ""


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
    board: Annotated[
        str, typer.Option(help="A board's name (`smartbin boards list`), or a board.py.")
    ],
    port: ports.Ports = None,
    every: ports.Every = False,
) -> None:
    """Put the firmware onto boards with the official MicroPython.

    Safe to break off: until all of it stands and is read back, the old version runs.
    """
    meant, files = ports.chosen(port, every), tree.of(board)

    def work(where: str, step: Step) -> str:
        with knock.open_port(where) as device:
            fitting.check(device, board)
            done = bring(device, files, step)
        return done

    crowd.each(meant, work)
