"""`smartbin decode`: a report, an image of RTC memory, or a capture, as lines that people read."""

from __future__ import annotations

import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from smartbin import clock, echo, installed, memory, message, notes
from tools.device.advice import meaning
from tools.errors import UserError

_YEAR_S = 31_536_000
_HEX = set(string.hexdigits.encode())


def decode_command(
    what: Annotated[str, typer.Argument(help="A file, the text itself, or - for standard input.")],
) -> None:
    """Put a report into words, or an image of RTC memory, or a capture.

    A capture has lines of `topic payload`, as mosquitto_sub -v writes them.
    """
    for line in lines(_bytes(what)):  # what came from anywhere must not move the cursor
        print("".join(c if c.isprintable() else "?" for c in line))


def _bytes(what: str) -> bytes:
    if what == "-":
        return sys.stdin.buffer.read()
    if what.lstrip().startswith("{"):
        return what.encode(errors="replace")
    if not what:
        raise UserError("Nothing was given: name a file, or - for standard input.")
    try:
        return Path(what).read_bytes()
    except OSError as error:
        if len(what) >= 2 * memory.IMAGE_SIZE and set(what.encode()) <= _HEX:
            return what.encode()
        raise UserError(f"{what[:60]} cannot be read: {error.strerror}.") from None


def lines(data: bytes) -> Iterator[str]:
    """What the bytes hold, whichever of the three they are.  Raises UserError."""
    packed = b"".join(data.split())
    if len(data) == memory.IMAGE_SIZE:
        yield from image(data)
    elif len(packed) == 2 * memory.IMAGE_SIZE and set(packed) <= _HEX:
        yield from image(bytes.fromhex(packed.decode()))
    elif data.lstrip().startswith(b"{"):
        yield from report(data)
    else:
        yield from capture(data)


def report(payload: bytes) -> list[str]:
    """The lines of one report.  Raises UserError where it is none."""
    try:
        head, readings = message.decode(payload)
    except ValueError as error:
        raise UserError(str(error)) from None
    told = [f"{head.bin}: boot {head.boot}, epoch {head.epoch:08x}, {len(readings)} readings"]
    told.append(f"  battery {_or(head.battery_mv, 'mV')}, signal {_or(head.rssi_dbm, 'dBm')}")
    told.append(f"  next report within {head.next_s} s, {head.lost} readings lost in all")
    if head.gap:
        told.append(f"  numbers {head.gap[0]} to {head.gap[1] - 1} may be missing")
    if head.notes:
        told.append("  notes: " + ", ".join(f"{name} {n}" for name, n in head.notes))
    if head.install:
        told.append(f"  {installation(head.install)}")
    told += [f"  {line}" for line in _state(head.state)]
    return told + [f"  {reading(r)}" for r in readings]


def installation(kept: Any) -> str:
    """The record of an installation (installed.Record) as a line."""
    because = f" because of {', '.join(kept.reasons)}" if kept.reasons else ""
    echoes = f"{kept.heard} of {kept.pings} pings, floor at {_or(kept.floor_mm, 'mm')}"
    return f"installation: {installed.GRADES[kept.grade]}{because} ({echoes})"


def _state(state: Any) -> Iterator[str]:
    """What a report says of the bin now (report.Bin)."""
    if state.standing:
        yield "stands: " + ", ".join(state.standing)
    for name, raised, seq in state.news:
        yield f"{name} {'raised' if raised else 'over'} with reading {seq}"
    if state.emptied:
        before, after, confidence, trigger, seq, _ = state.emptied
        yield f"emptied from {before} to {after} % ({confidence}, {trigger}) with reading {seq}"
    if state.full_in:
        yield f"full in about {state.full_in[0]} h ({state.full_in[1]})"


def capture(data: bytes) -> Iterator[str]:
    """The lines of `topic payload` lines, as mosquitto_sub -v writes them."""
    found = 0
    for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
        topic, _, payload = line.strip().partition(" ")
        if not topic:
            continue
        if not payload.lstrip().startswith("{"):
            yield f"line {number}: {topic or 'nothing'}: not a report; left out."
            continue
        try:
            told = report(payload.encode())
        except UserError as error:
            yield f"line {number}: {error}"
            continue
        found += 1
        yield topic
        yield from told
    if not found:
        raise UserError(
            "This is no report (JSON), no image of RTC memory (2048 bytes, or their hex digits) "
            "and no capture (lines of `topic payload`)."
        )


def image(data: bytes) -> list[str]:
    """The lines of an image of RTC memory.  Raises UserError where no slot is whole."""
    mem = memory.load(data)
    if mem is None:
        raise UserError(
            "This image of RTC memory holds nothing whole: a node would start cold with it."
        )
    told = [
        f"boot {mem.boot}, epoch {mem.epoch:08x}: next {mem.seq}, acknowledged below {mem.acked}",
        f"  clock last set {when(mem.set_s)}; last report {when(mem.spoke_s)}",
        f"  {mem.fails} failed reports in a row, {mem.ill} unhealthy boots",
        f"  {mem.spilled} segments of the outbox in flash",
        f"  outbox: {len(mem.outbox)} readings, {mem.outbox.lost} lost in all",
    ]
    told += [f"  {line}" for line in troubles(mem.notes)]
    return told + [f"  {reading(r)}" for r in mem.outbox.readings(mem.seq)]


def troubles(kept: notes.Notes) -> list[str]:
    """Counters since the last report that arrived, then the last few notes, then a crash."""
    counted = ", ".join(f"{name} {n}" for name, n in kept.since())
    told = [f"notes since the last report: {counted or 'none'}"]
    told += [f"noted {when(at_s)}: {_note(notes.NAMES[i], n)}" for i, n, at_s in kept.last]
    if kept.text:
        told.append(f"last crash: {kept.text.decode(errors='replace')}")
    return told


def _note(name: str, argument: int) -> str:
    return f"{name} {argument} ({meaning(name)})"


def reading(r: Any) -> str:
    """One reading (rows.Reading) as a line."""
    unix = clock.unix(r.at_s, r.stamp) if r.at_s is not None else None
    at = "at an unknown time" if unix is None else f"{_utc(unix)} ({clock.NAMES[r.stamp]})"
    level = "no level" if r.pct is None else f"{'at least ' if r.at_least else ''}{r.pct} %"
    if r.lo is not None and r.hi is not None:
        level += f" ({r.lo} to {r.hi})"
    alarm = ", alarm" if r.alarm else ""
    return (
        f"{r.seq}: {at}: {level}, {_or(r.mm, 'mm')}, quality {r.quality} "
        f"({echo.REASONS[r.reason]}), {r.air_c} C{alarm}"
    )


def when(at_s: int) -> str:
    """A stamp in seconds since 2000, where a clock that was never set begins; 0 is never."""
    if not at_s:
        return "never"
    return _utc(at_s + clock.UNIX_2000) if at_s > _YEAR_S else f"{at_s} s after a cold start"


def _utc(unix_s: int) -> str:
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _or(number: int | None, unit: str) -> str:
    return f"unknown {unit}" if number is None else f"{number} {unit}"
