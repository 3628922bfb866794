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
    *((n, "") for n in range(1, 33)),  # from the tests' own words
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

GROUPS = (("Measurement", 1, 14), ("Power, sleep, clocks and network", 15, 32))

# What software under the lid cannot answer; who mounts the sensor can.
CHECK = "the installation check (issue 6)"
MOUNTED = {
    2: "a bin that is so from its first reading on, with no level before to compare",
    3: "a floor that is farther off than the sensor hears",
    8: "a beam wider than the bin, which hits its wall",
    9: "a sensor that hangs askew",
    12: "where in a large container the one beam should look",
}


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
    score = [
        f"{name} ({first}-{last}): {sum(first <= n <= last for n in found)} of {last - first + 1}."
        for name, first, last in GROUPS
    ]
    lines = [
        "# What went wrong in the field, and what we do about it",
        "",
        "Complaints that users of other firmwares and products made in public, by number.",
        "For each one that we answer there is a test that lives through it; this page is printed",
        "from those tests by `python -m tools.pages`.",
        "",
        f"{' '.join(score)} All: {len(found)} of {len(COMPLAINTS)}.",
        "",
        "Where a part is left over that no software under a lid can answer, the row names it.",
        "",
        "| number | complaint | made at | what we do | test |",
        "|---|---|---|---|---|",
    ]
    return "\n".join(lines + [_row(n, text, found.get(n)) for n, text in COMPLAINTS]) + "\n"


def _row(number: int, complaint: str, answer: Answer | None) -> str:
    if answer is None:
        return f"| {number} | {complaint} | | not yet | |"
    test = answer.test.rpartition("::")[2]
    ours = answer.ours + (f" Left to {CHECK}: {MOUNTED[number]}." if number in MOUNTED else "")
    return f"| {number} | {answer.complaint} | {answer.source} | {ours} | `{test}` |"
