"""What bins said had happened, in words: for a table of events, and for what a fault did."""

from __future__ import annotations

from html import escape

from sim.report import happenings, page, story, telling, words
from sim.report.happenings import MEANS, MOMENTS, Happening
from sim.report.story import FaultStory, Story
from sim.report.words import count, duration
from smartbin import events

_HOUR_MS = 3_600_000
# Faults that a bin can notice itself; what they do to reports is no matter.
_SENSED = ("fire", "tilt", "lid_open", "blocked", "wet", "sonar_noise", "sonar_silent")
_SENSED += ("sonar_stuck_high", "sonar_stuck_low", "adc_nonsense")
_COLUMNS = ("Event", "Raised", "Ended", "In", "Heard after", "What it means")


def section(told: Story) -> list[str]:
    """HTML: how often each event was raised and ended, how soon it was heard, what it means."""
    from sim.report import legend

    found = [(b.bin.id, h) for b in told.bins for h in happenings.of(b)]
    rows = [
        [f"{legend.event(name)}{escape(words.event(name).capitalize())}", *map(escape, cells)]
        for name in events.NAMES
        if (cells := _row(told, name, [(i, h) for i, h in found if h.name == name]))
    ]
    return [
        page.heading("What the bins said had happened"),
        page.text(_emptyings(told, [h for _, h in found])),
        page.table(_COLUMNS, rows) if rows else page.text("No bin told of any event."),
    ]


def _row(told: Story, name: str, found: list[tuple[str, Happening]]) -> list[str]:
    if not found:
        return []
    ended = sum(h.ended_ms is not None for _, h in found)
    waited = max(h.heard_ms - h.began_ms for _, h in found)
    return [
        words.times(len(found)),
        "" if name in MOMENTS else words.times(ended) if ended else "not yet",
        count(len({i for i, _ in found}), "bin"),
        f"at most {duration(waited)}" if waited > 0 else "at once",
        _meaning(told, name),
    ]


def _meaning(told: Story, name: str) -> str:
    names = ("near_pct", "full_pct", "release_pct")
    return MEANS[name].format(**{n: story.setting(told.run, n) for n in names})


def _emptyings(told: Story, found: list[Happening]) -> str:
    end_ms = told.run.scenario.run.days * 24 * _HOUR_MS
    really = sum(0 <= t < end_ms for b in told.bins for t in b.bin.waste.emptied_ms)
    said = sum(h.moment for h in found)
    if not really + said:
        return ""
    who = "The bins were" if len(told.bins) > 1 else "The bin was"
    return f"{who} really emptied {words.times(really)}, and said so {_times(said)}."


def _times(n: int) -> str:
    return words.times(n) if n else "never"


def fault(told: Story, one: FaultStory) -> str:
    """What a fault did, in sentences; where a bin can notice it, whether one did."""
    if one.fault.kind not in _SENSED:
        return telling.fault(one)
    parts = []
    if one.silent:
        parts.append(f"{count(one.silent, 'reading')} without a distance in this time.")
    parts.append(_noticed(told, one) or "No bin told of an event because of it.")
    if one.failed:
        parts.append(telling.fault(one))
    return " ".join(parts)


def _noticed(told: Story, one: FaultStory) -> str:
    begin, end = one.fault.at_ms, one.fault.at_ms + one.fault.lasts_ms
    found: dict[str, list[Happening]] = {}
    for i in one.fault.bins:
        for h in happenings.of(told.bins[i]) if i < len(told.bins) else []:
            if begin <= h.began_ms < end and not h.moment:
                found.setdefault(h.name, []).append(h)
    return " ".join(_raised(name, mine, begin, end) for name, mine in found.items())


def _raised(name: str, found: list[Happening], begin: int, end: int) -> str:
    """One sentence: raised how long after the beginning, and ended how long after the end."""
    first = min(h.began_ms for h in found) - begin
    after = f"{duration(first)} after the beginning"
    many = f", {words.times(len(found))}" if len(found) > 1 else ""
    ends = [h.ended_ms for h in found if h.ended_ms is not None]
    if len(ends) < len(found):
        over = "it still stood at the end of the run"
    elif max(ends) < end:
        over = "over before the fault was"
    else:
        over = f"over {duration(max(ends) - end)} after the end"
    return f"Told of “{words.event(name)}” {after}{many}; {over}."
