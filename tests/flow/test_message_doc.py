"""docs/message.md says what the code does: its example and its tables are compared with it."""

from __future__ import annotations

import json
import re

from sim import places
from smartbin import clock, echo, installed, message, notes, report
from tools.device import decode

TEXT = (places.ROOT / "docs" / "message.md").read_text()


def example() -> bytes:
    found = re.search(r"```json\n(.*?)\n```", TEXT, re.S)
    assert found
    return found[1].encode()


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_example_is_what_the_encoder_makes() -> None:
    header, readings = message.decode(example())
    whole = [r._replace(spread_mm=r.spread_mm or 0, heard=3, pings=3) for r in readings]
    assert report.encode(header, whole) == example()


def test_every_field_is_in_the_table_in_order() -> None:
    named = [name for row in rows("Fields") for name in re.findall(r"`(\w+)`", row[0])]
    assert named == list(json.loads(example()))


def test_the_columns_of_the_backlog() -> None:
    assert f"`[{', '.join(message.COLUMNS)}]`" in TEXT
    assert len(json.loads(example())["backlog"][0]) == len(message.COLUMNS)


def test_clock_and_reason_numbers() -> None:
    table = rows("Rows of the backlog")
    assert [row[2].strip("`") for row in table] == list(echo.REASONS)
    assert [row[1].strip("`") for row in table if row[1]] == list(clock.NAMES)
    assert [row[0] for row in table] == [str(i) for i in range(len(echo.REASONS))]


def test_every_note_has_a_line() -> None:
    assert [row[0].strip("`") for row in rows("Names in `notes`")] == list(notes.NAMES)


def section() -> str:
    return TEXT.split("## The installation\n")[1].split("\n## ")[0]


def test_the_installation_is_shown_as_it_is_sent() -> None:
    told = re.search(r"```text\n(.*?)\n```", section(), re.S)
    assert told
    whole = example().replace(b'"install":null', told[1].encode())
    header, _ = message.decode(whole)
    assert header.install is not None
    assert told[1].encode() in report.encode(header, message.decode(example())[1][-1:])
    fields = section().split("| reason |")[0]
    named = [
        name
        for line in fields.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert named == list(json.loads("{" + told[1] + "}")["install"])


def test_every_reason_against_an_installation_has_a_line() -> None:
    lines = re.findall(r"^\| `(\w+)` \| (no|warnings) \|", section(), re.M)
    assert lines == [(key, installed.GRADES[grade]) for key, grade in installed.REASONS]


def test_decode_shows_an_installation() -> None:
    told = re.search(r"```text\n(.*?)\n```", section(), re.S)
    assert told
    shown = decode.report(example().replace(b'"install":null', told[1].encode()))
    line = "installation: warnings because of second, blind (29 of 30 pings, floor at 1196 mm)"
    assert f"  {line}" in shown
    assert not any("installation" in line for line in decode.report(example()))
