"""Where the charge goes: the model against hardware, one wake, one day, each lever, a tutorial."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean, median

from rich.console import Console
from rich.table import Table

from sim import energy, steady
from sim.scenario import load
from sim.scenario_table import Broker, Radio, Sound
from sim.steady import Spent, Steady
from tests.bench.peers import alarms, day
from tests.energy import levers, model

_DAYS, _FEW_DAYS = 7, 3
# figure -> the most that it may be, or the least (issue 5, section 3).
_MOST = {
    "energy.model_worst_pct": 10.0,
    "energy.measure_wake_mc": 5.0,
    "energy.publish_mc": 90.0,
    "energy.publish_tls_mc": 210.0,
    "energy.day_mah": 0.74,
}
_LEAST = {"energy.tutorial_ratio": 10.0}
_CLEAN = Sound(
    jitter_us=3, miss_pct=0, surface="flat", tilt_pct=0, fold_pct=0, item_pct=0, frost_pct=0,
    crosstalk_pct=0, dip_pct=0,
)  # fmt: skip


def measure(console: Console) -> dict[str, float]:
    """All tables; figures by name."""
    found = model.table(console)
    found |= _wakes(console)
    day_run, base = steady.run(load(levers.DAY, days=_DAYS))
    found["energy.day_mah"] = round(base.mah_day, 4)
    _phases(console, base)
    _levers(console)
    ours = [alarms.minutes(b.waste, alarms.ours(b), _DAYS) for b in day_run.bins]
    found |= _tutorial(console, base, [minutes for one in ours for minutes in one])
    _marks(console, found)
    return found


# -- one wake -------------------------------------------------------------------------------------


def _wakes(console: Console) -> dict[str, float]:
    """The middle wake of each kind, by phase: clean echoes, the usual signal."""
    calm = replace(load(levers.DAY, days=_FEW_DAYS), sound=_CLEAN, radio=Radio(rssi_sigma_db=0))
    plain, tls = [steady.run(one)[1] for one in (replace(calm, broker=Broker()), calm)]
    kinds = {
        "measure_wake": _middle(plain, radio=False),
        "publish": _middle(plain, radio=True),
        "publish_tls": _middle(tls, radio=True),
    }
    table = Table(title="One wake, mC by phase (the middle one of its kind; clean echoes)")
    table.add_column("phase")
    for name, one in kinds.items():
        table.add_column(f"{name}, {one.wake.awake_ms:,} ms", justify="right")
    for phase in energy.PHASES[1:]:
        if any(one.mc[phase] for one in kinds.values()):
            table.add_row(phase, *[f"{one.mc[phase]:.2f}" for one in kinds.values()])
    table.add_row("all", *[f"{one.awake_mc:.2f}" for one in kinds.values()])
    console.print(table)
    return {f"energy.{name}_mc": round(one.awake_mc, 2) for name, one in kinds.items()}


def _middle(booked: Steady, radio: bool) -> Spent:
    found = sorted((one for one in booked.wakes if one.wake.radio is radio), key=_awake_mc)
    return found[len(found) // 2]


def _awake_mc(one: Spent) -> float:
    return one.awake_mc


# -- one day --------------------------------------------------------------------------------------


def _phases(console: Console, booked: Steady) -> None:
    table = Table(title=f"The default day: {booked.mah_day:.3f} mAh")
    for heading in ("phase", "mC", "%"):
        table.add_column(heading, justify="left" if heading == "phase" else "right")
    total = sum(booked.phases_mc.values())
    for phase, mc in booked.phases_mc.items():
        if mc >= 0.05:
            table.add_row(phase, f"{mc:.1f}", f"{100 * mc / total:.1f}")
    console.print(table)
    console.print(
        f"{booked.wakes_day:.1f} wakes and {booked.sessions_day:.1f} sessions a day, over TLS, "
        "the Wi-Fi key derived beforehand"
    )


def _levers(console: Console) -> None:
    """What each one is worth, by turning it round alone."""
    (_, base), *turned = levers.worth()
    table = Table(title=f"Levers, each turned round alone ({base:.3f} mAh a day as it is)")
    for heading in ("lever", "turned", "setting", "mAh a day", "change"):
        table.add_column(
            heading, justify="right" if heading in ("mAh a day", "change") else "left"
        )
    for lever, mah in turned:
        assert lever is not None
        cells = lever.name, lever.turned, levers.said(lever)
        table.add_row(*cells, f"{mah:.3f}", f"{mah - base:+.4f}")
    console.print(table)


# -- a tutorial's firmware ------------------------------------------------------------------------


def _tutorial(console: Console, base: Steady, ours_min: list[float]) -> dict[str, float]:
    """The same bins under tests/bench/peers/tutorial, without TLS."""
    lives, theirs = day.live(load(levers.DAY, days=_DAYS))
    theirs_min = [m for one in lives for m in alarms.minutes(one.bin.waste, one.said, _DAYS)]
    found = {
        "energy.tutorial_day_mah": round(theirs.mah_day, 3),
        "energy.tutorial_ratio": round(theirs.mah_day / base.mah_day, 1),
        "energy.alarm_min": round(fmean(ours_min), 1),
        "energy.tutorial_alarm_min": round(fmean(theirs_min), 1),
    }
    console.print(
        f"tutorial firmware, no TLS: {theirs.mah_day:.2f} mAh a day, "
        f"{found['energy.tutorial_ratio']:g} times ours over TLS\n"
        f"from full to told, {len(ours_min)} times: ours {fmean(ours_min):.1f} min "
        f"(middle {median(ours_min):.1f}), the tutorial's {fmean(theirs_min):.1f} min "
        f"(middle {median(theirs_min):.1f})"
    )
    return found


def _marks(console: Console, found: dict[str, float]) -> None:
    """Every target, and whether it is reached."""
    table = Table(title="Targets")
    for heading in ("figure", "is", "target", ""):
        table.add_column(heading, justify="left" if heading in ("figure", "") else "right")
    for name, most in _MOST.items():
        missed = "MISSED" if found[name] > most else ""
        table.add_row(name, f"{found[name]:g}", f"<= {most:g}", missed)
    for name, least in _LEAST.items():
        missed = "MISSED" if found[name] < least else ""
        table.add_row(name, f"{found[name]:g}", f">= {least:g}", missed)
    ours, theirs = found["energy.alarm_min"], found["energy.tutorial_alarm_min"]
    missed = "MISSED" if ours > theirs else ""
    table.add_row("energy.alarm_min", f"{ours:g}", f"<= {theirs:g}, the tutorial's", missed)
    console.print(table)
