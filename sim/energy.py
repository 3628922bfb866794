"""Charge of a wake by phase: what the twin did, times what its chip draws meanwhile.

Charge, not energy, because a linear regulator passes the same charge on.  Currents and their
sources: currents.py; how far it is from measured wakes: tests/energy.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim import currents

# In the order of a day; tests and pages name them so.  `send` is every phase's own sending.
GROUPS: dict[str, str] = {
    "sleep": "sleep",  # deep sleep, with regulator and divider
    "boot": "boot",  # ROM, boot loader, check of the image, interpreter
    "cpu": "boot",  # awake, nothing else
    "service": "service",  # awake for a person: the console and its window; no part of a day
    "light": "boot",  # light sleep, sensor off
    "doze": "sense",  # light sleep, sensor on
    "sense": "sense",  # CPU awake, sensor on
    "start": "radio",  # NVS and the Wi-Fi driver
    "scan": "radio",
    "join": "radio",  # key, authenticate, associate, 4-way handshake
    "dhcp": "radio",
    "dns": "radio",
    "tcp": "radio",
    "tls": "radio",
    "mqtt": "radio",  # connected, talking
    "send": "radio",  # the transmitter is on
    "leave": "radio",  # disassociate, driver down
    "flash": "flash",  # write and erase
    "mount": "flash",  # mount and read a file system (and check the image, where that is done)
}
PHASES: tuple[str, ...] = tuple(GROUPS)

_UA_DAY_MC = 86.4  # 1 uA for a day
_LISTENS = ("scan", "join", "dhcp", "dns", "tcp", "mqtt", "leave")


def of_wake(
    phases_ms: Mapping[str, float],
    chip: str,
    sensor_ma: float,
    tx_dbm: float = currents.FULL_DBM,
) -> dict[str, float]:
    """Charge in mC by phase of one wake on a chip: a name in currents.CHIPS.

    phases_ms: from the twin's account; sensor_ma: sensor and rail while they have power.
    """
    ma = currents_ma(chip, sensor_ma, tx_dbm)
    return {phase: ms * ma[phase] / 1000 for phase, ms in phases_ms.items()}


def currents_ma(
    chip: str, sensor_ma: float, tx_dbm: float = currents.FULL_DBM
) -> dict[str, float]:
    """What each phase of a wake draws, in mA: all of PHASES but sleep, which is the board's."""
    c = currents.CHIPS[chip]
    return {
        "boot": c.boot_ma,
        "cpu": c.cpu_ma,
        "service": c.cpu_ma,
        "light": c.light_ma,
        "doze": c.light_ma + sensor_ma,
        "sense": c.cpu_ma + sensor_ma,
        "start": c.start_ma,
        **dict.fromkeys(_LISTENS, c.listen_ma),
        "tls": c.reckon_ma,
        "send": currents.send_ma(c, tx_dbm),
        "flash": c.flash_ma,
        "mount": c.mount_ma,
    }


def of_sleep(ms: float, sleep_ua: float) -> float:
    """Charge in mC of that long asleep."""
    return ms / 86_400_000 * sleep_ua * _UA_DAY_MC


def grouped(charge_mc: Mapping[str, float]) -> dict[str, float]:
    """The same charge by sleep, boot, sense, radio and flash."""
    found = dict.fromkeys(GROUPS.values(), 0.0)
    for phase, mc in charge_mc.items():
        found[GROUPS[phase]] += mc
    return found


def boot_ms(chip: str) -> float:
    """From the end of a sleep to main.py and back, nothing done in between."""
    return currents.CHIPS[chip].boot_ms
