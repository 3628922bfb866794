"""The upper part of a bin's panel: how full it was, what it said, and how sure it was of that."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.report import canvas, story
from sim.report.canvas import DAY_MS
from sim.report.story import Array, BinStory
from sim.run import Run
from sim.waste import Waste

_TRUTH_POINTS = 1500
_SPARSE = 400  # readings in view; fewer, and dots may be larger
_HOLDS = 2.5  # of the longest regular pauses: longer without a reading is a gap, not a level
_TALLER = 6  # how far a panel's roof is above a full bin, in per cent, and where its triangles are
ROOF = 100 + 2 * _TALLER


def draw(ax: Axes, run: Run, one: BinStory, crowded: bool, days: float) -> None:
    """Truth, interval and readings; days: how many are in view."""
    end_days = run.scenario.run.days
    _truth(ax, one.bin.waste, end_days)
    full_pct = story.setting(run, "full_pct")
    ax.axhline(full_pct, color=canvas.FAINT, lw=0.5, ls=(0, (1, 2.5)), zorder=0.8)
    hold = _HOLDS * story.setting(run, "slow_s") / 86_400
    said = _Said(run, one)
    _intervals(ax, said, hold)
    _dots(ax, said, crowded, len(said.x) * days / end_days < _SPARSE)


class _Said:
    """A bin's readings in the order of the time that the node itself stamped on them."""

    def __init__(self, run: Run, one: BinStory):
        start_s, readings = run.scenario.run.start.timestamp(), one.readings
        true = one.taken_ms / DAY_MS
        own = [np.nan if d.at_s is None else (d.at_s - start_s) / 86_400 for d in readings]
        x = np.where(np.isnan(own), true, own) if readings else true
        order = np.argsort(x, kind="stable")
        self.x = x[order]
        self.pct, self.lo, self.hi = (
            np.array([_number(getattr(d, name)) for d in readings], dtype=float)[order]
            for name in ("fill_pct", "lo_pct", "hi_pct")
        )
        self.heard = ~np.isnan(self.pct)
        self.bound = np.array([d.at_least for d in readings], dtype=bool)[order] & self.heard
        self.late = one.late[order]


def _number(value: int | None) -> float:
    return np.nan if value is None else value


def _truth(ax: Axes, waste: Waste, days: float) -> None:
    end_ms = round(days * DAY_MS)
    emptied_ms = [t for t in waste.emptied_ms if 0 <= t < end_ms]
    grid = np.linspace(0, end_ms, _TRUTH_POINTS).round().astype(np.int64).tolist()
    times_ms = sorted({*grid, *emptied_ms, *(max(0, t - 1) for t in emptied_ms)})
    levels = np.array([waste.level_pct(t) for t in times_ms])
    steps = np.r_[True, levels[1:] != levels[:-1]]
    steps[-1] = True
    x, y = np.array(times_ms)[steps] / DAY_MS, levels[steps]
    ax.fill_between(x, y, step="post", color=canvas.TRUTH, lw=0, zorder=1)
    ax.step(x, y, where="post", color=canvas.TRUTH_EDGE, lw=0.7, zorder=1.6)
    at, top = np.array(emptied_ms) / DAY_MS, np.full(len(emptied_ms), 100.0 - _TALLER)
    style: dict[str, Any] = {"mfc": "white", "mec": canvas.EMPTIED, "mew": 0.8}
    ax.plot(at, top, "v", ms=4, zorder=5, clip_on=True, **style)


def _intervals(ax: Axes, said: _Said, hold: float) -> None:
    """The 10-90 % interval of each reading, until the next; what is not known is hatched."""
    blue, grey = canvas.ON_TIME, canvas.UNKNOWN
    x, lo, hi = _held(said.x, said.heard & ~said.bound, hold, said.lo, said.hi)
    ax.fill_between(x, lo, hi, step="post", color=blue, alpha=0.3, lw=0, zorder=1.8)
    x, lo, hi = _held(said.x, said.bound, hold, said.pct, np.full(len(said.x), 100.0))
    style: dict[str, Any] = {"facecolor": "none", "edgecolor": blue, "lw": 0, "alpha": 0.75}
    ax.fill_between(x, lo, hi, step="post", hatch="||||||", zorder=1.8, **style)
    full, none = np.full(len(said.x), 100.0), np.zeros(len(said.x))
    x, lo, hi = _held(said.x, ~said.heard, hold, none, full)
    style = {"facecolor": "none", "edgecolor": grey, "lw": 0}
    ax.fill_between(x, lo, hi, step="post", hatch="//////", zorder=1.7, **style)
    x, last, _ = _held(said.x, ~said.heard, hold, _before(said.pct), full)
    ax.step(x, last, where="post", color=canvas.ON_TIME, lw=0.9, ls=(0, (1, 1.5)), zorder=2)


def _before(pct: Array) -> Array:
    """The last level before each reading that has none."""
    at = np.maximum.accumulate(np.where(np.isnan(pct), 0, np.arange(len(pct))))
    return pct[at]


def _held(x: Array, mine: Array, hold: float, lo: Array, hi: Array) -> tuple[Array, Array, Array]:
    """Steps that last until the next reading, or for `hold`; NaN where another kind has its turn.

    Steps that change nothing are left out, which makes pages much smaller.
    """
    points: list[tuple[float, float, float]] = []
    for i in np.flatnonzero(mine).tolist():
        point = (x[i], lo[i], hi[i])
        if not points or np.isnan(points[-1][1]) or points[-1][1:] != point[1:]:
            points.append(point)
        end = min(x[i + 1], x[i] + hold) if i + 1 < len(x) else x[i]
        if i + 1 == len(x) or end < x[i + 1] or not mine[i + 1]:
            points += [(end, lo[i], hi[i]), (end, np.nan, np.nan)]
    found = np.array(points, dtype=float).reshape(-1, 3)
    return found[:, 0], found[:, 1], found[:, 2]


def _dots(ax: Axes, said: _Said, crowded: bool, sparse: bool) -> None:
    x, pct = said.x, said.pct
    size = 2.2 if sparse else 1.5
    style: dict[str, Any] = {"rasterized": crowded}
    sure = said.heard & ~said.bound
    timely, late = sure & ~said.late, sure & said.late
    canvas.dots(ax, x[timely], pct[timely], size, color=canvas.ON_TIME, zorder=3, **style)
    canvas.dots(ax, x[late], pct[late], size + 1, color=canvas.LATE, zorder=4, **style)
    bounds: dict[str, Any] = {"ls": "none", "mew": 0, "ms": 2 * size, "zorder": 4}
    for mine, color in ((~said.late, canvas.ON_TIME), (said.late, canvas.LATE)):
        at = said.bound & mine
        ax.plot(x[at], pct[at], "^", color=color, **bounds, **style)
    none = x[~said.heard]
    bounds = {"color": canvas.FAILED, "ls": "none", "ms": 4, "mew": 0.9, "zorder": 5}
    ax.plot(none, np.full(len(none), 100.0), marker="|", **bounds, **style)
