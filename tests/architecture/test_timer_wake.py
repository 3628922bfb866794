"""What a wake has on the heap: by the timer nothing for people, after the console none of it."""

from __future__ import annotations

import pytest

from tests.bench import memory
from tools.setup import interpreter

# For people at the bin; installed: for the one report that tells of an installation.
FOR_PEOPLE = ("console", "hw.keys", "hw.desk", "hw.probe", "hw.mounting", "hw.led", "installed")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every module that a timer wake of a day has loaded."""
    return memory.timer_wakes(tmp_path_factory.mktemp("wakes"), interpreter.find())


def test_some_of_them_measured_and_some_reported(loaded: set[str]) -> None:
    assert loaded >= {"smartbin.wake", "smartbin.echo", "smartbin.hw.link", "umqtt.simple"}


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_a_timer_wake_loads_nothing_for_people(name: str, loaded: set[str]) -> None:
    found = [one for one in loaded if f"{one}.".startswith(f"smartbin.{name}.")]
    assert not found


def test_the_wake_after_the_console_has_the_heap_to_itself(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found, screen = memory.console_wake(tmp_path_factory.mktemp("console"), interpreter.find())
    assert "The bin works on by itself." in screen and "Not enough memory" not in screen
    left = {name for name in found if name.startswith("smartbin.console.")}
    assert left == {"smartbin.console.room"}
