"""What only a whole scenario can get wrong: rules over several keys, and over the repository."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sim import scenario_history
from sim.faults import KINDS, Faults
from sim.scenario_table import Bin, Broker, Fault, Run, Scenario, Sound
from sim.scenario_values import nearest, shown
from sim.units import Mistake, duration_text

BOARDS = Path(__file__).resolve().parent.parent / "boards"
MS_PER_DAY = 86_400_000

_VALID_ID = re.compile("[A-Za-z0-9_-]{1,24}")
_COUNT_FORMAT = re.compile("(0?[1-9][0-9]?)?d?")


def whole(scenario: Scenario) -> Scenario:
    """The scenario with its history looked up (waste.history, waste.stations).  Raises Mistake."""
    _board(scenario.board.name)
    _bin(scenario.bin)
    waste = scenario_history.looked_up(scenario.path, scenario.run, scenario.waste)
    scenario = replace(scenario, waste=waste)
    _ids(bin_ids(scenario), scenario.bin)
    _sound(scenario.sound)
    _broker(scenario.broker)
    _settings(scenario)
    _fault_times(scenario)
    return scenario


def bin_ids(scenario: Scenario) -> list[str]:
    """The id of each bin, in order of their indices.  Raises Mistake on a wrong pattern."""
    pattern, stations = scenario.bin.id, scenario.waste.stations
    _pattern(pattern, bool(stations))
    names = stations or [""] * scenario.run.bins
    return [pattern.format(n=i + 1, station=name) for i, name in enumerate(names)]


def _board(name: str) -> None:
    known = [p.parent.name for p in sorted(BOARDS.glob("*/board.py"))]
    if name not in known:
        choice = f"write one of {', '.join(known)}" if known else "boards/ has none yet"
        raise Mistake(
            f"name = {shown(name)} is no folder of boards/; {choice}{nearest(name, known)}",
            "[board]",
            "name",
        )


def _bin(shape: Bin) -> None:
    if shape.full_mm >= shape.empty_mm:
        raise Mistake(
            f"full_mm = {shape.full_mm} must be below empty_mm = {shape.empty_mm}: both are "
            "measured from the sensor down; write a smaller full_mm or a larger empty_mm",
            "[bin]",
            "full_mm",
        )


def _sound(sound: Sound) -> None:
    if sound.soft_pct + sound.loose_pct > 100:
        raise Mistake(
            f"soft_pct = {sound.soft_pct:g} and loose_pct = {sound.loose_pct:g} are more than all "
            "surfaces; write numbers that add up to at most 100",
            "[sound]",
            "soft_pct",
        )


def _pattern(pattern: str, has_stations: bool) -> None:
    how = "; write {n}, {n:03d} or {station} in it, such as " + 'id = "bin-{n:03d}"'
    try:
        fields = [f for f in string.Formatter().parse(pattern) if f[1] is not None]
    except ValueError as e:
        raise _bad_id(pattern, f"is no pattern ({e}){how}") from None
    for _, name, spec, conversion in fields:
        counted = name == "n" and _COUNT_FORMAT.fullmatch(spec or "")
        if conversion or not (counted or (name == "station" and not spec)):
            raise _bad_id(pattern, f"has a {{}} that cannot be filled in{how}")
        if name == "station" and not has_stations:
            raise _bad_id(pattern, 'needs a history; use {n}, or set [waste] kind = "history"')


def _ids(ids: list[str], shape: Bin) -> None:
    for name in ids:
        if not _VALID_ID.fullmatch(name):
            raise _bad_id(
                shape.id,
                f"gives {shown(name)}, and an id has 1 to 24 letters, digits, - or _; "
                'shorten it or take the rest out, such as id = "bin-{n}"',
            )
    if len(set(ids)) < len(ids):
        raise _bad_id(shape.id, 'gives two bins the same id; put {n} in it: id = "bin-{n}"')


def _bad_id(pattern: str, problem: str) -> Mistake:
    return Mistake(f"id = {shown(pattern)} {problem}", "[bin]", "id")


def _broker(broker: Broker) -> None:
    if broker.kind == "external" and not broker.port:
        raise Mistake(
            "port is missing, and an external broker needs it, e.g. port = 1883",
            "[broker]",
            "port",
        )
    if broker.password and not broker.user:
        raise Mistake(
            'password needs a user beside it, e.g. user = "bins"', "[broker]", "password"
        )


def _settings(scenario: Scenario) -> None:
    """The firmware's own check, on the settings as this scenario completes them."""
    from smartbin import config
    from smartbin.errors import ConfigError

    shape = scenario.bin
    if "bin_id" in shape.settings:
        problem = 'settings.bin_id would name all bins alike; take it out and write id = "bin-{n}"'
        raise Mistake(problem, "[bin]", "settings.bin_id")
    lengths = {"empty_mm": shape.empty_mm, "full_mm": shape.full_mm}
    try:
        config.check({**lengths, "mqtt_user": scenario.broker.user, **shape.settings})
    except ConfigError as e:
        known = [row[0] for row in config.TABLE]
        problem = str(e).rstrip(".")
        if e.key not in known:
            problem += f"; take it out{nearest(e.key, known)}"
        where = f"settings.{e.key}" if e.key in shape.settings else e.key
        raise Mistake(f"{where}: {problem}", "[bin]", where) from e


def fault_amount(kind: str, given: float | None) -> float | None:
    """The amount of a fault: given and checked, or its kind's default.  Raises Mistake."""
    row = KINDS[kind].amount
    if row is None:
        if given is not None:
            raise Mistake(f'amount means nothing with kind = "{kind}"; take it out', key="amount")
        return None
    value = row.default if given is None else given
    if not row.low <= value <= row.high or (row.whole and value != int(value)):
        what = "a whole number" if row.whole else "a number"
        raise Mistake(
            f'amount = {shown(value)} is out of bounds; with kind = "{kind}" it is {what} from '
            f"{row.low:.12g} to {row.high:.12g} {row.unit}".rstrip()
            + f" ({row.help}), e.g. amount = {row.default:g}",
            key="amount",
        )
    return int(value) if value == int(value) else value


def _fault_times(scenario: Scenario) -> None:
    end_ms = round(scenario.run.days * MS_PER_DAY)
    for number, fault in enumerate(scenario.faults, 1):
        where = f"[[fault]] {number}"
        if fault.at_ms >= end_ms:
            raise Mistake(
                f'at = "{duration_text(fault.at_ms)}" is after the end of the run, which lasts '
                f"{duration_text(end_ms)}; write an earlier time or more [run] days",
                where,
                "at",
            )
        if fault.bins[-1:] and max(fault.bins) >= scenario.run.bins:
            raise Mistake(
                f"bins has {max(fault.bins) + 1}, beyond [run] bins = {scenario.run.bins}; "
                "write a smaller number or more [run] bins",
                where,
                "bins",
            )


def trimmed(scenario: Scenario) -> Scenario:
    """The scenario without what a run made shorter or smaller from outside does not reach."""
    return replace(scenario, faults=Faults(_reached(scenario.faults, scenario.run)))


def _reached(faults: Faults, run: Run) -> Iterator[Fault]:
    for fault in faults:
        bins = tuple(index for index in fault.bins if index < run.bins)
        if bins and fault.at_ms < run.days * MS_PER_DAY:
            yield replace(fault, bins=bins)
