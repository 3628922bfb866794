"""What the simulator's names are called when people read them, and how numbers are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from sim.fault_kinds import KINDS

_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000))


class Trouble(NamedTuple):
    """A trouble in two lengths: with whom (a column), and which (in a sentence)."""

    short: str
    full: str


# Names of firmware/smartbin/notes.py first, then what the twin and the accounts add.
_TROUBLES = {
    "no_ap": Trouble("network", "access point not found"),
    "bad_key": Trouble("passphrase", "access point refused the passphrase"),
    "join": Trouble("address", "no network address in time"),
    "name": Trouble("name", "broker's name not resolved"),
    "tcp": Trouble("broker", "broker refused the connection"),
    "login": Trouble("login", "broker refused the user or password"),
    "ack": Trouble("receipt", "broker did not acknowledge"),
    "clock": Trouble("time", "no usable answer from the time server"),
    "settings": Trouble("settings", "stored settings could not be used"),
    "memory": Trouble("memory", "memory held rubbish after a nap"),
    "crash": Trouble("crash", "error in the firmware"),
    "sonar": Trouble("echo", "reading without a distance"),
    "reset": Trouble("resets", "unexpected reset"),
    "brownout": Trouble("supply", "supply gave way while the radio was on"),
    "flash": Trouble("flash", "file system failed or was made anew"),
    "acl": Trouble("rights", "broker passes the reports on to nobody"),
    "tls": Trouble("TLS", "no TLS handshake"),
    "tls_expired": Trouble("TLS date", "broker's certificate is over"),
    "tls_early": Trouble("TLS date", "broker's certificate is not valid yet"),
    "tls_ca": Trouble("TLS CA", "broker's certificate is not from our CA"),
    "tls_host": Trouble("TLS name", "broker's certificate is for another name"),
    "tls_plain": Trouble("TLS none", "what answered speaks no TLS"),
    "tls_cut": Trouble("TLS cut", "TLS handshake broke off"),
    "tls_refused": Trouble("TLS ours", "broker refused our own certificate"),
    "tls_psk": Trouble("TLS key", "MicroPython too old for TLS by a shared key"),
    "stolen address": Trouble("stolen", "sent from an address that was somebody else's"),
    "wdt": Trouble("watchdog", "watchdog ended the wake"),
    "hang": Trouble("hang", "firmware hung until the watchdog's reset"),
    "awake for ever": Trouble("awake", "stayed awake until the battery was empty"),
    "awake": Trouble("awake", "stayed awake"),
    "off": Trouble("power cut", "power cut while awake"),
    "bad message": Trouble("bad message", "message that could not be read"),
}
# Every phase of the twin's account (sim/energy.py).
_PHASES = {
    "sleep": "asleep",
    "boot": "start-up",
    "cpu": "computing",
    "service": "waiting at the console",
    "light": "light sleep",
    "doze": "light sleep, sensor on",
    "sense": "measuring",
    "start": "radio starts",
    "scan": "looking for Wi-Fi",
    "join": "joining Wi-Fi",
    "dhcp": "getting an address",
    "dns": "broker's name",
    "tcp": "connecting",
    "tls": "TLS handshake",
    "mqtt": "talking to the broker",
    "send": "sending",
    "leave": "leaving Wi-Fi",
    "flash": "writing flash",
    "mount": "reading flash",
}
# Few enough to tell apart in a picture, light to dark, and what belongs to each.
STAGES = {
    "boot": ("start-up", ("boot", "cpu", "service", "light")),
    "sense": ("measuring", ("doze", "sense")),
    "join": ("joining Wi-Fi", ("start", "scan", "join", "dhcp", "leave")),
    "tls": ("TLS handshake", ("tls",)),
    "talk": ("talking to the broker", ("dns", "tcp", "mqtt")),
    "send": ("sending", ("send",)),
    "flash": ("flash", ("flash", "mount")),
}
_STAGE_OF = {phase: name for name, (_, phases) in STAGES.items() for phase in phases}
PARTS = {
    "sleep": "asleep",
    "boot": "start-up",
    "sense": "measuring",
    "radio": "radio",
    "flash": "writing flash",
}
_CELLS = {
    "lithium_2aa": "a pair of lithium AA cells",
    "lisocl2_d": "a lithium thionyl chloride D cell",
    "liion_18650": "a Li-ion 18650 cell",
}
_EVENTS = {"part_emptied": "partly emptied"}
_BROKERS = {"external": "a broker outside the simulator"}


def trouble(name: str) -> Trouble:
    """Both lengths; a name that nobody has put into words yet stands for itself."""
    plain = name.replace("_", " ")
    return _TROUBLES.get(name, Trouble(plain, plain))


def fault(kind: str) -> str:
    """ap_down -> access point down."""
    return KINDS[kind].name if kind in KINDS else kind.replace("_", " ")


def phase(name: str) -> str:
    """doze -> light sleep, sensor on."""
    return _PHASES.get(name, name.replace("_", " "))


def stage(phase: str) -> str:
    """doze -> sense: the key in STAGES; what is in none of them counts as start-up."""
    return _STAGE_OF.get(phase, "boot")


def event(name: str) -> str:
    """part_emptied -> partly emptied."""
    return _EVENTS.get(name, name.replace("_", " "))


def cell(kind: str) -> str:
    """lithium_2aa -> a pair of lithium AA cells."""
    return _CELLS.get(kind, kind.replace("_", " "))


def broker(kind: str) -> str:
    """amqtt -> the amqtt broker."""
    return _BROKERS.get(kind, f"the {kind} broker")


def number(value: int) -> str:
    """With a comma between thousands."""
    return f"{value:,}"


def count(n: int, noun: str, plural: str = "") -> str:
    """1 reading, 2 readings, 1,000 readings."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def days(n: float) -> str:
    """1 day, 7 days, 0.5 days."""
    return f"{n:,.4g} day{'' if n == 1 else 's'}"


