"""Charge of a wake by phase, from what the twin did and published measurements.

Net of any board's own idle current; charge, not energy, because a linear regulator passes the
same charge on.  Sources: facts/physics-energy.md A1-A3, A8 (glenn20/upy-esp32-experiments,
ESP32 series data sheet).
"""

from __future__ import annotations

BOOT_MC = 2.3  # frozen boot to main.py and back to sleep on an ESP32, net (A2)
BOOT_MS = 70  # the same wake's length (A2)
CPU_MA = 40.0  # awake at 160 MHz, busy (A1: 27-44 mA; A8 reckons with 40)
LIGHT_MA = 0.8  # light sleep (A1)
JOIN_MA = 130.0  # associating (A3: 0.66 s at about 130 mA net)
DHCP_MA = 117.0  # 104 mC in 0.89 s (A3)
TALK_MA = 130.0  # connected, between packets at 95-100 mA and sending at 190-240 mA (A1, A3)
FLASH_MA = CPU_MA + 25.0  # the flash chip's own while it writes: usual NOR data sheets, at most

PHASES: tuple[str, ...] = ("sleep", "boot", "sense", "radio", "flash")

_UA_DAY_MC = 86.4  # 1 uA for a day


def of_wake(phases: dict[str, int], sensor_ma: float) -> dict[str, float]:
    """Charge in mC by phase (boot, sense, radio, flash) of one wake; phases in ms.

    Where flash is written while the radio is on, the radio's share of these milliseconds is left
    out: about 0.1 mC for what an acknowledgement writes.
    """
    ms = phases.get
    return {
        "boot": BOOT_MC + (ms("other", 0) * CPU_MA + ms("light", 0) * LIGHT_MA) / 1000,
        "sense": (ms("sense", 0) * (CPU_MA + sensor_ma) + ms("doze", 0) * (LIGHT_MA + sensor_ma))
        / 1000,
        "radio": (ms("join", 0) * JOIN_MA + ms("dhcp", 0) * DHCP_MA + ms("talk", 0) * TALK_MA)
        / 1000,
        "flash": ms("flash", 0) * FLASH_MA / 1000,
    }


def of_sleep(ms: float, sleep_ua: float) -> float:
    """Charge in mC of that long asleep."""
    return ms / 86_400_000 * sleep_ua * _UA_DAY_MC
