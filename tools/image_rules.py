"""What a product image must keep to: its partition table, and what ESP-IDF is asked for.

Sentences name the row and the remedy, like those of board_rules.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tools.errors import UserError

FIRST = 0x9000  # the table itself lies at 0x8000 and takes a sector of 0x1000
_SECTOR, _APP = 0x1000, 0x10000  # what ESP-IDF aligns data and programs to
# vfs: up to 100 segments of the outbox (hw/shelf.py), a block each, and a few other files.
_LEAST = {"nvs": 0x3000, "otadata": 0x2000, "vfs": 0x90000}
_OTADATA = 0x2000  # exactly: two sectors, written in turn
_FIELDS = 5  # name, type, subtype, offset, size; flags may follow


@dataclass(frozen=True)
class Row:
    """One partition: where it begins and how long it is, in bytes."""

    name: str
    type: str
    subtype: str
    offset: int
    size: int

    @property
    def end(self) -> int:
        return self.offset + self.size


def rows(path: Path) -> list[Row]:
    """The partitions of a table.  Raises UserError for a row that is not one."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = [field.strip() for field in line.split(",")]
        try:
            name, kind, subtype, offset, size = fields[:_FIELDS]
            found.append(Row(name, kind, subtype, int(offset, 0), int(size, 0)))
        except ValueError:
            raise UserError(
                f"{path}, line {number}: a row is name, type, subtype, offset, size, with offset "
                "and size as numbers such as 0x10000."
            ) from None
    return found


def problems(table: Sequence[Row], flash_mb: int) -> list[str]:
    """What is wrong with a table for two programs in that much flash."""
    return [*_places(table, flash_mb), *_parts(table)]


def _places(table: Sequence[Row], flash_mb: int) -> Iterator[str]:
    for row in table:
        step = _APP if row.type == "app" else _SECTOR
        if row.offset % step:
            yield f"{row.name} begins at {row.offset:#x}, no multiple of {step:#x}; move it."
        if row.size <= 0 or row.size % _SECTOR:
            yield f"{row.name} has {row.size:#x} bytes, no multiple of {_SECTOR:#x}; round it."
        if row.offset < FIRST:
            yield f"{row.name} begins at {row.offset:#x}, before {FIRST:#x}, in the table itself."
        if row.end > flash_mb << 20:
            yield f"{row.name} ends at {row.end:#x}, beyond {flash_mb} MB of flash; shorten it."
    for one, next_one in pairwise(sorted(table, key=lambda row: row.offset)):
        if next_one.offset < one.end:
            yield f"{next_one.name} begins at {next_one.offset:#x}, inside {one.name}; move it."


def _parts(table: Sequence[Row]) -> Iterator[str]:
    """Two slots of one size, what says which of them runs, settings, and the file system."""
    names = [row.name for row in table]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is there twice; rename one."
    slots = [row for row in table if row.type == "app"]
    if [row.subtype for row in slots] != ["ota_0", "ota_1"]:
        yield "the programs must be two, ota_0 and ota_1 in this order; no factory beside them."
    elif slots[0].size != slots[1].size:
        yield "ota_0 and ota_1 differ in size: an update would fit into one of them only."
    for name, subtype in (("nvs", "nvs"), ("otadata", "ota"), ("vfs", "fat")):
        row = next((row for row in table if row.name == name), None)
        if row is None or (row.type, row.subtype) != ("data", subtype):
            yield f"a row {name} of data, {subtype} is missing; MicroPython looks for it by name."
        elif row.size < _LEAST[name] or (name == "otadata" and row.size != _OTADATA):
            yield f"{name} has {row.size:#x} bytes; give it {_LEAST[name]:#x}."


def keys(path: Path) -> dict[str, str]:
    """What a sdkconfig file sets, by key.  Raises UserError for a line that sets nothing."""
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not (sign and name.startswith("CONFIG_")):
            raise UserError(f"{path}, line {number}: write CONFIG_NAME=value.")
        if name in found:
            raise UserError(f"{path}, line {number}: {name} is set twice; keep one of them.")
        found[name] = value
    return found
