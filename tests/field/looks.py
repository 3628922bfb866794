"""One bin on the desk: the whole firmware, wake after wake, on echoes that a test makes up."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sim.device import line_of
from sim.vm import Vm
from smartbin import echo, events, memory, sensors
from tests.contract import chip

EVERY_S = 300  # from look to look: as near full, or where two readings disagree
AWAKE_MS = 12_000  # no wake is longer, whatever the sensor does


class Seen(NamedTuple):
    """What one wake made of what it heard."""

    pct: int | None
    mm: int | None
    reason: str
    standing: list[str]  # names of events
    awake_ms: int


class Desk:
    """A node of ours with that sensor, and nobody on the air.

    The outbox is emptied by nobody: fewer than 40 looks, or the oldest reading is given up.
    """

    def __init__(self, sensor: str, **settings: Any):
        found = sensors.find(sensor)
        assert found is not None
        self.sensor = found
        self._vm = Vm(chip.BOARD)
        self._rtc, self._clock_ms = b"", 0
        self._nvs = chip.settings(sensor=sensor, **settings)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *exc: object) -> None:
        self._vm.close()

    def look(self, *echoes: int, lid_c: float = 20, **changes: Any) -> Seen:
        """One wake; echoes in us, again and again until there are enough for any burst."""
        frame = {
            **chip.frame(chip.BOARD),
            "echoes": (list(echoes) * 30)[:30],
            "lid_dc": round(10 * lid_c),
            "trigger_us": self.sensor.trigger_us,
            "settle_us": self.sensor.settle_ms * 1000,
            "sensor": line_of(self.sensor),
            "clock_ms": self._clock_ms,
            "nvs": self._nvs,
            **({"reset_cause": 4, "wake_reason": 4} if self._rtc else {}),
            **changes,
        }
        frame["air"] = {**frame["air"], "ap": False}
        answer, self._rtc = self._vm.wake(json.dumps(frame).encode(), self._rtc)
        assert answer["how"] == "deepsleep", answer
        self._nvs = answer["nvs"] or self._nvs
        self._clock_ms = answer["clock_ms"] + EVERY_S * 1000
        mem = memory.load(self._rtc)
        assert mem is not None
        newest = mem.outbox.readings(mem.seq)[-1]
        reason = echo.REASONS[newest.reason]
        awake_ms = answer["up_ms"] - answer["phases"].get("service", 0)
        return Seen(newest.pct, newest.mm, reason, events.standing(mem.events), awake_ms)

    def looks(self, n: int, *echoes: int, **changes: Any) -> list[Seen]:
        return [self.look(*echoes, **changes) for _ in range(n)]


def us(mm: float) -> int:
    """There and back at 20 degrees C."""
    return round(mm * 2000 / 343.2)
