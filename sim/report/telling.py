"""The facts of a run as sentences, for the terminal and for the page.

`summary` is what sim.summary.of() returns; numbers come from there or from the story.
"""

from __future__ import annotations

from typing import Any

from sim.report import story, words
from sim.report.story import FaultStory, Story
from sim.report.words import count, duration, listing, number

Summary = dict[str, Any]

_RARE = {"gap": "reported as a gap", "unfinished": "broken off"}


def readings(summary: Summary) -> str:
    """Where the readings are."""
    found = summary["readings"]
    rest = [f"{number(found[name])} {name}" for name in ("lost", "waiting", "dropped")]
    rest += [f"{number(found[name])} {words}" for name, words in _RARE.items() if found[name]]
    twice = count(found["duplicates"], "duplicate")
    return (
        f"{number(found['taken'])} taken, {number(found['delivered'])} delivered, "
        f"{', '.join(rest)}, {twice}."
    )


def sessions(summary: Summary) -> str:
    """How many attempts to report succeeded."""
    found = summary["sessions"]
    if not found["ok"] + found["failed"]:
        return "No bin tried to report."
    tried = count(found["ok"] + found["failed"], "attempt")
    return f"{tried} to report: {number(found['ok'])} succeeded, {number(found['failed'])} failed."


def late(told: Story) -> str:
    """How many readings arrived late, and how late."""
    if not told.late:
        return "No reading arrived late."
    silence = duration(story.setting(told.run, "silence_s") * 1000)
    return (
        f"{count(told.late, 'reading')} arrived after a failed attempt; the longest wait was "
        f"{duration(told.longest_ms)} (up to {silence} is normal: readings travel in batches)."
    )


def troubles(summary: Summary, codes: bool = False) -> str:
    """What the nodes and the simulator noted; codes: with the words of the table's column."""
    found = [_trouble(name, n, codes) for name, n in summary["troubles"].items()]
    return f"{'; '.join(found)}." if found else "None noted."


def _trouble(name: str, n: int, codes: bool) -> str:
    short, full = words.trouble(name)
    code = f' ("{short}")' if codes and short != full else ""
    return f"{full}{code} {words.times(n)}"


def events(summary: Summary) -> str:
    """What the bins reported beside their levels."""
    found = [f"{words.event(name)} {words.times(n)}" for name, n in summary["events"].items()]
    return f"{listing(found)}." if found else "None told."


def awake(summary: Summary) -> str:
    """How long wakes took."""
    p50, p99, longest = (duration(summary["awake"][k]) for k in ("p50_ms", "p99_ms", "max_ms"))
    return f"Half of the wakes took {p50} or less, 99 of 100 at most {p99}, the longest {longest}."


def charge(summary: Summary) -> str:
    """What a bin draws, and how long its battery lasts."""
    return (
        f"{summary['charge']['mah_per_day']:.2f} mAh per bin and day: "
        f"{words.cell(summary['battery']['cell'])} would last about "
        f"{summary['battery']['years']:.1f} years."
    )


def fill(summary: Summary) -> str:
    """How true the reported levels are."""
    found = summary["fill"]
    if found["mae_pct"] is None:
        return "No level arrived that could be compared with the truth."
    return (
        f"Reported levels are {found['mae_pct']:.1f} points from the truth on average; "
        f"{words.percent(found['quartile_ok'])} are in the right quarter of the bin."
    )


def fault(told: FaultStory) -> str:
    """What a fault did, in sentences."""
    kind = told.fault.kind
    if kind == "sonar_silent":
        return f"{count(told.silent, 'reading')} without a distance in this time."
    if kind == "power_cut":
        restarts = count(told.restarts, "bin")
        return f"No wakes in this time; {restarts} started from nothing afterwards."
    if not told.failed:
        return "No bin tried to report in this time, so nothing failed."
    return f"{_failed(told)} {_caught_up(told)}"


def _failed(told: FaultStory) -> str:
    many = f"{count(told.failed, 'attempt')} to report failed"
    return f"{many}, in {count(told.failed_bins, 'bin')}."


def _caught_up(told: FaultStory) -> str:
    if not told.late:
        return "No reading that waited for this has arrived since."
    return (
        f"{count(told.late, 'reading')} arrived late, after at most {duration(told.longest_ms)}; "
        f"the last of them {duration(told.caught_up_ms)} after the end of the fault."
    )


def fault_when(told: Story, one: FaultStory) -> str:
    """Wed 4 Mar 09:00 to 15:00 (6 h)."""
    begin, lasts = one.fault.at_ms, one.fault.lasts_ms
    when = words.span(told.run.scenario.run.start, begin, begin + lasts)
    return f"{when} ({duration(lasts)})"


def fault_bins(told: Story, one: FaultStory) -> str:
    """all 24 bins, bin-003, or 8 of 24 bins."""
    hit, all_bins = len(one.fault.bins), len(told.bins)
    if hit == all_bins > 1:
        return f"all {all_bins} bins"
    if hit == 1:
        return told.bins[one.fault.bins[0]].bin.id
    return f"{hit} of {all_bins} bins"
