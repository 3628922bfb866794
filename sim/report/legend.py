"""What the signs in the pictures mean, and what the words on the page mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.fault_kinds import KINDS
from sim.report import happenings, signs, story, words
from sim.report.canvas import ALARM, FAILED, LATE, NEWS, ON_TIME
from sim.report.story import Story
from sim.report.words import duration


def signs_of(told: Story) -> str:
    """The signs of the bins' pictures: those that occur in this run."""
    return _list([*_levels(told), *_events(told), *_reports(told), *_faults(told)])


def _levels(told: Story) -> Iterator[tuple[str, str]]:
    yield signs.REALLY_FULL, "how full the bin really was"
    if any(b.bin.waste.emptied_ms for b in told.bins):
        yield signs.REALLY_EMPTIED, "the bin was really emptied"
    yield (
        signs.LEVEL,
        "the level that the bin reported, and between which levels it was 80 % sure to be",
    )
    readings = [d for b in told.bins for d in b.readings]
    if any(d.at_least for d in readings):
        yield signs.BOUND, "at least so full: the waste is too near for the sensor to say more"
    if any(d.fill_pct is None for d in readings):
        yield signs.SILENT, "no level measured; dotted: the last one before"
    yield signs.FULL_LINE, f"the line of “full”: {story.setting(told.run, 'full_pct')} %"


def _events(told: Story) -> Iterator[tuple[str, str]]:
    found = {h.name: h for b in told.bins for h in happenings.of(b)}
    if "emptied" in found:
        yield signs.SAID_EMPTIED, "the bin said that it was emptied"
    if "part_emptied" in found:
        yield signs.SAID_PARTLY, "... partly emptied"
    lasting = [h for h in found.values() if not h.moment]
    for alarm, what in ((True, "an alarm stands; it is told at once"), (False, "other news")):
        names = [words.event(h.name) for h in lasting if h.alarm == alarm]
        if names:
            yield signs.bar(ALARM if alarm else NEWS), f"{what}: {words.listing(sorted(names))}"
    if any(h.ended_ms is not None for h in lasting):
        yield signs.OVER, "the bin said that it is over"


def _reports(told: Story) -> Iterator[tuple[str, str]]:
    yield signs.ARRIVED, "a report arrived"
    if any(b.failed_ms.size for b in told.bins):
        yield signs.CROSS, "an attempt to report failed"
    if told.late:
        yield signs.LATE_LEVEL, "a level that arrived late: an attempt to report it had failed"
        yield signs.WAIT, "how long late readings waited; the tip is when they arrived"


def colors(told: Story) -> str:
    """The colours of the picture of arrivals."""
    blocks = (
        (ON_TIME, "on time"),
        (LATE, "late: after a failed attempt"),
        (FAILED, "failed attempts"),
    )
    return _list([*[(signs.block(color), text) for color, text in blocks], *_faults(told)])


def _faults(told: Story) -> list[tuple[str, str]]:
    return [(signs.band(kind), words.fault(kind)) for kind in _kinds(told)]


def _kinds(told: Story) -> list[str]:
    return list(dict.fromkeys(fault.kind for fault in told.run.scenario.faults))


def _list(found: Iterable[tuple[str, str]]) -> str:
    rows = (f"<li>{_sign(sign)}{text}</li>" for sign, text in found)
    return f'<ul class="legend">{"".join(rows)}</ul>'


def _sign(shapes: str) -> str:
    return f'<svg viewBox="0 0 26 16" aria-hidden="true">{shapes}</svg>'


def fault(kind: str) -> str:
    """The sign of a kind of fault."""
    return _sign(signs.band(kind))


def event(name: str) -> str:
    """The sign of an event."""
    moments = {"emptied": signs.SAID_EMPTIED, "part_emptied": signs.SAID_PARTLY}
    alarm = name in happenings.ALARMS
    return _sign(moments.get(name) or signs.bar(ALARM if alarm else NEWS))


def glossary(told: Story) -> list[tuple[str, str]]:
    """(word, what it means here)."""
    silence = duration(story.setting(told.run, "silence_s") * 1000)
    sample = duration(story.setting(told.run, "sample_s") * 1000)
    report = (
        "One message to the broker, with the newest reading and all that it has not acknowledged "
        "yet. A bin reports when its level has changed enough, when it becomes full, and at least "
        f"every {silence}. Until then readings wait in the bin by design."
    )
    late = (
        "At least one attempt to report failed between the reading and its arrival. Waiting for "
        f"the next regular report, up to {silence}, does not count as late."
    )
    interval = (
        "The pale band around a level: 8 of 10 times the truth is said to lie in it. It is tall "
        "where echoes disagree, or show a jump that the bin does not believe yet."
    )
    return [
        ("Reading", f"One measurement of how full a bin is. A bin takes one every {sample}."),
        ("Report", report),
        ("Late", late),
        ("Waiting", "Still stored in the bin when the run ended; it would have come later."),
        ("Dropped", "Given up by the firmware because its memory was full, and reported as such."),
        (
            "Gap",
            "Numbers that a bin reports as gone after a loss of power; some it may not have used.",
        ),
        (
            "Broken off",
            "A measurement that a reset, a power cut or an error ended before its end.",
        ),
        ("Lost", "Taken, and gone without a word: none of the above. It should be 0."),
        ("Duplicate", "A reading that arrived again, for instance after a lost acknowledgement."),
        ("Arrived", "Counted by a subscriber at the broker, never by the firmware's own word."),
        ("Interval", interval),
        ("Point", "A hundredth of a bin: between 40 % and 43 % full lie 3 points."),
        *[(words.fault(kind).capitalize(), _meaning(kind)) for kind in _kinds(told)],
    ]


def _meaning(kind: str) -> str:
    return KINDS[kind].text if kind in KINDS else ""
