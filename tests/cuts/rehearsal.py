"""Every cut: one wake that writes all that a wake can write, and its power cut at each place.

The wake spills a segment, mirrors, delivers three messages, rolls the log over and changes
settings.  Then the node starts again, and everything that it ever held is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from smartbin import memory, report
from tests.cuts.desk import BUSY, Desk, State

Number = tuple[int, int]
Account = dict[str, Any]
# variant -> the setting `outbox`.  With rtc a loss of power may take what is routine, and that is
# reported; with flash nothing.  alarm: the last readings raise one that nobody has heard of; cold:
# the busy wake is itself the first one after a loss of power.
VARIANTS = {"routine": "rtc", "alarm": "rtc", "flash": "flash", "cold": "flash"}
# How the node comes back: cold; by a reset that keeps RTC memory; by a brown-out, which keeps it,
# too, and calls itself power-on.
RESTARTS = ("power", "reset", "brownout")
_WAKES = 3  # of the unchanged firmware, after the restart


@dataclass(frozen=True)
class Before:
    """A bin before its busy wake, and what that wake is worth."""

    state: State
    held: frozenset[Number]  # readings in RTC memory and flash
    safe: frozenset[Number]  # those of them that a loss of power must not take
    places: int  # writes, erases, commits of the busy wake, without a cut


@dataclass
class Heard:
    """What has reached the broker."""

    contents: dict[Number, tuple[Any, ...]] = field(default_factory=dict)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    changed: list[Number] = field(default_factory=list)  # came twice with different content

    def take(self, desk: Desk) -> Heard:
        """All that has come since the last time."""
        for header, readings in desk.heard():
            self.gaps += [header.gap] if header.gap else []
            self.lost = max(self.lost, header.lost)
            for name, count in header.notes:
                self.notes[name] = self.notes.get(name, 0) + count
            for r in readings:
                self._one((header.epoch, r.seq), r)
        return self

    def _one(self, number: Number, r: report.Reading) -> None:
        content = (r.pct, r.lo, r.hi, r.mm, r.quality, r.reason, r.alarm)
        if self.contents.setdefault(number, content) != content:
            self.changed.append(number)


@dataclass(frozen=True)
class Outcome:
    """One cut.  lost: readings beyond what the promise allows; bricked: what no longer works."""

    variant: str
    restart: str
    place: int
    lost: tuple[str, ...]
    bricked: tuple[str, ...]


def prepare(desk: Desk, variant: str) -> Before:
    """A full outbox, a segment in flash, a log about to roll over, and the last of the numbers
    that NVS was promised."""
    state, mem = _filled(desk, variant, 0)
    state, mem = _filled(desk, variant, mem.reserved - mem.seq - 1)
    assert mem.seq == mem.reserved - 1
    if variant == "cold":
        state = desk.without_power(state)
    _, uncut = desk.wake(state, _cause(variant), BUSY, level=_level(variant))
    Heard().take(desk)
    held = _numbers(desk.look(state)["held"])
    routine = {(mem.epoch, r.seq) for r in mem.outbox.readings(mem.seq) if not r.alarm}
    safe = held if VARIANTS[variant] == "flash" else held - routine
    return Before(state, frozenset(held), frozenset(safe), uncut["writes"])


def _filled(desk: Desk, variant: str, reported: int) -> tuple[State, memory.Memory]:
    """One reading before it spills for the second time; `reported`: readings that arrived."""
    state, _ = desk.wake(desk.new(outbox=VARIANTS[variant]), "power", BUSY)
    for _ in range(reported):
        state, _ = desk.wake(state, "button")
    while True:
        mem = memory.load(state.rtc)
        assert mem is not None
        left = mem.outbox.room - 2 - len(mem.outbox) if mem.spilled else None
        if left == 0:
            return state, mem
        level = _level(variant) if left in (1, 2, 3) else "half"
        used, (state, _) = state, desk.wake(state, network=False, level=level)
        desk.forget(used)


def _cause(variant: str) -> str:
    """Of the busy wake: the button, for somebody who wants a report."""
    return "power" if variant == "cold" else "button"


def _level(variant: str) -> str:
    return "full" if variant == "alarm" else "half"


def cut(desk: Desk, variant: str, before: Before, restart: str, place: int) -> Outcome:
    """The busy wake with its power cut at that place, a restart, and what came of it."""
    around = {"cut_at": place, "level": _level(variant)}
    at_cut, answer = desk.wake(before.state, _cause(variant), BUSY, **around)
    assert answer["how"] == "off", answer
    state = desk.without_power(at_cut) if restart == "power" else at_cut
    kept = memory.load(state.rtc)
    ends, after = [], state
    for n in range(_WAKES + 1):
        main = {"main": BUSY} if n == _WAKES else {}
        after, answer = desk.wake(after, "button" if n else restart, level="low", **main)
        ends.append(answer)
    heard = Heard().take(desk)
    lost = tuple(_lost(before, restart, kept, heard))
    bricked = tuple(_bricked(desk, before, (at_cut, after), ends, heard))
    return Outcome(variant, restart, place, lost, bricked)


def every(desk: Desk, variant: str) -> Iterator[Outcome]:
    """Each way to start again, after a cut at each place."""
    before = prepare(desk, variant)
    for restart in RESTARTS:
        for place in range(1, before.places + 1):
            yield cut(desk, variant, before, restart, place)


def _lost(before: Before, restart: str, kept: memory.Memory | None, heard: Heard) -> Iterator[str]:
    promised = before.safe if restart == "power" else before.held
    told = {seq for gap in heard.gaps for seq in range(*gap)}
    for epoch, seq in sorted(before.held - heard.contents.keys()):
        if (epoch, seq) in promised or seq not in told:
            yield f"reading {seq} is gone"
    for _, seq in heard.changed:
        yield f"number {seq} was given twice"
    if restart != "power" and kept is None and before.state.rtc:
        yield "RTC memory is gone"
    elif kept and restart != "power" and (kept.epoch, kept.seq - 1) not in heard.contents:
        yield f"reading {kept.seq - 1} was kept, and is gone"
    if heard.lost:
        yield f"{heard.lost} readings are counted as dropped"


def _bricked(
    desk: Desk, before: Before, states: tuple[State, State], ends: list[Account], heard: Heard
) -> Iterator[str]:
    at_cut, after = states
    for n, answer in enumerate(ends, 1):
        if answer["how"] != "deepsleep" or answer["sleep_ms"] is None or answer["crash"]:
            yield f"wake {n} after the cut ended with {answer['how']}: {answer['crash']}"
        if not (answer["asked"] and (answer["radio"] or n == 1)):  # a reset asks for no report
            yield f"wake {n} after the cut did not measure and report"
    left = desk.look(after)
    if left["held"] or left["gap"]:
        yield f"it still holds {left['held']}, gap {left['gap']}"
    new = not before.state.rtc  # nothing may have been kept yet, and the first image may be torn
    for name in ("flash", "settings", "crash", *(() if new else ("memory",))):
        if name in heard.notes:
            yield f"it notes {name}"
    steps = after.settings["change_pct"] - at_cut.settings["change_pct"]
    if steps != 1 or {**after.settings, "change_pct": 0} != {**at_cut.settings, "change_pct": 0}:
        yield f"a setting was undone: {at_cut.settings} became {after.settings}"


def _numbers(runs: list[list[int]]) -> set[Number]:
    return {(epoch, seq) for epoch, first, end in runs for seq in range(first, end)}
