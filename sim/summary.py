"""A run in numbers: the JSON summary, its keys in a fixed order."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import energy
from sim.run import BinRun, Run
from smartbin import events as smartbin_events

_MAH_MC = 3600


def of(run: Run) -> dict[str, Any]:
    """The summary of a run; docs/scenario.md lists its keys."""
    bins, days = run.bins, run.scenario.run.days
    wakes = sum(len(b.wakes) for b in bins)
    return {
        "name": run.scenario.run.name,
        "bins": len(bins),
        "days": days,
        "seed": run.scenario.run.seed,
        "wall_s": round(run.wall_s, 2),
        "wakes": wakes,
        "wakes_per_s": round(wakes / run.wall_s, 1),
        "readings": _readings(bins),
        "sessions": _sessions(bins),
        "awake": _awake(bins),
        "charge": _charge(bins, days),
        "battery": {
            "cell": run.scenario.cell.kind,
            "years": round(float(np.median([b.battery_years for b in bins])), 1),
        },
        "flash": _flash(bins),
        "events": _events(bins),
        "fill": _fill(run),
        "broker": {"kind": run.broker_kind},
        "troubles": _troubles(bins),
        "broken": run.broken,
    }


def _readings(bins: list[BinRun]) -> dict[str, int]:
    return {
        "taken": sum(w.taken for b in bins for w in b.wakes),
        "delivered": sum(not d.again and d.measured for b in bins for d in b.deliveries),
        "lost": sum(b.lost for b in bins),
        "duplicates": sum(d.again for b in bins for d in b.deliveries),
        "dropped": sum(b.dropped for b in bins),
        "waiting": sum(b.waiting for b in bins),
        "gap": sum(b.gap for b in bins),
        "unfinished": sum(b.unfinished for b in bins),
    }


def _sessions(bins: list[BinRun]) -> dict[str, int]:
    ok = sum(b.sessions for b in bins)
    return {"ok": ok, "failed": sum(w.radio for b in bins for w in b.wakes) - ok}


def _awake(bins: list[BinRun]) -> dict[str, int]:
    ms = np.fromiter((w.awake_ms for b in bins for w in b.wakes), int)
    ms = ms if ms.size else np.zeros(1, int)
    p50, p99 = np.percentile(ms, (50, 99), method="higher")
    return {"p50_ms": int(p50), "p99_ms": int(p99), "max_ms": int(ms.max())}


def _charge(bins: list[BinRun], days: float) -> dict[str, Any]:
    """Per bin and day: by group, and by phase."""
    phases = dict.fromkeys(energy.PHASES, 0.0)
    for one in bins:
        for phase, mc in one.charge_mc.items():
            phases[phase] += mc / len(bins) / days
    total = {f"{group}_mc": mc for group, mc in energy.grouped(phases).items()}
    total["total_mc"] = sum(phases.values())
    daily_mc = total["total_mc"] - total["service_mc"]  # nobody presses the button every day
    total["mah_per_day"] = daily_mc / _MAH_MC
    told_mc = sum(one.told_mc for one in bins) / len(bins) / days
    total["told_off_pct"] = 100 * abs(told_mc / daily_mc - 1) if daily_mc else 0
    return {**_rounded(total), "phases": _rounded(phases)}


def _rounded(numbers: dict[str, float]) -> dict[str, float]:
    return {k: round(v, 4) for k, v in numbers.items()}


def _flash(bins: list[BinRun]) -> dict[str, int]:
    """Writes and erases of all bins; worst_block: erases of the one block that had most."""
    erases = [b.flash_erases for b in bins]
    return {
        "writes": sum(b.flash_writes for b in bins),
        "erases": sum(sum(one.values()) for one in erases),
        "worst_block": max((n for one in erases for n in one.values()), default=0),
    }


def _events(bins: list[BinRun]) -> dict[str, int]:
    """How often each began, by what arrived at the broker."""
    names = [name for one in bins for _, name, way, _ in one.events if way]
    return {name: names.count(name) for name in smartbin_events.NAMES if name in names}


def _fill(run: Run) -> dict[str, float | None]:
    """How far the reported levels are from the truth at the time that they claim."""
    start_s = run.scenario.run.start.timestamp()
    pairs = (
        (d.fill_pct, b.waste.level_pct(round((d.at_s - start_s) * 1000)))
        for b in run.bins
        for d in b.deliveries
        if d.fill_pct is not None and d.at_s is not None and not d.again
    )
    said, true = np.fromiter(pairs, np.dtype((float, 2))).T
    if not said.size:
        return {"mae_pct": None, "quartile_ok": None}
    same = np.minimum(said // 25, 3) == np.minimum(true // 25, 3)
    return {
        "mae_pct": round(float(np.abs(said - true).mean()), 3),
        "quartile_ok": round(float(same.mean()), 4),
    }


def _troubles(bins: list[BinRun]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in bins:
        for name, count in one.troubles.items():
            total[name] = total.get(name, 0) + count
    return dict(sorted(total.items()))
