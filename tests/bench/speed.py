"""Wakes per second of real time, and whether many bins cost more per wake than few."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim import fleet, places, summary
from sim.scenario import load

_FLEETS = ((10, 30), (100, 6), (1000, 1))  # bins, days: together two or three minutes
_VMS_MB = 4 * 8  # four interpreters, each with 2 MB of heap, its program and libraries


def measure(console: Console) -> dict[str, float]:
    """The demo, as `make demo` runs it, and three sizes of fleet."""
    found = summary.of(fleet.run(load(places.ROOT / "sim/scenarios/demo.toml")))
    console.print(
        f"demo: {found['wakes']:,} wakes and {found['sessions']['ok']} sessions in "
        f"{found['wall_s']:.1f} s: {found['wakes_per_s']:,.0f} wakes/s (at least 2,000)"
    )
    few, *_, many = lived(console, _FLEETS)
    return {
        "sim.wakes_per_s": found["wakes_per_s"],
        "sim.bins1000_to_bins10": round(many["ms"] / few["ms"], 2),
    }


def lived(console: Console, fleets: tuple[tuple[int, int], ...]) -> list[dict[str, float]]:
    """Run fleets of (bins, days), each in a process of its own, and print a table of them.

    For each: wakes, wall_s, ms (of processor per wake, all processes), host_mb, peak_mb (of all
    processes, each at its highest).
    """
    table = Table(title="Fleets of default bins, embedded broker")
    for heading in ("bins", "days", "wakes", "s", "wakes/s", "CPU ms a wake", "host MB", "all MB"):
        table.add_column(heading, justify="right")
    all_found = []
    for bins, days in fleets:
        command = [sys.executable, "-m", "tests.bench.speed", str(bins), str(days)]
        done = subprocess.run(command, cwd=places.ROOT, stdout=subprocess.PIPE, check=True)
        found = json.loads(done.stdout)
        all_found.append(found)
        rate = found["wakes"] / found["wall_s"]
        counts = (bins, days, f"{found['wakes']:,}", f"{found['wall_s']:.0f}", f"{rate:,.0f}")
        costs = (f"{found['ms']:.2f}", f"{found['host_mb']:.0f}", f"{found['peak_mb']:.0f}")
        table.add_row(*map(str, counts), *costs)
    console.print(table)
    return all_found


def _live(bins: int, days: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fleet.toml")
        path.write_text(f"[run]\nbins = {bins}\ndays = {days}\n")
        told = summary.of(fleet.run(load(path)))
    assert told["broken"] is None, told["broken"]
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(one.ru_utime + one.ru_stime for one in used)
    host_mb, broker_mb = [one.ru_maxrss / 1024 for one in used]  # the largest of the children
    return {
        "wakes": told["wakes"],
        "wall_s": told["wall_s"],
        "ms": 1000 * cpu_s / told["wakes"],
        "host_mb": host_mb,
        "peak_mb": host_mb + broker_mb + _VMS_MB,
    }


if __name__ == "__main__":
    print(json.dumps(_live(int(sys.argv[1]), int(sys.argv[2]))))
