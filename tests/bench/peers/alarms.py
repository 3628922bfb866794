"""How long it takes until somebody is told that a bin is full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from sim.run import BinRun
from sim.waste import Waste
from tests.bench.peers.day import Said

FULL_PCT = 80  # the firmware's setting full_pct
_STEP_MS = 20_000  # the truth is looked at so often
_DAY_MS = 86_400_000


class Alarm(NamedTuple):
    """A bin was full from then, and until it was emptied."""

    from_ms: int
    until_ms: int


def alarms(waste: Waste, days: float) -> Iterator[Alarm]:
    """All times at which it was full, after the first day."""
    since, end_ms = None, round(days * _DAY_MS)
    for t_ms in range(_DAY_MS, end_ms, _STEP_MS):
        full = waste.level_pct(t_ms) >= FULL_PCT
        if full and since is None:
            since = t_ms
        elif not full and since is not None:
            yield Alarm(since, t_ms)
            since = None
    if since is not None:
        yield Alarm(since, end_ms)


def ours(one: BinRun) -> list[Said]:
    """What our firmware's messages said: the newest level of each, or that it is full."""
    heard = [d for d in one.deliveries if d.newest and d.wake is not None]
    return [
        Said(
            one.wakes[d.wake].t_ms + one.wakes[d.wake].awake_ms,
            FULL_PCT if d.alarm else d.fill_pct or 0,
        )
        for d in heard
        if d.wake is not None
    ]


def minutes(waste: Waste, said: Sequence[Said], days: float) -> list[float]:
    """From full to told, for each time: 0 where it was said already, all of it where never."""
    ends = [*said, Said(round(days * _DAY_MS) + 1, 0)]
    spans = [(now.t_ms, after.t_ms) for now, after in pairwise(ends) if now.level >= FULL_PCT]
    return [_minutes(alarm, spans) for alarm in alarms(waste, days)]


def _minutes(alarm: Alarm, spans: list[tuple[int, int]]) -> float:
    told = [max(alarm.from_ms, begin) for begin, end in spans if end > alarm.from_ms]
    return (min([alarm.until_ms, *told]) - alarm.from_ms) / 60_000
