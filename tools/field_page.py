"""docs/field-failures.md, from the tests in tests/field.

A test's docstring says: number and complaint; who made it; "Ours:" and what we do instead.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

from tools.setup.places import ROOT

PAGE = ROOT / "docs" / "field-failures.md"
TESTS = ROOT / "tests" / "field"

# What users met in the field, in few words: each is a test here, or will be.
COMPLAINTS = (
    (1, "echoes of 10 us: a bin that is full for ever"),
    (2, "readings alternate between the least distance and a timeout"),
    (3, "a legal setting makes every ping time out"),
    (4, "an upgrade turned out-of-range into finite nonsense"),
    (5, "a timeout becomes 250 cm"),
    (6, "the echo line stays high and the program with it"),
    (7, "pinged too fast, it hears the previous echo"),
    (8, "soft waste swallows the ping"),
    (9, "anything but a flat target reads wrong"),
    (10, "moisture in the can, a lid in the sun"),
    (11, "a fixed speed of sound"),
    (12, "cardboard springs up: a false full"),
    (13, "blocked is not full"),
    (14, "counting deposits overstates the fill"),
    *((n, "") for n in range(15, 33)),  # from the tests' own words
    (33, "a message to stay awake is not honoured after a nap"),
    (34, "updating many sleepers by hand"),
    (35, "an update is rolled back because nobody marked it good"),
    (36, "no rollback at all"),
    (37, "a dead device goes on showing its last value"),
    (38, "sleep is shown as failure"),
    (39, "containers that never report full"),
    (40, "same sensor, another bin, no success"),
    (41, "crews ignore the app"),
    (42, "sensors dead when the grant has ended"),
    (43, "compactors in quiet corners"),
    (44, "no work orders, no maintenance"),
    (45, "emptied less often than needed"),
    (46, "tender rules fix the collection frequency"),
    (47, "no standard for mounting or data"),
    (48, "default passwords"),
)


class Answer(NamedTuple):
    """What one test of the suite says of itself."""

    number: int
    complaint: str
    source: str
    ours: str
    test: str


def answers(folder: Path = TESTS) -> dict[int, Answer]:
    """number -> Answer, from the docstrings of the tests."""
    found: dict[int, Answer] = {}
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                answer = _answer(node, path)
                if answer.number in found:
                    raise ValueError(f"number {answer.number} is answered twice")
                found[answer.number] = answer
    return found


def _answer(node: ast.FunctionDef, path: Path) -> Answer:
    said = " ".join((ast.get_docstring(node) or "").split())
    parts = re.fullmatch(r"(\d+)\. (.+?\.) (\S.*?) Ours: (.+)", said)
    if parts is None:
        raise ValueError(f"{path.name}, {node.name}: number, complaint, source, Ours: are missing")
    where = f"{path.relative_to(ROOT)}::{node.name}"
    return Answer(int(parts[1]), parts[2], parts[3], parts[4], where)


def render() -> str:
    """The whole document."""
    found = answers()
    done = sum(15 <= n <= 32 for n in found)
    lines = [
        "# What went wrong in the field, and what we do about it",
        "",
        "Complaints that users of other firmwares and products made in public, by number.",
        "For each one that we answer there is a test that lives through it; this page is printed",
        "from those tests by `python -m tools.pages`.",
        "",
        f"Power, sleep, clocks and network (15-32): {done} of 18. All: {len(found)} of 48.",
        "",
        "| number | complaint | made at | what we do | test |",
        "|---|---|---|---|---|",
    ]
    return "\n".join(lines + [_row(n, text, found.get(n)) for n, text in COMPLAINTS]) + "\n"


def _row(number: int, complaint: str, answer: Answer | None) -> str:
    if answer is None:
        return f"| {number} | {complaint} | | not yet | |"
    test = answer.test.rpartition("::")[2]
    return f"| {number} | {answer.complaint} | {answer.source} | {answer.ours} | `{test}` |"
