"""How right the reading is: our echo.py and fill.py, and three peers, on the same bursts.

A grid of -20 to +40 degrees C, five surfaces, four bins and four sensors; each cell is three days
of wakes in which one bin fills and is emptied once a day. No
interpreter: the firmware's files run here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import product
from random import Random
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.table import Table

from sim import seeds
from sim.scenario_table import Bin
from sim.scenario_table import Sound as Params
from sim.scenario_table import Weather as Climate
from sim.shape import Shape
from sim.sound import Sound, speed_m_s
from sim.weather import Weather
from smartbin import config, echo, fill, sensors
from tests.bench import sensing_picture
from tests.bench.peers_sensing import PEERS

AIRS_C = (-20, -10, 0, 10, 20, 30, 40)
SURFACES = ("flat", "boxes", "bags", "loose", "soft")
SENSORS = ("hc_sr04", "jsn_sr04t_v3", "a02yyuw", "mb7389")
_WHEELIE = {"shape": "square", "top_mm": 560, "bottom_mm": 480, "liner": False}
_BANK = {"empty_mm": 2400, "full_mm": 400, "top_mm": 1300, "bottom_mm": 1300, "liner": False}
BINS = {
    "street": Bin(),
    "wheelie": Bin(empty_mm=950, **_WHEELIE),
    "container": Bin(empty_mm=1250, full_mm=300, shape="square", top_mm=1100, bottom_mm=950),
    "underground": Bin(**_BANK, ribs_mm=6.0),
}
_BORDER_PCT = 5  # what a heap or a slope makes of a level
_LATE = 24  # wakes after which an emptying that is told was not found, but made up
_LOOKS = 3  # of a jump that come soon (schedule.py)
SEED = 77  # not the one on which most of the firmware's constants were chosen
# Too narrow for a wide beam: no grid's average should hide them, nor be made of them.
NARROW = {
    "narrow": Bin(empty_mm=700, full_mm=200, shape="square", top_mm=400, bottom_mm=340),
    "ribbed": Bin(**_BANK, ribs_mm=15.0),
}
_SAMPLE_S, _FAST_S = 900, 300  # the settings' defaults
_DAYS, _WAKES = 3, 96
_EMPTIED_PCT = 25  # config's emptied_pct
_FULL_PCT, _CLEARLY_PCT = 80, 10  # a false "full": the truth is clearly below
_FIRST_S = 1_600_000_000


@dataclass
class Tally:
    """What one node showed, wake by wake."""

    wakes: int = 0
    right: int = 0  # quartile of what is shown
    full: int = 0  # falsely
    told: int = 0  # with an interval
    inside: int = 0
    pings: int = 0
    emptied: int = 0  # in truth
    found: int = 0  # within six hours,
    soon: int = 0  # or two wakes
    false: int = 0
    # Wakes with the wrong quartile: without a number, with a jump that waits for more looks, so
    # near the border between two that a pile is enough, and all others.
    silent: int = 0
    held: int = 0
    border: int = 0
    astray: int = 0
    off_mm: list[float] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))

    def blame(self, shown: float | None, level: float, told: Any) -> None:
        """Why the quartile was wrong, where it was."""
        if shown is not None and quartile(shown) == quartile(level):
            return
        if told.pct is None:
            self.silent += 1
        elif told.kind == fill.HELD:
            self.held += 1
        elif min(abs(level - border) for border in (25, 50, 75)) <= _BORDER_PCT:
            self.border += 1
        else:
            self.astray += 1

    def pct(self, part: int, whole: int) -> float:
        return 100 * part / max(1, whole)


class Cell:
    """One cell of the grid: a bin, what fills it, and how it sounds."""

    def __init__(
        self, air_c: float, surface: str, bin_name: str, sensor: Any, clean: bool = False
    ):
        names = (air_c, surface, bin_name, sensor.name, clean)
        rng = seeds.rng(SEED, "sensing", *names)
        self.sensor, self.bin = sensor, {**BINS, **NARROW}[bin_name]
        self.shape = Shape(self.bin)
        quiet = {"fold_pct": 0.0, "item_pct": 0.0, "tilt_pct": 0.0, "frost_pct": 0.0}
        params = Params(surface=surface, **(quiet if clean else {}))
        same = Random()
        same.setstate(rng.getstate())
        self.sound = Sound(params, self.shape, sensor, rng)
        self._again = Sound(params, self.shape, sensor, same)  # the same scenes, other pings
        self.weather = Weather(Climate(mean_c=air_c), rng)
        self.levels, self.emptied_at = levels(rng)

    def wakes(self) -> Iterator[tuple[int, float, int, list[int | None]]]:
        """(t_s, true level, lid_dc, answers of 15 pings in us) of every wake."""
        for i, level in enumerate(self.levels):
            yield i * _SAMPLE_S, level, *self._heard(self.sound, i * _SAMPLE_S, level)

    def looks(self, t_s: int) -> Iterator[tuple[int, int, list[int | None]]]:
        """(t_s, lid_dc, answers) of the looks that may come before the next regular wake: a node
        that heard of a jump looks every fast_s."""
        level = self.levels[t_s // _SAMPLE_S]
        for at_s in range(t_s + _FAST_S, t_s + _SAMPLE_S, _FAST_S):
            yield at_s, *self._heard(self._again, at_s, level)

    def _heard(self, sound: Sound, t_s: int, level: float) -> tuple[int, list[int | None]]:
        t_ms = t_s * 1000
        air_dc, lid_dc = self.weather.air_dc(t_ms), self.weather.lid_dc(t_ms)
        widths = sound.burst(15, self.shape.depth_mm(level), air_dc, lid_dc, t_ms)
        limit = self.sensor.silent_us - 2000
        return lid_dc, [us if us < limit else None for us in widths]


def levels(rng: Random) -> tuple[list[float], list[int]]:
    """True levels, per cent, and the wakes at which the bin was emptied: exponential deposits of 7
    on average (sim/waste.py), about 12 a day; what does not fit stays outside."""
    emptied = [day * _WAKES + rng.randrange(16, _WAKES - 8) for day in range(_DAYS)]
    found, level = [], rng.uniform(0, 90)
    for i in range(_DAYS * _WAKES):
        if i in emptied:
            level = rng.uniform(0, 3)
        elif rng.random() < 12 / _WAKES:
            level = min(100.0, level + rng.expovariate(1 / 7))
        found.append(level)
    return found, emptied


class Node:
    """Our firmware's two files, with what they lean on: a sonar, a deadline, a memory."""

    def __init__(self, cell: Cell):
        shape = {"empty_mm": cell.bin.empty_mm, "full_mm": cell.bin.full_mm}
        self.cfg = config.check({**shape, "volume": cell.shape.volume_text()})
        self.sensor, self.fill = cell.sensor, fill.State()
        self._answers: Iterator[int | None] = iter(())
        self._lid_dc = 0

    def wake(self, t_s: int, lid_dc: int, answers: list[int | None]) -> tuple[Any, Any]:
        self._answers, self._lid_dc = iter(answers), lid_dc
        sounding = echo.settle(self, self.cfg, self, self)
        return sounding, fill.estimate(sounding, self.cfg, self, _FIRST_S + t_s)

    def __enter__(self) -> Node:
        return self

    def __exit__(self, *exc: object) -> bool:
        return False

    def left_ms(self) -> int:
        return 12_000

    def air_dc(self) -> int:
        return self._lid_dc

    def trouble(self) -> None:
        return None

    def ping(self) -> int | None:
        return answer(self.sensor, next(self._answers), self._lid_dc)


