"""A city's month: 1,000 bins for 30 days.  Only when asked for: it takes a quarter of an hour."""

from __future__ import annotations

from rich.console import Console

from tests.bench import speed

_BINS, _DAYS = 1000, 30
_MOST_S, _MOST_MB = 900, 2048


def measure(console: Console) -> dict[str, float]:
    """Its time, and its memory: the sum of the highest that each process ever had."""
    (found,) = speed.lived(console, ((_BINS, _DAYS),))
    console.print(f"aims: {_MOST_S} s, {_MOST_MB:,} MB")
    return {
        "sim.bins1000_days30_s": round(found["wall_s"]),
        "sim.bins1000_days30_mb": round(found["peak_mb"]),
    }
