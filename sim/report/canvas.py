"""What all pictures share: a colour for each meaning, the axis of virtual time, the way to SVG."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from sim.report import ticks, words
from sim.report.story import Array
from sim.scenario_table import Fault, Run

DAY_MS = 86_400_000
_PATH, _FINER = re.compile(rb' d="[^"]*"'), re.compile(rb"(\.\d\d)\d+")
WIDTH_IN = 8.0
LEFT_IN, RIGHT_IN = 1.2, 0.85  # the same in every picture, so that their days stand in line
INNER_IN = WIDTH_IN - LEFT_IN - RIGHT_IN

# Okabe and Ito's eight colours, which people with any colour vision can tell apart.
ON_TIME, LATE, EMPTIED, FAILED = "#0072B2", "#D55E00", "#009E73", "#1A1A1A"
_NEAR, _FAR, _SENSES, _POWER, _REST = "#CC79A7", "#56B4E9", "#E6C700", "#7A7A7A", "#E69F00"
# A colour for each group of faults: five are as many as can be told apart; numbers do the rest.
_FAULTS = {
    **dict.fromkeys(("ap_down", "wrong_key", "weak_signal", "dhcp_silent", "lease_taken"), _NEAR),
    **dict.fromkeys(("sonar_silent", "sonar_stuck_high", "sonar_stuck_low"), _SENSES),
    **dict.fromkeys(("sonar_noise", "adc_nonsense", "blocked", "wet"), _SENSES),
    **dict.fromkeys(("fire", "tilt", "lid_open"), _REST),
    **dict.fromkeys(("power_cut", "cut_at_write", "brownout"), _POWER),
    **dict.fromkeys(("rtc_garbage", "nvs_erased", "settings_garbage", "clock_jump"), _REST),
    **dict.fromkeys(("flash_bad_block", "flash_full", "hang", "crash"), _REST),
}
TRUTH, TRUTH_EDGE = "#E3DFD6", "#8F887B"
ALARM, NEWS = "#A50F2D", "#C9C9C9"  # events that a bin speaks of at once, and others
UNKNOWN = "#8A8A8A"  # where nobody knows the level
INK, FAINT = "#333333", "#8A8A8A"
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "smartbin",  # same picture, same names inside
    "svg.fonttype": "path",  # no font but the picture's own
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.edgecolor": "#B8B8B8",
    "axes.linewidth": 0.6,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": FAINT,
    "hatch.linewidth": 0.5,
    "path.simplify": False,  # dots are strokes without length and must stay
    "figure.dpi": 160,  # of what is rastered because there is too much of it
}


@contextmanager
def styled() -> Iterator[None]:
    """A with-block in which figures look like ours."""
    with mpl.rc_context(_STYLE):
        yield


def figure(height_in: float) -> Figure:
    """An empty figure of the width that all have."""
    return Figure(figsize=(WIDTH_IN, height_in), facecolor="white")


def axes(fig: Figure, bottom_in: float, height_in: float) -> Axes:
    """Axes over the common width, so high and so far above the figure's lower edge."""
    total_in = fig.get_figheight()
    box = (LEFT_IN, bottom_in, INNER_IN, height_in)
    shares = (box[0] / WIDTH_IN, box[1] / total_in, box[2] / WIDTH_IN, box[3] / total_in)
    ax = fig.add_axes(shares)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def image(fig: Figure) -> str:
    """The figure as a data: address of an SVG picture; the same figure, the same text.

    Its paths are written to a hundredth of a point, which halves the page.
    """
    svg = io.BytesIO()
    fig.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    short = _PATH.sub(lambda path: _FINER.sub(rb"\1", path[0]), svg.getvalue())
    return "data:image/svg+xml;base64," + base64.b64encode(short).decode()


def dots(ax: Axes, x: Array, y: Array, size_pt: float, **style: Any) -> None:
    """Round dots as one path of strokes without length: a third of the text of as many markers."""
    gap = np.full(len(x), np.nan)
    xs = np.column_stack((x, x + 1e-9, gap)).ravel()
    ys = np.column_stack((y, y, gap)).ravel()
    ax.plot(xs, ys, lw=size_pt, solid_capstyle="round", snap=False, **style)


def time_axis(
    ax: Axes, run: Run, labels: bool = True, span: tuple[float, float] | None = None
) -> None:
    """Days since the start from left to right, with names of days, hours or dates.

    span: first and last day in view; otherwise all.
    """
    begin, end = span or (0, run.days)
    ax.set_xlim(begin, end)
    lines, names, between = ticks.ticks(run.start + timedelta(days=begin), end - begin)
    at, middle = [begin + x for x in lines], [begin + x for x in between]
    ax.set_xticks(at, [])
    ax.grid(axis="x", color="#D9D9D9", lw=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(axis="x", length=3 if labels else 0, color="#B8B8B8")
    if labels:
        ax.xaxis.remove_overlapping_locs = False  # a name may stand at its line
        ax.set_xticks(middle, names, minor=True)
        ax.tick_params(axis="x", which="minor", length=0, pad=4)


def fault_color(kind: str) -> str:
    """The colour of a kind of fault; what is not named is on the way to the broker."""
    return _FAULTS.get(kind, _FAR)


def shade(ax: Axes, faults: Iterable[Fault], days: float) -> None:
    """The times of faults as bands of their colour."""
    for fault in faults:
        begin, end = fault.at_ms / DAY_MS, (fault.at_ms + fault.lasts_ms) / DAY_MS
        color = fault_color(fault.kind)
        ax.axvspan(begin, min(end, days), color=color, alpha=0.32, lw=0, zorder=0.5)
        ax.axvspan(begin, min(end, days), ymin=0.94, color=color, lw=0, zorder=0.6)


def name_faults(ax: Axes, faults: Iterable[tuple[int, Fault]], begin: float, end: float) -> int:
    """Write the names of numbered faults over the axes; returns the rows of text that this took.

    In two rows where names would touch; where there is no room for a name its number must do.
    begin, end: the days in view.
    """
    height_in = ax.get_position().height * ax.figure.get_figheight()  # type: ignore[union-attr]
    place = blended_transform_factory(ax.transData, ax.transAxes)
    ends = [-1.0, -1.0]
    for number, fault in sorted(faults, key=lambda pair: pair[1].at_ms):
        since = max(begin, fault.at_ms / DAY_MS)
        until = min((fault.at_ms + fault.lasts_ms) / DAY_MS, end)
        if until < begin or since > end:
            continue
        for text in (f"{number}  {words.fault(fault.kind)}", str(number)):
            half = (0.035 * len(text) + 0.06) * (end - begin) / INNER_IN
            x = min(max((since + until) / 2, begin + half), end - half)
            row = next((i for i, last in enumerate(ends) if x - half > last), None)
            if row is not None:
                y = 1 + (0.04 + 0.15 * row) / height_in
                ax.text(x, y, text, transform=place, ha="center", va="bottom", weight="bold")
                ends[row] = x + half
                break
    return sum(last >= 0 for last in ends)
