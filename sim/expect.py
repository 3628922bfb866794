"""Does the summary of a run hold what its scenario expects?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from sim import units
from sim.scenario_values import scalar, shown

# What a scenario can ask about: path into the summary -> what stands there.
SUMMARY = {
    "bins": "bins that took part",
    "days": "virtual days that passed",
    "seed": "the seed of all models",
    "wall_s": "real seconds the run took",
    "wakes": "wakes of all bins together",
    "wakes_per_s": "wakes per real second",
    "readings.taken": "measurements, counted at the sensor's supply rail",
    "readings.delivered": "different readings that a subscriber at the broker received",
    "readings.lost": "readings that vanished without a word",
    "readings.duplicates": "readings that arrived more than once",
    "readings.dropped": "readings that the firmware gave up and reported as such",
    "readings.waiting": "readings that the nodes still hold at the end, in RTC memory or flash",
    "readings.gap": "numbers that nodes reported as gone with the power; some were never used",
    "readings.unfinished": "measurements that a reset, a power cut or a crash broke off",
    "sessions.ok": "wakes of which at least one message arrived",
    "sessions.failed": "wakes with the radio on of which none did",
    "awake.p50_ms": "time awake: the middle wake",
    "awake.p99_ms": "time awake: 99 of 100 wakes are shorter",
    "awake.max_ms": "time awake: the longest wake",
    "charge.sleep_mc": "charge per bin and day: asleep",
    "charge.boot_mc": "charge per bin and day: from reset to our code",
    "charge.sense_mc": "charge per bin and day: measuring",
    "charge.radio_mc": "charge per bin and day: radio on",
    "charge.flash_mc": "charge per bin and day: writing flash",
    "charge.service_mc": "charge per bin and day: the console and its windows",
    "charge.total_mc": "charge per bin and day: everything",
    "charge.mah_per_day": "the same in mAh, without the console and its windows",
    "charge.told_off_pct": "how far off the nodes' own estimate is that their reports told, in %",
    "battery.cell": "kind of cell",
    "battery.years": "years that the cell would last",
    "flash.writes": "writes to flash of all bins",
    "flash.erases": "erases of flash blocks of all bins",
    "flash.worst_block": "erases of the one block that was erased most; it endures 100,000",
    "events.NAME": "how often the event NAME was reported",
    "fill.mae_pct": "mean distance of the reported fill from the truth, in points",
    "fill.quartile_ok": "share of readings in the right quarter of the bin",
    "broker.kind": "which broker ran",
    "troubles.NAME": "how often the nodes noted NAME (docs/message.md), or the simulator saw it",
}


def check(summary: dict, expect: dict) -> list[str]:
    """One sentence for each expectation that does not hold; an empty list when all do.

    expect: dotted path -> number or text (equal), or a comparison such as ">=500".
    """
    flat = dict(flatten(summary))
    found = (_difference(flat, path, wanted) for path, wanted in expect.items())
    return [sentence for sentence in found if sentence]


def read(table: dict[str, Any]) -> dict[str, Any]:
    """The [expect] section with dotted paths for keys, nested or quoted.  Raises units.Mistake."""
    found: dict[str, Any] = {}
    for path, wanted in flatten(table):
        if path in found:
            raise units.Mistake(f"{shown(path)} stands here twice; take one out", key=path)
        if not all(path.split(".")):
            how = "write a path into the summary, such as readings.lost = 0"
            raise units.Mistake(f"{shown(path)} is no path; {how}", key=path)
        _wanted(path, wanted)
        found[path] = wanted
    return found


def _wanted(path: str, wanted: Any) -> None:
    try:
        if not scalar(wanted):
            raise units.Mistake('is nothing to compare with; write a number, a text or ">=500"')
        if isinstance(wanted, str):
            units.comparison(wanted)
    except units.Mistake as e:
        raise units.Mistake(f"{path} = {shown(wanted)} {e.problem}", key=path) from e


def flatten(table: dict, before: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted path, value) of everything in nested tables."""
    for name, value in table.items():
        if isinstance(value, dict) and value:
            yield from flatten(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _difference(flat: dict, path: str, wanted: Any) -> str | None:
    if path not in flat:
        return f"{path} should be {wanted}, but the summary has no such entry{_near(path, flat)}."
    if _same(flat[path], wanted):
        return None
    return f"{path} is {flat[path]}, and the scenario expects {wanted}."


def _same(value: Any, wanted: Any) -> bool:
    compared = units.comparison(wanted) if isinstance(wanted, str) else None
    if compared:
        return units.holds(compared, value)
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _near(path: str, flat: dict) -> str:
    near = difflib.get_close_matches(path, flat, 1)
    return f"; the nearest is {near[0]}" if near else ""
