"""Lets another firmware live under our bins' lids: same waste, same weather, same radio."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from sim import seeds, waste
from sim.device import Device
from sim.ear import Ear
from sim.run import BinRun
from sim.scenario import Scenario, bin_ids
from sim.scenario_table import Broker
from sim.steady import Steady
from sim.vm import Vm
from tools import boards

TUTORIAL = Path(__file__).parent / "tutorial" / "start.py"
_BROKER, _BROKER_IP, _DAY_MS = "broker.city.example", "10.0.0.2", 86_400_000


class Said(NamedTuple):
    """One message: when it was sent, and the level in it."""

    t_ms: int
    level: int


class Life(NamedTuple):
    """A bin under the other firmware."""

    bin: BinRun
    said: list[Said]


class _Where(NamedTuple):
    """What all bins of a run share."""

    vm: Vm
    ear: Ear
    booked: Steady
    end_ms: float


def live(scenario: Scenario) -> tuple[list[Life], Steady]:
    """All bins of a scenario, one after the other, with the tutorial firmware on a stock image.

    It speaks without TLS, whatever the scenario asks for.
    """
    booked = Steady()
    scenario = replace(scenario, broker=Broker())
    board = scenario.board.name
    with (
        Ear(scenario.broker) as ear,
        Vm(board, TUTORIAL) as vm,
        tempfile.TemporaryDirectory() as folder,
    ):
        hosts = {f"{_BROKER_IP}:1883": (ear.host, ear.port)}
        net = {"names": {_BROKER: _BROKER_IP}, "hosts": hosts, "time": True}
        city = {"settings": {}, "net": net, "flash": folder}
        bins = [_bin(scenario, i) for i in range(scenario.run.bins)]
        devices = [Device(scenario, boards.load(board), one, city) for one in bins]
        where = _Where(vm, ear, booked, scenario.run.days * _DAY_MS)
        return [_live(device, where) for device in devices], booked


def _bin(scenario: Scenario, index: int) -> BinRun:
    rng = seeds.rng(scenario.run.seed, index, "waste")
    filling = waste.arrivals(scenario.waste, scenario.run.start, scenario.run.days, rng)
    return BinRun(index, bin_ids(scenario)[index], "", filling)


def _live(device: Device, where: _Where) -> Life:
    said: list[Said] = []
    while device.next_ms < where.end_ms:
        answer, rtc = where.vm.wake(_frame(device), device.rtc)
        if answer["crash"]:
            raise AssertionError(f"the peer's firmware crashed: {answer['crash']}")
        wake = device.absorb(answer, rtc)
        device.bin.wakes.append(wake)
        where.booked.book(device)
        if not where.ear.drain():
            raise AssertionError("the broker stopped answering")
        heard, end_ms = where.ear.messages, wake.t_ms + wake.awake_ms
        said += [Said(end_ms, json.loads(text)["level"]) for _, text in heard]
        heard.clear()
    return Life(device.bin, said)


def _frame(device: Device) -> bytes:
    return json.dumps({**json.loads(device.frame()), "boot": "stock"}).encode()
