"""The lanes below a bin's level: what it said had happened, and its attempts to report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from sim.report import canvas, words
from sim.report.canvas import DAY_MS
from sim.report.happenings import FULLNESS, Happening
from sim.report.story import BinStory

LANE_IN = 0.115
_ABOVE_IN = 0.03  # between the level's zero and the first lane
_EM_IN = 0.6 / 72  # mean width of a letter, for each point of its size
_LEAST_IN = 0.025  # of a bar


class View(NamedTuple):
    """What is in view, and how large."""

    begin: float  # days since the start
    end: float
    level_in: float  # height of a hundred per cent
    text_pt: float
    words: bool  # is there room to name everything?

    @property
    def day_in(self) -> float:
        """Width of a day."""
        return canvas.INNER_IN / (self.end - self.begin)

    def lane(self, i: int) -> float:
        """Where the middle of a lane is, in per cent of the level: below zero."""
        return -(_ABOVE_IN + LANE_IN * (i + 0.5)) * 100 / self.level_in

    def floor(self, lanes: int) -> float:
        """Where a panel with so many lanes ends, in per cent of the level."""
        return -(_ABOVE_IN * 2 + LANE_IN * lanes) * 100 / self.level_in


class Bar(NamedTuple):
    """An event in its lane; x in inches from the left edge of the view."""

    happening: Happening
    left: float
    right: float
    text: str
    inside: bool  # the text fits into the bar

    def end(self, view: View) -> float:
        """Where bar and text end."""
        return self.right if self.inside else self.right + _width(self.text, view)


def placed(found: Iterable[Happening], view: View) -> list[list[Bar]]:
    """Lanes of bars that do not touch.  How full the bin was and its emptyings share the first."""
    bars = [_bar(h, view) for h in found if _seen(h, view)]
    lanes: list[list[Bar]] = [[bar for bar in bars if _first(bar.happening)]]
    for bar in bars:
        if not _first(bar.happening):
            free = (lane for lane in lanes[1:] if lane[-1].end(view) < bar.left)
            lane = next(free, None)
            if lane is None:
                lanes.append([bar])
            else:
                lane.append(bar)
    return [lane for lane in lanes if lane] or lanes


def _first(h: Happening) -> bool:
    return h.moment or h.name in FULLNESS


def _seen(h: Happening, view: View) -> bool:
    ended = h.began_ms if h.moment else view.end * DAY_MS if h.ended_ms is None else h.ended_ms
    return h.began_ms / DAY_MS < view.end and ended / DAY_MS >= view.begin


def _bar(h: Happening, view: View) -> Bar:
    left = max(0.0, (h.began_ms / DAY_MS - view.begin) * view.day_in)
    right = canvas.INNER_IN
    if h.moment:
        right = left + 0.05
    elif h.ended_ms is not None:
        right = min(right, (h.ended_ms / DAY_MS - view.begin) * view.day_in)
    right = max(right, left + _LEAST_IN)
    text = words.event(h.name)
    return Bar(h, left, right, text, _width(text, view) <= right - left)


def _width(text: str, view: View) -> float:
    return (len(text) + 1) * _EM_IN * view.text_pt


def happened(ax: Axes, lanes: Sequence[Sequence[Bar]], view: View) -> None:
    """The bars, with their names where there is room."""
    for i, lane in enumerate(lanes):
        for bar in lane:
            if bar.happening.moment:
                _moment(ax, bar, view)
            else:
                _state(ax, bar, view.lane(i), view)
            _name(ax, bar, lane, view.lane(i), view)


def _state(ax: Axes, bar: Bar, y: float, view: View) -> None:
    x0, x1 = (view.begin + x / view.day_in for x in (bar.left, bar.right))
    color, thick = color_of(bar.happening), 0.085 * 72
    if bar.happening.name == "full":
        thick += 0.5  # it covers "nearly full", which stands all the time
    style: dict[str, Any] = {"solid_capstyle": "butt", "zorder": 4 + bar.happening.alarm}
    ax.plot([x0, x1], [y, y], color=color, lw=thick, clip_on=True, **style)
    if bar.happening.ended_ms is not None and x1 < view.end:
        ax.plot([x1], [y], "|", color=canvas.FAILED, ms=7, mew=1, zorder=6)


def _moment(ax: Axes, bar: Bar, view: View) -> None:
    whole = bar.happening.name == "emptied"
    style: dict[str, Any] = {"mec": canvas.EMPTIED, "mew": 0.8, "markerfacecoloralt": "white"}
    style["fillstyle"] = "full" if whole else "left"
    x = view.begin + bar.left / view.day_in
    ax.plot([x], [view.lane(0)], "v", color=canvas.EMPTIED, ms=4.5, zorder=7, **style)


def _name(ax: Axes, bar: Bar, lane: Sequence[Bar], y: float, view: View) -> None:
    style: dict[str, Any] = {"va": "center_baseline", "fontsize": view.text_pt, "zorder": 8}
    inside, ink = bar.inside, canvas.INK
    if bar.happening.name == "nearly_full":  # only what "full" does not cover counts
        over = [b.left for b in lane if b.happening.name == "full" and b.left >= bar.left]
        if min([bar.right + 1, *over]) - bar.left < _width(bar.text, view):
            return
    left = bar.left + 0.03
    if inside:
        ink = "white" if bar.happening.alarm else canvas.INK
    else:
        left = bar.right + 0.03 + 0.03 * bar.happening.moment
        later = [b.left for b in lane if b.left > bar.left]
        crowded = min([canvas.INNER_IN + 0.2, *later]) < left + _width(bar.text, view)
        if crowded or (_first(bar.happening) and not view.words):
            return
    ax.text(view.begin + left / view.day_in, y, bar.text, color=ink, **style)


def color_of(h: Happening) -> str:
    """Alarms have their own colour; what can wait is grey."""
    return canvas.ALARM if h.alarm else canvas.NEWS


def reports(ax: Axes, one: BinStory, y: float, crowded: bool) -> None:
    """Attempts to report: arrived, failed, and what waited for how long."""
    for begin, end in _waits(one):
        ax.plot([begin, end], [y, y], color=canvas.LATE, lw=2, solid_capstyle="butt")
        ax.plot([end], [y], ">", color=canvas.LATE, ms=5, mew=0, zorder=4)
    style: dict[str, Any] = {"linestyle": "none", "rasterized": crowded}
    on_time = one.ok_ms[~np.isin(one.ok_ms, one.arrived_ms[one.late])] / DAY_MS
    height = np.full(len(on_time), y)
    ax.plot(on_time, height, "|", color=canvas.ON_TIME, ms=4, mew=0.8, **style)
    failed = one.failed_ms / DAY_MS
    style |= {"ms": 3.4, "mew": 0.9, "zorder": 5}
    ax.plot(failed, np.full(len(failed), y), "x", color=canvas.FAILED, **style)


def _waits(one: BinStory) -> list[tuple[float, float]]:
    """For each message with late readings: when the oldest was taken, and when it arrived."""
    arrived = one.arrived_ms[one.late]
    taken = one.taken_ms[one.late]
    return [(taken[arrived == t].min() / DAY_MS, t / DAY_MS) for t in np.unique(arrived)]
