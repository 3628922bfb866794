"""`smartbin battery`: how long a board lasts on a cell, and what would change that most.

Every number is a run of the firmware in the simulator; variants change one thing each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim import life, steady
from sim.faults import Faults
from sim.life import Life
from sim.scenario import Scenario
from sim.steady import Steady
from smartbin import config

_BINS, _DAYS = 4, 3  # of each run; the first day does not count
_RARE_S, _OFTEN_S = 43_200, 3600  # from report to report
_WEAK_DBM, _STRONG_DBM = -85.0, -50.0


@dataclass(frozen=True)
class Answer:
    """One run and the years that follow from it."""

    group: str  # what was changed: signal, sessions, ...
    what: str
    scenario: Scenario
    booked: Steady
    life: Life


def answers(
    scenario: Scenario, progress: Callable[[str], None] = lambda what: None
) -> Iterator[Answer]:
    """The scenario as it stands first, then every variant, as they become known."""
    for group, what, changed in [("", "as it is", scenario), *_variants(scenario)]:
        progress(what)
        _, booked = steady.run(changed)
        yield Answer(group, what, changed, booked, _life(changed, booked))


def short(scenario: Scenario) -> Scenario:
    """The same, for a few bins and days, and without faults: they belong to no usual day."""
    bins = min(_BINS, scenario.run.bins)
    run = replace(scenario.run, days=float(_DAYS), bins=bins)
    stations = scenario.waste.stations[:bins]
    waste = replace(scenario.waste, stations=stations)
    return replace(scenario, run=run, waste=waste, faults=Faults(), expect={})


def cutoff_mv(scenario: Scenario) -> int:
    """The voltage that the firmware calls critical."""
    return setting(scenario, "battery_critical_mv")


def coldest_c(scenario: Scenario) -> float:
    """The coldest hour of a usual night."""
    weather = scenario.weather
    return weather.mean_c - weather.swing_c / 2 - weather.noise_c


def setting(scenario: Scenario, name: str) -> Any:
    """A firmware setting of this scenario's bins."""
    known = {row[0]: row[1] for row in config.TABLE}
    return scenario.bin.settings.get(name, known[name])


def _life(scenario: Scenario, booked: Steady) -> Life:
    facts = scenario.weather.mean_c, coldest_c(scenario), cutoff_mv(scenario)
    return life.of(scenario.cell, booked.mah_day, *facts)


def _variants(base: Scenario) -> Iterator[tuple[str, str, Scenario]]:
    """(what is changed, how, the scenario) of each."""
    radio, sample_s = base.radio, setting(base, "sample_s")
    for dbm in (_STRONG_DBM, _WEAK_DBM):
        yield "signal", f"{dbm:g} dBm", replace(base, radio=replace(radio, rssi_dbm=dbm))
    for every_s in (_RARE_S, _OFTEN_S):
        changed = _with(base, report_s=every_s, silence_s=every_s)
        yield "sessions", f"reports every {every_s // 3600} h", changed
    yield "sessions", "a report in every wake", _with(base, report_s=sample_s, silence_s=sample_s)
    for s in (sample_s // 3, sample_s * 4):
        yield "sampling", f"a look every {s // 60} min", _with(base, **_paced(base, s))
    for celsius in (-15.0, 30.0):
        weather = replace(base.weather, mean_c=celsius)
        yield "temperature", f"{celsius:g} °C", replace(base, weather=weather)
    if base.broker.tls:
        plain = replace(base.broker, kind="amqtt", tls=False)
        yield "TLS", "without TLS", replace(base, broker=plain)
    elif base.broker.kind != "external":
        yield (
            "TLS",
            "with TLS",
            replace(base, broker=replace(base.broker, kind="mosquitto", tls=True)),
        )


def _paced(base: Scenario, sample_s: int) -> dict[str, int]:
    """Settings that make every look that much rarer or more frequent."""
    factor = sample_s / setting(base, "sample_s")
    silence_s = max(sample_s, setting(base, "silence_s"))
    return {
        "sample_s": sample_s,
        "fast_s": round(setting(base, "fast_s") * factor),
        "slow_s": max(sample_s, round(setting(base, "slow_s") * factor)),
        "fire_s": max(60, min(86_400, round(setting(base, "fire_s") * factor))),
        "silence_s": silence_s,
        "report_s": min(silence_s, max(sample_s, setting(base, "report_s"))),
    }


def _with(base: Scenario, **settings: Any) -> Scenario:
    return replace(base, bin=replace(base.bin, settings={**base.bin.settings, **settings}))
