"""Who received what: the subscriber's messages and the twins' counts, booked bin by bin.

A reading is known by (epoch, seq), and every wake's own number is read from its RTC image: so each
reading that was taken is looked for where it can be, and not only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sim.device import Device
from sim.run import BinRun, Delivery, Number
from smartbin import clock, echo, message, report


@dataclass(slots=True)
class Left:
    """What a node still holds after a run, by its own code."""

    epoch: int
    numbers: set[Number] = field(default_factory=set)  # readings in RTC memory and flash
    gap: tuple[int, int, int] | None = None  # epoch, first, last + 1: to be reported
    dropped: int = 0  # readings that it counts as lost so far
    notes: list[tuple[str, int]] = field(default_factory=list)  # that nobody has heard of
    blocks: int | None = None  # of the file system that are in use; None: nobody looked
    files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Book:
    """One bin's account."""

    bin: BinRun
    wakes: dict[Number, int]  # number -> the wake that took it
    arrived: set[Number] = field(default_factory=set)
    gaps: set[Number] = field(default_factory=set)
    carrier: int | None = None  # the wake that sent the last message
    spent_mc: int = 0  # in the last message


def book(
    devices: list[Device],
    messages: list[tuple[str, bytes]],
    look: Callable[[Device], Left],
) -> None:
    """Fill in deliveries, what became of the other readings, troubles and charge of every bin."""
    told: dict[str, list[bytes]] = {device.bin.id: [] for device in devices}
    for topic, payload in messages:
        told.get(topic.split("/")[2], []).append(payload)  # an external broker may have other bins
    for device in devices:  # one book at a time: millions of numbers do not fit together
        book = _book(device.bin)
        for payload in told.pop(device.bin.id):
            _message(book, payload)
        _close(book, look(device))
        _charge(device)


def _book(one: BinRun) -> _Book:
    return _Book(one, {w.number: i for i, w in enumerate(one.wakes) if w.number is not None})


def _message(book: _Book, payload: bytes) -> None:
    one = book.bin
    try:
        header, readings = message.decode(payload)
    except ValueError:
        _count(one, [("bad message", 1)])
        return
    one.dropped = max(one.dropped, header.lost)
    _count(one, header.notes)
    if header.gap:
        book.gaps |= numbers(header.epoch, *header.gap)
    newest = readings[-1]
    _carried(book, (header.epoch, newest.seq))
    _happened(one, header)
    if (header.epoch, readings[0].seq) in book.arrived:  # its acknowledgement was lost
        one.told_mc -= book.spent_mc
    one.told_mc, book.spent_mc = one.told_mc + header.spent_mc, header.spent_mc
    told_s = clock.unix(newest.at_s, newest.stamp)
    for r in readings:
        key = (header.epoch, r.seq)
        again = key in book.arrived
        facts = (told_s, r is newest, again, book.carrier)
        one.deliveries.append(_delivery(one.id, header, r, facts))
        book.arrived.add(key)


def _happened(one: BinRun, header: report.Header) -> None:
    """News that come again are the same news: with their number, or what has already begun."""
    for name, way, seq in header.state.news:
        found = (header.epoch, name, way, seq)
        before = [event for event in one.events if event[1] == name]
        moment = name in ("emptied", "part_emptied")
        if found not in before and (moment or not before or before[-1][2] != way):
            one.events.append(found)


def _carried(book: _Book, newest: Number) -> None:
    """A session's first message ends with the number of its own wake; older segments follow."""
    wake = book.wakes.get(newest)
    after = -1 if book.carrier is None else book.carrier
    if wake is not None and wake > after and book.bin.wakes[wake].radio:
        book.carrier = wake
        book.bin.sessions += 1


def _delivery(
    bin_id: str,
    header: report.Header,
    r: report.Reading,
    facts: tuple[int | None, bool, bool, int | None],
) -> Delivery:
    return Delivery(
        bin_id,
        header.epoch,
        header.boot,
        r.seq,
        clock.unix(r.at_s, r.stamp),
        clock.NAMES[r.stamp],
        r.pct,
        r.lo,
        r.hi,
        r.mm,
        r.quality,
        echo.REASONS[r.reason],
        bool(r.alarm),
        *facts,
        bool(r.at_least),
    )


def _close(book: _Book, left: Left) -> None:
    """What became of every reading that did not arrive."""
    one = book.bin
    if left.gap:
        book.gaps |= numbers(*left.gap)
    waiting = left.numbers - book.arrived
    missing = set(book.wakes) - book.arrived - waiting
    known = {number for number in missing if _explained(number, book.gaps, left.epoch)}
    one.waiting, one.gap = len(waiting), len((book.gaps - book.arrived - waiting) | known)
    one.dropped = max(one.dropped, left.dropped)
    one.vanished = sorted(missing - known)
    nameless = [w.excused for w in one.wakes if w.taken and w.number is None]
    one.unfinished = sum(nameless)
    one.lost = max(0, len(one.vanished) - one.dropped) + nameless.count(False)
    _count(one, left.notes)


def _explained(number: Number, gaps: set[Number], epoch: int) -> bool:
    """Reported as gone: in a gap, or with all that an epoch before this one had not delivered.

    An epoch ends where NVS was lost together with RTC memory.
    """
    return number[0] != epoch or number in gaps


def numbers(epoch: int, first: int, end: int) -> set[Number]:
    """All of an epoch from first up to, not including, end."""
    return {(epoch, seq) for seq in range(first, end)}


def _charge(device: Device) -> None:
    one = device.bin
    one.charge_mc = dict(device.charge_mc)
    days = max(0.01, device.lived_ms / 86_400_000)
    daily_mc = sum(mc for phase, mc in one.charge_mc.items() if phase != "service") / days
    one.battery_years = device.battery_years(daily_mc / 3600)


def _count(one: BinRun, counts: Iterable[tuple[str, int]]) -> None:
    for name, count in counts:
        one.troubles[name] = one.troubles.get(name, 0) + count
