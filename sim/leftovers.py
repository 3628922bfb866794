"""What a bin still holds after a run: its RTC memory and flash, by the firmware's own code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim import places
from sim.accounts import Left, numbers
from sim.device import Device
from sim.errors import SimError
from sim.faults import Faults
from sim.run import BinRun
from sim.scenario import Scenario
from sim.vm import Vm
from smartbin import memory

MAIN = places.SHIMS / "leftovers.py"
_POWER, _DEEPSLEEP = (1, 0), (4, 4)  # machine.reset_cause(), machine.wake_reason()


class Looker:
    """Looks into bins with one interpreter, started when it is first needed.  Close it."""

    def __init__(self, scenario: Scenario, board: Any, city: dict[str, Any]):
        self._calm = replace(scenario, faults=Faults())
        self._board, self._city = board, city
        self._vm: Vm | None = None

    def __call__(self, device: Device) -> Left:
        """What this bin holds; its RTC image alone tells where nothing was ever moved to flash."""
        mem = memory.load(device.rtc)
        if mem is not None and not device.bin.flash_later:
            return of_memory(mem)
        return self.into_flash(device)

    def close(self) -> None:
        """End the interpreter."""
        if self._vm is not None:
            self._vm.close()
            self._vm = None

    def into_flash(self, device: Device) -> Left:
        """As above, and what is in flash in any case; the bin's own file stays as it is."""
        if self._vm is None:
            self._vm = Vm(self._calm.board.name, MAIN)
        one = device.bin
        twin = Device(
            self._calm, self._board, BinRun(one.index, one.id, "", one.waste), self._city
        )
        frame = json.loads(twin.frame())
        cause = _DEEPSLEEP if device.rtc else _POWER
        frame.update(nvs=device.nvs, cold=True, reset_cause=cause[0], wake_reason=cause[1])
        with _copy(frame["flash"]):
            answer, said = self._vm.wake(json.dumps(frame).encode(), device.rtc)
        if answer["crash"] or answer["how"] != "deepsleep":
            raise SimError(f"{one.id} cannot be looked into: {answer['crash'] or answer['how']}")
        left = _left(json.loads(said))
        if memory.load(device.rtc) is None:
            left.notes.clear()  # of this look itself
        return left


@contextmanager
def _copy(flash: list[Any]) -> Iterator[None]:
    """Let the frame's flash be a copy of the bin's."""
    own, copy = Path(flash[0]), Path(f"{flash[0]}.copy")
    if own.exists():
        shutil.copyfile(own, copy)
    flash[0] = str(copy)
    try:
        yield
    finally:
        copy.unlink(missing_ok=True)


def of_memory(mem: memory.Memory) -> Left:
    """What an RTC image holds."""
    held = {(mem.epoch, r.seq) for r in mem.outbox.readings(mem.seq)}
    gap = (mem.epoch, mem.gap_from, mem.gap_to) if mem.gap_to else None
    return Left(mem.epoch, held, gap, mem.outbox.lost, mem.notes.since())


def _left(told: dict[str, Any]) -> Left:
    held = set().union(*[numbers(*run) for run in told["held"]])
    gap = tuple(told["gap"]) if told["gap"] else None
    notes = [(name, count) for name, count in told["notes"]]
    return Left(told["epoch"], held, gap, told["dropped"], notes, told["blocks"], told["files"])
