"""This machine's own apt sources, read: where is its Debian archive, and which key signs it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.errors import SetupError

# What Debian calls its releases; third parties and Ubuntu call theirs otherwise.
_SUITE = re.compile(
    "(old){0,2}stable|testing|unstable|sid|buster|bullseye|bookworm|trixie|forky|duke"
)
_ONE_LINE = re.compile(
    r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<rest>.*)"
)


@dataclass(frozen=True)
class Source:
    """One archive, one suite.  `signed_by` is a path, a list of paths, a key block, or empty."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""


def one_line(text: str) -> Iterator[Source]:
    """The binary archives of a *.list file: `deb [options] uri suite component ...`."""
    for line in text.splitlines():
        found = _ONE_LINE.fullmatch(line.partition("#")[0].strip())
        if found:
            key = re.search(r"signed-by=(\S+)", found["options"] or "")
            signed_by = key[1].replace(",", " ") if key else ""
            yield Source(found["uri"], found["suite"], tuple(found["rest"].split()), signed_by)


def deb822(text: str) -> Iterator[Source]:
    """The binary archives of a *.sources file: paragraphs of `Field: values`."""
    for paragraph in re.split(r"\n\s*\n", _without_comments(text)):
        fields = _fields(paragraph)
        if (
            "deb" not in fields.get("types", "").split()
            or fields.get("enabled", "yes").lower() == "no"
        ):
            continue
        components = tuple(fields.get("components", "").split())
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(uri, suite, components, fields.get("signed-by", ""))


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def _fields(paragraph: str) -> dict[str, str]:
    """Field name in lower case -> value; a value's further lines keep their line breaks."""
    fields: dict[str, str] = {}
    name = ""
    for line in paragraph.splitlines():
        if line[:1].isspace():
            fields[name] = fields.get(name, "") + "\n" + line.rstrip()
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def pick(sources: list[Source]) -> Source | None:
    """The first Debian archive with `main` that is neither security nor updates, or None."""
    for source in sources:
        reachable = not source.uri.startswith("cdrom:")
        if reachable and _SUITE.fullmatch(source.suite) and "main" in source.components:
            return source
    return None


def read(etc: Path) -> list[Source]:
    """Every source under /etc/apt (or the like), in apt's own order."""
    found: list[Source] = []
    parts = sorted((etc / "sources.list.d").glob("*"))
    for path in [etc / "sources.list", *parts]:
        if path.is_file() and path.suffix in (".list", ".sources"):
            text = path.read_text(encoding="utf-8", errors="replace")
            found += deb822(text) if path.suffix == ".sources" else one_line(text)
    return found


def debian(etc: Path = Path("/etc/apt")) -> Source:
    """This machine's Debian archive; SetupError where its sources name none."""
    source = pick(read(etc))
    if source is None:
        raise SetupError(
            f"MicroPython cannot be fetched from Debian: no apt source under {etc} is a Debian "
            "archive with the component main. Add one, or install MicroPython 1.25 or later by "
            "other means and set MICROPYTHON to its path."
        )
    return source
