"""The table of bins (CSV): every row is checked, and one bad row is reason to make nothing."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smartbin import config
from smartbin.errors import ConfigError
from tools import boards
from tools.board_attributes import nearest
from tools.errors import UserError

REQUIRED = ("id", "place", "type", "board")
# Names that a broker of ours has users for already (docs/broker.md).
RESERVED = ("city",)
_LONGEST = {"place": 60, "type": 24}  # what a label has room for
# What is made for a device, and so is nothing that a table could say.
MADE = (
    "bin_id", "wifi_ssid", "wifi_key", "wifi_pmk", "mqtt_host", "mqtt_port", "mqtt_tls",
    "mqtt_user", "mqtt_password", "mqtt_psk",
)  # fmt: skip
_ID = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,23}")  # what bin_id takes; - in front is an option's
_WHOLE = re.compile("-?[0-9]{1,9}")
_DEFAULTS = {row[0]: row[1] for row in config.TABLE}


@dataclass(frozen=True)
class Row:
    """One bin of the table."""

    line: int
    id: str
    place: str
    type: str
    board: str
    settings: Mapping[str, int | str] = field(default_factory=dict)  # only what differs


def read(path: Path) -> list[Row]:
    """The bins of a CSV file.  Raises UserError with a sentence for every fault of every row."""
    try:
        text = path.read_bytes().decode("utf-8-sig")  # spreadsheets begin with a mark
    except OSError as e:
        raise UserError(f"{path} cannot be read: {e.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8; save the table as CSV in UTF-8.") from None
    rows, wrong = parse(text)
    if wrong:
        raise UserError("\n".join([*wrong, f"Nothing was made; put {path.name} right first."]))
    return rows


def parse(text: str) -> tuple[list[Row], list[str]]:
    """(rows, what is wrong) of a table; commas, semicolons or tabs, as its first line has."""
    wrong: list[str] = []
    lines = list(_lines(text, wrong))
    if wrong:
        return [], wrong
    if not lines:
        return [], [f"The table is empty; its first line must name {', '.join(REQUIRED)}."]
    heads = [cell.lower() for cell in lines[0][1]]
    wrong = list(_wrong_heads(heads))
    if wrong:
        return [], wrong
    rows = [_row(line, cells, heads, wrong) for line, cells in lines[1:]]
    found = [row for row in rows if row]
    wrong += _twice(found)
    if not rows:
        wrong.append("The table has no bins below its first line.")
    return found, wrong


def _lines(text: str, wrong: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of each row that has any.

    Columns that a spreadsheet adds on the right, with nothing in them, are none.
    """
    text = unicodedata.normalize("NFC", text)  # some systems take letters apart: Korean ones, too
    first = "".join(text.lstrip().splitlines()[:1])
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    width = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            wrong.append(f"Line {line}: a quotation mark is out of place, or is never closed.")
            return
        while len(cells) > width and not cells[-1]:
            cells.pop()
        width = width or len(cells)
        if any(cells):
            yield line, cells


def _wrong_heads(heads: Sequence[str]) -> Iterator[str]:
    for name in REQUIRED:
        if name not in heads:
            yield f"Line 1: the column {name} is missing."
    for name in dict.fromkeys(heads):
        if name and heads.count(name) > 1:
            yield f"Line 1: the column {name} is there twice."
        elif not name:
            yield "Line 1: a column has no name; give it one, or take it out."
        elif name in MADE:
            yield f"Line 1: {name} is made here for each bin; take the column out."
        elif name not in REQUIRED and name not in _DEFAULTS:
            hint = nearest(name, [*REQUIRED, *_DEFAULTS])
            yield f"Line 1: there is no setting named {name}{hint}."


def _row(line: int, cells: list[str], heads: list[str], wrong: list[str]) -> Row | None:
    if len(cells) != len(heads):
        wrong.append(
            f"Line {line}: {len(cells)} cells under {len(heads)} headings; "
            "put a text that has the separator in it into quotes."
        )
        return None
    told = dict(zip(heads, cells, strict=True))
    settings: dict[str, int | str] = {}
    found = [*_wrong_texts(told), *_wrong_settings(told, settings)]
    wrong += [f"Line {line}: {sentence}" for sentence in found]
    if found:
        return None
    return Row(line, told["id"], told["place"], told["type"], told["board"], settings)


def _wrong_texts(told: Mapping[str, str]) -> Iterator[str]:
    if not _ID.fullmatch(told["id"]):
        yield (
            f"id is {told['id'] or 'empty'}; it begins with a letter (A to Z) or a digit, has "
            "letters, digits, - and _ only, and 24 of them at most."
        )
    elif told["id"].lower() in RESERVED:
        yield f"{told['id']} is a user of the broker already; give the bin another id."
    for name, longest in _LONGEST.items():
        if not told[name]:
            yield f"{name} is empty."
        elif len(told[name]) > longest:
            yield f"{name} has {len(told[name])} characters; a label has room for {longest}."
        elif not told[name].isprintable():
            yield f"{name} has a line break or another character that cannot be printed."
    if told["board"] not in boards.names():
        known = ", ".join(boards.names())
        hint = nearest(told["board"], boards.names())
        yield f"there is no board named {told['board']}{hint}; boards are {known}."


def _wrong_settings(told: Mapping[str, str], settings: dict[str, int | str]) -> Iterator[str]:
    """The faults of the columns that are settings; what is good goes into `settings`."""
    for name, text in told.items():
        if not text or name in REQUIRED:
            continue
        if isinstance(_DEFAULTS[name], str):
            settings[name] = text
        elif _WHOLE.fullmatch(text):
            settings[name] = int(text)
        else:
            yield f"{name} is {text}; it must be a whole number."
    try:
        config.check(settings)
    except ConfigError as e:
        yield str(e)


def _twice(rows: Sequence[Row]) -> Iterator[str]:
    """Ids that differ by capitals only are the same on a label, and in some file systems."""
    first: dict[str, Row] = {}
    for row in rows:
        other = first.setdefault(row.id.lower(), row)
        if other is not row:
            yield f"Line {row.line}: {row.id} is in line {other.line} already."


def of(rows: Sequence[Row], name: str) -> Row:
    """The bin of that id.  Raises UserError with the nearest one."""
    for row in rows:
        if row.id == name:
            return row
    hint = nearest(name, [row.id for row in rows])
    raise UserError(f"There is no bin named {name} in the table{hint}.")
