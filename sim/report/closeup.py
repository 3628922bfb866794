"""One bin of a large fleet, large enough to see how sure it was and what it said when."""

from __future__ import annotations

from typing import NamedTuple

from sim.report import happenings, page, panels, words
from sim.report.canvas import DAY_MS
from sim.report.happenings import Happening
from sim.report.story import Story

_LENGTHS = (2, 1, 0.5, 0.25)  # days in view: at most a third of the run


class Closeup(NamedTuple):
    """A bin over some days."""

    svg: str  # a data: address
    bin_id: str
    when: str


def section(told: Story) -> list[str]:
    """HTML: where the strips are small, the bin to which most happened, large."""
    found = picture(told)
    if found is None:
        return []
    return [
        page.text(
            f"First, larger: {found.bin_id}, {found.when}. Where the band is tall, echoes "
            "disagreed, or the sensor heard a jump that the bin did not believe yet."
        ),
        page.pictures([found.svg], f"level, interval and events of {found.bin_id}"),
        page.text("And every bin:"),
    ]


def picture(told: Story) -> Closeup | None:
    """The bin and the days with most to see; None where that is no more than a bin that fills."""
    run = told.run.scenario.run
    length = next((n for n in _LENGTHS if n <= run.days / 3), None)
    if length is None:
        return None
    seen = [(_best(happenings.of(one), run.days, length), one) for one in told.bins]
    (score, begin), one = max(seen, key=lambda pair: pair[0][0])
    if not score[0] or (len(told.bins) <= panels.FEW and not score[1]):
        return None
    when = words.span(run.start, round(begin * DAY_MS), round((begin + length) * DAY_MS))
    svg = panels.closer(told, one, begin, begin + length)
    return Closeup(svg, one.bin.id, when)


def _best(found: list[Happening], days: float, length: float) -> tuple[tuple[float, ...], float]:
    """(what is to be seen, first day of the view) where that is most."""
    step = length / 12
    begins = [i * step for i in range(int((days - length) / step + 1e-6) + 1)]
    return max(((_score(found, x, length), x) for x in begins), key=lambda pair: pair[0])


def _score(found: list[Happening], begin: float, length: float) -> tuple[float, ...]:
    """(kinds of events in view, those that are not about the level, all, how well centred)."""
    low, high = begin * DAY_MS, (begin + 0.9 * length) * DAY_MS
    mine = [h for h in found if low < h.began_ms < high]
    times = [t for h in mine for t in (h.began_ms, h.ended_ms or h.began_ms)]
    if not times:
        return 0, 0, 0, 0.0
    kinds = {h.name for h in mine}
    off = abs((min(times) + max(times)) / 2 - (begin + length / 2) * DAY_MS)
    return len(kinds), len(kinds - {*happenings.FULLNESS, *happenings.MOMENTS}), len(mine), -off
