"""Where an axis of virtual time has its lines and what is written there: hours, days or dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

Ticks = tuple[list[float], list[str], list[float]]

_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360)
_MONTHS = (1, 3, 6, 12, 24)  # 4000 days are the longest run
_LABELS = 10  # no more than this many fit


def ticks(start: datetime, days: float) -> Ticks:
    """Days since the start at which lines stand; what is written; where it is written."""
    if days <= 2:
        return _hours(start, days)
    if days <= _LABELS:
        return _days(start, days)
    return _dates(start, days)


def _hours(start: datetime, days: float) -> Ticks:
    minutes = next(m for m in _MINUTES if days * 1440 / m <= _LABELS)
    found = list(_every(_midnight(start), timedelta(minutes=minutes), start, days))
    names = [f"{t:%H:%M}" if t.hour or t.minute else f"{t:%a} {t.day}" for _, t in found]
    at = [x for x, _ in found]
    return at, names, at


def _days(start: datetime, days: float) -> Ticks:
    """A day's name stands in the middle of what is seen of the day."""
    yesterday = _midnight(start) - timedelta(days=1)
    found = list(_every(yesterday, timedelta(days=1), start, days, since=-1.0))
    seen = [(max(0.0, x), min(days, x + 1), t) for x, t in found]
    least = max(0.02 * days, 0.17 * days - 1)  # less, and names would touch
    wide = [(low, high, t) for low, high, t in seen if high - low > least]
    names = [f"{t:%a} {t.day}" for *_, t in wide]
    return [x for x, _ in found if x >= 0], names, [(low + high) / 2 for low, high, _ in wide]


def _dates(start: datetime, days: float) -> Ticks:
    monday = _midnight(start) - timedelta(days=start.weekday())
    if days <= 14 * _LABELS:
        step = timedelta(days=next(n for n in (2, 7, 14) if days / n <= _LABELS))
        found = list(_every(monday, step, start, days))
        names = [f"{t.day} {t:%b}" for _, t in found]
    else:
        found = list(_months(start, days, next(n for n in _MONTHS if days / 30 / n <= _LABELS)))
        names = [f"{t:%b}" if t.month > 1 else f"{t.year}" for _, t in found]
    at = [x for x, _ in found]
    return at, names, at


def _midnight(t: datetime) -> datetime:
    return t.replace(hour=0, minute=0, second=0, microsecond=0)


def _every(
    first: datetime, step: timedelta, start: datetime, days: float, since: float = 0.0
) -> Iterator[tuple[float, datetime]]:
    """(days since the start, time) of first, first + step, ... as far as the run goes."""
    t = first
    while (x := (t - start) / timedelta(days=1)) <= days:
        if x >= since:
            yield x, t
        t += step


def _months(start: datetime, days: float, step: int) -> Iterator[tuple[float, datetime]]:
    t = _midnight(start).replace(month=1, day=1)
    while (x := (t - start) / timedelta(days=1)) <= days:
        if x >= 0:
            yield x, t
        month = t.month - 1 + step
        t = t.replace(year=t.year + month // 12, month=month % 12 + 1)
