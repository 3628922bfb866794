"""Power cuts at every write of a busy wake: places, readings lost, nodes that work no more."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.cuts import rehearsal
from tests.cuts.desk import Desk

_CASES = {
    "routine": "RTC only, routine readings",
    "alarm": "RTC only, an alarm unheard",
    "flash": 'outbox = "flash"',
    "cold": 'outbox = "flash", after a cut',
}


def measure(console: Console) -> dict[str, float]:
    """One run for each place and each way to start again."""
    table = Table(title="Power cut at every write, erase and commit of one wake")
    for heading in ("case", "places", "runs", "lost", "bricked"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    totals = {"places": 0, "lost": 0, "bricked": 0}
    for variant, name in _CASES.items():
        with tempfile.TemporaryDirectory(prefix="smartbin-") as folder:
            desk = Desk(Path(folder))
            try:
                found = list(rehearsal.every(desk, variant))
            finally:
                desk.close()
        counts = {
            "places": len({one.place for one in found}),
            "lost": sum(bool(one.lost) for one in found),
            "bricked": sum(bool(one.bricked) for one in found),
        }
        totals = {key: totals[key] + count for key, count in counts.items()}
        row = (counts["places"], len(found), counts["lost"], counts["bricked"])
        table.add_row(name, *map(str, row))
    console.print(table)
    restarts = len(rehearsal.RESTARTS)
    console.print(f"each place {restarts} times: {', '.join(rehearsal.RESTARTS)} (aim: no losses)")
    return {f"cuts.{key}": float(count) for key, count in totals.items()}
