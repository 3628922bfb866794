"""What each bin said had happened to it: since when, until when, and when the broker heard."""

from __future__ import annotations

from typing import NamedTuple

from sim.report.story import BinStory
from smartbin import events

MOMENTS = tuple(row[0] for row in events.TABLE if not row[3])  # over as soon as they are told
FULLNESS = ("nearly_full", "full")
ALARMS = frozenset(row[0] for row in events.TABLE if row[1])

MEANS = {  # for who has never seen a bin's message; docs/events.md has the rules
    "emptied": "The level fell far, and to little or nothing.",
    "part_emptied": "The level fell far, and a good part was left.",
    "nearly_full": "The level passed {near_pct} %; over when it is {release_pct} points below.",
    "full": "The level passed {full_pct} %; over when it is {release_pct} points below.",
    "fire": "Two looks at the thermometer in the lid found it that hot, or heating up so fast.",
    "tilted": "The bin leans or lies. While it does, no level is measured.",
    "lid_open": "The lid was found open more than once.",
    "blocked": "Something hangs before the sensor: an echo that no waste can have caused so fast.",
    "sensor_fault": "The sensor gave no distance again and again.",
    "battery_low": "The battery's voltage is low: change it on the next round.",
    "battery_critical": "The battery may fail any time.",
}


class Happening(NamedTuple):
    """One event of one bin; times are virtual, and those of the readings that carried the news."""

    name: str  # of smartbin/events.py
    began_ms: int
    heard_ms: int  # when the message with this news was sent
    ended_ms: int | None  # None: it still stood at the end

    @property
    def moment(self) -> bool:
        """Has it no end, as an emptying has none?"""
        return self.name in MOMENTS

    @property
    def alarm(self) -> bool:
        """Is it spoken of at once?"""
        return self.name in ALARMS


def of(one: BinStory) -> list[Happening]:
    """In the order in which they began.  News whose readings did not arrive are left out."""
    times = {
        d.number: (int(taken), int(came))
        for d, taken, came in zip(one.readings, one.taken_ms, one.arrived_ms, strict=True)
    }
    found: list[Happening] = []
    for epoch, name, way, seq in one.bin.events:
        taken, came = times.get((epoch, seq), (None, None))
        if taken is None or came is None:
            continue
        if way:
            found.append(Happening(name, taken, came, None))
        else:
            _end(found, name, taken)
    return sorted(found, key=lambda h: h.began_ms)


def _end(found: list[Happening], name: str, t_ms: int) -> None:
    for i in range(len(found) - 1, -1, -1):
        if found[i].name == name:
            if found[i].ended_ms is None:
                found[i] = found[i]._replace(ended_ms=t_ms)
            return
