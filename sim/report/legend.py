"""What the signs in the pictures mean, and what the words on the page mean."""

from __future__ import annotations

from collections.abc import Iterable

from sim.fault_kinds import KINDS
from sim.report import canvas, story, words
from sim.report.canvas import EMPTIED, FAILED, LATE, ON_TIME, TRUTH, TRUTH_EDGE
from sim.report.story import Story
from sim.report.words import duration

_ROW_X = (5, 10, 15, 20)
_TRUTH = (
    f'<path d="M1 15V9h9V4h15v11z" fill="{TRUTH}"/>'
    f'<path d="M1 9h9V4h15" fill="none" stroke="{TRUTH_EDGE}"/>'
)
_ON_TIME = "".join(f'<circle cx="{x}" cy="8" r="1.8" fill="{ON_TIME}"/>' for x in _ROW_X)
_LATE = "".join(f'<circle cx="{x}" cy="8" r="2.6" fill="{LATE}"/>' for x in _ROW_X)
_WAIT = (
    f'<path d="M1 8h17" stroke="{LATE}" stroke-width="3"/>'
    f'<path d="M17 3.5v9l8-4.5z" fill="{LATE}"/>'
)
_ARRIVED = f'<path d="M13 3v10" stroke="{ON_TIME}" stroke-width="1.6"/>'
_CROSS = f'<path d="M9 4l8 8m0-8l-8 8" stroke="{FAILED}" stroke-width="1.8"/>'
_SILENT = (
    f'<path d="M1 11h24" stroke="#B8B8B8"/><path d="M13 4v11" stroke="{FAILED}" stroke-width="2"/>'
)
_EMPTIED = f'<path d="M8 4h10l-5 9z" fill="{EMPTIED}"/>'
_SIGNS = (
    (_TRUTH, "how full the bin really was"),
    (_ON_TIME, "readings that arrived on time, at the time of measurement"),
    (_LATE, "readings that arrived late: an attempt to report them had failed"),
    (_WAIT, "how long late readings waited; the tip is when they arrived"),
    (_ARRIVED, "a report arrived"),
    (_CROSS, "an attempt to report failed"),
    (_SILENT, "a reading without a distance: the sensor heard nothing"),
    (_EMPTIED, "the bin was emptied"),
)


def signs(told: Story) -> str:
    """The signs of the bins' pictures, with the faults of this run."""
    return _list([*_SIGNS, *_faults(told)])


def colors(told: Story) -> str:
    """The colours of the picture of arrivals."""
    blocks = (
        (ON_TIME, "on time"),
        (LATE, "late: after a failed attempt"),
        (FAILED, "failed attempts"),
    )
    return _list([*[(_block(color), text) for color, text in blocks], *_faults(told)])


def _faults(told: Story) -> list[tuple[str, str]]:
    return [(_band(kind), words.fault(kind)) for kind in _kinds(told)]


def _kinds(told: Story) -> list[str]:
    return list(dict.fromkeys(fault.kind for fault in told.run.scenario.faults))


def _block(color: str) -> str:
    return f'<rect x="8" y="2" width="10" height="12" fill="{color}"/>'


def _band(kind: str) -> str:
    color = canvas.fault_color(kind)
    return (
        f'<rect x="4" y="1" width="18" height="14" fill="{color}" fill-opacity="0.32"/>'
        f'<rect x="4" y="1" width="18" height="2.5" fill="{color}"/>'
    )


def _list(signs: Iterable[tuple[str, str]]) -> str:
    rows = (f"<li>{_sign(sign)}{text}</li>" for sign, text in signs)
    return f'<ul class="legend">{"".join(rows)}</ul>'


def _sign(shapes: str) -> str:
    return f'<svg viewBox="0 0 26 16" aria-hidden="true">{shapes}</svg>'


def fault(kind: str) -> str:
    """The sign of a kind of fault."""
    return _sign(_band(kind))


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
        ("Point", "A hundredth of a bin: between 40 % and 43 % full lie 3 points."),
        *[(words.fault(kind).capitalize(), _meaning(kind)) for kind in _kinds(told)],
    ]


def _meaning(kind: str) -> str:
    return KINDS[kind].text if kind in KINDS else ""
