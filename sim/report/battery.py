"""The picture of `smartbin battery`: charge of a day stacked by phase, for each variant."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from matplotlib.axes import Axes

from sim import energy
from sim.battery import Answer
from sim.report import canvas, page, shares, words

_ROW_IN, _HEAD_IN, _FOOT_IN = 0.3, 0.5, 0.45
_LEFT = 0.26  # share of the width for the names of the rows
_MAH_MC = 3600
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


def svg(found: Sequence[Answer]) -> str:
    """The picture alone."""
    return base64.b64decode(_address(found).partition(",")[2]).decode()


def html(found: Sequence[Answer], sentences: Sequence[str]) -> str:
    """One page that needs nothing else."""
    title = "How long the battery lasts"
    rows = [
        [
            escape(f"{one.group}: {one.what}" if one.group else one.what),
            f"{one.life.mah_day:.3f}",
            f"{one.booked.sessions_day:.1f}",
            f"{one.life.years:.1f}",
            escape(one.life.limit),
        ]
        for one in found
    ]
    columns = ("What", "mAh a day", "sessions a day", "years", "ended by")
    first, *rest = sentences
    parts = [
        f"<h1>{escape(title)}</h1>",
        page.text(first, "lead"),
        *[page.text(sentence) for sentence in rest],
        page.heading("A day's charge, and what changes it"),
        page.pictures([_address(found)], "charge of a day by phase, for each variant"),
        page.table(columns, rows),
    ]
    return page.page(title, parts)


def _address(found: Sequence[Answer]) -> str:
    height_in = _HEAD_IN + _FOOT_IN + _ROW_IN * len(found)
    with canvas.styled():
        figure = canvas.figure(height_in)
        box = (_LEFT, _FOOT_IN / height_in, 0.98 - _LEFT, _ROW_IN * len(found) / height_in)
        axes = figure.add_axes(box)
        _bars(axes, found)
        axes.legend(
            loc="lower left", bbox_to_anchor=(-0.34, 1), ncols=4, frameon=False, fontsize=7.5
        )
        return canvas.image(figure)


def _bars(axes: Axes, found: Sequence[Answer]) -> None:
    """Longest bars end within the axes, their years behind them."""
    rows = range(len(found))
    left = [0.0] * len(found)
    for name, (label, phases) in _stages().items():
        wide = [sum(one.booked.phases_mc[phase] for phase in phases) / _MAH_MC for one in found]
        axes.barh(
            rows, wide, left=left, height=0.66, color=shares.COLORS[name], label=label,
            edgecolor="white", linewidth=0.4,
        )  # fmt: skip
        left = [a + b for a, b in zip(left, wide, strict=True)]
    most = sorted(left)[-2] if len(left) > 2 else max(left)
    end = min(max(left), 1.7 * most)  # one that is far longer than all others runs out of sight
    axes.set(xlim=(0, 1.22 * end), ylim=(len(found) - 0.5, -0.5), xlabel="mAh a day")
    for row, (total, one) in enumerate(zip(left, found, strict=True)):
        beyond = f"{total:.2f} mAh, " if total > end else ""
        x, side = (1.21 * end, "right") if beyond else (total + 0.012 * end, "left")
        years = f"{beyond}{one.life.years:.1f} years"
        axes.text(x, row, years, va="center", ha=side, fontsize=8, bbox=_PAPER)
    names = [f"{one.group}: {one.what}" if one.group else one.what for one in found]
    axes.set_yticks(rows, names)
    axes.tick_params(axis="y", length=0, labelcolor=canvas.INK)
    axes.axvline(left[0], color=canvas.FAINT, lw=0.7, ls=":", zorder=0.5)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _stages() -> dict[str, tuple[str, tuple[str, ...]]]:
    found = {"sleep": (words.phase("sleep"), ("sleep",)), **words.STAGES}
    missing = set(energy.PHASES) - {phase for _, phases in found.values() for phase in phases}
    assert not missing, missing  # or bars would be too short
    return found
