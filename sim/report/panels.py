"""The bins of a run, one panel each on one axis of time: truth, reports, events, faults."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from sim.report import canvas, happenings, lanes, levels
from sim.report.happenings import Happening
from sim.report.lanes import Bar, View
from sim.report.story import BinStory, Story
from sim.run import Run
from sim.scenario_table import Fault

MOST = 40  # bins that are drawn; of more, the ones with the most to tell
FEW = 4  # so many have panels that are large enough to need no closer look
_PER_PICTURE = 12  # so many fill a printed page
_GAP_IN, _TOP_IN, _BOTTOM_IN = 0.1, 0.5, 0.28
_LEVEL_IN = 0.36  # height of a hundred per cent,
_LARGE_IN = 1.3  # in a large panel
_TOO_MANY = 30_000  # readings in one page; beyond, they are drawn as pixels
_TEXT_PT = 7
_SMALL_PT = 5.5
_HOUR_MS = 3_600_000


class Panel(NamedTuple):
    """A bin, and what is in its lanes."""

    one: BinStory
    bars: list[list[Bar]]
    view: View

    @property
    def floor(self) -> float:
        """Its lower end, in per cent of the level."""
        return self.view.floor(len(self.bars) + 1)

    @property
    def height_in(self) -> float:
        """From floor to roof."""
        return (levels.ROOF - self.floor) * self.view.level_in / 100


def pictures(told: Story) -> list[str]:
    """Pictures (data: addresses) of all bins, or of the MOST with the most to tell."""
    shown = told.worst(MOST)
    n = math.ceil(len(shown) / _PER_PICTURE)
    rows = math.ceil(len(shown) / n)
    crowded = sum(len(b.readings) for b in shown) > _TOO_MANY
    days, large = told.run.scenario.run.days, len(shown) <= FEW
    size = (_LARGE_IN, _TEXT_PT, True) if large else (_LEVEL_IN, _SMALL_PT, False)
    panels = [panel(one, happenings.of(one), View(0, days, *size)) for one in shown]
    with canvas.styled():
        return [_picture(told, panels[i : i + rows], crowded) for i in range(0, len(shown), rows)]


def closer(told: Story, one: BinStory, begin: float, end: float) -> str:
    """One bin, large, over some of its days."""
    with canvas.styled():
        large = panel(one, happenings.of(one), View(begin, end, 1.5 * _LARGE_IN, _TEXT_PT, True))
        return _picture(told, [large], crowded=False)


def panel(one: BinStory, found: list[Happening], view: View) -> Panel:
    """A bin with its events put into lanes."""
    return Panel(one, lanes.placed(found, view), view)


def _picture(told: Story, panels: Sequence[Panel], crowded: bool) -> str:
    height_in = sum(p.height_in + _GAP_IN for p in panels)
    fig = canvas.figure(_TOP_IN + height_in + _BOTTOM_IN)
    drawn = {p.one.bin.index for p in panels}
    faults = [f for f in enumerate(told.run.scenario.faults, 1) if drawn & {*f[1].bins}]
    top_in = fig.get_figheight() - _TOP_IN
    for i, one in enumerate(panels):
        ax = canvas.axes(fig, top_in - one.height_in, one.height_in)
        _panel(ax, told.run, one, crowded)
        _days(ax, told.run, one.view, i == 0, i == len(panels) - 1, faults)
        top_in -= one.height_in + _GAP_IN
    return canvas.image(fig)


def _days(
    ax: Axes, run: Run, view: View, top: bool, bottom: bool, faults: list[tuple[int, Fault]]
) -> None:
    canvas.time_axis(ax, run.scenario.run, top or bottom, (view.begin, view.end))
    ax.tick_params(axis="x", which="both", labeltop=top, labelbottom=bottom, bottom=bottom)
    if top:
        rows = canvas.name_faults(ax, faults, view.begin, view.end)
        ax.tick_params(axis="x", which="major", length=0)
        ax.tick_params(axis="x", which="minor", pad=4 + 11 * rows)


def _panel(ax: Axes, run: Run, panel: Panel, crowded: bool) -> None:
    one, view = panel.one, panel.view
    canvas.shade(ax, _faults(run, one), run.scenario.run.days)
    levels.draw(ax, run, one, crowded, view.end - view.begin)
    lanes.happened(ax, panel.bars, view)
    lanes.reports(ax, one, view.lane(len(panel.bars)), crowded)
    ax.set_ylim(panel.floor, levels.ROOF)
    marks = [0, 50, 100] if view.words else [0, 100]
    ax.set_yticks(marks, [*map(str, marks[:-1]), "100 %"], fontsize=6)
    ax.tick_params(axis="y", length=0, pad=3)
    ax.axhline(0, color="#B8B8B8", lw=0.6, zorder=1.5)
    ax.spines["bottom"].set_visible(False)
    _captions(ax, panel, run.scenario.run.days)


def _faults(run: Run, one: BinStory) -> list[Fault]:
    return [fault for fault in run.scenario.faults if one.bin.index in fault.bins]


def _captions(ax: Axes, panel: Panel, days: float) -> None:
    one, view = panel.one, panel.view
    name = one.bin.name if one.bin.name and one.bin.name not in one.bin.id else ""
    place = {"transform": ax.get_yaxis_transform(), "va": "center"}
    title = f"{one.bin.id}\n{name}".strip()
    ax.text(-0.062, 50, title, ha="right", size=_TEXT_PT, weight="bold", **place)
    for i, text in ((0, "events"), (len(panel.bars), "reports")):
        ax.text(-0.008, view.lane(i), text, ha="right", color=canvas.FAINT, size=5, **place)
    if view.end - view.begin < days:
        return  # they are about the whole run
    lines = _remarks(one)
    color = canvas.FAINT if lines == ["on time"] else canvas.LATE
    ax.text(1.015, 50, "\n".join(lines), ha="left", size=_TEXT_PT, color=color, **place)


def _remarks(one: BinStory) -> list[str]:
    late, missing = int(one.late.sum()), one.taken - one.delivered
    if not one.delivered:
        return ["nothing", "arrived"]
    lines = [f"{late} late,", f"up to {one.longest_ms / _HOUR_MS:.1f} h"] if late else []
    if missing > 0:
        lines.append(f"{missing} missing")
    return lines or ["on time"]
