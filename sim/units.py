"""Values as people write them: durations ("1d6h") and comparisons (">=500")."""

import math
import operator
import re
from fractions import Fraction
from typing import Any, NamedTuple


class Mistake(ValueError):
    """A value that cannot be used: what is wrong and what to write instead.

    section and key say where, once that is known: ("[run]", "days").
    """

    def __init__(self, problem: str, section: str = "", key: str = ""):
        super().__init__(problem)
        self.problem = problem
        self.section = section
        self.key = key


_UNIT_MS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_DURATION = re.compile("".join(f"(?:({_NUMBER}) *{unit} *)?" for unit in _UNIT_MS))
_HOW = "write d, h, m, s or ms behind each number, largest first, such as "


def duration_ms(text: str) -> int:
    """Milliseconds of a duration such as "1d6h", "90m" or "1.5h".  Raises Mistake."""
    match = _DURATION.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise Mistake(_not_a_duration(text))
    counts = zip(match.groups(), _UNIT_MS.values(), strict=True)
    return round(sum(Fraction(count) * ms for count, ms in counts if count))


def duration_text(ms: int) -> str:
    """The shortest way to write a whole number of milliseconds: 108_000_000 -> "1d6h"."""
    parts = []
    for unit, unit_ms in _UNIT_MS.items():
        count, ms = divmod(ms, unit_ms)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _not_a_duration(text: str) -> str:
    bare = text.strip()
    if re.fullmatch(_NUMBER, bare):
        return f'has no unit; {_HOW}"{bare}m"'
    for word in re.findall(r"[^\W\d_]+", bare):
        if word not in _UNIT_MS:
            return f'has "{word[:20]}" where a unit of time is needed; {_HOW}"1d6h"'
    return f'is not a duration; {_HOW}"1d6h"'


class Comparison(NamedTuple):
    """A comparison with a number, such as >= 500."""

    op: str
    number: float


_OPS = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_COMPARISON = re.compile(r"(>=|<=|==|!=|>|<) *([-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?)")


def comparison(text: str) -> Comparison | None:
    """The comparison in a text; None where the text is not meant as one.  Raises Mistake."""
    bare = text.strip()
    if not bare.startswith(("<", ">", "=", "!")):
        return None
    match = _COMPARISON.fullmatch(bare)
    if not match:
        raise Mistake(
            f'is not a comparison; write one of {" ".join(_OPS)} and a number, such as ">=500"'
        )
    return Comparison(match[1], float(match[2]))


def holds(wanted: Comparison, value: Any) -> bool:
    """Whether a number passes the comparison; anything that is not a number does not."""
    return is_number(value) and _OPS[wanted.op](value, wanted.number)


def is_number(value: Any) -> bool:
    """True for a finite int or float; True and False are not numbers here."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)
