"""Many bins on one clock, a few interpreters: whoever is due next wakes in the next free one."""

from __future__ import annotations

import csv
import heapq
import secrets
import selectors
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sim import accounts, seeds, waste
from sim.device import Device
from sim.ear import Ear
from sim.errors import SimError
from sim.ledger import Ledger
from sim.leftovers import Looker
from sim.records import Pool, Records
from sim.run import BinRun, Delivery, Run, Wake
from sim.scenario import Scenario, bin_ids
from sim.shape import Shape
from sim.vm import Vm
from tools import boards

BROKER_NAME = "broker.city.example"
_BROKER_PORT = 1883
_NTP_NAME = "pool.ntp.org"
_PATIENCE_S = 30.0  # real time after which a wake that does not end is a hang

Progress = Callable[[float], None]
Watch = Callable[[Device, Looker], None]


def run(
    scenario: Scenario,
    progress: Progress = lambda days: None,
    watch: Watch = lambda device, look: None,
) -> Run:
    """Run a scenario to its end.  SimError where it cannot even start.

    watch: called after every wake with the twin, and with what looks into its flash.
    """
    began = time.monotonic()
    with (
        Ear(scenario.broker, BROKER_NAME if scenario.broker.tls else "") as ear,
        _flash_folder() as flash,
    ):
        board, town = boards.load(scenario.board.name), city(scenario, ear, flash)
        devices = [Device(scenario, board, one, town) for one in bins_of(scenario)]
        with closing(Looker(scenario, board, town)) as look:
            crew = _Fleet(scenario, ear, devices, progress, lambda device: watch(device, look))
            broken = crew.run()
            if broken is None and not ear.drain():
                broken = "The broker stopped answering before everything had come through."
            accounts.book(devices, ear.messages, look)
    wall_s = time.monotonic() - began
    return Run(scenario, [device.bin for device in devices], wall_s, ear.kind, broken)


class _Fleet:
    """The queue of wakes, and who is awake in which interpreter."""

    def __init__(
        self,
        scenario: Scenario,
        ear: Ear,
        devices: list[Device],
        progress: Progress,
        seen: Callable[[Device], None],
    ):
        self._end_ms = round(scenario.run.days * 86_400_000)
        self._board, self._ear = scenario.board.name, ear
        self._progress, self._seen = progress, seen
        self._queue: list[tuple[int, int, Device]] = []
        self._awake: dict[Vm, tuple[Device, float]] = {}
        self._idle = [Vm(self._board) for _ in range(min(scenario.run.interpreters, len(devices)))]
        self._select = selectors.DefaultSelector()
        self._pressed: set[int] = set()
        self._ledger = Ledger()
        for device in devices:
            self._plan(device)

    def run(self) -> str | None:
        """All wakes until the end; a sentence if the run had to be cut short."""
        self._select.register(self._ear, selectors.EVENT_READ)
        try:
            while self._queue or self._awake:
                while self._queue and self._idle:
                    self._start(heapq.heappop(self._queue)[2])
                if not self._turn():
                    return "The broker, or the connection to it, is gone; the run stops here."
        finally:
            self._close()
        return None

    def _start(self, device: Device) -> None:
        vm = self._idle.pop()
        self._progress(device.next_ms / 86_400_000)
        frame = device.frame()
        self._ledger.begin(device)
        vm.begin(frame, device.rtc)
        self._awake[vm] = (device, time.monotonic())
        self._select.register(vm, selectors.EVENT_READ)

    def _turn(self) -> bool:
        for key, _ in self._select.select(_PATIENCE_S / 4):
            if key.fileobj is self._ear:
                if not self._ear.hear():
                    return False
            elif isinstance(key.fileobj, Vm):
                self._finish(key.fileobj)
        self._bury()
        return True

    def _finish(self, vm: Vm) -> None:
        device, _ = self._awake.pop(vm)
        self._select.unregister(vm)
        answer, rtc = vm.finish()
        self._ledger.end(device, device.absorb(answer, rtc), answer, rtc)
        self._seen(device)
        self._idle.append(vm)
        self._plan(device)

    def _plan(self, device: Device) -> None:
        """Queue the next wake; the last one is a press of the service button at the end."""
        if device.next_ms >= self._end_ms:
            again = device.bin.index in self._pressed
            if again or not device.press_button(self._end_ms):
                device.rest_until(self._end_ms)
                return
            self._pressed.add(device.bin.index)
        heapq.heappush(self._queue, (device.next_ms, device.bin.index, device))

    def _bury(self) -> None:
        """An interpreter that does not come back is a firmware that hangs without the watchdog."""
        now = time.monotonic()
        for vm, (device, since) in list(self._awake.items()):
            if now - since > _PATIENCE_S:
                self._select.unregister(vm)
                del self._awake[vm]
                vm.close()
                self._idle.append(Vm(self._board))
                self._ledger.hang(device)
                self._plan(device)

    def _close(self) -> None:
        for vm in [*self._idle, *self._awake]:
            vm.close()
        self._select.close()