def answer(sensor: Any, us: int | None, lid_dc: int) -> int | None:
    """The sensor's answer: us, or the mm that it makes of them itself."""
    if us is None or not sensor.speed:
        return us
    return round(us * (speed_m_s(lid_dc) if sensor.speed < 0 else sensor.speed) / 2000)


def ours(cell: Cell) -> Tally:
    node, tally, shown = Node(cell), Tally(), None
    for i, (t_s, level, lid_dc, answers) in enumerate(cell.wakes()):
        tally.emptied += fell(cell, i)
        sounding, told = _seen(node, tally, cell, i, (t_s, lid_dc, answers))
        shown = told.pct if told.pct is not None else shown
        judge(tally, shown, level)
        tally.blame(shown, level, told)
        if told.pct is not None:
            tally.told += 1
            tally.inside += told.lo - 0.5 <= level <= told.hi + 0.5
            if told.kind != fill.AT_LEAST:
                tally.off_mm.append(sounding.mm - cell.shape.depth_mm(level))
        for look in cell.looks(t_s):
            if told.kind == fill.HELD and node.fill.looks < _LOOKS:
                sounding, told = _seen(node, tally, cell, i, look)
                shown = told.pct if told.pct is not None else shown
    return tally


def _seen(node: Node, tally: Tally, cell: Cell, i: int, look: tuple) -> tuple[Any, Any]:
    """What the node makes of one look; what it has to say of an emptying is tallied."""
    sounding, told = node.wake(*look)
    tally.pings += sounding.pings
    if node.fill.emptied_s == _FIRST_S + look[0] and _mostly(told.pct or 0, node.fill.before):
        since = [k for k in range(_LATE) if fell(cell, i - k)]
        tally.found += bool(since)
        tally.soon += bool(since) and since[0] <= 1
        tally.false += not since
    return sounding, told


