"""A bin whose state between two wakes can be copied, and whose power can be cut at any write."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim import places
from sim.ear import Ear
from sim.leftovers import MAIN as LOOK
from sim.scenario_table import Broker
from sim.vm import Vm
from smartbin import message, report
from tests.contract import chip

BUSY = Path(__file__).with_name("busy_wake.py")
BIN = "cut"
_FLASH_BYTES = 1 << 18
_CAUSES = {"power": (1, 0), "brownout": (1, 0), "reset": (3, 0), "timer": (4, 4), "button": (4, 2)}
_NAP_MS = 900_000
_START_MS = 1_583_107_200_000  # 2020-03-02, true time when the story begins
_ECHO_US = {"low": 5600, "half": 4300, "full": 1500}


@dataclass(frozen=True)
class State:
    """What a bin keeps between two wakes; flash: a file of its own."""

    rtc: bytes
    nvs: dict[str, Any]
    flash: Path
    true_ms: int
    clock_ms: int

    @property
    def settings(self) -> dict[str, Any]:
        """As NVS holds them."""
        return json.loads(base64.b64decode(self.nvs["smartbin"]["settings"]))


class Desk:
    """Interpreters for the firmware and for two other main.py, and a broker.  Close it."""

    def __init__(self, folder: Path, kind: str = "amqtt"):
        self._folder = folder
        self._stack = ExitStack()
        self._ear = self._stack.enter_context(Ear(Broker(kind=kind)))
        self._vms = {
            main: self._stack.enter_context(Vm(chip.BOARD, main))
            for main in (places.MAIN, BUSY, LOOK)
        }
        self._files = 0
        self._heard = 0

    def close(self) -> None:
        """End the processes."""
        self._stack.close()

    def new(self, **settings: Any) -> State:
        """A bin that was never switched on."""
        nvs = chip.settings(bin_id=BIN, change_pct=10, **settings)
        return State(b"", nvs, self._folder / "blank", _START_MS, 0)

    def wake(
        self, state: State, cause: str = "timer", main: Path = places.MAIN, **around: Any
    ) -> tuple[State, dict[str, Any]]:
        """(what it keeps afterwards, the account of the wake).  around: cut_at, network, level."""
        path = self._copied(state.flash)
        frame = self._frame(state, cause, path, **around)
        answer, rtc = self._vms[main].wake(json.dumps(frame).encode(), state.rtc)
        nap_ms = answer["up_ms"] + (answer["sleep_ms"] or _NAP_MS)
        nvs = state.nvs if answer["nvs"] is None else answer["nvs"]
        after = State(
            rtc, nvs, path, state.true_ms + nap_ms, answer["clock_ms"] + nap_ms - answer["up_ms"]
        )
        return after, answer

    def without_power(self, state: State) -> State:
        """The battery was out."""
        return replace(state, rtc=b"", clock_ms=0)

    def look(self, state: State) -> dict[str, Any]:
        """What it still holds, by its own code."""
        path = self._copied(state.flash)
        frame = self._frame(state, "timer" if state.rtc else "power", path)
        answer, said = self._vms[LOOK].wake(json.dumps(frame).encode(), state.rtc)
        assert answer["crash"] is None, answer["crash"]
        return json.loads(said)

    def heard(self) -> Iterator[tuple[report.Header, list[report.Reading]]]:
        """Messages that have reached the broker since the last call."""
        assert self._ear.drain()
        fresh, self._heard = self._ear.messages[self._heard :], len(self._ear.messages)
        for _, payload in fresh:
            yield message.decode(payload)

    def forget(self, state: State) -> None:
        """Its flash is not needed any more."""
        state.flash.unlink(missing_ok=True)

    def _copied(self, flash: Path) -> Path:
        self._files += 1
        path = self._folder / str(self._files)
        if flash.exists():
            shutil.copyfile(flash, path)
        return path

    def _frame(
        self,
        state: State,
        cause: str,
        flash: Path,
        cut_at: int = 0,
        network: bool = True,
        level: str = "half",
    ) -> dict[str, Any]:
        told = dict(chip.frame(chip.BOARD))
        reset_cause, wake_reason = _CAUSES[cause]
        air = {**told["air"], "ap": network}
        net = {**told["net"], **chip.leads_to(self._ear.port)}
        told.update(air=air, net=net, nvs=state.nvs, flash=[str(flash), _FLASH_BYTES])
        told.update(true_ms=state.true_ms, clock_ms=state.clock_ms)
        told.update(reset_cause=reset_cause, wake_reason=wake_reason)
        told.update(echoes=[_ECHO_US[level]] * 9)
        told.update(fault={"cut_at_write": cut_at} if cut_at else {})
        return told
