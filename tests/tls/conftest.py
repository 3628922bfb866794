"""Fixtures: papers, bins, and brokers that end with the test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.authority import Authority, Paper
from sim.ear import Ear
from sim.scenario_table import Broker
from sim.vm import Vm
from tests.contract.chip import BOARD
from tests.contract.conftest import listen
from tests.tls import desk, mosquitto
from tests.tls.mosquitto import Ports

__all__ = ["bin_at", "broker", "city", "good", "listen", "ours", "strangers", "vm"]

USERS = {desk.USER: desk.PASSWORD, "another": desk.PASSWORD, "city": "all-bins"}


@pytest.fixture(scope="session")
def ours() -> Authority:
    """The CA whose certificate the bin stores."""
    return Authority()


@pytest.fixture(scope="session")
def strangers() -> Authority:
    return Authority("somebody else's CA")


@pytest.fixture(scope="session")
def good(ours: Authority) -> Paper:
    """The broker's own certificate."""
    return ours.issue(desk.BROKER)


@pytest.fixture(scope="module")
def vm() -> Iterator[Vm]:
    with Vm(BOARD) as one:
        yield one


@pytest.fixture
def bin_at(vm: Vm, tmp_path: Path, ours: Authority) -> Callable[..., desk.Bin]:
    """bin_at(port, **more) -> a Bin that trusts our CA; more: see desk.make."""

    def make(port: int, ca: bytes = ours.own.der, **more: Any) -> desk.Bin:
        return desk.make(vm, tmp_path / "flash", port, ca, **more)

    return make


@pytest.fixture
def broker(tmp_path: Path, ours: Authority) -> Iterator[Callable[..., Ports]]:
    """broker(paper, newest, **changed) -> where a mosquitto with docs/broker.md listens."""
    with contextlib.ExitStack() as stack:

        def start(paper: Paper, newest: str = mosquitto.CHIP, **changed: str) -> Ports:
            folder = tmp_path / f"broker{len(list(tmp_path.glob('broker*')))}"
            folder.mkdir()
            return stack.enter_context(
                mosquitto.running(folder, ours.own, paper, USERS, newest, **changed)
            )

        yield start


@pytest.fixture
def city() -> Iterator[Callable[[Ports], Ear]]:
    """city(ports) -> an Ear with the city's user at that mosquitto."""
    with contextlib.ExitStack() as stack:

        def start(ports: Ports) -> Ear:
            who = {"user": "city", "password": USERS["city"]}
            wishes = Broker(kind="external", host="127.0.0.1", port=ports.plain, **who)
            return stack.enter_context(Ear(wishes))

        yield start