def _mostly(pct: int, before: int | None) -> bool:
    """An emptying leaves at most half; other falls are told apart as partial ones (events.py)."""
    return before is not None and 2 * pct <= before


def fell(cell: Cell, i: int) -> bool:
    """Was the bin emptied just before that wake, of so much that it counts?"""
    return i in cell.emptied_at and cell.levels[i - 1] - cell.levels[i] >= _EMPTIED_PCT


def peer(cell: Cell, name: str) -> Tally:
    tally, shown = Tally(), None
    node = Node(cell)
    for _, level, _, answers in cell.wakes():
        mm = PEERS[name](answers)
        if mm is not None:
            shown = fill.pct_of(round(mm), fill.curve_of(node.cfg))
            tally.off_mm.append(mm - cell.shape.depth_mm(level))
        judge(tally, shown, level)
    return tally


def judge(tally: Tally, shown: float | None, level: float) -> None:
    tally.wakes += 1
    if shown is not None:
        tally.right += quartile(shown) == quartile(level)
        tally.full += shown >= _FULL_PCT and level < _FULL_PCT - _CLEARLY_PCT


def quartile(pct: float) -> int:
    return min(3, int(pct // 25))


def grid(surface: str, clean: bool = False) -> dict[str, Tally]:
    """A Tally of each node over the part of the grid with that surface."""
    tallies: dict[str, Tally] = {name: Tally() for name in ("smartbin", *PEERS)}
    for air_c, bin_name, sensor in product(AIRS_C, BINS, SENSORS):
        for name, tally in tallies.items():
            cell = Cell(air_c, surface, bin_name, sensors.find(sensor), clean)
            tally.add(ours(cell) if name == "smartbin" else peer(cell, name))
    return tallies


def measure(console: Console) -> dict[str, float]:
    """The whole grid, then the flat and quiet part of it; ours beside the peers."""
    flat, mixed = grid("flat", clean=True), grid("mixed")
    parts = {surface: grid(surface) for surface in SURFACES}
    waste: dict[str, Tally] = {name: Tally() for name in flat}
    for part in parts.values():
        for name, tally in part.items():
            waste[name].add(tally)
    console.print(_compared(waste, flat, mixed))
    parts = {"mixed": mixed, **parts}
    console.print(_surfaces(parts))
    console.print(_narrow())
    found, us = figures(waste, flat), waste["smartbin"]
    console.print(
        "interval holds the truth in {interval_pct} % of wakes; emptied: {emptied_recall_pct} % "
        "(within two wakes {soon:.1f} %), {emptied_false_per_month} false a bin and month; "
        "{pings_clean} pings a wake where echoes are clean; "
        "picture: {picture}".format(
            **found, soon=us.pct(us.soon, us.emptied), picture=sensing_picture.PICTURE.name
        )
    )
    sensing_picture.draw({surface: tallies["smartbin"] for surface, tallies in parts.items()})
    return {f"sensing.{name}": value for name, value in found.items()}


def _compared(waste: dict[str, Tally], flat: dict[str, Tally], mixed: dict[str, Tally]) -> Table:
    table = Table("node", title="The same bursts: every temperature, surface, bin and sensor")
    for heading in ("quartile %", "mixed waste %", "false full %", "flat: bias mm", "P95 mm"):
        table.add_column(heading, justify="right")
    for name, tally in waste.items():
        bias, p95 = spread(flat[name])
        right = [f"{t.pct(t.right, t.wakes):.1f}" for t in (tally, mixed[name])]
        full = f"{tally.pct(tally.full, tally.wakes):.2f}"
        table.add_row(name, *right, full, f"{bias:+.1f}", f"{p95:.0f}")
    return table


def _surfaces(parts: dict[str, dict[str, Tally]]) -> Table:
    """Where the physics ends: what swallows the ping leaves only the last level to show."""
    table = Table("surface", title="Quartile right, by what lies in the bin")
    for heading in ("smartbin %", "best peer %", "no number %", "pings", "emptied %", "false"):
        table.add_column(heading, justify="right")
    for surface, tallies in parts.items():
        us = tallies["smartbin"]
        best = max(t.pct(t.right, t.wakes) for name, t in tallies.items() if name in PEERS)
        table.add_row(
            surface,
            f"{us.pct(us.right, us.wakes):.1f}",
            f"{best:.1f}",
            f"{us.pct(us.wakes - us.told, us.wakes):.1f}",
            f"{us.pings / us.wakes:.1f}",
            f"{us.pct(us.found, us.emptied):.1f}",
            str(us.false),
        )
    return table


def _narrow() -> Table:
    table = Table("bin", *SENSORS, title="Beside the grid: mixed waste in narrow bins, quartile %")
    for bin_name in NARROW:
        right = []
        for sensor in SENSORS:
            tally = Tally()
            for air_c in (-10, 20):
                tally.add(ours(Cell(air_c, "mixed", bin_name, sensors.find(sensor))))
            right.append(f"{tally.pct(tally.right, tally.wakes):.0f}")
        table.add_row(bin_name, *right)
    return table


def figures(waste: dict[str, Tally], flat: dict[str, Tally]) -> dict[str, float]:
    us, clean = waste["smartbin"], flat["smartbin"]
    bias, p95 = spread(clean)
    months = us.wakes / _WAKES / 30
    rights = [t.pct(t.right, t.wakes) for name, t in waste.items() if name in PEERS]
    return {
        "bias_mm": round(bias, 1),
        "p95_mm": round(p95, 1),
        "quartile_pct": round(us.pct(us.right, us.wakes), 1),
        "best_peer_quartile_pct": round(max(rights), 1),
        "false_full_pct": round(us.pct(us.full, us.wakes), 2),
        "interval_pct": round(us.pct(us.inside, us.told), 1),
        "emptied_recall_pct": round(us.pct(us.found, us.emptied), 1),
        "emptied_false_per_month": round(us.false / months, 2),
        "pings_clean": round(clean.pings / clean.wakes, 2),
    }


def spread(tally: Tally) -> tuple[float, float]:
    """Mean error and the size that 95 % of the errors stay within, mm."""
    off = sorted(abs(mm) for mm in tally.off_mm)
    return fmean(tally.off_mm), off[int(0.95 * (len(off) - 1))]
