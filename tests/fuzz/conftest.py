"""Chips that stay up for a whole module: a fuzzed wake is one of hundreds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim import places
from tests.contract.chip import BOARD, Chip
from tests.fuzz.peer import Peer


@pytest.fixture(scope="module")
def boot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Chip]]:
    """boot(program) -> a Chip with that program."""
    chips: list[Chip] = []

    def start(program: str) -> Chip:
        chips.append(Chip(tmp_path_factory.mktemp("chip"), program, BOARD))
        return chips[-1]

    yield start
    for chip in chips:
        chip.close()


@pytest.fixture(scope="module")
def node(boot: Callable[[str], Chip]) -> Chip:
    """A chip with the firmware's own main.py."""
    return boot(places.MAIN.read_text())


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    """A broker that answers as it is told to."""
    with Peer() as one:
        yield one


@pytest.fixture
def flash(tmp_path: Path) -> list:
    """A flash chip of 2 MiB, blank, as the frame names it."""
    return [str(tmp_path / "flash" / "0"), 2 << 20]
