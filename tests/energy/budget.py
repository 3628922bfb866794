"""The charge budget: what the default day cost when that was last agreed to, phase by phase.

`python -m tests.energy.budget` records anew, and prints what has changed (a minute).  With it goes
what docs/energy.md prints: the model against measured wakes, and what each lever is worth.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim import steady
from sim.scenario import load
from sim.scenario_table import Broker
from tests.energy import levers, model

RECORDED = Path(__file__).with_name("recorded.json")
DAYS = ("plain", "tls")  # without and with TLS, which needs mosquitto
ALLOWED_PCT = 2.0
_MAH_MC = 3600
_WORTH_MC = 0.05  # changes below are not worth a word

Charge = Mapping[str, float]  # mC per bin and day, by phase


def cost(day: str) -> dict[str, float]:
    """What that day costs now."""
    scenario = load(levers.DAY, days=levers.DAYS)
    if day == "plain":
        scenario = replace(scenario, broker=Broker())
    _, booked = steady.run(scenario)
    return {phase: round(mc, 3) for phase, mc in booked.phases_mc.items()}


def recorded() -> dict[str, Any]:
    """What was agreed to: `days`, and what goes with it."""
    return json.loads(RECORDED.read_text())


def above_pct(now: Charge, before: Charge) -> float:
    """By how much the whole day costs more than before."""
    return 100 * (sum(now.values()) / sum(before.values()) - 1)


def told(day: str, now: Charge, before: Charge) -> str:
    """A sentence: how much, and in which phases, the dearest change first."""
    names = [*now, *(set(before) - set(now))]
    changes = {name: now.get(name, 0) - before.get(name, 0) for name in names}
    seen = sorted(
        (name for name in names if abs(changes[name]) >= _WORTH_MC),
        key=lambda name: -abs(changes[name]),
    )
    phases = ", ".join(f"{name} {changes[name]:+.1f} mC" for name in seen) or "no phase"
    return (
        f"The default day ({day}) costs {_mah(now):.4f} mAh, {above_pct(now, before):+.2f} % "
        f"against the recorded {_mah(before):.4f}: {phases}."
    )


def _mah(charge: Charge) -> float:
    return sum(charge.values()) / _MAH_MC


def main() -> None:
    """Record what the days cost now."""
    before = recorded()["days"] if RECORDED.exists() else {}
    now = {day: cost(day) for day in DAYS}
    for day in DAYS:
        print(told(day, now[day], before[day]) if day in before else f"{day}: {_mah(now[day])}")
    found = {"days": now, "levers": _levers(), "model": _model()}
    RECORDED.write_text(json.dumps(found, indent=1) + "\n")


def _levers() -> list[dict[str, Any]]:
    found = []
    for lever, mah in levers.worth():
        name, settings, turned = ("as it is", "", "") if lever is None else (
            lever.name, levers.said(lever), lever.turned,
        )  # fmt: skip
        found.append({"name": name, "settings": settings, "turned": turned, "mah": round(mah, 4)})
    return found


def _model() -> list[dict[str, Any]]:
    return [
        {
            "wake": one.name,
            "ms": one.ms,
            "model_ms": one.model_ms,
            "mc": round(one.mc, 2),
            "model_mc": round(one.model_mc, 2),
        }
        for one in model.rows()
    ]


if __name__ == "__main__":
    main()
