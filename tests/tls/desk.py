"""One bin with the real firmware, and what its wake leaves behind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.authority import Paper
from sim.device import Device
from sim.run import Wake
from sim.vm import Vm
from smartbin.memory import Memory
from tests.contract.chip import BROKER, SELDOM_MS, SETTINGS, blob, device

USER, PASSWORD = "desk", "a-word-that-nobody-else-says"
PORT = 8883


@dataclass
class Bin:
    """A twin whose broker's name leads to a port of this computer."""

    twin: Device
    vm: Vm
    net: dict[str, Any]  # of the frame, where it is not the twin's
    wakes: list[Wake] = field(default_factory=list)
    fault: dict[str, Any] = field(default_factory=dict)  # of the frame

    def wake(self) -> Bin:
        """One more wake; what it did stands in the Bin."""
        frame = json.loads(self.twin.frame())
        frame["net"] |= self.net
        frame["fault"] = frame.get("fault", {}) | self.fault
        answer = self.vm.wake(json.dumps(frame).encode(), self.twin.rtc)
        self.wakes.append(self.twin.absorb(*answer))
        return self

    def lead_to(self, port: int) -> None:
        """From now on that is where the broker's name leads."""
        self.net["hosts"] = {f"10.0.0.2:{PORT}": ["127.0.0.1", port]}

    @property
    def memory(self) -> Memory:
        """The firmware's own, after the last wake."""
        found = self.twin.remembered()
        assert found is not None
        return found

    @property
    def noted(self) -> list[str]:
        """Why the network failed: all notes but the one on the new file system."""
        return [name for name, _ in self.memory.notes.since() if name != "flash"]

    @property
    def kept(self) -> list[int]:
        """Numbers of the readings that wait in the outbox."""
        memory = self.memory
        return [r.seq for r in memory.outbox.readings(memory.seq)]

    def asleep_in_time(self) -> bool:
        """Is the node asleep, after a wake of at most 12 s of its own time?"""
        slept = self.twin.cause == "timer" and not self.twin.bin.troubles
        return slept and self.wakes[-1].awake_ms <= 12_000


def make(vm: Vm, flash: Path, port: int, ca: bytes, **more: Any) -> Bin:
    """more: paper (the bin's own certificate), time (does the time server answer?), settings."""
    twin = device(flash=flash)
    paper: Paper | None = more.pop("paper", None)
    net = {"time": more.pop("time", True), "wall_ms": SELDOM_MS}
    tls = {"mqtt_tls": 1, "mqtt_port": PORT, "mqtt_user": USER, "mqtt_password": PASSWORD}
    blobs = {"settings": json.dumps(SETTINGS | tls | more).encode(), "ca": ca}
    if paper:
        blobs |= {"cert": paper.der, "key": paper.key_der}
    twin.nvs = {"smartbin": {key: blob(data) for key, data in blobs.items() if data}}
    made = Bin(twin, vm, net)
    made.lead_to(port)
    return made


__all__ = ["BROKER", "PASSWORD", "USER", "Bin", "make"]
