"""What each chip draws in each phase of a wake, and how long what it does by itself takes.

Net of what a board draws anyway; milliamperes at the battery, since a linear regulator passes the
same current on.  Where nobody has measured, it says "an estimate".  Letters and numbers in
brackets are sections of facts/physics-energy.md; rows are those of tests/energy/data.

The radio's own phases are listening: what it sends is booked as `send`, frame by frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Chip:
    """Currents in mA, times in ms.

    boot: ROM, boot loader and a frozen MicroPython up to main.py, and to sleep again; check: of
    the image, where it is validated (drawing what a mount draws); mount: a stock image's file
    system and main.py.
    """

    boot_ms: float
    check_ms: int
    mount_ms: int  # with a small main.py compiled from it
    start_ms: int  # NVS and the Wi-Fi driver
    pmk_ms: int  # the WPA2 key derived from the passphrase, 4096 rounds of PBKDF2
    boot_ma: float
    mount_ma: float
    cpu_ma: float
    light_ma: float
    start_ma: float
    listen_ma: float  # receiver on, CPU waiting
    reckon_ma: float  # receiver on, CPU busy: TLS
    send_ma: float  # at 20 dBm
    flash_ma: float


# Rows are net of the carrier board.  boot: boot_frozen_esp32, 2.27 mC in 70 ms.  start: espnow_ok
# less boot is 49 ms and 3.6 mC, of which the exchange itself is 2 ms and 0.6 mC.  check and mount
# were measured on an S3 only: here an estimate.  PMK: espressif/esp-idf#15072.  cpu: A8 (27 to 44
# at 160 MHz, A1).  light: data sheet (A1).  listen: data sheet, 95 to 100 (A1; wifi_dhcp less
# wifi_static is 102 with what DHCP sends).  reckon: idle to busy adds 17 (A1).  send: bursts of
# 550 seen while ESP-NOW sends (A3); the sheet's 240 is the mean of half the time.  flash: the
# chip's own 25 while it writes, by usual NOR data sheets, at most.
_ESP32 = Chip(
    boot_ms=70,
    check_ms=217,
    mount_ms=369,
    start_ms=47,
    pmk_ms=138,
    boot_ma=32.4,
    mount_ma=65.2,
    cpu_ma=40.0,
    light_ma=0.8,
    start_ma=65.0,
    listen_ma=97.0,
    reckon_ma=114.0,
    send_ma=550.0,
    flash_ma=65.0,
)

# boot, check, mount: boot_frozen_s3, and the differences of boot_stock_skip_s3 and boot_stock_s3
# to it.  cpu: 43.8 idle on a whole board, less its 1.7, and some work (A1): an estimate.  listen:
# 104 on that board (A1).  light: a data sheet quoted on a forum (A1).  send: the data sheet at
# full duty, from memory (A1).  start, reckon, flash: estimates, as on the ESP32.
_ESP32S3 = Chip(
    boot_ms=48.8,
    check_ms=217,
    mount_ms=369,
    start_ms=47,
    pmk_ms=284,
    boot_ma=35.2,
    mount_ma=65.2,
    cpu_ma=48.0,
    light_ma=0.24,
    start_ma=70.0,
    listen_ma=102.0,
    reckon_ma=119.0,
    send_ma=340.0,
    flash_ma=73.0,
)

# Nothing of a whole wake was measured on a C3: all estimates, from the S3's times and the C3's
# data sheet from memory (A1: 84 listening, 335 sending, 0.13 in light sleep), and from ESP-IDF's
# 21 connected in modem sleep (A1).
_ESP32C3 = Chip(
    boot_ms=50,
    check_ms=217,
    mount_ms=369,
    start_ms=47,
    pmk_ms=211,
    boot_ma=25.0,
    mount_ma=40.0,
    cpu_ma=25.0,
    light_ma=0.13,
    start_ma=50.0,
    listen_ma=84.0,
    reckon_ma=92.0,
    send_ma=335.0,
    flash_ma=50.0,
)

# Nothing of a whole wake was measured on a C6 either: all estimates, the C3's but for what is told
# of the C6: 78 listening, 300 to 354 sending and 0.18 in light sleep (A1, from memory but for one
# blog), PMK (espressif/esp-idf#15072).
_ESP32C6 = Chip(
    boot_ms=50,
    check_ms=217,
    mount_ms=369,
    start_ms=47,
    pmk_ms=244,
    boot_ma=25.0,
    mount_ma=40.0,
    cpu_ma=27.0,
    light_ma=0.18,
    start_ma=50.0,
    listen_ma=78.0,
    reckon_ma=88.0,
    send_ma=354.0,
    flash_ma=52.0,
)

CHIPS: Mapping[str, Chip] = {
    "esp32": _ESP32,
    "esp32s3": _ESP32S3,
    "esp32c3": _ESP32C3,
    "esp32c6": _ESP32C6,
}

LED_MA = 2.0  # of a lit one on a board: an estimate, some kiloohms at 3.3 V draw less

# How much of what sending draws beyond listening is left at a lower power.  20, 16 and 14 dBm: the
# ESP32's data sheet, 240, 190 and 180 mA (A1), which differ in their modulation, too; 2 dBm is
# nowhere measured: an estimate, and so are the straight lines between them.
_LESS = ((20.0, 1.0), (16.0, 0.65), (14.0, 0.58), (2.0, 0.3))
FULL_DBM = 20.0


def send_ma(chip: Chip, dbm: float) -> float:
    """What sending with that power draws."""
    beyond_ma = chip.send_ma - chip.listen_ma
    return chip.listen_ma + beyond_ma * _share(dbm)


def _share(dbm: float) -> float:
    high_dbm, high = _LESS[0]
    dbm = min(dbm, high_dbm)
    for low_dbm, low in _LESS[1:]:
        if dbm >= low_dbm:
            return low + (dbm - low_dbm) / (high_dbm - low_dbm) * (high - low)
        high_dbm, high = low_dbm, low
    return high
