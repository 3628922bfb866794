"""`smartbin doctor`: reads a device and says what is wrong with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated

import typer

from smartbin import build, clock, config, memory, schedule
from smartbin.errors import ConfigError
from tools import boards
from tools.device import decode, deploy, inside, knock, ports, tree
from tools.device.advice import ADVICE
from tools.device.talk import Talk

_LEAST_HEAP_B = 60_000  # a TLS handshake and a report beside it (docs/broker.md)
_LEAST_ROOM_B = 65_536  # segments of the outbox, and copies of the settings
_OFF_S = 300
_FRESH = "memory: empty, as the power was away or reset was pressed; a wake fills it"


def facts(seen: inside.Facts) -> Iterator[str]:
    """What is so, good or bad."""
    yield f"board: {seen.machine}, MicroPython {seen.micropython}"
    flash = f", {seen.room_b // 1024} KiB of flash" if seen.room_b >= 0 else ""
    yield f"free: {seen.heap_b // 1024} KiB of memory{flash}"
    if seen.desk is None:
        return
    yield f"firmware: {seen.desk['version']}, cold starts: {seen.desk['boot']}"
    yield f"bin: {seen.desk['settings'].get('bin_id') or 'named by the chip'}"
    stored = ", ".join(sorted(seen.desk["fingerprints"])) or "none"
    yield f"secrets and papers: {stored}"
    mem = memory.load(seen.image)
    if mem is None:
        yield _FRESH
        return
    level = "unknown" if mem.fill.pct is None else f"{mem.fill.pct} %"
    yield f"level: {level}; starts that went wrong since the last report: {mem.ill}"
    yield f"clock: last set {decode.when(mem.set_s)}; last report {decode.when(mem.spoke_s)}"
    yield f"outbox: {len(mem.outbox)} readings, {mem.spilled} segments in flash"
    yield from decode.troubles(mem.notes)


def wrong(seen: inside.Facts, now_s: float | None = None) -> Iterator[str]:
    """What is not as it should be, and what to do; now_s: true seconds since 2000."""
    if seen.desk is None:
        yield "No smartbin firmware is on it: run `smartbin deploy --board NAME`."
        return
    if seen.desk["version"] != build.VERSION:
        yield f"Its firmware is {seen.desk['version']}, here is {build.VERSION}: deploy it anew."
    yield from _settings(seen.desk["settings"], seen.desk["fingerprints"])
    if seen.heap_b < _LEAST_HEAP_B:
        yield f"Only {seen.heap_b} bytes of memory are free: too few for TLS."
    if 0 <= seen.room_b < _LEAST_ROOM_B:
        yield f"Only {seen.room_b} bytes of flash are free: remove files of yours."
    mem = memory.load(seen.image)
    if mem is None:
        return
    yield from _past(mem)
    off_s = abs(clock.now(mem, seen.clock_s) - now_s) if now_s and mem.set_s else 0
    if off_s > _OFF_S:
        yield f"Its clock is off by {off_s:.0f} s: check ntp_host."


def _settings(settings: dict, prints: dict) -> Iterator[str]:
    try:
        cfg = config.check(settings)
    except ConfigError as error:
        yield f"Its settings cannot be used: {error}"
        return
    for name in ("wifi_ssid", "mqtt_host"):
        if not getattr(cfg, name):
            yield f"{name} is empty: no report can go out; run `smartbin provision`."
    if cfg.mqtt_tls and "ca" not in prints and "mqtt_psk" not in prints:
        yield "mqtt_tls is 1 and there is no CA on the device: run `smartbin provision`."
    if ("cert" in prints) != ("key" in prints):
        yield "Of certificate and key only one is there: run `smartbin provision`."


def _past(mem: memory.Memory) -> Iterator[str]:
    if mem.fails:
        yield f"The last {mem.fails} reports failed."
    if schedule.safe(mem):
        yield "It is in safe mode after too many failed starts: it only reports."
    if mem.outbox.lost:
        yield f"{mem.outbox.lost} readings were lost: it could not report for long."
    for name, count in mem.notes.since():
        yield f"{name} ({count} since the last report): {ADVICE[name]}."


def version(device: Talk, board: str) -> Iterator[str]:
    """What differs between the files on the device and those that deploy would bring there."""
    current = deploy.current(device)  # a product image has none of them
    if current and deploy.below(device, current) != deploy.sums_of(tree.of(board)):
        yield f"The files on it are not those of this clone for {board}: run `smartbin deploy`."


def doctor_command(
    port: ports.One = None,
    board: Annotated[
        str, typer.Option(help="Compare its files with this clone's for this board, too.")
    ] = "",
) -> None:
    """Read a device and say what is wrong with it.

    Exit code 1 if anything is, 2 where it cannot be read.
    """
    if board:
        boards.path_of(board)  # a name mistyped is told before anything is asked of a device
    with knock.open_port(ports.one(port)) as device:
        seen = inside.look(device)
        found = list(wrong(seen, time.time() - clock.UNIX_2000))
        if board and seen.desk is not None:
            found += version(device, board)
    for line in facts(seen):
        print(line)
    print("\n".join(found) if found else "Nothing is wrong with it.")
    if found:
        raise typer.Exit(1)


def notes_command(port: ports.One = None) -> None:
    """Print what went wrong on a device lately, as it remembers it."""
    with knock.open_port(ports.one(port)) as device:
        seen = inside.look(device)
    if seen.desk is None:
        raise inside.none_there(device)
    mem = memory.load(seen.image)
    print("\n".join(decode.troubles(mem.notes)) if mem else _FRESH)
