"""A person at the console of a simulated chip: bytes typed beforehand, and what was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import places
from smartbin import memory
from tests.contract.chip import Chip, Outcome, settings

SIZE = 2 << 20  # of the chip's flash

# The keys come from a file and the screen is a file; where the keys end, nobody is there.
_SEAT = """
import sys, twin
import smartbin.hw.keys as _keys
class _Typed:
    def __init__(self):
        with open({typed!r}, "rb") as file:
            self.keys = file.read()
        self.at = 0
        self.screen = open({screen!r}, "w")
    def read(self, ms):
        if not ms and {polite}:
            return None
        if self.at == len(self.keys):
            twin.during("service", ms * 1000)
            return None
        self.at += 1
        return self.keys[self.at - 1]
    def write(self, text):
        self.screen.write(text)
_keys.Keys = _Typed
"""


@dataclass(frozen=True)
class Session:
    outcome: Outcome
    screen: str

    @property
    def mem(self) -> memory.Memory:
        found = memory.load(self.outcome.rtc)
        assert found is not None
        return found

    @property
    def nvs(self) -> dict[str, Any]:
        return (self.outcome["nvs"] or {}).get("smartbin", {})


def sit(
    boot: Callable[..., Chip],
    folder: Path,
    typed: bytes,
    nvs: dict[str, Any] | None = None,
    first: str = "",
    polite: bool = True,
    **changes: Any,
) -> Session:
    """Power comes on while somebody types `typed`; main.py runs as it is, after `first`.

    polite: nobody types while a command is at work.
    """
    keys, screen = folder / "typed", folder / "screen"
    keys.write_bytes(typed)
    screen.write_text("")
    seat = _SEAT.format(typed=str(keys), screen=str(screen), polite=polite)
    told = {"flash": [str(folder / "flash"), SIZE], "nvs": nvs or settings(), **changes}
    found = boot(seat + first + places.MAIN.read_text()).wake(**told)
    return Session(found, screen.read_bytes().decode(errors="replace"))
