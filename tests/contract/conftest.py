"""Fixtures: chips for small programs, servers for them to talk to."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.chip import BOARD, Chip, Outcome
from tests.contract.listener import Listener, Reply


@pytest.fixture
def boot(tmp_path: Path) -> Iterator[Callable[..., Chip]]:
    """boot(program, board) -> a Chip with that program; all of them end with the test."""
    chips: list[Chip] = []

    def start(program: str, board: str = BOARD) -> Chip:
        folder = tmp_path / f"chip{len(chips)}"
        folder.mkdir()
        chips.append(Chip(folder, program, board))
        return chips[-1]

    yield start
    for chip in chips:
        chip.close()


@pytest.fixture
def run(boot: Callable[..., Chip]) -> Callable[..., Outcome]:
    """run(program, board=, rtc=, **changes of the frame) -> the Outcome of one wake."""

    def once(program: str, board: str = BOARD, **changes: Any) -> Outcome:
        return boot(program, board).wake(**changes)

    return once


@pytest.fixture
def listen() -> Iterator[Callable[[Reply], Listener]]:
    """listen(reply) -> a Listener; all of them end with the test."""
    with contextlib.ExitStack() as stack:

        def start(reply: Reply) -> Listener:
            one = Listener(reply)
            stack.callback(one.close)
            return one

        yield start


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
