"""Where the time of a wake and the charge of a day go: stacked bars as plain SVG."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

from sim.report import words
from sim.report.story import Story
from sim.report.words import count
from sim.run import Wake

# From light to dark in the order in which they come: greys will do, too.
COLORS = {
    "sleep": "#E4E6E9",
    "boot": "#CFE3DE",
    "sense": "#9CC9BF",
    "join": "#66A89B",
    "radio": "#418A7C",
    "tls": "#E0B96A",
    "talk": "#418A7C",
    "send": "#B5651D",
    "flash": "#0E332C",
}
_MAH_MC = 3600


class Part(NamedTuple):
    """A piece of a bar."""

    color: str
    name: str
    amount: float
    text: str  # the amount as it is written


class Bar(NamedTuple):
    """A stacked bar and its heading."""

    title: str
    parts: list[Part]

    @property
    def total(self) -> float:
        """How long it is."""
        return sum(part.amount for part in self.parts)


def wakes(told: Story) -> list[Bar]:
    """Mean seconds by phase: of wakes that measure only, that report, that try in vain."""
    return [_wake(title, found) for title, found in _kinds(told) if found]


def charge(summary: dict[str, Any]) -> list[Bar]:
    """mAh by part of what a bin draws in a day; no bar where nothing was drawn."""
    found, total = summary["charge"], summary["charge"]["mah_per_day"]
    if not total:
        return []
    amounts = [(name, found[f"{name}_mc"] / _MAH_MC) for name in words.PARTS]
    parts = [
        Part(COLORS[name], words.PARTS[name], mah, f"{mah:.2f} mAh ({mah / total * 100:.0f} %)")
        for name, mah in amounts
        if mah / total >= 0.001
    ]
    return [Bar(f"A day of one bin: {total:.2f} mAh", parts)]


def html(bars: list[Bar]) -> str:
    """The bars under each other on one scale, each with its parts in words."""
    longest = max((bar.total for bar in bars), default=0) or 1
    return "\n".join(_bar(bar, longest) for bar in bars)


def _kinds(told: Story) -> list[tuple[str, list[Wake]]]:
    quiet, spoke, failed = [], [], []
    for b in told.bins:
        vain = set(b.failed_ms.tolist())
        for wake in b.bin.wakes:
            where = quiet if not wake.radio else failed if wake.t_ms in vain else spoke
            where.append(wake)
    return [
        ("A wake that only measures", quiet),
        ("A wake that reports", spoke),
        ("A wake whose report fails", failed),
    ]


def _wake(kind: str, found: list[Wake]) -> Bar:
    sums = dict.fromkeys(words.STAGES, 0)
    for wake in found:
        for phase, ms in wake.phases.items():
            sums[words.stage(phase)] += ms
    means = {name: ms / len(found) / 1000 for name, ms in sums.items()}
    parts = [
        Part(COLORS[name], words.STAGES[name][0], s, f"{s:.2f} s")
        for name, s in means.items()
        if s >= 0.005
    ]
    title = f"{kind}: {sum(means.values()):.2f} s"
    return Bar(f"{title} (mean of {count(len(found), 'wake')})", parts)


def _bar(bar: Bar, longest: float) -> str:
    left, rects, names = 0.0, [], []
    for part in bar.parts:
        width = 100 * part.amount / longest
        rects.append(_rect(left, width, part.color))
        names.append(f"<li>{_swatch(part.color)}{escape(part.name)} <b>{part.text}</b></li>")
        left += width
    return (
        f'<figure class="bar"><figcaption>{escape(bar.title)}</figcaption>'
        f'<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{"".join(rects)}'
        f'</svg><ul class="parts">{"".join(names)}</ul></figure>'
    )


def _rect(left: float, width: float, color: str) -> str:
    return (
        f'<rect x="{left:.3f}" y="0" width="{width:.3f}" height="4" fill="{color}" '
        'stroke="#fff" stroke-width="0.15"/>'
    )


def _swatch(color: str) -> str:
    square = f'<rect width="10" height="10" fill="{color}"/>'
    return f'<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">{square}</svg>'