def percent(part: float, whole: float = 1) -> str:
    """Rounded down, so that 100 % means all; "none" of nothing."""
    return f"{math.floor(1000 * part / whole) / 10:g} %" if whole else "none"


def times(n: int) -> str:
    """once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(n, f"{n:,} times")


def listing(parts: Sequence[str]) -> str:
    """a, b and c."""
    *most, last = parts or [""]
    return f"{', '.join(most)} and {last}" if most else last


def duration(ms: float) -> str:
    """The two largest units that matter: 13 h 30 min; below a minute 2.4 s or 0.33 s."""
    if ms < 59_500:
        return f"{ms / 1000:.3g} s"
    for (unit, unit_ms), (small, small_ms) in pairwise(_UNITS):
        whole, rest = divmod(round(ms / small_ms), unit_ms // small_ms)
        if whole:
            return f"{whole} {unit} {rest} {small}" if rest else f"{whole} {unit}"
    raise AssertionError(ms)


def moment(start: datetime, t_ms: float) -> str:
    """Wed 4 Mar 09:00."""
    t = start + timedelta(milliseconds=t_ms)
    return f"{t:%a} {t.day} {t:%b} {t:%H:%M}"


def span(start: datetime, from_ms: int, to_ms: int) -> str:
    """Wed 4 Mar 09:00 to 15:00, or with both days where they differ."""
    begin, end = (start + timedelta(milliseconds=ms) for ms in (from_ms, to_ms))
    same_day = begin.date() == end.date()
    return f"{moment(start, from_ms)} to {f'{end:%H:%M}' if same_day else moment(start, to_ms)}"


def dates(begin: datetime, end: datetime) -> str:
    """2 to 9 March 2020; what begin and end share stands once."""
    last = f"{end.day} {end:%B %Y}"
    if begin.date() == end.date():
        return last
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{begin.day} to {last}"
    year = f" {begin.year}" if begin.year != end.year else ""
    return f"{begin.day} {begin:%B}{year} to {last}"
