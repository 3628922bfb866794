"""The history that a scenario replays: is the file there, is it one, does it cover the run?"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sim.scenario_table import Run, Waste
from sim.scenario_values import nearest, shown
from sim.units import Mistake

_COLUMNS = ("date", "bin", "fullness_tenths")


def looked_up(scenario: Path, run: Run, waste: Waste) -> Waste:
    """The section with its file's path completed and one station for each bin.  Raises Mistake."""
    if waste.kind != "history":
        return waste
    if not waste.history:
        raise _bad_history('history is missing; name the file, e.g. history = "fill_daily.csv"')
    path = scenario.parent / waste.history
    try:
        spans = _spans(path)
    except Mistake as e:
        raise _bad_history(f"history = {shown(waste.history)} {e.problem}") from e
    stations = _stations(waste.stations, spans, run.bins)
    for station in stations:
        _covers(station, *spans[station], run)
    return replace(waste, history=str(path), stations=stations)


def _spans(path: Path) -> dict[str, tuple[date, date]]:
    """bin -> its first and last day in a history file, in order of appearance."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return _read_spans(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as e:
        if isinstance(e, Mistake):
            raise
        why = getattr(e, "strerror", None) or "it is no CSV text"
        raise Mistake(
            f"cannot be read ({why}); the path is relative to the scenario file"
        ) from None


def _read_spans(rows: csv.DictReader) -> dict[str, tuple[date, date]]:
    if not set(_COLUMNS) <= set(rows.fieldnames or ()):
        raise Mistake(f"lacks a column; its first line must have {','.join(_COLUMNS)}")
    spans: dict[str, tuple[date, date]] = {}
    seen: set[tuple[str, date]] = set()
    for row in rows:
        name, day = _reading(row, rows.line_num)
        if (name, day) in seen:
            raise Mistake(f"has bin {name} twice on {day}, in line {rows.line_num}; take one out")
        seen.add((name, day))
        first, last = spans.get(name, (day, day))
        spans[name] = min(first, day), max(last, day)
    return spans


def _reading(row: dict, line: int) -> tuple[str, date]:
    """The bin and the day of one line, whose fullness is a whole number of tenths."""
    try:
        day = date.fromisoformat(row["date"])
        if row["bin"] and 0 <= int(row["fullness_tenths"]) <= 10:
            return row["bin"], day
    except (TypeError, ValueError):
        pass
    raise Mistake(
        f"is wrong in line {line}; a line is like 2018-06-26,1510830,6 for {','.join(_COLUMNS)}, "
        "with 0 to 10 tenths"
    )


def _stations(chosen: tuple[str, ...], known: Collection[str], bins: int) -> tuple[str, ...]:
    for station in chosen:
        if station not in known:
            raise _bad_history(
                f"stations has {shown(station)}, which is not in the history; take it out"
                f"{nearest(station, known)}",
                "stations",
            )
    stations = chosen or tuple(known)
    if bins > len(stations):
        where = "stations names" if chosen else "the history has"
        raise _bad_history(
            f"{where} {len(stations)}, too few for [run] bins = {bins}; "
            f"write bins = {len(stations)} or fewer, or name more stations",
            "stations",
        )
    return stations[:bins]


def _covers(station: str, first: date, last: date, run: Run) -> None:
    end = run.start + timedelta(days=run.days)
    if last < run.start.date() or first > end.date():
        raise _bad_history(
            f"station {shown(station)} has readings from {first} to {last} only, and the run "
            f"is from {run.start:%Y-%m-%d} to {end:%Y-%m-%d}; move [run] start or name other "
            "stations",
            "stations",
        )


def _bad_history(problem: str, key: str = "history") -> Mistake:
    return Mistake(problem, "[waste]", key)
