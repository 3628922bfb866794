"""One value of a scenario against its key: type, bounds, choices.  Mistakes say what to write."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sim.scenario_keys import Key
from sim.units import Mistake, duration_ms

_FEW = 8  # choices that fit a sentence
TOO_LARGE = 2**63  # TOML promises whole numbers of 64 bits with their sign

# kind -> what TOML must give, and how to call it
WANTED = {
    "text": (str, "a text in quotes"),
    "whole": (int, "a whole number"),
    "number": (int | float, "a number"),
    "yesno": (bool, "true or false"),
    "moment": (datetime, "a date and time"),
    "duration": (str, "a duration in quotes"),
    "texts": (list, "a list of texts"),
    "bins": (str | list, '"all", a share or a list of bin numbers'),
    "settings": (dict, "a table of settings"),
}
_GIVEN = (
    (bool, "a truth value"),
    (str, "text"),
    (int, "a whole number"),
    (float, "a number with a fraction"),
    (datetime, "a date and time"),
    (date, "a date without a time"),
    (time, "a time without a date"),
    (list, "a list"),
    (dict, "a table"),
)
_EVERY = re.compile("1/([1-9][0-9]{0,4})")


def checked(key: Key, value: Any) -> Any:
    """The value as the record holds it.  Raises Mistake, a sentence that starts with the key."""
    try:
        _type(key, value)
        ready = _CONVERT.get(key.kind, _as_it_is)(value)
        _bounds(key, ready)
    except Mistake as e:
        raise Mistake(f"{key.name} = {shown(value)} {e.problem}", key=key.name) from e
    return ready


def shown(value: Any) -> str:
    """A value as it stands in TOML, cut to what fits a sentence."""
    if isinstance(value, date | time):
        text = value.isoformat().replace("+00:00", "Z")
    elif isinstance(value, int) and abs(value) >= TOO_LARGE:
        text = "(a huge number)"
    elif isinstance(value, float):
        text = str(value)  # nan and inf as TOML writes them
    else:
        text = json.dumps(value, default=shown, ensure_ascii=False)
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 60 else text[:57] + "..."


def example(key: Key) -> str:
    """The key with a value that can be written, as a line of TOML."""
    value = key.example
    if isinstance(value, float):
        return f"{key.name} = {value:g}"
    if isinstance(value, dict):
        inner = ", ".join(f"{name} = {shown(v)}" for name, v in value.items())
        return f"{key.name} = {{ {inner} }}"
    return f"{key.name} = {shown(value or (key.choices or (value,))[0])}"


def nearest(name: str, names: Iterable[str], before: str = "; did you mean ") -> str:
    """The end of a sentence that offers the name which looks most alike, or nothing."""
    near = difflib.get_close_matches(name, list(names), 1, 0.5)
    return f"{before}{near[0]}?" if near else ""


def fault_bins(value: str | list, bins: int) -> tuple[int, ...]:
    """The indices from 0 that "all", "1/3" or a list of numbers from 1 stand for."""
    if isinstance(value, list):
        return tuple(number - 1 for number in value)
    match = _EVERY.fullmatch(value)
    return tuple(range(0, bins, int(match[1]) if match else 1))


def _type(key: Key, value: Any) -> None:
    wanted, name = WANTED[key.kind]
    if isinstance(value, wanted) and isinstance(value, bool) == (key.kind == "yesno"):
        return
    given = next((words for kind, words in _GIVEN if isinstance(value, kind)), "something else")
    unit = f" ({key.unit})" if key.unit else ""
    raise Mistake(f"is {given}; {name}{unit} is needed, e.g. {example(key)}")


def _bounds(key: Key, value: Any) -> None:
    if key.choices and value not in key.choices:
        few = len(key.choices) <= _FEW
        known = f"one of {', '.join(key.choices)}" if few else "one that docs/scenario.md lists"
        raise Mistake(f"is unknown; write {known}{nearest(value, key.choices)}")
    if key.low is None:
        return
    measure = len(value.encode()) if key.kind == "text" else value
    if not (key.low <= measure and (key.high is None or measure <= key.high)):
        raise Mistake(f"is out of bounds; it must be {bounds(key)}, e.g. {example(key)}")


def bounds(key: Key) -> str:
    """The bounds of a key in words."""
    if key.low is None:
        return ""
    if key.kind == "duration":
        return "more than 0s" if key.low else ""
    unit = " bytes" if key.kind == "text" else f" {key.unit}".rstrip()
    return f"from {_plain(key.low)} to {_plain(key.high)}{unit}"


def _plain(bound: Any) -> str:
    return f"{bound:%Y-%m-%d}" if isinstance(bound, datetime) else str(bound)


def _as_it_is(value: Any) -> Any:
    return value


def _number(value: int | float) -> int | float:
    # An int beyond what a float holds stays: the bounds refuse it.
    return float(value) if abs(value) < 1e300 else value


def _moment(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise Mistake(f"has no time zone; put a Z behind it for UTC: {value.isoformat()}Z")
    return value


def _texts(value: list) -> tuple[str, ...]:
    for item in value:
        if not isinstance(item, str):
            raise Mistake(f'has {shown(item)} in it; put it in quotes: "{shown(item)}"')
    _once(value)
    return tuple(value)


def _once(value: list) -> None:
    if len(set(value)) < len(value):
        item, _ = Counter(value).most_common(1)[0]
        raise Mistake(f"has {shown(item)} twice; take one of them out")


def _bins(value: str | list) -> str | list:
    how = 'write "all", "1/3" for every third, or bin numbers from 1 such as [1, 4]'
    if isinstance(value, str) and value != "all" and not _EVERY.fullmatch(value):
        raise Mistake(f"is no choice of bins; {how}")
    if isinstance(value, list):
        if not value:
            raise Mistake(f"is empty; {how}")
        for number in value:
            if type(number) is not int or number < 1:
                raise Mistake(f"has {shown(number)} in it; {how}")
        _once(value)
    return value


def _settings(value: dict) -> dict:
    for name, item in value.items():
        if not scalar(item):
            raise Mistake(f"has {shown(name)}, which is no number and no text; write it as one")
    return value


def scalar(value: Any) -> bool:
    """A text, true, false or a number that TOML promises to hold."""
    if isinstance(value, int | float):
        return abs(value) < TOO_LARGE
    return isinstance(value, str)


_CONVERT = {
    "number": _number,
    "moment": _moment,
    "duration": duration_ms,
    "texts": _texts,
    "bins": _bins,
    "settings": _settings,
}
