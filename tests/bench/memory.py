"""What the firmware needs of the chip's memory, on the 32-bit interpreter of `make vm32`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
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
from sim.scenario import load
from sim.scenario_table import Board
from tools.errors import SetupError
from tools.setup import places, vm32

_MAIN = Path(__file__).with_name("roomy.py")
_KB = 1024
_CHIP_KB = 56  # what an ESP32 starts with
_LEAST_KB, _PLENTY_KB = 16, 128
_WAKES, _SOME = 1000, 100
_A_DAY = 96  # wakes, at least: one each quarter of an hour
_PEAK_KB, _FROZEN_KB, _CORE_KB = 40, 64, 20  # at most
# As the unix port compiles its frozen content; see also the switches in tools/setup/vm32.py.
_DEFINES = (
    "NDEBUG",
    "UNIX",
    "_FILE_OFFSET_BITS=64",
    "MPZ_DIG_SIZE=16",
    "MICROPY_FLOAT_IMPL=1",
    "MICROPY_MODULE_FROZEN_MPY",
    "MICROPY_MODULE_FROZEN_STR",
    "MICROPY_QSTR_EXTRA_POOL=mp_qstr_frozen_const_pool",
)


def measure(console: Console) -> dict[str, float]:
    """Heap and flash; nothing, and why, where the 32-bit interpreter cannot be built."""
    try:
        with places.alone():
            vm32.set_up()
    except SetupError as error:
        console.print(f"not measured: {error}")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        return _heap(console, Path(folder)) | _flash(console, Path(folder))


# -- heap -----------------------------------------------------------------------------------------


def _heap(console: Console, folder: Path) -> dict[str, float]:
    peak_kb = _smallest(lambda kb: _day(folder, kb), _day(folder, _PLENTY_KB))
    grown = _growth(folder)
    table = _table("Python heap on 32 bits: the default bin, TLS off", "", "KB", "at most")
    table.add_row("smallest in which a whole day goes as in a large one", *_kb(peak_kb, _PEAK_KB))
    table.add_row(f"held more after {_WAKES:,} wakes", *_kb(grown / _KB, 0))
    console.print(table)
    return {"memory.peak_heap_kb": peak_kb, "memory.growth_bytes": grown}


def _smallest(day: Callable[[int], object], whole: object) -> int:
    """The least KB with which a day is the whole day, by halving."""
    low, high = (_LEAST_KB, _CHIP_KB) if day(_CHIP_KB) == whole else (_CHIP_KB, _PLENTY_KB)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if day(middle) == whole else (middle, high)
    return high


def _day(folder: Path, room_kb: int) -> object:
    """What must be the same with a smaller heap: all wakes of a day, and what came of them.

    room_kb: so much heap is free when main.py starts.
    """
    try:
        with _measured(folder / "day", room_kb * _KB):
            run = fleet.run(load(_scenario(folder)))
    except SimError as error:
        return error
    one = run.bins[0]
    return run.broken, one.wakes, len(one.deliveries), one.sessions, one.troubles


def _growth(folder: Path) -> int:
    """Bytes held at the start of the last wakes beyond those of earlier ones, medians.

    On the chip sleep clears the heap; here the modules stay, so what they hoard would be seen.
    """
    notes = folder / "growth"
    with _measured(notes, 0):
        fleet.run(load(_scenario(folder), days=_WAKES / _A_DAY + 0.1))
    held = [int(line) for line in notes.read_text().splitlines()][:_WAKES]
    assert len(held) == _WAKES, f"only {len(held)} wakes"
    return round(median(held[-_SOME:]) - median(held[_SOME : 2 * _SOME]))


def _scenario(folder: Path) -> Path:
    path = folder / "memory.toml"
    path.write_text("[run]\ndays = 1\n")
    return path


class _Measured(fleet.Vm):
    """An interpreter with roomy.py before main.py."""

    def __init__(self, board: str):
        super().__init__(board, _MAIN)


@contextmanager
def _measured(notes: Path, room: int) -> Iterator[None]:
    """The simulator on the 32-bit interpreter, with nothing but frozen modules."""
    told = {"MICROPYTHON": vm32.LAUNCHER, "BENCH_NOTES": notes, "BENCH_ROOM": room}
    strings = {name: str(value) for name, value in told.items()}
    with mock.patch.dict(os.environ, strings), mock.patch.object(fleet, "Vm", _Measured):
        yield


# -- flash ----------------------------------------------------------------------------------------


def _flash(console: Console, folder: Path) -> dict[str, float]:
    """Bytecode as mpy-cross makes it, names and constants included; and what linking adds."""
    whole = [*_of_product(), vm32.FROZEN / vm32.BOARD_MODULES / Board().name / "board.mpy"]
    core = [path for path in whole if path.parent == vm32.FROZEN / "smartbin"]
    core_kb, all_kb = _size(core), _size(whole)
    core_linked_kb, all_linked_kb = _linked(core, folder), _linked(whole, folder)
    table = _table("Bytecode: .mpy files, and linked for 32 bits", "", "KB", "at most", "linked")
    for path in core:
        table.add_row(f"  {path.stem}", f"{_size([path]):.1f}", "", "")
    table.add_row("core, above hw/", *_kb(core_kb, _CORE_KB), f"{core_linked_kb:.1f}")
    table.add_row("whole application", *_kb(all_kb, _FROZEN_KB), f"{all_linked_kb:.1f}")
    console.print(table)
    return {
        "memory.frozen_kb": round(all_kb, 1),
        "memory.frozen_linked_kb": round(all_linked_kb, 1),
        "memory.core_kb": round(core_kb, 1),
        "memory.core_linked_kb": round(core_linked_kb, 1),
    }


def _of_product() -> list[Path]:
    """The compiled modules that firmware/manifest.py freezes."""
    tool = vm32.SOURCE / "tools" / "manifestfile.py"
    listed = _said([sys.executable, tool, "--freeze", places.ROOT / "firmware" / "manifest.py"])
    names = re.findall(r"target_path='(.+?)\.py'", listed.decode())
    return [vm32.FROZEN / f"{name}.mpy" for name in names]


def _size(paths: list[Path]) -> float:
    return sum(path.stat().st_size for path in paths) / _KB


def _linked(paths: list[Path], folder: Path) -> float:
    """KB of flash that these modules take once they are frozen: tables and pointers, too."""
    source, made = folder / "frozen.c", folder / "frozen.o"
    names = vm32.BUILD / "genhdr" / "qstrdefs.preprocessed.h"
    tool = [sys.executable, vm32.SOURCE / "tools" / "mpy-tool.py", "-f", "-q", names, *paths]
    source.write_bytes(_said(tool))
    headers = (vm32.BUILD, vm32.PORT, vm32.SOURCE, vm32.PORT / "variants" / "standard")
    flags = [f"-I{header}" for header in headers] + [f"-D{define}" for define in _DEFINES]
    _said(["gcc", "-m32", "-std=gnu99", "-Os", *flags, "-c", source, "-o", made])
    text, data = re.findall(rb"\d+", _said(["size", made]))[:2]
    return (int(text) + int(data)) / _KB


def _said(command: list) -> bytes:
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


# -- tables ---------------------------------------------------------------------------------------


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title)
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="right" if i else "left")
    return table


def _kb(kb: float, most_kb: float) -> tuple[str, str]:
    return f"{kb:.1f}", f"{most_kb}{'' if kb <= most_kb else ' MISSED'}"
