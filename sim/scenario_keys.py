"""What a key of a scenario is: a field of a record, with what people must know about it."""

from __future__ import annotations

import dataclasses
from dataclasses import field
from datetime import datetime
from typing import Any, NamedTuple


class Key(NamedTuple):
    """One key of a section.  For texts the bounds are lengths in bytes."""

    name: str
    kind: str
    default: Any
    low: Any
    high: Any
    unit: str
    choices: tuple[str, ...]
    only: str
    example: Any
    help: str

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED


KIND_OF = {str: "text", int: "whole", float: "number", bool: "yesno", datetime: "moment"}


def entry(
    default: Any, help: str, low: Any = None, high: Any = None, unit: str = "", **more: Any
) -> Any:
    """A dataclass field with what people must know about it.

    more: choices, kind (where the default does not tell), name (where the record's field is
    called otherwise), only (the section's kind without which the key means nothing), example.
    """
    facts = {"help": help, "low": low, "high": high, "unit": unit, **more}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=facts)
    return field(default=default, metadata=facts)


REQUIRED: Any = dataclasses.MISSING


def keys(record: type) -> list[Key]:
    """The keys of one section, in order."""
    return [_key(f) for f in dataclasses.fields(record)]


def _key(f: dataclasses.Field) -> Key:
    more = dict(f.metadata)
    default = {} if f.default_factory is not REQUIRED else f.default
    return Key(
        name=more.get("name", f.name),
        kind=more.get("kind") or KIND_OF[type(default)],
        default=default,
        low=more["low"],
        high=more["high"],
        unit=more["unit"],
        choices=more.get("choices", ()),
        only=more.get("only", ""),
        example=more.get("example", default),
        help=more["help"],
    )
