"""How full a bin really is: a level that steps up at each deposit and down at each emptying.

Source: City of Edinburgh Council, "litter-bin-sensor-data" (10 000 collections from 334 street
bins in the summer of 2016, OGL v3). Computed from it: between bins the rate is lognormal with a
median of 33 %/day and sigma 0.52; weekdays differ as in `_WEEKDAY`; variance over mean of what
arrives is about 14 %-points, which exponential deposits of 7 on average give. Assumptions, because
no source says: `_HOURS`, `_ROUND_H`, `_READ_H`, `_RESIDUE_PCT`. Hours are those of the scenario
start's time zone.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate, groupby, pairwise
from random import Random
from typing import Any, Protocol

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_JUMP_PCT = 7.0  # mean deposit
_WEEKDAY = (0.96, 0.98, 0.87, 0.97, 1.03, 1.17, 1.01)  # Monday first
_HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 6, 6, 7, 9, 12, 12, 10, 9, 9, 10, 10, 8, 6, 5, 3, 2)  # from 0 h
_HOURS_SUM = tuple(accumulate(_HOURS))
_ROUND_H = (6.5, 11.0)  # collection rounds come at some time of the morning
_READ_H = 6  # a daily record is the level at this hour, before that morning's round
_RESIDUE_PCT = 3.0  # an emptied bin holds at most this


class Waste(Protocol):
    """The truth about one bin."""

    @property
    def emptied_ms(self) -> tuple[int, ...]:
        """When it was emptied during the run, rising."""
        ...

    def level_pct(self, t_ms: int) -> float:
        """How full it is, 0..100; any time, in any order."""
        ...


class Steps:
    """A level that holds still between its steps: a `Waste`."""

    def __init__(self, times_ms: list[int], levels_pct: list[float], emptied_ms: Iterable[int]):
        self._times = times_ms
        self._levels = levels_pct
        self.emptied_ms = tuple(emptied_ms)

    def level_pct(self, t_ms: int) -> float:
        return self._levels[max(0, bisect_right(self._times, t_ms) - 1)]


def history(rows: Iterable[tuple[date, int]], start: datetime, days: float, rng: Random) -> Steps:
    """One plausible truth behind a station's daily readings.

    `rows` are (date, fullness in tenths); `start` is t = 0. At `_READ_H` o'clock of every day on
    record the truth rounds to the record, within its step (2 tenths; 1 where odd values occur).
    In between, a rise is several deposits, a fall is one emptying in the morning and then
    deposits, equal values may hide a few deposits. What the record cannot show (a bin emptied and
    as full again by the next reading) does not happen. A gap is bridged likewise; before the first
    reading and after the last the level holds. The truth depends on `rows` and `rng` only: a
    longer run tells the same story. Raises ValueError where `rows` is empty, or has a day twice
    or a fullness outside 0..10.
    """
    ordered = _checked(sorted(rows))
    days_ms = [(day - start.date()).days * _DAY_MS for day, _ in ordered]
    tenths = [value for _, value in ordered]
    marks = _marks(tenths, rng)
    times, levels, emptied = [days_ms[0] + _READ_H * _HOUR_MS], [marks[0]], []
    for i, (day, until) in enumerate(pairwise(days_ms)):
        begin, end = day + _READ_H * _HOUR_MS, until + _READ_H * _HOUR_MS
        level = marks[i]
        if tenths[i + 1] < tenths[i]:
            begin = rng.randrange(day, until, _DAY_MS) + _round_ms(rng)
            level = rng.uniform(0, min(_RESIDUE_PCT, marks[i + 1]))
            emptied.append(begin)
            times.append(begin)
            levels.append(level)
        for t, height in _rise(begin, end, level, marks[i + 1], rng):
            times.append(t)
            levels.append(height)
    return _steps(times, levels, emptied, start, days)


def arrivals(params: Any, start: datetime, days: float, rng: Random) -> Steps:
    """A bin that fills by a compound Poisson process and is emptied when worth it.

    `params` has rate_pct_day (median over bins), rate_sigma, jump_pct and empty_at_pct. A round
    passes every morning and empties the bin if it is above empty_at_pct; at 100 it overflows.
    """
    rate = rng.lognormvariate(math.log(params.rate_pct_day), params.rate_sigma)
    level = rng.uniform(0, params.empty_at_pct)
    times, levels, emptied = [-_DAY_MS], [level], []
    for day in range(math.ceil(days) + 1):
        mean = rate / params.jump_pct * _WEEKDAY[(start.weekday() + day) % 7]
        visit = day * _DAY_MS + _round_ms(rng)
        for t in sorted([visit, *_deposits(day * _DAY_MS, mean, rng)]):
            if t != visit:
                level = min(100.0, level + rng.expovariate(1 / params.jump_pct))
            elif level > params.empty_at_pct:
                level = rng.uniform(0, min(_RESIDUE_PCT, level))
                emptied.append(t)
            times.append(t)
            levels.append(level)
    return _steps(times, levels, emptied, start, days)


def _checked(rows: Sequence[tuple[date, int]]) -> Sequence[tuple[date, int]]:
    if not rows:
        raise ValueError("this station has no readings: choose one that has")
    for day, value in rows:
        if not 0 <= value <= 10:
            raise ValueError(f"fullness {value} on {day} is not 0..10 tenths: correct that row")
    for (one, _), (other, _) in pairwise(rows):
        if one == other:
            raise ValueError(f"two readings on {one} for one station: keep one of them")
    return rows


def _marks(tenths: Sequence[int], rng: Random) -> list[float]:
    """The true level at each reading: within its step, never falling while the record stands."""
    half_pct = 5 if any(value % 2 for value in tenths) else 10
    marks: list[float] = []
    for value, same in groupby(tenths):
        low = max(0.0, value * 10 - half_pct + 0.5)
        high = min(100.0, value * 10 + half_pct - 0.5)
        marks += sorted(rng.uniform(low, high) for _ in same)
    return marks


def _rise(begin: int, end: int, low: float, high: float, rng: Random) -> list[tuple[int, float]]:
    """Deposits after `begin`, up to and including `end`, that lift the level from low to high."""
    sums = [rng.expovariate(1 / _JUMP_PCT)]
    while sums[-1] < high - low:
        sums.append(sums[-1] + rng.expovariate(1 / _JUMP_PCT))
    when = sorted(_between(begin, end, rng) for _ in sums)
    heights = [min(high, low + (high - low) * part / sums[-1]) for part in sums[:-1]]
    return list(zip(when, [*heights, high], strict=True))


def _between(begin: int, end: int, rng: Random) -> int:
    """A moment in (begin, end], likelier in a busy hour."""
    while True:
        day = rng.randint(begin // _DAY_MS, end // _DAY_MS)
        t = day * _DAY_MS + _hour_ms(rng)
        if begin < t <= end:
            return t


def _deposits(midnight: int, mean: float, rng: Random) -> list[int]:
    """The moments of one day's deposits: a Poisson number of them, `mean` on average."""
    moments, spent = [], rng.expovariate(1)
    while spent < mean:
        moments.append(midnight + _hour_ms(rng))
        spent += rng.expovariate(1)
    return moments


def _hour_ms(rng: Random) -> int:
    hour = bisect_right(_HOURS_SUM, rng.random() * _HOURS_SUM[-1])
    return hour * _HOUR_MS + int(rng.random() * _HOUR_MS)


def _round_ms(rng: Random) -> int:
    return int(rng.uniform(*_ROUND_H) * _HOUR_MS)


def _steps(
    times: list[int], levels: list[float], emptied: list[int], start: datetime, days: float
) -> Steps:
    """From milliseconds since the first day's midnight to milliseconds since `start`."""
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    late = round((start - midnight).total_seconds() * 1000)
    in_run = (t - late for t in emptied if 0 <= t - late < days * _DAY_MS)
    return Steps([t - late for t in times], levels, in_run)
