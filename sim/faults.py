"""What goes wrong, where and when: asked by whatever the fault happens to, decided here only."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario_table import Fault

KINDS = {
    "ap_down": "The access point is gone: no network to join, so every join fails.",
    "broker_down": "Nothing listens at the broker's port: a connection is refused at once.",
    "sonar_silent": "The ultrasonic sensor gives no echo at all: every ping ends in silence.",
    "power_cut": "The battery is out: no wakes, RTC memory is lost, cold start when it returns.",
}


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
        if fault.at_ms <= to_ms and from_ms < fault.at_ms + fault.lasts_ms:
            return fault
    return None
