"""`smartbin doctor`: reads a device and says what is wrong with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated

import typer

from smartbin import build, clock, config, memory
from smartbin.errors import ConfigError
from tools.device import decode, deploy, inside, knock, ports, tree
from tools.device.talk import Talk

_LEAST_HEAP_B = 60_000  # a TLS handshake and a report beside it (docs/broker.md)
_LEAST_ROOM_B = 65_536  # segments of the outbox, and copies of the settings
_OFF_S = 300

# What to do about each trouble that a node notes (notes.NAMES).
ADVICE = {
    "no_ap": "the Wi-Fi network was not found: check wifi_ssid and the signal at this place",
    "bad_key": "the Wi-Fi network refused it: check wifi_key",
    "join": "no address in time: look at the DHCP server, and at the signal",
    "name": "the broker's name was not resolved: check mqtt_host and the DNS",
    "tcp": "nobody listens at the broker: check mqtt_host, mqtt_port and the firewall",
    "login": "the broker refused the login: check mqtt_user and mqtt_password",
    "ack": "the broker did not acknowledge: look at its log",
    "clock": "no usable answer from the time server: check ntp_host and UDP port 123",
    "settings": "stored settings could not be used: write them again",
    "memory": "RTC memory held rubbish: normal once after a new version",
    "crash": "an error in the firmware: report it with the line below",
    "sonar": "readings without a distance: check the sensor, its cable and what hangs before it",
    "reset": "resets that nobody asked for: check supply and contacts",
    "brownout": "the supply gave way while the radio was on: renew the battery, check contacts",
    "flash": "the file system failed or was made anew: replace the board if it comes again",
    "acl": "the broker passes its reports on to nobody: check the broker's ACL",
    "tls": "no TLS handshake: check mqtt_port and the broker's log",
    "tls_expired": "the broker's certificate is over: renew it",
    "tls_early": "the broker's certificate is not valid yet, or the clock is wrong",
    "tls_ca": "the broker's certificate is not from the CA on the device",
    "tls_host": "the broker's certificate is for another name than mqtt_host",
    "tls_plain": "what answered speaks no TLS: check mqtt_port",
    "tls_cut": "the handshake broke off: a network that fails, or a port without TLS",
    "tls_refused": "the broker does not accept the device's certificate, or wants one",
    "tls_psk": "TLS by a shared key needs MicroPython 1.29: use a certificate",
}


def facts(seen: inside.Facts) -> Iterator[str]:
    """What is so, good or bad."""
    yield f"board: {seen.machine}, MicroPython {seen.micropython}"
    yield f"free: {seen.heap_b // 1024} KiB of memory, {seen.room_b // 1024} KiB of flash"
    if seen.desk is None:
        return
    yield f"firmware: {seen.desk['version']}, cold starts: {seen.desk['boot']}"
    yield f"bin: {seen.desk['settings'].get('bin_id') or 'named by the chip'}"
    stored = ", ".join(sorted(seen.desk["fingerprints"])) or "none"
    yield f"secrets and papers: {stored}"
    mem = memory.load(seen.image)
    if mem is not None:
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
    if seen.room_b < _LEAST_ROOM_B:
        yield f"Only {seen.room_b} bytes of flash are free: remove files of yours."
    mem = memory.load(seen.image)
    if mem is None:
        yield "It remembers no wake: it has not run since its power came back."
        return
    yield from _past(mem)
    off_s = abs(clock.now(mem, seen.clock_s) - now_s) if now_s and mem.set_s else 0
    if off_s > _OFF_S:
        yield f"Its clock is off by {off_s:.0f} s: check ntp_host."


def _settings(settings: dict, prints: dict) -> Iterator[str]:
    try:
        cfg = config.check(settings)
    except ConfigError as error:
        yield f"Its settings cannot be used: {error.args[-1]}"
        return
    for name in ("wifi_ssid", "mqtt_host"):
        if not getattr(cfg, name):
            yield f"{name} is empty: no report can go out; run `smartbin provision`."
    if cfg.mqtt_tls and "ca" not in prints and "mqtt_psk" not in prints:
        yield "mqtt_tls is 1 and there is no CA on the device: run `smartbin provision`."
    if ("cert" in prints) != ("key" in prints):
        yield "Of certificate and key only one is there: run `smartbin provision`."


def _past(mem: memory.Memory) -> Iterator[str]:
    if not mem.set_s:
        yield "Its clock was never set in this boot: readings have no time yet."
    if mem.fails:
        yield f"The last {mem.fails} reports failed."
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
    port: ports.Ports = None,
    board: Annotated[
        str, typer.Option(help="Compare its files with this clone's for this board, too.")
    ] = "",
) -> None:
    """Read a device and say what is wrong with it; exit code 1 if anything is."""
    with knock.open_port(ports.one(port)) as device:
        seen = inside.look(device)
        found = list(wrong(seen, time.time() - clock.UNIX_2000))
        if board and seen.desk is not None:
            found += version(device, board)
        device.leave()
    for line in facts(seen):
        print(line)
    print("\n".join(found) if found else "Nothing is wrong with it.")
    if found:
        raise typer.Exit(1)


def notes_command(port: ports.Ports = None) -> None:
    """What went wrong on a device lately, as it remembers it."""
    with knock.open_port(ports.one(port)) as device:
        mem = inside.kept(device)
        device.leave()
    if mem is None:
        print("It remembers no wake: it has not run since its power came back.")
        return
    for line in decode.troubles(mem.notes):
        print(line)
