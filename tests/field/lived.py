"""What a bin lives through, in a few lines: settings and faults in, the run out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

from sim import fleet, summary
from sim.ear import Ear
from sim.run import Delivery, Run, Wake
from sim.scenario import load
from sim.shape import Shape

Live = Callable[..., "Life"]


@dataclass
class Life:
    """One bin's run; reports: what it said, as whoever subscribes to the broker gets it."""

    run: Run
    summary: dict
    reports: list[dict[str, Any]]

    @property
    def wakes(self) -> list[Wake]:
        return self.run.bins[0].wakes

    @property
    def troubles(self) -> dict[str, int]:
        return self.summary["troubles"]

    @property
    def readings(self) -> dict[str, int]:
        return self.summary["readings"]

    def awake_between(self, from_h: float, to_h: float) -> list[Wake]:
        return [w for w in self.wakes if from_h * 3_600_000 <= w.t_ms < to_h * 3_600_000]


def live(
    folder: Path,
    *faults: str,
    days: float = 1,
    run: str = "",
    watch: fleet.Watch = lambda device, look: None,
    **sections: str,
) -> Life:
    """Run one bin.  faults: 'kind at lasts [amount]'; sections: lines of TOML by section;
    watch: called with the twin after every wake."""
    lines = ["[run]", f"days = {days}", run]
    for name, text in sections.items():
        lines += [f"[{name.replace('__', '.')}]", text]
    for fault in faults:
        kind, at, lasts, *amount = fault.split()
        lines += ["[[fault]]", f'kind = "{kind}"', f'at = "{at}"', f'lasts = "{lasts}"']
        lines += [f"amount = {amount[0]}"] if amount else []
    path = folder / "life.toml"
    path.write_text("\n".join(lines) + "\n")
    heard: list[tuple[str, bytes]] = []

    class Kept(Ear):
        def close(self) -> None:
            heard.extend(self.messages)
            super().close()

    with mock.patch.object(fleet, "Ear", Kept):
        done = fleet.run(load(path), watch=watch)
    said = [json.loads(text) for topic, text in heard if topic.endswith("/report")]
    return Life(done, summary.of(done), said)


def asleep_again(life: Life, awake_ms: int = 12_000) -> None:
    """The promise that every one of these tests leans on."""
    assert life.summary["broken"] is None
    assert max(w.awake_ms for w in life.wakes) <= awake_ms
    for one, other in pairwise(life.wakes):
        reset = one.nap_ms is None  # by a fault of the supply or of ours: it starts again at once
        assert not reset or other.t_ms - one.t_ms - one.awake_ms < 30_000
    assert life.wakes[-1].nap_ms is not None


def nothing_vanished(life: Life) -> None:
    assert life.readings["lost"] == 0
    assert life.readings["waiting"] == 0


def readings_of(life: Life) -> list[tuple[Delivery, float, float]]:
    """(reading with a fill, the true level at its time in %, the true distance in mm)."""
    bin_run, shape = life.run.bins[0], Shape(life.run.scenario.bin)
    start_s = life.run.scenario.run.start.timestamp()
    found = []
    for said in bin_run.deliveries:
        if said.fill_pct is not None and said.at_s is not None and not said.again:
            true = bin_run.waste.level_pct(round((said.at_s - start_s) * 1000))
            found.append((said, true, shape.depth_mm(true)))
    return found
