"""CPython's stand-in for the `micropython` module: lets the firmware's pure files import here."""

from typing import TypeVar

_T = TypeVar("_T")


def const(value: _T) -> _T:
    """The value itself: folding it into the bytecode is MicroPython's business."""
    return value
