"""docs/boards.md: the boards side by side, each with its drawing and its parts."""

from __future__ import annotations

from collections.abc import Iterator

from tools import boards, chips
from tools.setup.places import ROOT

PAGE = ROOT / "docs" / "boards.md"

_HEAD = """\
# Boards

Written from the boards' own files (`boards/NAME/board.py`, `wiring.md`, `bom.csv`) by
`python -m tools.pages`. **None of them has been tried by this project on real hardware**: pins are
those of the makers, sleep currents those of the sources named. In a terminal
`smartbin boards list|check|wiring|bom|drawing` tells the same.

"""
_FOOT = """\
## A product image

`make image BOARD=name IDF=folder MICROPYTHON_SRC=folder` builds one with ESP-IDF and MicroPython
1.28, from the definition in `boards/NAME/` (`mpconfigboard.*`, `sdkconfig.board`,
`partitions.csv`, `manifest.py`) and what all share in `boards/common/`: the firmware frozen, two
slots for updates with rollback, a file system that nothing mounts before it is needed, no webrepl,
no mip, no Bluetooth. Without ESP-IDF the tests in `tests/image/` check partition tables, manifests
and settings; **no image has been built and run on a chip by this project**. Two things stay as
MicroPython has them: its start-up erases all settings in NVS when it finds that partition full or
of a newer version (`boardctrl_startup`), and the C half of webrepl is compiled in, with nothing
to start it.
"""


def render() -> str:
    return _HEAD + "\n".join([*_table(), "", *_each()]) + "\n" + _FOOT


def _table() -> Iterator[str]:
    yield "| Board | Chip | Flash | Deep sleep | Who measured |"
    yield "|---|---|---:|---:|---|"
    for name in boards.names():
        board = boards.load(name)
        chip = chips.CHIPS[board.CHIP].title
        sleep = f"{board.SLEEP_UA:,} uA"
        link = f"[{board.TITLE}](#{name})"
        yield f"| {link} | {chip} | {board.FLASH_MB} MB | {sleep} | {board.SLEEP_UA_SOURCE} |"


def _each() -> Iterator[str]:
    for name in boards.names():
        yield f"## {name}\n"
        yield f"![wiring of {name}](boards/{name}.svg)\n"
        yield f"Wiring, what it lacks and its quirks: [wiring.md](../boards/{name}/wiring.md).\n"
        yield "| Count | Part | Type | For |"
        yield "|---:|---|---|---|"
        for one in boards.bom(name):
            use = f"`{one['for']}`" if one["for"] else ""
            yield f"| {one['count']} | {one['part']} | {one['type']} | {use} |"
        yield ""
