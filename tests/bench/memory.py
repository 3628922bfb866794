"""What the firmware needs of the chip's memory, on the 32-bit interpreter of `make vm32`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest import mock

from rich.console import Console
from rich.table import Table

from sim import fleet
from sim.errors import SimError
from sim.run import Run
from sim.scenario import load
from tests.bench import frozen
from tools.errors import SetupError
from tools.setup import places, vm32

_MAIN = Path(__file__).with_name("roomy.py")
_KB = 1024
_CHIP_KB = 56  # what an ESP32 starts with
_LEAST_KB, _PLENTY_KB = 16, 128
_SOURCES_KB = 1024  # for modules that are compiled on the heap, at 64 bits
_WAKES, _SOME = 1000, 100
_A_DAY = 96  # wakes, at least: one each quarter of an hour
_PEAK_KB = 40  # at most
_MINUTES = 0.02  # days: the wake after power-on and a few more
# What somebody types at the console; each begins with the key that opens it, and ends with a wake.
_TYPED = {
    "status": "\rstatus\rsleep\r",
    "install": "\rinstall\rysleep\r",
    "mqtt test": "\rmqtt test\rsleep\r",
    "every command": "\rhelp\rstatus\routbox\revents\rnotes\rconfig show\rconfig export\r"
    "selftest\rmeasure 2\rlive\r\rwifi scan\rwifi join\rwifi test\rmqtt test\rinstall\ry"
    "sleep\r",
}


def measure(console: Console) -> dict[str, float]:
    """Heap and flash; nothing, and why, where the 32-bit interpreter cannot be built."""
    try:
        with places.alone():
            vm32.set_up()
    except SetupError as error:
        console.print(f"not measured: {error}")
        return {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = _heap(console, folder)
        return found | frozen.measure(console, folder, timer_wakes(folder))


# -- heap -----------------------------------------------------------------------------------------


def _heap(console: Console, folder: Path) -> dict[str, float]:
    table = Table(title="Python heap on 32 bits: the default bin, TLS off")
    for heading in ("smallest in which all goes as in a large one, and in larger ones", "KB"):
        table.add_column(heading)
    table.add_column("at most", justify="right")
    peak_kb = _smallest(lambda kb: _day(folder, kb))
    table.add_row("a whole day", *frozen.kb(peak_kb, _PEAK_KB))
    seats = {name: _smallest(lambda kb, n=name: _seat(folder, kb, n)) for name in _TYPED}
    for name, least_kb in seats.items():
        table.add_row(f"console: {name}, then a report", *frozen.kb(least_kb, _CHIP_KB))
    grown = _growth(folder)
    table.add_row(f"held more after {_WAKES:,} wakes", *frozen.kb(grown / _KB, 0))
    console.print(table)
    console.print("TLS: mbedTLS takes its memory from ESP-IDF, not from this heap.")
    return {
        "memory.peak_heap_kb": peak_kb,
        "memory.console_heap_kb": max(seats.values()),
        "memory.growth_bytes": grown,
    }


def _smallest(trial: Callable[[int], object]) -> int:
    """The least KB from which on upwards a trial ends as it does with plenty.

    One by one: in how many pieces the heap lies is luck, and one size that does is no proof.
    """
    whole = trial(_PLENTY_KB)
    for kb in range(_CHIP_KB, _LEAST_KB, -1):
        if trial(kb) != whole:
            return kb + 1
    return _LEAST_KB


def _day(folder: Path, room_kb: int) -> object:
    """What must be the same with a smaller heap: all wakes of a day, and what came of them.

    room_kb: so much heap is free when main.py starts.
    """
    return _outcome(folder, room_kb, 1)


def _seat(folder: Path, room_kb: int, name: str) -> object:
    """The same of some wakes, and what the console showed at the first of them."""
    with _typing(folder, name) as screen:
        return _outcome(folder, room_kb, _MINUTES), screen.read_text()


@contextmanager
def _typing(folder: Path, name: str) -> Iterator[Path]:
    """Somebody types that as soon as the power is on; yields the file with what is shown."""
    typed, screen = folder / "typed", folder / "screen"
    typed.write_text(_TYPED[name])
    screen.write_text("")
    with mock.patch.dict(os.environ, BENCH_TYPED=str(typed), BENCH_SCREEN=str(screen)):
        yield screen


def _outcome(folder: Path, room_kb: int, days: float) -> object:
    try:
        run = _run(folder / "day", room_kb, folder, days)
    except SimError as error:
        return error
    one = run.bins[0]
    return run.broken, one.wakes, len(one.deliveries), one.sessions, one.troubles


def _growth(folder: Path) -> int:
    """Bytes held at the start of the last wakes beyond those of earlier ones, medians.

    On the chip sleep clears the heap; here the modules stay, so what they hoard would be seen.
    """
    notes = folder / "growth"
    _run(notes, 0, folder, _WAKES / _A_DAY + 0.1)
    held = [int(line.split()[0]) for line in notes.read_text().splitlines()][:_WAKES]
    assert len(held) == _WAKES, f"only {len(held)} wakes"
    return round(median(held[-_SOME:]) - median(held[_SOME : 2 * _SOME]))


def timer_wakes(folder: Path, program: Path = vm32.LAUNCHER) -> set[str]:
    """The modules that the timer wakes of a day have loaded, readings and reports alike."""
    notes = folder / "loaded"
    wakes = _run(notes, _SOURCES_KB, folder, 1, program).bins[0].wakes
    named = [set(line.split()[1:]) for line in notes.read_text().splitlines()]
    timed = [names for w, names in zip(wakes, named, strict=True) if w.cause == "timer"]
    return set().union(*timed)


def console_wake(folder: Path, program: Path) -> tuple[set[str], str]:
    """What is still loaded after a wake that began with every command, and the screen."""
    notes = folder / "loaded"
    with _typing(folder, "every command") as screen:
        _run(notes, _SOURCES_KB, folder, _MINUTES, program)
        return set(notes.read_text().splitlines()[0].split()[1:]), screen.read_text()


def _run(
    notes: Path, room_kb: int, folder: Path, days: float, program: Path = vm32.LAUNCHER
) -> Run:
    path = folder / "memory.toml"
    path.write_text("[run]\ndays = 1\n")
    with _measured(notes, room_kb * _KB, program):
        return fleet.run(load(path, days=days))


class _Measured(fleet.Vm):
    """An interpreter with roomy.py before main.py."""

    def __init__(self, board: str):
        super().__init__(board, _MAIN)


@contextmanager
def _measured(notes: Path, room: int, program: Path) -> Iterator[None]:
    """The simulator on that interpreter; on the 32-bit one with nothing but frozen modules."""
    told = {"MICROPYTHON": program, "BENCH_NOTES": notes, "BENCH_ROOM": room}
    strings = {name: str(value) for name, value in told.items()}
    with mock.patch.dict(os.environ, strings), mock.patch.object(fleet, "Vm", _Measured):
        yield
