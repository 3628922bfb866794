"""What the firmware takes of the chip's flash: each module, and the packages they make."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim.scenario_table import Board
from tools.setup import places, vm32

_WHOLE_KB, _CORE_KB = 64, 20  # at most
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
_SMARTBIN = vm32.FROZEN / "smartbin"
_BOARD = vm32.FROZEN / vm32.BOARD_MODULES / Board().name / "board.mpy"


def measure(console: Console, folder: Path, timer: set[str]) -> dict[str, float]:
    """Bytecode as mpy-cross makes it, names and constants included; and what linking adds.

    timer: names of the modules that timer wakes of a day have loaded.
    """
    whole = [*_of_product(), _BOARD]
    core = [path for path in whole if path.parent == _SMARTBIN]
    prompt = [path for path in whole if path.parent == _SMARTBIN / "console"]
    woken = [path for path in whole if _module(path) in timer | {"main"}]
    table = Table(title="Bytecode: .mpy files, and linked for 32 bits")
    for heading in ("", "KB", "at most", "linked"):
        table.add_column(heading, justify="right" if heading else "left")
    for path in core:
        table.add_row(f"  {path.stem}", f"{_size([path]):.1f}", "", "")
    packages = {
        "core, above hw/": (core, _CORE_KB),
        "console/": (prompt, None),
        "what the timer wakes of a day load": (woken, None),
        "whole application": (whole, _WHOLE_KB),
    }
    for title, (paths, most_kb) in packages.items():
        table.add_row(title, *kb(_size(paths), most_kb), f"{_linked(paths, folder):.1f}")
    console.print(table)
    return {
        "memory.frozen_kb": round(_size(whole), 1),
        "memory.frozen_linked_kb": round(_linked(whole, folder), 1),
        "memory.core_kb": round(_size(core), 1),
        "memory.core_linked_kb": round(_linked(core, folder), 1),
        "memory.console_kb": round(_size(prompt), 1),
        "memory.timer_wake_kb": round(_size(woken), 1),
    }


def kb(value: float, most: float | None) -> tuple[str, str]:
    """Two cells: the figure, and what it may be, with a word where it is more."""
    if most is None:
        return f"{value:.1f}", ""
    return f"{value:.1f}", f"{most}{'' if value <= most else ' MISSED'}"


def _of_product() -> list[Path]:
    """The compiled modules that firmware/manifest.py freezes."""
    tool = vm32.SOURCE / "tools" / "manifestfile.py"
    listed = _said([sys.executable, tool, "--freeze", places.ROOT / "firmware" / "manifest.py"])
    names = re.findall(r"target_path='(.+?)\.py'", listed.decode())
    return [vm32.FROZEN / f"{name}.mpy" for name in names]


def _module(path: Path) -> str:
    """What a program imports to load that file."""
    if path == _BOARD:
        return "board"
    return ".".join(path.relative_to(vm32.FROZEN).with_suffix("").parts).removesuffix(".__init__")


def _size(paths: list[Path]) -> float:
    return sum(path.stat().st_size for path in paths) / 1024


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
    return (int(text) + int(data)) / 1024


def _said(command: list) -> bytes:
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
