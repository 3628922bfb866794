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
no mip, no Bluetooth. **No image has been built and run on a chip by this project.** Without
ESP-IDF the tests in `tests/image/` check tables, manifests, settings and macros against the source
of MicroPython 1.25; of later versions single files were compared by reading. A name changed since
then may have been missed, and ESP-IDF and the compiler pass over one that they do not know. From
1.29 on MicroPython's own boards name their settings files through
`boards/mpconfigboard_CHIP_common.cmake`; ours name the files themselves.

What to know before and after:

- A 4 MB board has slots of 1.7 MB. MicroPython's own image for a C6 takes 1.8 MB with Bluetooth
  (micropython/micropython#17994); ESP-IDF refuses one that does not fit.
- `firmware.bin` covers all from the boot loader to the firmware, and with it the settings in NVS,
  as the official images do: `smartbin backup` before, `restore` after, or provision the board
  again. `micropython.bin` is the firmware alone, for a slot.
- The console of C3, S3 and C6 is the chip's own serial port on USB; the ESP32 has UART0.
- MicroPython's start-up (`boardctrl_startup`) erases all settings in NVS when it finds that
  partition without a free page or of a newer version. A board can have a function of its own there
  (`MICROPY_BOARD_STARTUP`); ours do not: Wi-Fi does not start without NVS either, so that bin
  would be as silent, and could not be provisioned again without a new image.
- The C half of webrepl is compiled in, with nothing to start it.
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
