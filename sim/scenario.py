"""A scenario file, checked as a whole before anything starts: TOML -> one frozen record.

The keys are in scenario_table.py, the checks of one value in scenario_values.py, the rules over
several keys in scenario_rules.py.  Here: from the file to the record, and the error people see.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim import expect, scenario_rules
from sim.errors import SimError
from sim.faults import Faults
from sim.scenario_keys import keys
from sim.scenario_rules import bin_ids
from sim.scenario_table import SECTIONS, Fault, Run, Scenario
from sim.scenario_values import checked, example, fault_bins, nearest, shown
from sim.units import Mistake

__all__ = ["Fault", "Scenario", "ScenarioError", "bin_ids", "load"]

_ALL_SECTIONS = (*SECTIONS, "fault", "expect")


class ScenarioError(SimError):
    """The first mistake in a scenario.  str(e) is a sentence: which file, where, what to do.

    file: as it was given; section: "[run]", "[[fault]] 2", "line 3" or ""; key: "days" or "".
    """

    def __init__(self, file: Path, section: str, key: str, problem: str):
        where = f"{file}, {section}" if section else f"{file}"
        super().__init__(f"{where}: {problem}")
        self.file = file
        self.section = section
        self.key = key


def load(
    path: str | Path, days: float | None = None, bins: int | None = None, seed: int | None = None
) -> Scenario:
    """Read and check a scenario.  Raises ScenarioError for the first mistake in it.

    days, bins, seed: from the command line, instead of the file's.  The file must be right as
    it stands; faults that a shorter or smaller run does not reach are left out.
    """
    path = Path(path)
    given = {"days": days, "bins": bins, "seed": seed}
    given = {name: value for name, value in given.items() if value is not None}
    try:
        raw = _parse(path)
        scenario = scenario_rules.whole(_records(path, raw))
        return _changed(path, raw, given) if given else scenario
    except Mistake as e:
        raise ScenarioError(path, e.section, e.key, e.problem) from e
    except RecursionError:
        problem = "tables or lists are nested too deeply; see docs/scenario.md for what is allowed"
        raise ScenarioError(path, "", "", problem) from None


def _changed(path: Path, raw: dict, given: dict[str, Any]) -> Scenario:
    by_name = {key.name: key for key in keys(Run)}
    for name, value in given.items():
        _in("command line", checked, by_name[name], value)
    raw = {**raw, "run": {**raw.get("run", {}), **given}}
    return scenario_rules.whole(scenario_rules.trimmed(_records(path, raw)))


def _parse(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = e.object[: e.start].count(b"\n") + 1
        raise Mistake("this is not UTF-8 text; save the file as UTF-8", f"line {line}") from None
    except (OSError, ValueError) as e:
        why = getattr(e, "strerror", None) or "no such path"
        raise Mistake(f"the file cannot be read ({why}); check its name and folder") from None
    try:
        return tomllib.loads(text)
    except ValueError as e:
        raise _not_toml(text, str(e)) from None


def _not_toml(text: str, why: str) -> Mistake:
    reason, _, place = why.partition(" (at ")
    line = re.match("line ([0-9]+)", place)
    number = line[1] if line else str(text.rstrip().count("\n") + 1)
    twice = reason.startswith("Cannot")  # overwrite a value, declare a section twice, ...
    remedy = "keep one of the two" if twice else "write [section] or key = value, texts in quotes"
    return Mistake(f"this is not TOML ({reason}); {remedy}", f"line {number}")


def _records(path: Path, raw: dict[str, Any]) -> Scenario:
    for name, table in raw.items():
        _section(name, table)
    records = {
        name: _in(f"[{name}]", _record, record, raw.get(name, {}))
        for name, record in SECTIONS.items()
    }
    run = records["run"] = _named(records["run"], path)
    found = [
        _in(f"[[fault]] {number}", _fault, table, run.bins)
        for number, table in enumerate(raw.get("fault", []), 1)
    ]
    wanted = _in("[expect]", expect.read, raw.get("expect", {}))
    return Scenario(path=path, **records, faults=Faults(found), expect=wanted)


def _section(name: str, table: Any) -> None:
    if name not in _ALL_SECTIONS:
        raise Mistake(_unknown_section(name, table), "", name)
    if name == "fault":
        if not isinstance(table, list) or not all(isinstance(row, dict) for row in table):
            raise Mistake("write [[fault]] in double brackets, once for each fault", "[fault]")
    elif not isinstance(table, dict):
        raise Mistake(f"write [{name}] in single brackets, once, and its keys below", f"[{name}]")


def _unknown_section(name: str, table: Any) -> str:
    homes = [s for s, record in SECTIONS.items() if name in {key.name for key in keys(record)}]
    if homes and not isinstance(table, dict):
        return f"{shown(name)} stands outside a section; put it below [{homes[0]}]"
    known = ", ".join(_ALL_SECTIONS)
    hint = nearest(name, _ALL_SECTIONS)
    return f"there is no section {shown(name)}; take it out or write one of {known}{hint}"


def _in(section: str, step: Any, *args: Any) -> Any:
    """The step's result; its mistakes learn which section they are in."""
    try:
        return step(*args)
    except Mistake as e:
        raise Mistake(e.problem, section, e.key) from e


def _record(record: type, table: dict[str, Any]) -> Any:
    return record(**_checked_values(record, table))


def _fault(table: dict[str, Any], bins: int) -> Fault:
    values = _checked_values(Fault, table)
    which = fault_bins(values.get("bins", "all"), bins)
    amount = scenario_rules.fault_amount(values["kind"], values.get("amount"))
    return Fault(values["kind"], values["at"], values["lasts"], which, amount)


def _checked_values(record: type, table: dict[str, Any]) -> dict[str, Any]:
    """name -> value of all keys that the table gives."""
    known = keys(record)
    names = [key.name for key in known]
    for name in table:
        if name not in names:
            raise Mistake(_unknown_key(name, names), key=name)
    for key in known:
        if key.required and key.name not in table:
            raise Mistake(f"{key.name} is missing; write e.g. {example(key)}", key=key.name)
    values = {key.name: checked(key, table[key.name]) for key in known if key.name in table}
    _only(record, values)
    return values


def _unknown_key(name: str, names: list[str]) -> str:
    hint = nearest(name, names) or f"; the keys here are {', '.join(names)}"
    return f"there is no key {shown(name)}; take it out{hint}"


def _only(record: type, values: dict[str, Any]) -> None:
    """A key that would have no effect is a mistake, not a silence."""
    for key in keys(record):
        if key.only and key.name in values:
            kind = values.get("kind", keys(record)[0].default)
            if kind != key.only:
                raise Mistake(
                    f"{key.name} means nothing with kind = {shown(kind)}; take it out or write "
                    f"kind = {shown(key.only)}",
                    key=key.name,
                )


def _named(run: Run, path: Path) -> Run:
    return run if run.name else replace(run, name=path.stem)
