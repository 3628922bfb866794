"""How soon the city hears that a bin is full, and what that costs: the Pareto on real histories.

The firmware in the simulator, on bins that fill as real street bins did, once for each choice of
settings.  Latency counts from the moment at which the level in truth passes the threshold to the
arrival at the broker.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from sim import fleet, places
from sim.run import BinRun, Number, Run
from sim.scenario import load
from smartbin import config

_DAYS, _BINS = 14, 24
_MINUTE_MS, _DAY_MS = 60_000, 86_400_000
_SOON_MIN = 15
_ARMED_PCT = 10  # below the threshold by so much, and the next passage is a new one
_DEFAULTS = {row[0]: row[1] for row in config.TABLE}
PICTURE = places.ROOT / "build" / "schedule.png"


def every(s: int) -> dict[str, int]:
    """The same period whatever the bin does."""
    return {"sample_s": s, "fast_s": s, "slow_s": s}


CHOICES: dict[str, dict[str, int]] = {
    "default": {},
    "every 5 min": every(300),
    "every 15 min": every(900),
    "every hour": every(3600),
    "slow at most 30 min": {"slow_s": 1800},
    "fast is 3 min": {"fast_s": 180},
    "change of 20 points": {"change_pct": 20},
}


@dataclass(frozen=True)
class Point:
    """What one choice came to.  latencies_min: one for each passage, inf where nobody heard."""

    name: str
    latencies_min: list[float]
    sessions_per_day: float  # of the bin in the middle
    wakes_per_day: float

    @property
    def soon_pct(self) -> float:
        """Share of the passages that the city heard of in time."""
        soon = sum(m <= _SOON_MIN for m in self.latencies_min)
        return 100 * soon / max(1, len(self.latencies_min))

    @property
    def p95_min(self) -> float:
        """Nineteen of twenty alarms came sooner."""
        return sorted(self.latencies_min)[int(0.95 * (len(self.latencies_min) - 1))]


def measure(console: Console) -> dict[str, float]:
    """Every choice on the same bins; the defaults' figures."""
    points = [_point(name, settings) for name, settings in CHOICES.items()]
    table = Table(title=f"Full alarms of {_BINS} real bins in {_DAYS} days")
    for heading in ("settings", "alarms", f"in {_SOON_MIN} min %", "P95 min", "sessions", "wakes"):
        table.add_column(heading, justify="left" if heading == "settings" else "right")
    for p in points:
        cells = (f"{p.soon_pct:.1f}", f"{p.p95_min:.1f}", f"{p.sessions_per_day:.1f}")
        table.add_row(p.name, str(len(p.latencies_min)), *cells, f"{p.wakes_per_day:.0f}")
    console.print(table)
    _draw(points)
    console.print(
        f"sessions and wakes: per day, of the bin in the middle; picture: {PICTURE.name}"
    )
    return {
        "schedule.full_alarm_15min_pct": round(points[0].soon_pct, 1),
        "schedule.sessions_per_day": round(points[0].sessions_per_day, 2),
    }


def _point(name: str, settings: dict[str, int]) -> Point:
    done = _lived(settings)
    full_pct = settings.get("full_pct", _DEFAULTS["full_pct"])
    latencies = [m for one in done.bins for m in latencies_min(one, full_pct, _DAYS * _DAY_MS)]
    sessions = median(one.sessions for one in done.bins) / _DAYS
    return Point(name, latencies, sessions, median(len(b.wakes) for b in done.bins) / _DAYS)


def _lived(settings: dict[str, int]) -> Run:
    lines = [f"[run]\ndays = {_DAYS}\nbins = {_BINS}\ninterpreters = 2\nseed = 5", "[waste]"]
    lines += ['kind = "history"', f'history = "{places.ROOT}/sim/data/wyndham/fill_daily.csv"']
    lines += ["[weather]\nmean_c = 18\nswing_c = 11", "[bin.settings]"]
    lines += [f"{key} = {value}" for key, value in settings.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "choice.toml"
        path.write_text("\n".join(lines) + "\n")
        return fleet.run(load(path))


def latencies_min(one: BinRun, full_pct: int, end_ms: int) -> Iterator[float]:
    """Minutes from each passage of the threshold to the news of it; inf where none came.

    Who was told before it was quite so far is not told late: 0.  A bin that was emptied before
    anybody could know within the time is no case.
    """
    told = _told(one)
    for from_ms, to_ms in passages(one, full_pct, end_ms):
        before = [row for row in told if row[0] <= from_ms]
        after = [row for row in told if from_ms < row[0] < to_ms and row[2]]
        if before and before[-1][2]:
            yield max(0, before[-1][1] - from_ms) / _MINUTE_MS
        elif after:
            yield (after[0][1] - from_ms) / _MINUTE_MS
        elif to_ms - from_ms > _SOON_MIN * _MINUTE_MS:
            yield float("inf")


def _told(one: BinRun) -> list[tuple[int, int, int]]:
    """(when it was seen, when it arrived, 1 raised / 0 released) of all news of `full`."""
    taken = {w.number: w.t_ms for w in one.wakes}
    came: dict[Number, int] = {}
    for d in one.deliveries:
        if d.wake is not None:
            wake = one.wakes[d.wake]
            came.setdefault(d.number, wake.t_ms + wake.awake_ms)
    numbers = [(way, (epoch, seq)) for epoch, name, way, seq in one.events if name == "full"]
    found = [(taken[n], came[n], way) for way, n in numbers if n in taken and n in came]
    return sorted(found)


def passages(one: BinRun, full_pct: int, end_ms: int) -> Iterator[tuple[int, int]]:
    """(from, to) of each time in which the bin is full in truth, to the minute."""
    armed, since = True, None
    for t_ms in range(one.wakes[0].t_ms, end_ms, _MINUTE_MS):
        level = one.waste.level_pct(t_ms)
        if since is None and armed and level >= full_pct:
            armed, since = False, t_ms
        elif level < full_pct - _ARMED_PCT:
            if since is not None:
                yield since, t_ms
            armed, since = True, None
    if since is not None:
        yield since, end_ms


def _draw(points: list[Point]) -> None:
    """Latency against sessions: what lies left of and below all others is worth having."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 5))
    for p in points:
        axes.scatter(p.sessions_per_day, p.p95_min, s=p.wakes_per_day, alpha=0.6)
        axes.annotate(
            p.name, (p.sessions_per_day, p.p95_min), xytext=(6, 4), textcoords="offset points"
        )
    axes.axhline(_SOON_MIN, linestyle=":", color="grey")
    axes.set(
        xlabel="sessions per day (bin in the middle)",
        ylabel="full alarm: 95 % are heard within, minutes",
        title="Alarm latency against radio sessions; area: wakes per day",
    )
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=120, bbox_inches="tight")
    plt.close(figure)
