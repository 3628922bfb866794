"""A simulated bin behind a serial port, and the programs that talk to it."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect.fdpexpect
import pytest

from sim import port

BENCH = Path(__file__).with_name("bench.toml")
NOBODY = ("127.0.0.1", 9)  # in place of a broker, for tests that need none
PATIENCE_S = 20


@pytest.fixture
def stock() -> Iterator[port.Port]:
    with port.open(BENCH, stock=True, broker=NOBODY, nap_s=0.2) as bench:
        yield bench


@pytest.fixture
def product() -> Iterator[port.Port]:
    with port.open(BENCH, broker=NOBODY, nap_s=0.2, pace=0.1) as bench:
        yield bench


def until(what: Callable[[], object]) -> None:
    """Wait for that; AssertionError where it does not come."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


class Mpremote:
    """The real one."""

    def __init__(self, path: str):
        self._path = path

    def __call__(self, *words: str) -> str:
        """What it prints; AssertionError where it fails."""
        done = self.tried(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tried(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mpremote", "connect", self._path, *words],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )


@contextlib.contextmanager
def terminal(path: str) -> Iterator[pexpect.fdpexpect.fdspawn]:
    """A terminal program."""
    end = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        yield pexpect.fdpexpect.fdspawn(end, timeout=PATIENCE_S, encoding="utf-8")
    finally:
        os.close(end)
