"""The whole fleet over time: readings that arrived, attempts that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from sim.report import canvas
from sim.report.canvas import DAY_MS
from sim.report.story import Array, Story

_HOUR_MS = 3_600_000
_BARS = 400  # no more than this many fit
_WIDTHS_MS = (
    60_000,
    600_000,
    _HOUR_MS,
    3 * _HOUR_MS,
    6 * _HOUR_MS,
    DAY_MS,
    7 * DAY_MS,
    30 * DAY_MS,
)


class Arrivals(NamedTuple):
    """The picture of deliveries over time, and what one of its bars stands for."""

    svg: str  # a data: address
    bar_ms: int


def picture(told: Story) -> Arrivals:
    """Readings that arrived, on time and late, over attempts that failed; faults shaded."""
    days = told.run.scenario.run.days
    bar_ms = _bar_ms(days * DAY_MS)
    with canvas.styled():
        fig = canvas.figure(3.3)
        upper, lower = canvas.axes(fig, 1.22, 1.55), canvas.axes(fig, 0.3, 0.62)
        for ax in (upper, lower):
            canvas.shade(ax, told.run.scenario.faults, days)
            canvas.time_axis(ax, told.run.scenario.run, labels=ax is lower)
        rows = canvas.name_faults(upper, enumerate(told.run.scenario.faults, 1), 0, days)
        _heading(upper, "Readings that arrived", rows)
        _heading(lower, "Attempts to report that failed", 0)
        _stack(upper, _delivered(told), bar_ms, days)
        _stack(lower, [(_failed(told), canvas.FAILED)], bar_ms, days)
        return Arrivals(canvas.image(fig), bar_ms)


def _bar_ms(run_ms: float) -> int:
    fits = (ms for ms in _WIDTHS_MS if run_ms / ms <= _BARS)
    hour_or_less = _HOUR_MS if run_ms > DAY_MS else _WIDTHS_MS[0]
    return max(hour_or_less, next(fits, _WIDTHS_MS[-1]))


def _heading(ax: Axes, text: str, rows: int) -> None:
    ax.set_title(text, loc="left", fontsize=8, pad=5 + 11 * rows)


def _delivered(told: Story) -> list[tuple[Array, str]]:
    on_time = [b.arrived_ms[~b.late] for b in told.bins]
    late = [b.arrived_ms[b.late] for b in told.bins]
    return [(_joined(on_time), canvas.ON_TIME), (_joined(late), canvas.LATE)]


def _failed(told: Story) -> Array:
    return _joined([b.failed_ms for b in told.bins])


def _joined(arrays: Iterable[Array]) -> Array:
    return np.concatenate([np.array([], dtype=np.int64), *arrays])


def _stack(ax: Axes, layers: Sequence[tuple[Array, str]], bar_ms: int, days: float) -> None:
    edges = np.arange(0, days * DAY_MS + bar_ms, bar_ms)
    base = np.zeros(len(edges) - 1)
    for times_ms, color in layers:
        found, _ = np.histogram(np.minimum(times_ms, edges[-1] - 1), edges)
        top = base + found
        ax.stairs(top, edges / DAY_MS, baseline=base, fill=True, color=color, lw=0)
        base = top
    ax.set_ylim(0, max(1.0, float(base.max())) * 1.08)
    ax.locator_params(axis="y", nbins=3, integer=True)
    ax.yaxis.set_major_formatter(lambda y, _: f"{y:,.0f}")
    ax.tick_params(axis="y", length=0)
