"""When readings were taken and sent, by the twins' wakes, and how true they are."""

from __future__ import annotations

import numpy as np

from sim.run import BinRun, Delivery


def taken(one: BinRun, readings: list[Delivery], start_ms: int) -> list[int]:
    """When each was measured: the wake that gave it its number, or else its own stamp."""
    by_number = {w.number: w.t_ms for w in one.wakes if w.number is not None}
    stamps = [None if d.at_s is None else since_start_ms(d.at_s, start_ms) for d in readings]
    times = arrived(one, readings)
    return [
        by_number.get(d.number, came if stamp is None else stamp)
        for d, stamp, came in zip(readings, stamps, times, strict=True)
    ]


def arrived(one: BinRun, readings: list[Delivery]) -> list[int]:
    """When the messages were sent; one whose wake is not on record, with the one before it."""
    found: list[int] = []
    for d in readings:
        before = found[-1] if found else 0
        found.append(before if d.wake is None else one.wakes[d.wake].t_ms)
    return found


def since_start_ms(unix_s: int, start_ms: int) -> int:
    """Virtual time of a stamp; start_ms: Unix time of the scenario's start."""
    return unix_s * 1000 - start_ms


def errors_pct(one: BinRun, readings: list[Delivery], start_ms: int) -> np.ndarray:
    """How far each level that has a time is from the truth at that time."""
    return np.array(
        [
            abs(d.fill_pct - one.waste.level_pct(since_start_ms(d.at_s, start_ms)))
            for d in readings
            if d.fill_pct is not None and d.at_s is not None
        ]
    )
