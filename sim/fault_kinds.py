"""Everything that can go wrong, one row for each kind: the table behind [[fault]].

docs/faults.md is printed from it; faults.py says who meets what and when.
"""

from __future__ import annotations

from typing import NamedTuple

_YEAR_S = 31_536_000


class Amount(NamedTuple):
    """What the number of a kind of fault means, and its bounds."""

    default: float
    low: float
    high: float
    unit: str
    help: str
    whole: bool = False


class Kind(NamedTuple):
    """One kind of fault.

    name, clause: what tables and sentences call it; once: it strikes a single time, before the
    first wake after `at`; shim: the chip's own parts carry it out, so it travels in the frame.
    """

    name: str
    clause: str
    text: str
    amount: Amount | None = None
    once: bool = False
    shim: bool = False


_MOMENT = Amount(200, 100, 12_000, "ms", "how long after the start of the wake", whole=True)

KINDS: dict[str, Kind] = {
    # -- the way to the access point
    "ap_down": Kind(
        "access point down",
        "the access point was down",
        "The access point is gone: no network to join, so every join fails.",
    ),
    "wrong_key": Kind(
        "passphrase changed",
        "the passphrase was another one",
        "The access point's passphrase was changed, and nobody told the bins.",
    ),
    "weak_signal": Kind(
        "weak signal",
        "the signal was weak",
        "A lorry stands before the access point: everything is slower, or cannot be heard at all.",
        Amount(20, 1, 80, "dB", "what the signal loses"),
    ),
    "dhcp_silent": Kind(
        "no addresses",
        "nobody handed out addresses",
        "The access point lets the bins in, but nobody hands out addresses.",
    ),
    "lease_taken": Kind(
        "address taken",
        "somebody else had the address",
        "The address that was lent to the bin is given to somebody else in its nap: the server "
        "refuses to renew it, and nothing gets through from it.",
        once=True,
    ),
    # -- names and time
    "dns_dead": Kind(
        "name server dead",
        "the name server was dead",
        "No name server answers.",
        shim=True,
    ),
    "dns_slow": Kind(
        "name server slow",
        "the name server was slow",
        "The name server takes its time.",
        Amount(5, 0.1, 60, "s", "until it answers"),
        shim=True,
    ),
    "time_server_wrong": Kind(
        "time server wrong",
        "the time server was wrong",
        "The time server answers with a wrong time.",
        Amount(3600, -10 * _YEAR_S, 10 * _YEAR_S, "s", "how far it is ahead", whole=True),
        shim=True,
    ),
    "time_server_silent": Kind(
        "time server silent", "the time server was silent", "The time server does not answer."
    ),
    # -- the broker
    "broker_down": Kind(
        "broker down",
        "the broker was down",
        "Nothing listens at the broker's port: a connection is refused at once.",
    ),
    "broker_silent": Kind(
        "broker silent",
        "the broker was silent",
        "The broker accepts a connection and never says a word.",
        shim=True,
    ),
    "connack_refused": Kind(
        "session refused",
        "the broker refused sessions",
        "The broker refuses the session (without TLS only).",
        Amount(5, 1, 5, "", "MQTT return code: 3 unavailable, 4 bad password, 5 denied", True),
        shim=True,
    ),
    "puback_lost": Kind(
        "receipts lost",
        "receipts were lost",
        "Reports arrive, their acknowledgements never do (without TLS only).",
        shim=True,
    ),
    "puback_late": Kind(
        "receipts late",
        "receipts came late",
        "Acknowledgements come late, and all that follows them (without TLS only).",
        Amount(5, 0.1, 60, "s", "how late"),
        shim=True,
    ),
    "duplicate_session": Kind(
        "client id used twice",
        "somebody else used the client id",
        "Somebody else uses our client id: the broker drops us right after its CONNACK "
        "(without TLS only).",
        shim=True,
    ),
    "connection_reset": Kind(
        "connections reset",
        "connections were reset",
        "A connection is reset in the middle.",
        Amount(60, 0, 1_000_000, "bytes", "sent and received until then", whole=True),
        shim=True,
    ),
    "drip": Kind(
        "answers drip",
        "answers came byte by byte",
        "What the broker says comes byte by byte.",
        Amount(1, 0.01, 60, "s", "before each byte"),
        shim=True,
    ),
    "packet_loss": Kind(
        "packets lost",
        "packets were lost",
        "Packets are lost: an exchange may cost repetitions after 1 s, 2 s, 4 s and so on; a "
        "question to the time server is not repeated.",
        Amount(30, 1, 100, "%", "chance of each packet to be lost"),
        shim=True,
    ),
    # -- flash and memory
    "flash_bad_block": Kind(
        "flash worn out",
        "flash was worn out",
        "Worn flash: erasing or writing a bad block fails with EIO.",
        Amount(
            0.05, 0, 100_000, "", "below 1: the share of bad blocks; 0 or from 1 on: this block"
        ),
        shim=True,
    ),
    "flash_full": Kind(
        "flash full", "flash was full", "No block of the file system is free: ENOSPC.", shim=True
    ),
    "rtc_garbage": Kind(
        "RTC memory spoilt",
        "RTC memory was spoilt",
        "RTC memory holds random bytes after a nap.",
        once=True,
    ),
    "nvs_erased": Kind(
        "NVS erased",
        "NVS was erased",
        "NVS is empty after a nap: no settings, no numbers.",
        once=True,
    ),
    "settings_garbage": Kind(
        "settings spoilt",
        "the settings were spoilt",
        "The settings in NVS are random bytes after a nap.",
        once=True,
    ),
    # -- power
    "power_cut": Kind(
        "power cut",
        "the power was cut",
        "The battery is out: no wakes, RTC memory is lost, cold start when it returns.",
    ),
    "cut_at_write": Kind(
        "power cut in a write",
        "the power was cut in a write",
        "The battery falls out in the middle of a write (flash, NVS or RTC memory), once, and is "
        "back at the end of the fault.",
        Amount(1, 1, 100_000, "", "which write or erase of the wake", whole=True),
        shim=True,
    ),
    "brownout": Kind(
        "supply gives way",
        "the supply gave way",
        "The supply gives way when the radio sends: reset, reported as power-on; RTC lives.",
        Amount(0, 0, 20, "dBm", "at this transmit power and above"),
        shim=True,
    ),
    # -- our own code
    "hang": Kind(
        "firmware hangs",
        "the firmware hung",
        "A call into the chip never returns, until the watchdog bites.",
        _MOMENT,
        shim=True,
    ),
    "crash": Kind(
        "driver fails",
        "a driver failed",
        "A driver raises what nobody expects.",
        _MOMENT,
        shim=True,
    ),
    # -- senses
    "sonar_silent": Kind(
        "sensor silent",
        "the sensor was silent",
        "The ultrasonic sensor gives no echo at all: every ping ends in silence.",
    ),
    "sonar_stuck_high": Kind(
        "echo line stuck high",
        "the echo line was stuck high",
        "The sensor's echo line stays high.",
        shim=True,
    ),
    "sonar_stuck_low": Kind(
        "echo line stuck low",
        "the echo line was stuck low",
        "The sensor's echo line stays low: no pulse at all.",
        shim=True,
    ),
    "sonar_noise": Kind(
        "sensor hears noise",
        "the sensor heard noise",
        "The sensor answers every ping with an echo from anywhere.",
    ),
    "blocked": Kind(
        "sensor blocked",
        "the sensor was blocked",
        "Something sticks right before the sensor: an echo from there, whatever lies below.",
        Amount(120, 5, 2000, "mm", "how far before the sensor"),
    ),
    "wet": Kind(
        "sensor wet",
        "the sensor was wet",
        "Dew or ice on the sensor: it rings on, and takes that for an echo where its blind zone "
        "ends; what it hears is weaker.",
        Amount(90, 1, 100, "%", "pings that end so"),
    ),
    "adc_nonsense": Kind(
        "voltages nonsense",
        "voltages were nonsense",
        "Battery and thermistor read anything between 0 and 3.3 V.",
    ),
    # -- what happens to a bin
    "fire": Kind(
        "bin on fire",
        "the bin burned",
        "The bin burns: its lid gets hotter by 20 degrees a minute, and many pings are lost in "
        "the hot air.",
        Amount(150, 5, 400, "K", "hotter than without, in the end"),
    ),
    "tilt": Kind(
        "bin tipped over",
        "the bin lay on its side",
        "The bin lies on its side: the tilt switch says so, and the distance means nothing.",
    ),
    "lid_open": Kind(
        "lid open",
        "the lid stood open",
        "The lid stands open: its switch says so, and the sensor looks at the sky or at a wall.",
    ),
    "clock_jump": Kind(
        "clock jumps",
        "the clock jumped",
        "The chip's clock jumps in a nap.",
        Amount(3600, -_YEAR_S, _YEAR_S, "s", "how far; below 0: back", whole=True),
        once=True,
    ),
}
