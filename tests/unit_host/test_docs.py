"""README and docs/ against what is there: links, commands with their options, scenarios."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import typer

from smartbin import config
from smartbin.console import commands as console
from tools.cli import app
from tools.setup.places import ROOT

PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("boards/*/*.md"),
        *ROOT.glob("sim/data/**/*.md"),
    ]
)
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]


@cache
def command() -> Any:
    return typer.main.get_command(app)


def below(one: Any) -> dict[str, Any]:
    """A group's commands by name; {} for what is no group."""
    return getattr(one, "commands", {})


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Every command's words."""
    for name, one in below(group).items():
        yield from commands(one, f"{before}{name} ") if below(one) else [before + name]


def blocks(text: str, kind: str) -> str:
    """The lines of all blocks of a kind."""
    return "".join(re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE))


def typed(text: str) -> list[str]:
    """The commands of a page's blocks that are meant for a shell, without smartbin itself."""
    return re.findall(r"^(?:.*[/ &])?smartbin ([^#&|\n]+)", blocks(text, "sh"), re.MULTILINE)


def wrong_with(words: list[str]) -> str | None:
    """What the command does not know, or None."""
    one = command()
    while below(one):
        name = words.pop(0)
        if name not in below(one):
            return name
        one = below(one)[name]
    options = {text for parameter in one.params for text in parameter.opts}
    return next((w for w in words if w.startswith("--") and w not in options), None)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_files(name):
    page = ROOT / name
    links = re.findall(r"\]\((?!http)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_commands_that_are_shown_exist(name):
    lines = typed((ROOT / name).read_text())
    assert [line for line in lines if wrong_with(shlex.split(line))] == []


@pytest.mark.parametrize("name", ["README.md", "docs/field-guide.md", "docs/field-guide.ko.md"])
def test_what_is_typed_at_the_console_exists(name):
    usages = {row[0]: row[1] for row in console.TABLE}
    settings = [row[0] for row in config.TABLE]
    for line in blocks((ROOT / name).read_text(), "text").splitlines():
        first, *rest = line.split("  ")[0].split()
        assert first in usages, line
        assert not rest or rest[0] in usages[first].split("|"), line
        assert rest[:1] != ["set"] or rest[1] in settings, line


def test_every_command_is_shown_somewhere():
    readme = (ROOT / "README.md").read_text()
    lines = {" ".join(line.split()) for path in PAGES for line in typed(path.read_text())}
    for name in commands(command()):
        shown = any(line.startswith(name) for line in lines)
        assert shown or re.search(f"`(smartbin )?{name}`", readme), name


def test_make_targets_that_are_shown_exist():
    targets = set(re.findall(r"^([a-z][a-z0-9]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in PAGES:
        text = path.read_text()
        lines = blocks(text, "(?:sh|text)")
        shown = re.findall(r"^(?:\w+=\S+ )?make +([a-z]\w*)", lines, re.MULTILINE)
        shown += re.findall(r"`make ([a-z]\w*)", text)
        assert set(shown) <= targets, path.name


def test_every_scenario_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    for path in (ROOT / "sim" / "scenarios").glob("*.toml"):
        assert path.name in readme, "which question does it answer?"
