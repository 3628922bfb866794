"""Random faults from a seed: a scenario, its run, and what must hold whatever goes wrong."""

from __future__ import annotations

import math
import multiprocessing
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim import fleet, invariants, seeds, shrink
from sim.errors import SimError
from sim.fault_kinds import KINDS, Amount
from sim.scenario import Scenario, load
from sim.units import duration_text

_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000
_MOST_FAULTS = 6
_BOARDS = ("firebeetle2_esp32e",) * 8 + ("xiao_esp32c3", "devkit_v1")
_SAMPLES_S = (900,) * 6 + (600, 300)
# Waste that lies level and sounds clear: what is heard late is then a fault's doing, not a heap's.
_LEVEL = ["[sound]", 'surface = "flat"']
_LEVEL += [f"{name}_pct = 0" for name in ("tilt", "fold", "item", "frost", "crosstalk", "dip")]
_RATES_PCT_DAY = (33, 60, 120)  # how fast the bins fill: alarms should be no rarity


@dataclass(frozen=True)
class Staged:
    """One fault of a plan, as a scenario file says it.  bins: numbers from 1."""

    kind: str
    at_ms: int
    lasts_ms: int
    bins: tuple[int, ...]
    amount: float | None


@dataclass(frozen=True)
class Plan:
    """A scenario that a seed stands for."""

    seed: int
    days: float
    bins: int
    board: str
    rate_pct_day: float
    settings: dict[str, Any]
    faults: tuple[Staged, ...]


@dataclass(frozen=True)
class Verdict:
    """What came of one seed.  broken: a sentence for each promise that was not kept."""

    seed: int
    broken: list[str]
    plan: Plan
    wall_s: float
    figures: dict[str, float] = field(default_factory=dict)


def plan(seed: int, days: float | None = None, bins: int | None = None) -> Plan:
    """The scenario of a seed; days and bins instead of its own where they are given."""
    rng = seeds.rng(seed, "chaos")
    days, own_days = days or 0.0, rng.choice((1, 2, 3))
    own_bins = rng.choice((1, 1, 2, 3))
    days, bins = days or own_days, bins or own_bins
    settings: dict[str, Any] = {"sample_s": rng.choice(_SAMPLES_S)}
    if rng.random() < 1 / 3:
        settings["outbox"] = "flash"
    if rng.random() < 1 / 4:
        settings["backoff_s"] = 3600
    board, rate = rng.choice(_BOARDS), rng.choice(_RATES_PCT_DAY)
    count = rng.randint(1, _MOST_FAULTS)
    faults = tuple(_fault(rng, round(days * 24 * _HOUR_MS), bins) for _ in range(count))
    return Plan(seed, days, bins, board, rate, settings, faults)


def _fault(rng: random.Random, run_ms: int, bins: int) -> Staged:
    kind = rng.choice(sorted(KINDS))
    at_ms = rng.randrange(0, max(1, run_ms - _MINUTE_MS), 1000)
    longest_ms = max(2 * _MINUTE_MS, min(18 * _HOUR_MS, run_ms - at_ms))
    lasts_s = round(math.exp(rng.uniform(math.log(_MINUTE_MS), math.log(longest_ms))) / 1000)
    hit = sorted(rng.sample(range(1, bins + 1), rng.randint(1, bins)))
    return Staged(kind, at_ms, lasts_s * 1000, tuple(hit), _amount(rng, KINDS[kind].amount))


def _amount(rng: random.Random, known: Amount | None) -> float | None:
    """Around the default, or, as often, anywhere within the bounds."""
    if known is None:
        return None
    near = rng.random() < 1 / 2
    if near:
        value = known.default * math.exp(rng.uniform(-1.5, 1.5))
    elif known.low > 0:
        value = math.exp(rng.uniform(math.log(known.low), math.log(known.high)))
    else:
        value = rng.uniform(known.low, known.high)
    value = min(known.high, max(known.low, value))
    return round(value) if known.whole else round(value, 3)


