"""What a day costs once a bin has settled, and what each wake costs: booked while a run goes on.

The first day is left out (everything is learnt in it), and so is the press of the service button
at the run's end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sim import energy, fleet
from sim.device import Device
from sim.run import Run, Wake
from sim.scenario import Scenario

SETTLED_DAYS = 1.0  # by then clock, address and pace are known
_DAY_MS = 86_400_000
_MAH_MC = 3600


@dataclass(frozen=True)
class Spent:
    """One wake and its charge by phase, the nap before it included."""

    wake: Wake
    mc: dict[str, float]

    @property
    def awake_mc(self) -> float:
        """Without the nap."""
        return sum(self.mc.values()) - self.mc["sleep"]


@dataclass
class Steady:
    """A fleet's settled days.  book() after every wake; the rest is for reading."""

    wakes: list[Spent] = field(default_factory=list)
    days: float = 0.0  # of all bins
    _before: dict[int, tuple[int, dict[str, float]]] = field(default_factory=dict)

    def book(self, device: Device, _look: Any = None) -> None:
        """A wake of that bin is over."""
        wake = device.bin.wakes[-1]
        end_ms, index = wake.t_ms + wake.awake_ms + wake.phases.get("service", 0), device.bin.index
        if wake.cause == "button" or end_ms < SETTLED_DAYS * _DAY_MS:
            return
        if index in self._before:
            since_ms, before = self._before[index]
            mc = {phase: device.charge_mc[phase] - before[phase] for phase in energy.PHASES}
            self.wakes.append(Spent(wake, mc))
            self.days += (end_ms - since_ms) / _DAY_MS
        self._before[index] = end_ms, dict(device.charge_mc)

    @property
    def phases_mc(self) -> dict[str, float]:
        """Per bin and day."""
        sums = (sum(one.mc[phase] for one in self.wakes) for phase in energy.PHASES)
        return dict(zip(energy.PHASES, (mc / self.days for mc in sums), strict=True))

    @property
    def mah_day(self) -> float:
        """Per bin and day."""
        return sum(self.phases_mc.values()) / _MAH_MC

    @property
    def wakes_day(self) -> float:
        """Per bin."""
        return len(self.wakes) / self.days

    @property
    def sessions_day(self) -> float:
        """Wakes with the radio on, per bin and day."""
        return sum(one.wake.radio for one in self.wakes) / self.days


def run(
    scenario: Scenario, progress: Callable[[float], None] = lambda days: None
) -> tuple[Run, Steady]:
    """Run a scenario of two days or more, and book it."""
    booked = Steady()
    return fleet.run(scenario, progress, booked.book), booked
