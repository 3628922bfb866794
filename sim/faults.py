"""What goes wrong, where and when: decided here for each bin, carried out by whatever it hits.

What happens around the chip (access point, time, voltages) changes the frame of a wake; what
happens to the chip's own parts travels in the frame by name, and the shims carry it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from sim.fault_kinds import KINDS

if TYPE_CHECKING:
    from sim.scenario_table import Fault

__all__ = ["KINDS", "Fate", "Faults", "active", "amount", "during"]


class Faults(tuple):
    """The faults of a run in the order of the file: a tuple that is looked through only once."""

    @cached_property
    def by_bin(self) -> dict[tuple[str, int], tuple[Fault, ...]]:
        """(kind, bin index) -> the faults of that kind that this bin meets, in order."""
        found: dict[tuple[str, int], tuple[Fault, ...]] = {}
        for fault in self:
            for index in fault.bins:
                found[fault.kind, index] = (*found.get((fault.kind, index), ()), fault)
        return found

    def of(self, index: int) -> Fate:
        """What is in store for one bin."""
        return Fate([fault for fault in self if index in fault.bins])


class Fate:
    """The faults of one bin; it remembers which of those that strike once have struck."""

    def __init__(self, faults: list[Fault]):
        self._lasting = [fault for fault in faults if not KINDS[fault.kind].once]
        self._once = [fault for fault in faults if KINDS[fault.kind].once]
        self._cut: set[int] = set()  # numbers of cuts in a write that have struck

    def now(self, t_ms: int) -> dict[str, float]:
        """kind -> amount of everything that holds at t_ms; of two alike, the one listed first."""
        found: dict[str, float] = {}
        for number, fault in enumerate(self._lasting):
            if _holds(fault, t_ms, t_ms) and number not in self._cut:
                found.setdefault(fault.kind, amount(fault))
        return found

    def since(self, kind: str, t_ms: int) -> int:
        """When the fault of that kind that holds at t_ms began; t_ms where none holds."""
        for fault in self._lasting:
            if fault.kind == kind and _holds(fault, t_ms, t_ms):
                return fault.at_ms
        return t_ms

    def strikes(self, t_ms: int) -> list[Fault]:
        """What strikes once and is due at t_ms; nothing comes twice."""
        due = [fault for fault in self._once if fault.at_ms <= t_ms]
        if due:
            self._once = [fault for fault in self._once if fault.at_ms > t_ms]
        return due

    def next_cut_ms(self, t_ms: int) -> int | None:
        """When, after t_ms, the power is cut next; None: never."""
        return min(
            [f.at_ms for f in self._lasting if f.kind == "power_cut" and f.at_ms > t_ms],
            default=None,
        )

    def power_cut(self, from_ms: int, to_ms: int) -> Fault | None:
        """The first listed power cut at any time from from_ms to to_ms, both ends included."""
        for fault in self._lasting:
            if fault.kind == "power_cut" and _holds(fault, from_ms, to_ms):
                return fault
        return None

    def cut_in_write(self, t_ms: int) -> Fault | None:
        """The cut in the middle of a write that a wake at t_ms met; it strikes only once."""
        for number, fault in enumerate(self._lasting):
            here = fault.kind == "cut_at_write" and _holds(fault, t_ms, t_ms)
            if here and number not in self._cut:
                self._cut.add(number)
                return fault
        return None


def amount(fault: Fault) -> float:
    """How much of it: as given, or its kind's default; 1 for a kind without."""
    row = KINDS[fault.kind].amount
    if fault.amount is not None:
        return fault.amount
    return row.default if row else 1


def active(faults: Iterable[Fault], kind: str, index: int, t_ms: int) -> Fault | None:
    """The fault of this kind that bin `index` (from 0) is in at t_ms, or None.

    A fault holds from at_ms up to, not including, at_ms + lasts_ms.  Where two overlap, the one
    listed first.
    """
    return during(faults, kind, index, t_ms, t_ms)


def during(
    faults: Iterable[Fault], kind: str, index: int, from_ms: int, to_ms: int
) -> Fault | None:
    """The first listed fault that bin `index` meets at any time from from_ms to to_ms, or None.

    Both ends count.  A nap through a short power cut still ends in a cold start.
    """
    indexed = faults if isinstance(faults, Faults) else Faults(faults)
    for fault in indexed.by_bin.get((kind, index), ()):
        if _holds(fault, from_ms, to_ms):
            return fault
    return None


def _holds(fault: Fault, from_ms: int, to_ms: int) -> bool:
    return fault.at_ms <= to_ms and from_ms < fault.at_ms + fault.lasts_ms
