"""One simulated chip on the desk, and small MicroPython programs to run on it as main.py."""

from __future__ import annotations

import base64
import functools
import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.device import Device
from sim.run import BinRun, Wake
from sim.scenario import Scenario, load
from sim.vm import Vm
from tools import boards

BOARD = "firebeetle2_esp32e"
C3 = "xiao_esp32c3"
DEVKIT = "devkit_v1"
HERE = Path(__file__).parent
SCENARIO = HERE / "quiet.toml"
SSID, KEY = "city-bins", "rain-on-the-lid"  # the defaults of [radio]
BROKER = "broker.example"
SETTINGS = {"bin_id": "desk", "mqtt_host": BROKER, "wifi_ssid": SSID, "wifi_key": KEY}

NODE = """
import board, time
from smartbin import config, echo
from smartbin.hw.node import assemble
node = assemble(board)
def level(pin):
    return None if pin is None else machine.Pin(pin).value()
"""

NEVER_MS = 20  # wall_ms for a server that never says anything ...
SELDOM_MS = 1000  # ... and for one that falls silent

# say(...) is how a program answers: as JSON in RTC memory.
JOINED = """
import network, time
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect("city-bins", "rain-on-the-lid")
while not wlan.isconnected():
    time.sleep_ms(20)
"""

_PRELUDE = """
import json, machine
def say(*facts):
    machine.RTC().memory(json.dumps(facts[0] if len(facts) == 1 else facts).encode())
def raised(function, *args, **kw):
    try:
        function(*args, **kw)
    except Exception as e:
        return type(e).__name__
"""


class HalfFull:
    """A bin that is always at 43 %."""

    emptied_ms: tuple[int, ...] = ()

    def level_pct(self, t_ms: int) -> float:
        return 43.0


@dataclass(frozen=True)
class Outcome:
    """What one wake left behind: the account that the host gets, and RTC memory."""

    account: dict[str, Any]
    rtc: bytes

    def __getitem__(self, key: str) -> Any:
        return self.account[key]

    @property
    def awake_ms(self) -> int:
        """Without what it spent waiting for somebody at the console."""
        return self["up_ms"] - self["phases"].get("service", 0)

    @property
    def said(self) -> Any:
        """What the program said last; a program that crashed has said nothing."""
        assert self["crash"] is None, self["crash"]
        return json.loads(self.rtc)


class Chip:
    """A board whose main.py is the program; each wake() is one run of it."""

    def __init__(self, folder: Path, program: str, board: str = BOARD):
        main = folder / "main.py"
        main.write_text(_PRELUDE + textwrap.dedent(program))
        self._vm = Vm(board, main)
        self._frame = frame(board)

    def wake(self, rtc: bytes = b"", **changes: Any) -> Outcome:
        """One run; `changes` go into the frame, those of a table into that table."""
        told = dict(self._frame)
        for key, value in changes.items():
            merge = isinstance(value, dict) and key not in ("nvs", "held", "lease")
            told[key] = {**told.get(key, {}), **value} if merge else value
        return Outcome(*self._vm.wake(json.dumps(told).encode(), rtc))

    def live(self, twin: Device) -> Wake:
        """The twin's next wake, with this program as its firmware."""
        return twin.absorb(*self._vm.wake(twin.frame(), twin.rtc))

    def close(self) -> None:
        self._vm.close()


def device(
    board: str = BOARD, path: Path = SCENARIO, flash: Path | None = None, seed: int = 1
) -> Device:
    """The twin of one bin, as the fleet makes it, with a network that leads nowhere."""
    names = {BROKER: "10.0.0.2", "pool.ntp.org": "10.0.0.3"}
    net = {"names": names, "hosts": {}, "time": True}
    city: dict[str, Any] = {"settings": SETTINGS, "net": net}
    if flash is not None:
        city["flash"] = str(flash)
    return Device(
        _scenario(path, seed), boards.load(board), BinRun(0, "desk", "", HalfFull()), city
    )


def leads_to(port: int, wall_ms: int = 5000) -> dict[str, Any]:
    """The frame's `net` when the broker listens on that port of this computer, and an answer that
    takes it longer than wall_ms counts as none: little where none is meant to come."""
    return {"hosts": {"10.0.0.2:1883": ["127.0.0.1", port]}, "wall_ms": wall_ms}


def settings(**changes: Any) -> dict[str, Any]:
    """NVS with the settings of the desk, changed."""
    return {"smartbin": {"settings": blob(json.dumps(SETTINGS | changes).encode())}}


def blob(data: bytes) -> str:
    """Bytes as the frame carries them."""
    return base64.b64encode(data).decode()


@functools.cache
def frame(board: str) -> dict[str, Any]:
    """What a twin on that board sends for its first wake; not to be changed in place."""
    return json.loads(device(board).frame())


@functools.cache
def _scenario(path: Path, seed: int) -> Scenario:
    return load(path, seed=seed)
