"""Fixtures: an interpreter and a broker for all tests of a module, a bin for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.ear import Ear
from sim.scenario_table import Broker
from sim.vm import Vm
from tests.clock.lab import Lab
from tests.contract.chip import BOARD


@pytest.fixture(scope="module")
def vm() -> Iterator[Vm]:
    with Vm(BOARD) as one:
        yield one


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    with Ear(Broker()) as one:
        yield one


@pytest.fixture
def lab(vm: Vm, ear: Ear, tmp_path: Path) -> Callable[..., Lab]:
    """lab(scenario, drift_ppm, **settings) -> a Lab."""

    def make(scenario: str = "still.toml", drift_ppm: int = 0, **settings: Any) -> Lab:
        return Lab(vm, ear, scenario, drift_ppm, tmp_path / "flash", **settings)

    return make
