"""Wakes per second of real time: the demo, with its embedded broker."""

from __future__ import annotations

from rich.console import Console

from sim import fleet, places, summary
from sim.scenario import load


def measure(console: Console) -> dict[str, float]:
    """The whole run counts, from the start of the broker to the last message."""
    found = summary.of(fleet.run(load(places.ROOT / "sim/scenarios/demo.toml")))
    console.print(
        f"demo: {found['wakes']:,} wakes and {found['sessions']['ok']} sessions in "
        f"{found['wall_s']:.1f} s: {found['wakes_per_s']:,.0f} wakes/s (aim 2,000, at least 1,000)"
    )
    return {"sim.wakes_per_s": found["wakes_per_s"]}
