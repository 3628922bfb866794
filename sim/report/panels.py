"""The bins of a run, one narrow picture each on one axis of time: truth, reports, faults."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from sim.report import canvas
from sim.report.canvas import DAY_MS
from sim.report.story import Array, BinStory, Story
from sim.run import Run
from sim.scenario_table import Fault
from sim.waste import Waste

MOST = 40  # bins that are drawn; of more, the ones with the most to tell
_PER_PICTURE = 12  # so many fill a printed page
_PANEL_IN, _GAP_IN, _TOP_IN, _BOTTOM_IN = 0.52, 0.09, 0.5, 0.28
_FLOOR, _ROOF = -34, 108  # of a panel, in per cent; below zero is the lane of attempts
_LANE = -19
_TRUTH_POINTS = 1500
_TOO_MANY = 30_000  # readings in one page; beyond, they are drawn as pixels
_SPARSE = 400  # readings of a bin; fewer, and dots may be larger
_TEXT_PT = 7
_HOUR_MS = 3_600_000


def pictures(told: Story) -> list[str]:
    """Pictures (data: addresses) of all bins, or of the MOST with the most to tell."""
    shown = told.worst(MOST)
    n = math.ceil(len(shown) / _PER_PICTURE)
    rows = math.ceil(len(shown) / n)
    with canvas.styled():
        return [_picture(told, shown[i : i + rows], shown) for i in range(0, len(shown), rows)]


def _picture(told: Story, bins: Sequence[BinStory], shown: Sequence[BinStory]) -> str:
    step_in = _PANEL_IN + _GAP_IN
    fig = canvas.figure(_TOP_IN + step_in * len(bins) + _BOTTOM_IN)
    crowded = sum(len(b.readings) for b in shown) > _TOO_MANY
    for i, one in enumerate(bins):
        bottom_in = _BOTTOM_IN + step_in * (len(bins) - 1 - i) + _GAP_IN
        ax = canvas.axes(fig, bottom_in, _PANEL_IN)
        _panel(ax, told.run, one, crowded)
        _days(ax, told.run, top=i == 0, bottom=i == len(bins) - 1)
    return canvas.image(fig)


def _days(ax: Axes, run: Run, top: bool, bottom: bool) -> None:
    canvas.time_axis(ax, run.scenario.run, labels=top or bottom)
    ax.tick_params(axis="x", which="both", labeltop=top, labelbottom=bottom, bottom=bottom)
    if top:
        rows = canvas.name_faults(ax, run.scenario.faults, run.scenario.run.days)
        ax.tick_params(axis="x", which="major", length=0)
        ax.tick_params(axis="x", which="minor", pad=4 + 11 * rows)


def _panel(ax: Axes, run: Run, one: BinStory, crowded: bool) -> None:
    days = run.scenario.run.days
    canvas.shade(ax, _faults(run, one), days)
    _truth(ax, one.bin.waste, days)
    _lane(ax, one, crowded)
    _reported(ax, run, one, crowded)
    ax.set_ylim(_FLOOR, _ROOF)
    ax.set_yticks([0, 100], ["0", "100 %"], fontsize=6)
    ax.tick_params(axis="y", length=0, pad=3)
    ax.axhline(0, color="#B8B8B8", lw=0.6, zorder=1.5)
    ax.spines["bottom"].set_visible(False)
    _captions(ax, one)


def _faults(run: Run, one: BinStory) -> list[Fault]:
    return [fault for fault in run.scenario.faults if one.bin.index in fault.bins]


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
    at = np.array(emptied_ms) / DAY_MS
    ax.plot(at, np.full(len(at), 94.0), "v", color=canvas.EMPTIED, ms=4.5, mew=0, zorder=5)


def _lane(ax: Axes, one: BinStory, crowded: bool) -> None:
    """Attempts to report below the level: arrived, failed, and what waited for how long."""
    for begin, end in _waits(one):
        ax.plot([begin, end], [_LANE, _LANE], color=canvas.LATE, lw=2, solid_capstyle="butt")
        ax.plot([end], [_LANE], ">", color=canvas.LATE, ms=5, mew=0, zorder=4)
    style = {"linestyle": "none", "rasterized": crowded, "clip_on": False}
    on_time = one.ok_ms[~np.isin(one.ok_ms, one.arrived_ms[one.late])]
    ax.plot(on_time / DAY_MS, _lane_y(on_time), "|", color=canvas.ON_TIME, ms=4, mew=0.8, **style)
    failed = one.failed_ms
    ax.plot(
        failed / DAY_MS,
        _lane_y(failed),
        "x",
        color=canvas.FAILED,
        ms=3.4,
        mew=0.9,
        zorder=5,
        **style,
    )


def _lane_y(times: Array) -> Array:
    return np.full(len(times), float(_LANE))


def _waits(one: BinStory) -> list[tuple[float, float]]:
    """For each message with late readings: when the oldest was taken, and when it arrived."""
    arrived = one.arrived_ms[one.late]
    taken = one.taken_ms[one.late]
    return [(taken[arrived == t].min() / DAY_MS, t / DAY_MS) for t in np.unique(arrived)]


def _reported(ax: Axes, run: Run, one: BinStory, crowded: bool) -> None:
    """Dots at the time that the node itself stamped on the reading."""
    start_s = run.scenario.run.start.timestamp()
    true_days = one.taken_ms / DAY_MS
    stamps = [None if d.at_s is None else (d.at_s - start_s) / 86_400 for d in one.readings]
    x = np.array(
        [true if own is None else own for own, true in zip(stamps, true_days, strict=True)]
    )
    y = np.array([np.nan if d.fill_pct is None else d.fill_pct for d in one.readings], dtype=float)
    heard = ~np.isnan(y)
    timely, late = heard & ~one.late, heard & one.late
    size = 2.2 if len(x) < _SPARSE else 1.5
    style = {"rasterized": crowded}
    canvas.dots(ax, x[timely], y[timely], size, color=canvas.ON_TIME, zorder=3, **style)
    canvas.dots(ax, x[late], y[late], size + 1, color=canvas.LATE, zorder=4, **style)
    none = x[~heard]
    ax.plot(
        none, np.zeros(len(none)), "|", color=canvas.FAILED, ms=6, mew=1.1, zorder=5, clip_on=False
    )


def _captions(ax: Axes, one: BinStory) -> None:
    name = one.bin.name if one.bin.name and one.bin.name not in one.bin.id else ""
    place = {"transform": ax.transAxes, "fontsize": _TEXT_PT, "va": "center"}
    ax.text(-0.062, 0.62, f"{one.bin.id}\n{name}".strip(), ha="right", weight="bold", **place)
    lines = _remarks(one)
    color = canvas.FAINT if lines == ["on time"] else canvas.LATE
    ax.text(1.015, 0.62, "\n".join(lines), ha="left", color=color, **place)


def _remarks(one: BinStory) -> list[str]:
    late, missing = int(one.late.sum()), one.taken - one.delivered
    if not one.delivered:
        return ["nothing", "arrived"]
    lines = [f"{late} late,", f"up to {one.longest_ms / _HOUR_MS:.1f} h"] if late else []
    if missing > 0:
        lines.append(f"{missing} missing")
    return lines or ["on time"]