@contextmanager
def _flash_folder() -> Iterator[Path]:
    """Where the bins' flash is during a run; it is made when a bin's firmware first opens it."""
    folder = Path(tempfile.gettempdir()) / f"smartbin-flash-{secrets.token_hex(8)}"
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def city(scenario: Scenario, ear: Any, flash: Path) -> dict[str, Any]:
    """What all bins have in common: settings, where flash is kept, the network.

    ear: an Ear, or anything else that has its host, port and ca.
    """
    settings = {
        "empty_mm": scenario.bin.empty_mm,
        "full_mm": scenario.bin.full_mm,
        "volume": Shape(scenario.bin).volume_text(),
        "wifi_ssid": scenario.radio.ssid,
        "wifi_key": scenario.radio.key,
        "mqtt_host": BROKER_NAME,
        "mqtt_port": _BROKER_PORT,
        "mqtt_tls": int(scenario.broker.tls),
        "mqtt_user": scenario.broker.user,
        "mqtt_password": scenario.broker.password,
        "ntp_host": _NTP_NAME,
    }
    return {
        "settings": settings,
        "ca": ear.ca,
        "flash": flash,
        "net": {
            "names": {BROKER_NAME: "10.0.0.2", _NTP_NAME: "10.0.0.3"},
            "hosts": {f"10.0.0.2:{_BROKER_PORT}": (ear.host, ear.port)},
            "time": True,
        },
    }


def bins_of(scenario: Scenario) -> list[BinRun]:
    ids = bin_ids(scenario)
    wastes, names = _wastes(scenario)
    pool = Pool()
    return [
        BinRun(i, ids[i], names[i], wastes[i], Records(Wake, pool), Records(Delivery, pool))
        for i in range(scenario.run.bins)
    ]


def _wastes(scenario: Scenario) -> tuple[list[waste.Waste], list[str]]:
    seed, params, when = scenario.run.seed, scenario.waste, scenario.run
    count = range(scenario.run.bins)
    if params.kind == "arrivals":
        rngs = [seeds.rng(seed, i, "waste") for i in count]
        found = [waste.arrivals(params, when.start, when.days, rng) for rng in rngs]
        return list(found), ["" for _ in count]
    rows = _history(params.history)
    stations = params.stations[: scenario.run.bins]
    made = []
    for i, station in enumerate(stations):
        try:
            rng = seeds.rng(seed, i, "waste")
            made.append(waste.history(rows[station], when.start, when.days, rng))
        except ValueError as e:
            raise SimError(f"{params.history}, station {station}: {e}") from e
    return made, list(stations)


def _history(path: str) -> dict[str, list[tuple[date, int]]]:
    found: dict[str, list[tuple[date, int]]] = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            day = (date.fromisoformat(row["date"]), int(row["fullness_tenths"]))
            found.setdefault(row["bin"], []).append(day)
    return found


__all__ = ["Progress", "run"]
