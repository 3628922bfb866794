"""What tests hold of a bin on the bench: the bench runs in a thread beside them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.port.bench import Bench, Options
from sim.port.errands import PATIENCE_S
from sim.scenario import load


class Port:
    """What a test holds of a bin on the bench."""

    def __init__(self, bench: Bench):
        self._bench = bench
        self.path: str = bench.wire.path

    def press_button(self) -> bool:
        """Press the service button; False where the node is awake or did not ask for it."""
        return self._bench.errands.do(self._bench.press)

    def power_cycle(self) -> None:
        """Take the power away and give it back at once."""
        self._bench.errands.do(self._bench.power_cycle)

    def nvs(self) -> dict[str, Any]:
        """What its NVS holds: {space: {key: number, or a blob as base64}}."""
        return self._bench.errands.do(lambda: json.loads(json.dumps(self._bench.device.nvs)))

    @property
    def boots(self) -> int:
        """How often the chip has begun to boot: after a reset, one more than before."""
        return self._bench.errands.do(lambda: self._bench.boots)

    @property
    def messages(self) -> list[tuple[str, bytes]]:
        """(topic, payload) of all that has arrived at the scenario's own broker."""
        return [] if self._bench.ear is None else list(self._bench.ear.messages)

    @property
    def awake(self) -> bool:
        """Does the chip run just now?"""
        return self._bench.errands.do(lambda: self._bench.awake)


@contextmanager
def open(scenario: str | Path, **options: Any) -> Iterator[Port]:
    """A bin of that scenario on the bench; options: those of Options.  All ends with it."""
    with Bench(load(Path(scenario), bins=1), Options(**options)) as bench:
        thread = threading.Thread(target=bench.run, name="bench", daemon=True)
        thread.start()
        try:
            yield Port(bench)
        finally:
            bench.errands.over.set()
            thread.join(PATIENCE_S)
