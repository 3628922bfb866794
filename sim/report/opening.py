"""The opening of the page: what a stranger sees here, and what it shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sim.fault_kinds import KINDS
from sim.report import telling, words
from sim.report.story import Story
from sim.report.words import count, duration, listing, number

_FATES = {
    "lost": "lost without trace",
    "gap": "reported as gone with the power",
    "unfinished": "broken off by a reset or an error",
    "waiting": "still waiting in the bins at the end",
    "dropped": "given up because a bin's memory was full",
}
_NAMED = 3  # more faults than these are only counted


def sentences(told: Story, summary: dict[str, Any]) -> list[str]:
    """Three sentences: the run, its readings, its levels and batteries."""
    return [_run(told, summary), _readings(told, summary), _quality(summary)]


def _run(told: Story, summary: dict[str, Any]) -> str:
    run = told.run.scenario.run
    end = run.start + timedelta(days=run.days)
    filled = " that filled as real ones did" if told.run.scenario.waste.kind == "history" else ""
    return (
        f"{count(summary['bins'], 'simulated bin')}{filled} ran the bins' real firmware, on the "
        f"real MicroPython interpreter, for {words.days(summary['days'])} of virtual time "
        f"({words.dates(run.start, end)}), and reported over real sockets to "
        f"{words.broker(summary['broker']['kind'])}."
    )


def _readings(told: Story, summary: dict[str, Any]) -> str:
    found = summary["readings"]
    taken, delivered = found["taken"], found["delivered"]
    late = f", {number(told.late)} of them late" if told.late else ""
    if not taken:
        return "No reading was taken."
    if delivered == taken:
        every = f"All {taken:,} readings" if taken > 1 else "The only reading"
        return f"{every} taken arrived{late}{_although(told)}."
    some = f"{number(delivered)} arrived{late}" if delivered else "none arrived"
    came = f"Of {count(taken, 'reading')} taken, {some}{_while(told)}."
    return f"{came}{_missing(summary)}"


def _missing(summary: dict[str, Any]) -> str:
    found = summary["readings"]
    gone = [f"{number(found[name])} {fate}" for name, fate in _FATES.items() if found[name]]
    rest = f" The others: {listing(gone)}." if gone else ""
    noted = "" if found["delivered"] else f" The bins noted: {telling.troubles(summary)}"
    return rest + noted


def _although(told: Story) -> str:
    return f", although {_staged(told)}" if told.faults else ""


def _while(told: Story) -> str:
    return f"; {_staged(told)}" if told.faults else ""


def _staged(told: Story) -> str:
    faults = [one.fault for one in told.faults]
    if len(faults) > _NAMED:
        return f"{len(faults)} faults were staged"
    return listing(
        [
            f"{_clause(f.kind)} for {duration(f.lasts_ms)} ({_of(len(f.bins), len(told.bins))})"
            for f in faults
        ]
    )


def _clause(kind: str) -> str:
    return KINDS[kind].clause if kind in KINDS else f"there was {words.fault(kind)}"


def _of(some: int, every: int) -> str:
    if some < every:
        return f"{some} of {every} bins"
    return f"all {every} bins" if every > 1 else "its only bin"


def _quality(summary: dict[str, Any]) -> str:
    power = (
        f"at {summary['charge']['mah_per_day']:.2f} mAh a day "
        f"{words.cell(summary['battery']['cell'])} would last about "
        f"{summary['battery']['years']:.1f} years"
    )
    off = summary["fill"]["mae_pct"]
    if off is None:
        return f"No level can be compared with the truth; {power}."
    return f"Reported levels are {off:.1f} points from the truth on average, and {power}."