def toml(made: Plan, title: str = "") -> str:
    """The plan as a scenario file."""
    lines = ["[run]"]
    lines += [f'title = "{title}"'] if title else []
    lines += [f"days = {made.days:g}", f"bins = {made.bins}", f"seed = {made.seed}"]
    lines += ["interpreters = 1", "", "[board]", f'name = "{made.board}"', ""]
    lines += ["[bin.settings]", *[f"{name} = {_text(v)}" for name, v in made.settings.items()]]
    lines += ["", "[waste]", f"rate_pct_day = {made.rate_pct_day}", "", *_LEVEL]
    for fault in made.faults:
        lines += ["", *_fault_lines(fault)]
    return "\n".join(lines) + "\n"


def _fault_lines(fault: Staged) -> list[str]:
    lines = ["[[fault]]", f'kind = "{fault.kind}"', f'at = "{duration_text(fault.at_ms)}"']
    lines += [f'lasts = "{duration_text(fault.lasts_ms)}"', f"bins = {list(fault.bins)}"]
    return lines if fault.amount is None else [*lines, f"amount = {fault.amount:.12g}"]


def _text(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def scenario(made: Plan) -> Scenario:
    """The plan as a checked scenario: by way of its file, which is what people can repeat."""
    with tempfile.TemporaryDirectory(prefix="smartbin-") as folder:
        path = Path(folder) / "chaos.toml"
        path.write_text(toml(made))
        return load(path)


def judge(made: Plan) -> Verdict:
    """Run a plan and look at everything that must hold."""
    began = time.monotonic()
    try:
        done = fleet.run(scenario(made))
    except SimError as e:
        return Verdict(made.seed, [f"The run did not come to its end: {e}"], made, 0.0)
    broken = invariants.broken(done)
    return Verdict(made.seed, broken, made, time.monotonic() - began, invariants.figures(done))


def fewest(verdict: Verdict) -> Verdict:
    """The same failure with the fewest faults that still make one."""
    found = {verdict.plan.faults: verdict}

    def fails(faults: tuple[Staged, ...]) -> bool:
        tried = judge(replace(verdict.plan, faults=faults))
        found[faults] = tried
        return bool(tried.broken)

    return found[shrink.fewest(verdict.plan.faults, fails)]


def run(
    wanted: range, days: float | None = None, bins: int | None = None, jobs: int = 1
) -> Iterator[Verdict]:
    """A verdict for each seed, as they come; jobs: processes that share the work."""
    if jobs == 1:
        yield from (_one(seed, days, bins) for seed in wanted)
        return
    fresh = multiprocessing.get_context("spawn")  # a fork would inherit the pipes of our brokers
    with ProcessPoolExecutor(jobs, fresh, _deaf) as pool:
        todo = [pool.submit(_one, seed, days, bins) for seed in wanted]
        try:
            for done in as_completed(todo):
                yield done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one(seed: int, days: float | None, bins: int | None) -> Verdict:
    return judge(plan(seed, days, bins))


def _deaf() -> None:
    """Ctrl-C is for the process that people see; it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def summary(verdicts: list[Verdict], first: int, wall_s: float) -> dict[str, Any]:
    """All seeds in numbers, and what failed."""
    failed = [v for v in verdicts if v.broken]
    sums = ("wakes", "taken", "delivered")
    worst = ("max_wake_ms", "max_wake_mc")
    return {
        "seeds": len(verdicts),
        "first": first,
        "wall_s": round(wall_s, 1),
        **{name: sum(v.figures.get(name, 0) for v in verdicts) for name in sums},
        **{name: round(max(v.figures.get(name, 0) for v in verdicts)) for name in worst},
        "failed": [
            {"seed": v.seed, "broken": v.broken, "scenario": toml(v.plan)}
            for v in sorted(failed, key=lambda v: v.seed)
        ],
    }


def repeat(verdict: Verdict, days: float | None, bins: int | None) -> str:
    """What to type to see one seed again."""
    more = f" --days {days:g}" if days else ""
    more += f" --bins {bins}" if bins else ""
    return f"smartbin sim chaos --seeds 1 --first {verdict.seed}{more}"
