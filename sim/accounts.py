"""Who received what: the subscriber's messages and the twins' counts, booked bin by bin."""

from __future__ import annotations

from sim.device import Device
from sim.run import BinRun, Delivery
from smartbin import clock, echo, report


def book(devices: list[Device], messages: list[tuple[str, bytes]]) -> None:
    """Fill in deliveries, drops, what still waits, troubles and charge of every bin."""
    bins = {device.bin.id: device.bin for device in devices}
    seen: set[tuple[str, int]] = set()
    for topic, payload in messages:
        one = bins.get(topic.split("/")[2])
        if one is not None:  # an external broker may have other bins
            _message(one, payload, seen)
    for device in devices:
        _leftovers(device)


def _message(one: BinRun, payload: bytes, seen: set[tuple[str, int]]) -> None:
    try:
        header, readings = report.decode(payload)
    except ValueError:
        _count(one, "bad message", 1)
        return
    one.messages += 1
    one.dropped = max(one.dropped, header.lost)
    for name, count in header.notes:
        _count(one, name, count)
    newest = readings[-1]
    delivered_s = clock.unix(newest.at_s, newest.stamp)
    for r in readings:
        key = (one.id, r.seq)
        one.deliveries.append(_delivery(one.id, header, r, delivered_s, r is newest, key in seen))
        seen.add(key)


def _delivery(
    bin_id: str,
    header: report.Header,
    r: report.Reading,
    delivered_s: int | None,
    newest: bool,
    again: bool,
) -> Delivery:
    return Delivery(
        bin_id,
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
        delivered_s,
        newest,
        again,
    )


def _leftovers(device: Device) -> None:
    """What the node still holds: its own RTC image is read with its own code."""
    one = device.bin
    one.charge_mc = dict(device.charge_mc)
    days = max(0.01, device.lived_ms / 86_400_000)
    one.battery_years = device.battery_years(sum(one.charge_mc.values()) / 3600 / days)
    mem = device.remembered()
    if mem is None:
        return
    delivered = {d.seq for d in one.deliveries}
    one.waiting = sum(r.seq not in delivered for r in mem.outbox.readings(mem.seq))
    one.dropped = max(one.dropped, mem.outbox.lost)
    for name, count in mem.notes.since():
        _count(one, name, count)


def _count(one: BinRun, name: str, count: int) -> None:
    one.troubles[name] = one.troubles.get(name, 0) + count
