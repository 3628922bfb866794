"""A bin on the bench: boots, sleeps and boots again, in real time, until somebody ends it."""

from __future__ import annotations

import json
import selectors
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from sim import fleet
from sim.device import Device
from sim.ear import Ear
from sim.port.chip import Chip
from sim.port.errands import Errands
from sim.port.keys import Keys
from sim.port.wire import Wire
from sim.scenario import Scenario
from tools import boards

_TURN_S = 0.01  # the loop looks at the clock at least so often
_NAPS = ("timer", "button")  # what ends a deep sleep


@dataclass(frozen=True)
class Options:
    """How a bin stands on the bench.

    stock: the official image with an empty file system; NVS is blank, too
    nap_s: real seconds after which a nap ends at the latest; None: it takes its own time
    pace: real seconds for each virtual one that the chip waits
    broker: (host, port) of one that runs already; None: the scenario's own is started
    link: a path that leads to the port
    """

    stock: bool = False
    nap_s: float | None = None
    pace: float = 1.0
    broker: tuple[str, int] | None = None
    link: Path | None = None


class Bench:
    """Close it, or use it as a context manager.  run() drives it in the caller's thread."""

    def __init__(self, scenario: Scenario, options: Options | None = None):
        self._options = options or Options()
        self._board = scenario.board.name
        self._things = ExitStack()
        self._chip: Chip | None = None
        self.errands = Errands()
        self._select = selectors.DefaultSelector()
        try:
            self._prepare(scenario)
        except BaseException:
            self._things.close()
            raise

    def _prepare(self, scenario: Scenario) -> None:
        self._things.callback(self._select.close)
        folder = tempfile.TemporaryDirectory(prefix="smartbin-port-")
        self._flash = Path(self._things.enter_context(folder))
        self.ear: Ear | None = None
        if self._options.broker is None:
            tls = fleet.BROKER_NAME if scenario.broker.tls else ""
            self.ear = self._things.enter_context(Ear(scenario.broker, tls))
            self._select.register(self.ear, selectors.EVENT_READ)
        host, port = self._options.broker or (None, 0)
        server = self.ear or SimpleNamespace(host=host, port=port, ca=b"")
        town = fleet.city(scenario, server, self._flash)
        one = fleet.bins_of(scenario)[0]
        self.device = Device(scenario, boards.load(self._board), one, town)
        if self._options.stock:
            self.device.nvs = {}
        self.wire = Wire(self._options.link)
        self._things.callback(self.wire.close)
        self._select.register(self.wire, selectors.EVENT_READ)
        self._keys = Keys()
        self._things.callback(self._keys.close)
        self.boots = 0
        self._nap_ends_s = 0.0  # real time of the next boot
        self._began_ms = self._began_s = 0.0  # of this wake or nap, virtual and real

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """No power, no broker, no port."""
        if self._chip is not None:
            self._chip.close()
            self._chip = None
        self._things.close()

    # -- in the thread that drives it -----------------------------------------------------------

    def run(self) -> None:
        """Until errands.over is set."""
        try:
            while not self.errands.over.is_set():
                self.errands.serve()
                if self._chip is None and time.monotonic() >= self._nap_ends_s:
                    self._boot()
                self._turn()
        finally:
            self.errands.over.set()
            self.errands.serve()

    def _turn(self) -> None:
        for key, _ in self._select.select(_TURN_S):
            if key.fileobj is self.wire:
                self._typed()
            elif isinstance(key.fileobj, Ear):
                if not key.fileobj.hear():
                    self._select.unregister(key.fileobj)
            elif self._chip is not None:
                self._printed(self._chip)
        self.wire.flush()
        self._keys.flush()
        if self._chip is not None:
            self._chip.interrupt()

    def _typed(self) -> None:
        typed = self.wire.read()
        if self._chip is not None:
            typed = self._chip.interrupted(typed)
        elif self.device.cause in _NAPS:
            return  # asleep it hears nothing
        self._keys.add(typed)

    def _printed(self, chip: Chip) -> None:
        data = chip.printed()
        if data:
            self.wire.show(data)
        going_on = chip.listen()
        if chip.nvs is not None:
            self.device.nvs, chip.nvs = chip.nvs, None
        if data is None and not going_on:
            self._over(chip)
        elif data is None or not going_on:
            time.sleep(0.001)  # the other pipe is about to end, too

    def _boot(self) -> None:
        told = {"again": True} | ({"boot": "stock"} if self._options.stock else {})
        frame = json.dumps(json.loads(self.device.frame()) | told).encode()
        self._began_ms, self._began_s = self.device.next_ms, time.monotonic()
        options, keys = self._options, self._keys.end
        self._chip = Chip(self._board, options.stock, self._flash, options.pace, keys)
        self._chip.begin(frame, self.device.rtc)
        for pipe in (self._chip.stdout, self._chip.told):
            self._select.register(pipe, selectors.EVENT_READ)
        self.boots += 1

    def _over(self, chip: Chip) -> None:
        """The chip sleeps, or is reset."""
        self._remove(chip)
        if chip.end is None:  # the interpreter died: on the chip, a reset
            self.device.hang()
            end_ms = self.device.next_ms
        else:
            answer, rtc = chip.end
            end_ms = self.device.next_ms + answer["up_ms"]
            self.device.absorb(answer, rtc)
        self._nap(end_ms)

    def _nap(self, end_ms: float) -> None:
        self._began_ms, self._began_s = end_ms, time.monotonic()
        nap_s = max(0.0, (self.device.next_ms - end_ms) / 1000)
        if self._options.nap_s is not None and not self.device.stuck:
            nap_s = min(nap_s, self._options.nap_s)
        self._nap_ends_s = self._began_s + nap_s
        if self.device.cause in _NAPS:
            self._keys.drop()

    def _remove(self, chip: Chip) -> None:
        for pipe in (chip.stdout, chip.told):
            self._select.unregister(pipe)
        chip.close()
        self._chip = None

    def _now_ms(self) -> int:
        ms = self._began_ms + (time.monotonic() - self._began_s) * 1000
        if self._chip is None:
            ms = min(ms, self.device.next_ms)
        return round(ms)

    # -- asked from any thread, by errands ------------------------------------------------------

    @property
    def awake(self) -> bool:
        """Does the chip run?"""
        return self._chip is not None

    def press(self) -> bool:
        """The service button: does the nap end by it?"""
        if self._chip is not None or not self.device.press_button(self._now_ms()):
            return False
        self._nap_ends_s = time.monotonic()
        return True

    def power_cycle(self) -> None:
        """The battery is taken out, whatever the chip is doing, and put back in."""
        if self._chip is not None:
            self._chip.listen()
            if self._chip.nvs is not None:
                self.device.nvs = self._chip.nvs
            self._remove(self._chip)
        self._keys.drop()
        self.device.power_cycle(self._now_ms())
        self._nap_ends_s = time.monotonic()
