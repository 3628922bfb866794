"""docs/field-failures.md, from the tests in tests/field.

A test's docstring says: number and complaint; who made it; "Ours:" and what we do instead.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple, TypeGuard

from tools.setup.places import ROOT

PAGE = ROOT / "docs" / "field-failures.md"
TESTS = ROOT / "tests" / "field"

ALL = range(1, 49)

# What has no test: the complaint in few words, and why.
OPEN = {
    33: ("a message to stay awake is not honoured after a nap", "not yet"),
    34: ("updating many sleepers by hand", "not yet"),
    35: ("an update is rolled back because nobody marked it good", "not yet"),
    36: ("no rollback at all", "not yet"),
    41: (
        "crews ignore the app; bags beside the bin are seen by no sensor",
        "not for a firmware: how work is shared out, and what lies outside, it cannot know",
    ),
    43: (
        "bins in quiet corners, never full",
        "not for a firmware: the level before each emptying (44) shows which bins these are",
    ),
    46: (
        "tender rules fix the collection frequency",
        "not for a firmware: what each visit was worth (44) is there for the next tender",
    ),
}

GROUPS = (
    ("Measurement", 1, 14),
    ("Power, sleep, clocks and network", 15, 32),
    ("Remote control and the view of a fleet", 33, 38),
    ("Deployment and people", 39, 48),
)

# What firmware cannot answer once the lid is closed; the installation check can, before that.
MOUNTING = "At the mounting, "


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
            if _is_test(node) and not _said(node).startswith(MOUNTING):
                answer = _answer(node, path)
                if answer.number in found:
                    raise ValueError(f"number {answer.number} is answered twice")
                found[answer.number] = answer
    return found


def mounted(folder: Path = TESTS) -> dict[int, Answer]:
    """number -> what is left of it for whoever mounts the sensor, and how `install` answers."""
    found: dict[int, Answer] = {}
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if _is_test(node) and _said(node).startswith(MOUNTING):
                parts = re.fullmatch(MOUNTING + r"(\d+): (.+?)\. Ours: (.+)", _said(node))
                if parts is None:
                    raise ValueError(f"{path.name}, {node.name}: number or Ours: is missing")
                where = f"{path.relative_to(ROOT)}::{node.name}"
                found[int(parts[1])] = Answer(int(parts[1]), parts[2], "", parts[3], where)
    return found


def _is_test(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _said(node: ast.FunctionDef) -> str:
    return " ".join((ast.get_docstring(node) or "").split())


def _answer(node: ast.FunctionDef, path: Path) -> Answer:
    said = _said(node)
    parts = re.fullmatch(r"(\d+)\. (.+?\.) (\S.*?) Ours: (.+)", said)
    if parts is None:
        raise ValueError(f"{path.name}, {node.name}: number, complaint, source, Ours: are missing")
    where = f"{path.relative_to(ROOT)}::{node.name}"
    return Answer(int(parts[1]), parts[2], parts[3], parts[4], where)


def render() -> str:
    """The whole document."""
    found, check = answers(), mounted()
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
        f"{' '.join(score)} All: {len(found)} of {len(ALL)}.",
        "",
        "Where a part is left over that no software under a closed lid can answer, `install`",
        "does: the check at the console before it closes (docs/field-guide.md).",
        "",
        "| number | complaint | made at | what we do | test |",
        "|---|---|---|---|---|",
    ]
    rows = [_row(n, found.get(n), check.get(n)) for n in ALL]
    return "\n".join(lines + rows) + "\n"


def _row(number: int, answer: Answer | None, check: Answer | None) -> str:
    if answer is None:
        complaint, why = OPEN[number]
        return f"| {number} | {complaint} | | {why} | |"
    test = answer.test.rpartition("::")[2]
    ours, tests = answer.ours, f"`{test}`"
    if check is not None:
        ours += f" Left to `install`: {check.complaint}. {check.ours}"
        tests += f", `{check.test.rpartition('::')[2]}`"
    return f"| {number} | {answer.complaint} | {answer.source} | {ours} | {tests} |"
