"""What the chip draws from moment to moment in one wake that measures and one that reports.

Recorded while a run goes on: the first bin's, once it has settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from sim.device import Device
from sim.steady import SETTLED_DAYS

_DAY_MS = 86_400_000


class Step(NamedTuple):
    """So long that current."""

    from_ms: float
    to_ms: float
    phase: str
    ma: float


@dataclass(frozen=True)
class Profile:
    """One wake, without gaps."""

    t_ms: int  # when it began, in virtual time
    radio: bool
    steps: list[Step]

    @property
    def mc(self) -> float:
        """Its charge."""
        return sum((step.to_ms - step.from_ms) * step.ma for step in self.steps) / 1000


class Recorder:
    """watch() after every wake; then `found` has a quiet wake and a reporting one, if there were.

    Of a run that is over before the bin has settled, its last wakes will do.
    """

    def __init__(self, days: float):
        self._from_ms = min(SETTLED_DAYS, days / 2) * _DAY_MS
        self._kept: dict[bool, Profile] = {}

    @property
    def found(self) -> list[Profile]:
        """The quiet one first."""
        return [self._kept[radio] for radio in sorted(self._kept)]

    def watch(self, device: Device, _look: Any = None) -> None:
        """A wake of that bin is over."""
        if device.bin.index:
            return
        wake, trace = device.bin.wakes[-1], device.account.get("trace")
        quiet = wake.cause == "timer" and wake.end == "deepsleep"
        if trace and quiet and wake.radio not in self._kept:
            steps = _steps(trace, device)
            self._kept[wake.radio] = Profile(wake.t_ms, wake.radio, steps)
        device.tracing = len(self._kept) < 2 and device.next_ms >= self._from_ms


def _steps(trace: list[list[Any]], device: Device) -> list[Step]:
    """From the twin's [when, phase] of every change."""
    ma = device.currents_ma()
    ends = [*trace, [device.account["up_ms"] * 1000, ""]]
    return [
        Step(at / 1000, until / 1000, phase, ma[phase])
        for (at, phase), (until, _) in pairwise(ends)
        if until > at
    ]
