"""How well a node keeps its slots by a sleep clock that is off by per cents and feels the cold."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim.ear import Ear
from sim.scenario_table import Broker
from sim.vm import Vm
from tests.clock import lab
from tests.contract.chip import BOARD

_DAYS, _YEAR = 12, 365


def measure(console: Console) -> dict[str, float]:
    """The firmware after three network times, at a constant temperature and over days that swing
    by 15 K; then a year of the worst."""
    table = Table(title="Wakes against their slots, after three network times")
    for heading in ("sleep clock", "still: s an hour", "swing: s at most"):
        table.add_column(heading, justify="right")
    still, swing = [], []
    with Vm(BOARD) as vm, Ear(Broker()) as ear, tempfile.TemporaryDirectory() as folder:
        for ppm in lab.DRIFTS_PPM:
            runs = [
                lab.settled(lab.Lab(vm, ear, f"{name}.toml", ppm, Path(folder, name)).days(_DAYS))
                for name in ("still", "swing")
            ]
            still.append(lab.worst_per_hour(runs[0]))
            swing.append(lab.worst(runs[1]))
            table.add_row(f"{ppm / 10_000:+.2f} %", f"{still[-1]:.1f}", f"{swing[-1]:.1f}")
        worst = lab.DRIFTS_PPM[0]
        year = lab.Lab(vm, ear, "swing.toml", worst, Path(folder, "year"), pings=3).days(_YEAR)
    console.print(table)
    console.print(
        f"a year, {worst / 10_000:+.2f} %: {len(year):,} wakes, shortest gap "
        f"{lab.shortest_gap_s(year):.0f} s (at least {lab.SAMPLE_S // 2}), at most "
        f"{lab.worst(lab.settled(year)):.0f} s from a slot"
    )
    return {
        "clock.still_s_per_hour": round(max(still), 1),
        "clock.swing_s": round(max(swing), 1),
        "clock.year_shortest_gap_s": round(lab.shortest_gap_s(year), 1),
        "clock.year_s": round(lab.worst(lab.settled(year)), 1),
    }
