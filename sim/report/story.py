"""What came of every reading and of every attempt to report, bin by bin.

Worked out here once, for the table and for the pictures.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from sim.report import times
from sim.run import BinRun, Delivery, Run
from sim.scenario_table import Fault
from smartbin import config

Array = np.ndarray

_NONE = np.array([], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class BinStory:
    """One bin.  The arrays `*_ms` are virtual time since the start, as the twins saw it."""

    bin: BinRun
    ok_ms: Array  # attempts to report whose message arrived
    failed_ms: Array  # attempts to report of which nothing arrived
    readings: list[Delivery]  # everything that arrived, each reading once; and, parallel to it,
    taken_ms: Array  # ... when it was measured
    arrived_ms: Array  # ... when its message was sent
    late: Array  # ... bool: an attempt failed in between
    errors_pct: Array  # |reported - true fill|, where both fill and time were reported

    @property
    def taken(self) -> int:
        """Readings that the twin's sensor rail saw."""
        return sum(w.taken for w in self.bin.wakes)

    @property
    def delivered(self) -> int:
        """Different readings that the subscriber received."""
        return sum(not d.again for d in self.bin.deliveries)

    @property
    def lost(self) -> int:
        """Readings of which nobody knows anything."""
        return self.bin.lost

    @property
    def longest_ms(self) -> int:
        """The longest wait of a late reading, 0 where none was late."""
        return _longest(self.waited_ms[self.late])

    @property
    def waited_ms(self) -> Array:
        """From measurement to message."""
        return self.arrived_ms - self.taken_ms

    @property
    def mean_error_pct(self) -> float | None:
        """Mean distance of the reported fill from the truth."""
        return float(self.errors_pct.mean()) if self.errors_pct.size else None


@dataclass(frozen=True, slots=True)
class FaultStory:
    """What one fault did.  number: from 1, in the order of the scenario."""

    number: int
    fault: Fault
    failed: int  # attempts to report that failed during it ...
    failed_bins: int  # ... in so many of its bins
    late: int  # readings that waited because of these
    longest_ms: int  # the longest of those waits
    caught_up_ms: int  # from its end until the last of those readings had arrived
    silent: int  # readings without a distance during it
    restarts: int  # bins that started cold after it


@dataclass(frozen=True, slots=True)
class Story:
    """A whole run."""

    run: Run
    bins: list[BinStory]
    faults: list[FaultStory]

    @property
    def late(self) -> int:
        """Readings that arrived late, of all bins."""
        return sum(int(b.late.sum()) for b in self.bins)

    @property
    def longest_ms(self) -> int:
        """The longest wait of a late reading, of all bins."""
        return max((b.longest_ms for b in self.bins), default=0)

    def worst(self, n: int) -> list[BinStory]:
        """The n bins with the most to tell, in the order of their numbers."""
        picked = sorted(self.bins, key=_badness, reverse=True)[:n]
        return sorted(picked, key=lambda b: b.bin.index)


def of(run: Run) -> Story:
    """Everything that tables and pictures need to know beyond the summary."""
    start_ms = round(run.scenario.run.start.timestamp() * 1000)
    bins = [_bin(one, start_ms) for one in run.bins]
    numbered = enumerate(run.scenario.faults, 1)
    return Story(run, bins, [_fault(number, fault, bins) for number, fault in numbered])


def setting(run: Run, name: str) -> int:
    """A firmware setting of this run's bins."""
    known = {row[0]: row[1] for row in config.TABLE}
    return run.scenario.bin.settings.get(name, known[name])


def _badness(b: BinStory) -> tuple[float, ...]:
    unusual = sum(b.bin.troubles.values())
    undelivered = b.lost + b.bin.dropped
    return (undelivered, b.failed_ms.size, int(b.late.sum()), unusual, b.mean_error_pct or 0.0)


def _bin(one: BinRun, start_ms: int) -> BinStory:
    fresh = [d for d in one.deliveries if not d.again]
    ok = {one.wakes[d.wake].t_ms for d in one.deliveries if d.wake is not None}
    failed_ms = _array([w.t_ms for w in one.wakes if w.radio and w.t_ms not in ok])
    taken_ms, arrived_ms = (
        _array(times.taken(one, fresh, start_ms)),
        _array(times.arrived(one, fresh)),
    )
    late = _any_between(failed_ms, taken_ms, arrived_ms)
    errors_pct = times.errors_pct(one, fresh, start_ms)
    ok_ms = _array(sorted(ok))
    return BinStory(one, ok_ms, failed_ms, fresh, taken_ms, arrived_ms, late, errors_pct)


def _fault(number: int, fault: Fault, bins: list[BinStory]) -> FaultStory:
    end_ms = fault.at_ms + fault.lasts_ms
    mine = [bins[i] for i in fault.bins if i < len(bins)]
    failed = [_within(b.failed_ms, fault.at_ms, end_ms) for b in mine]
    late = [_any_between(f, b.taken_ms, b.arrived_ms) for f, b in zip(failed, mine, strict=True)]
    waits = np.concatenate([_NONE, *[b.waited_ms[x] for b, x in zip(mine, late, strict=True)]])
    came = np.concatenate([_NONE, *[b.arrived_ms[x] for b, x in zip(mine, late, strict=True)]])
    silent = [_within(_silent_ms(b), fault.at_ms, end_ms).size for b in mine]
    return FaultStory(
        number,
        fault,
        sum(f.size for f in failed),
        sum(f.size > 0 for f in failed),
        waits.size,
        _longest(waits),
        max(0, _longest(came) - end_ms),
        sum(silent),
        sum(_restarted(b, end_ms) for b in mine) if fault.kind == "power_cut" else 0,
    )


def _silent_ms(b: BinStory) -> Array:
    return b.taken_ms[np.array([d.fill_pct is None for d in b.readings], dtype=bool)]


def _restarted(b: BinStory, end_ms: int) -> bool:
    i = bisect_left(b.bin.wakes, end_ms, key=lambda wake: wake.t_ms)
    return i < len(b.bin.wakes) and b.bin.wakes[i].cause == "power"


def _any_between(events_ms: Array, from_ms: Array, to_ms: Array) -> Array:
    """For each pair: is there an event at or after `from`, and before `to`?"""
    return np.searchsorted(events_ms, from_ms) < np.searchsorted(events_ms, to_ms)


def _within(times_ms: Array, from_ms: int, to_ms: int) -> Array:
    return times_ms[(times_ms >= from_ms) & (times_ms < to_ms)]


def _longest(ms: Array) -> int:
    return int(ms.max()) if ms.size else 0


def _array(values: list[int]) -> Array:
    return np.array(values, dtype=np.int64)
