"""One bin with a sleep clock of our choice: how far from its slots it wakes, and its figures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.device import Device
from sim.ear import Ear
from sim.run import BinRun
from sim.scenario import load
from sim.vm import Vm
from smartbin import clock, config, memory, message, report, schedule
from tests.contract.chip import BROKER, SETTINGS, HalfFull
from tools import boards

HERE = Path(__file__).parent
DRIFTS_PPM = (-50_000, -3000, 2700, 50_000)
SAMPLE_S, HOUR_S, DAY_S = 900, 3600, 86_400
SYNCS = 3  # after so many network times the promise holds


@dataclass(frozen=True)
class Woken:
    """One wake: when in truth, why, how far from its slot (late is positive), which reading it
    took, and what the firmware knew after it.  Seconds count from 2000."""

    true_s: float
    cause: str
    off_s: float
    seq: int
    memory: memory.Memory


# Every look one sample_s after the other, whatever the bin does.
ONE_PERIOD = {"fast_s": 86_400, "slow_s": 30, "fire_s": 86_400}


class Lab:
    """A bin, an interpreter, and a broker with its subscriber.

    drift_ppm: how much longer an hour of the sleep clock takes than a true one, at 15 degrees.
    server_off_s may be changed between wakes: how wrong the time server is; None: silent.
    """

    def __init__(
        self, vm: Vm, ear: Ear, scenario: str, drift_ppm: int, flash: Path, **settings: Any
    ):
        names = {BROKER: "10.0.0.2", "pool.ntp.org": "10.0.0.3"}
        hosts = {"10.0.0.2:1883": ["127.0.0.1", ear.port]}
        chosen = SETTINGS | ONE_PERIOD | settings
        net = {"names": names, "hosts": hosts, "time": True}
        city = {"settings": chosen, "net": net, "flash": str(flash)}
        found = load(HERE / scenario)
        bin_run = BinRun(0, chosen["bin_id"], "", HalfFull())
        self.twin = Device(found, boards.load(found.board.name), bin_run, city)
        self.twin._rate = self.twin._nap_rate = 1 + drift_ppm / 1e6
        self.server_off_s: int | None = 0
        self._vm, self._ear, self._heard = vm, ear, len(ear.messages)
        self._start_s = found.run.start.timestamp() - clock.UNIX_2000
        self._shift_s = schedule.chance(config.check(chosen), 0, SAMPLE_S)

    def wake(self) -> Woken:
        """The next wake."""
        wake = self.twin.absorb(*self._vm.wake(self._frame(), self.twin.rtc))
        assert not self.twin.bin.troubles
        if wake.radio:
            assert self._ear.drain()  # a subscriber that nobody reads holds up the broker
        knows = self.twin.remembered()
        assert knows is not None
        true_s = self._start_s + wake.t_ms / 1000
        off_s = (true_s - self._shift_s + SAMPLE_S / 2) % SAMPLE_S - SAMPLE_S / 2
        return Woken(true_s, wake.cause, off_s, knows.seq - 1, knows)

    def days(self, days: float) -> list[Woken]:
        """All wakes of so many days from now."""
        end_ms, found = self.twin.next_ms + days * DAY_S * 1000, []
        while self.twin.next_ms < end_ms:
            found.append(self.wake())
        return found

    def heard(self) -> list[report.Reading]:
        """What has arrived so far, by number; seconds count from 2000."""
        messages = self._ear.messages[self._heard :]
        found = [r for _, payload in messages for r in message.decode(payload)[1]]
        return sorted(found, key=lambda r: r.seq)

    def _frame(self) -> bytes:
        frame = self.twin.frame()
        if self.server_off_s == 0:
            return frame
        told = json.loads(frame)
        told["net"]["time"] = self.server_off_s is not None
        told["fault"] = told.get("fault", {}) | {"time_server_wrong": self.server_off_s or 0}
        return json.dumps(told).encode()


def settled(wakes: list[Woken]) -> list[Woken]:
    """The wakes after the first SYNCS network times."""
    sets = sorted({w.memory.set_s for w in wakes} - {0})
    return [w for w in wakes if w.memory.set_s >= sets[SYNCS - 1]]


def worst_per_hour(wakes: list[Woken]) -> float:
    """How fast the wakes leave their slots: seconds for each hour since the clock was set."""
    hours = [(w, (w.true_s - w.memory.set_s) / HOUR_S) for w in wakes]
    return max(abs(w.off_s) / h for w, h in hours if h >= 1)


def worst(wakes: list[Woken]) -> float:
    """How far from its slot a wake was at most, in seconds."""
    return max(abs(w.off_s) for w in wakes)


def shortest_gap_s(wakes: list[Woken]) -> float:
    """Between two wakes that the timer ended a nap for."""
    pairs = pairwise(wakes)
    return min(b.true_s - a.true_s for a, b in pairs if a.cause == b.cause == "timer")
