"""What each chip's pins can and cannot do: data with its sources; pin_rules.py judges by it."""

from collections.abc import Mapping
from dataclasses import dataclass

# What a pin is used for; board_attributes.py maps attributes to these.
OUT, RAIL, IN, ADC, WAKE = "output", "rail", "input", "adc", "wake"
PULLED = "pulled"  # a contact to ground, read with the pull-up inside


@dataclass(frozen=True)
class Strap:
    """A pin that the chip samples at power-on: `boots_at` is the level (0 or 1) without which it
    does not start from flash, None where it starts either way; `why` says what it decides."""

    boots_at: int | None
    why: str


@dataclass(frozen=True)
class Chip:
    """One chip's pins (GPIO numbers) and what its converter measures (mV at 11 dB)."""

    name: str
    title: str
    pins: frozenset[int]
    straps: Mapping[int, Strap]
    input_only: frozenset[int]  # these have no pull resistors inside either
    flash: frozenset[int]
    psram: frozenset[int]  # taken on modules that have PSRAM, free on the others
    console: Mapping[int, bool]  # UART0: True where the technician's prompt runs over it
    usb: frozenset[int]
    adc1: frozenset[int]
    adc2: frozenset[int]
    wake: frozenset[int]  # can wake it from deep sleep, and keep a level through it
    wake_remark: str | None
    adc_best_mv: int  # above this the converter is no longer straight
    adc_max_mv: int  # above this it reads no further
    holds_asleep: bool  # do outputs keep their level in light sleep?


def _pins(*spans: int | tuple[int, int]) -> frozenset[int]:
    """A set of pins from numbers and (first, last) spans."""
    pairs = [(s, s) if isinstance(s, int) else s for s in spans]
    return frozenset(n for first, last in pairs for n in range(first, last + 1))


# Pins, flash, PSRAM, input-only, ADC, RTC: ESP-IDF programming guide, "GPIO & RTC GPIO", ESP32.
# GPIO20 exists in the ESP32-PICO-V3 package only and is left out; 24 and 28 to 31 do not exist.
# Straps: ESP32 data sheet "Strapping Pins"; esptool documentation "Boot Mode Selection".
# ADC2 beside Wi-Fi: ESP-IDF "Analog to Digital Converter". Wake: ext0/ext1 need an RTC pin.
# Range at 11 dB: ESP-IDF gives 150 to 2450 mV as usable; it saturates at about 3100 mV.
# Light sleep: ESP-IDF's ESP_SLEEP_GPIO_RESET_WORKAROUND lets pins go on the C3, not on the ESP32.
ESP32 = Chip(
    name="esp32",
    title="ESP32",
    pins=_pins((0, 19), (21, 23), (25, 27), (32, 39)),
    straps={
        0: Strap(1, "low at power-on starts the serial loader instead of the firmware"),
        2: Strap(None, "the serial loader starts only if it is low or free at power-on"),
        5: Strap(None, "it chooses the timing of the SDIO slave at power-on"),
        12: Strap(0, "high at power-on gives the flash chip 1.8 V and the board does not start"),
        15: Strap(None, "low at power-on silences the boot messages"),
    },
    input_only=_pins((34, 39)),
    flash=_pins((6, 11)),
    psram=_pins(16, 17),
    console={1: True, 3: True},
    usb=frozenset(),
    adc1=_pins((32, 39)),
    adc2=_pins(0, 2, 4, (12, 15), (25, 27)),
    wake=_pins(0, 2, 4, (12, 15), (25, 27), (32, 39)),
    wake_remark=None,
    adc_best_mv=2450,
    adc_max_mv=3100,
    holds_asleep=True,
)

# Pins, flash, ADC, RTC pins, USB: ESP-IDF programming guide, "GPIO & RTC GPIO", ESP32-C3.
# GPIO11 is VDD_SPI, the supply of the flash chip, unless a fuse is blown (data sheet).
# Straps: ESP32-C3 data sheet "Strapping Pins" (newer issues only recommend GPIO2 high, because of
# glitches). Wake: GPIO0 to 5 (ESP-IDF "Sleep Modes"), in MicroPython by esp32.wake_on_gpio.
# Range at 11 dB: ESP-IDF "Analog to Digital Converter", ESP32-C3: 0 to 2500 mV.
ESP32C3 = Chip(
    name="esp32c3",
    title="ESP32-C3",
    pins=_pins((0, 21)),
    straps={
        2: Strap(1, "the boot table wants it high at power-on"),
        8: Strap(None, "the serial loader starts only if it is high at power-on"),
        9: Strap(1, "low at power-on starts the serial loader instead of the firmware"),
    },
    input_only=frozenset(),
    flash=_pins((11, 17)),
    psram=frozenset(),
    console={20: False, 21: False},
    usb=_pins(18, 19),
    adc1=_pins((0, 4)),
    adc2=_pins(5),
    wake=_pins((0, 5)),
    wake_remark="MicroPython before 1.27 cannot wake this chip by a pin; the timer still does",
    adc_best_mv=2500,
    adc_max_mv=2500,
    holds_asleep=False,
)

# Pins, ADC, RTC pins, USB, flash: ESP-IDF programming guide, "GPIO & RTC GPIO", ESP32-S3; 22 to 25
# do not exist.  GPIO33 to 37 belong to PSRAM (or flash) with eight lines; with four they are free.
# Straps: ESP32-S3 data sheet "Strapping Pins".  Wake: ext0/ext1 need an RTC pin, GPIO0 to 21.
# Range at 11 dB: ESP-IDF "Analog to Digital Converter" 4.4, ESP32-S3: 0 to 3100 mV.
# Light sleep: ESP_SLEEP_GPIO_RESET_WORKAROUND (above) is on for the S3 and the C6, as for the C3.
ESP32S3 = Chip(
    name="esp32s3",
    title="ESP32-S3",
    pins=_pins((0, 21), (26, 48)),
    straps={
        0: Strap(1, "low at power-on starts the serial loader instead of the firmware"),
        3: Strap(None, "it may choose where the debugger is plugged in"),
        45: Strap(0, "high at power-on gives the flash chip 1.8 V and the board does not start"),
        46: Strap(None, "the serial loader starts only if it is low or free at power-on"),
    },
    input_only=frozenset(),
    flash=_pins((26, 32)),
    psram=_pins((33, 37)),
    console={43: False, 44: False},
    usb=_pins(19, 20),
    adc1=_pins((1, 10)),
    adc2=_pins((11, 20)),
    wake=_pins((0, 21)),
    wake_remark=None,
    adc_best_mv=3100,
    adc_max_mv=3100,
    holds_asleep=False,
)

# Pins, ADC, LP pins, USB, flash: ESP-IDF programming guide, "GPIO & RTC GPIO", ESP32-C6.  With the
# flash in its package (C6FH4) GPIO10 and 11 are not led out, without it GPIO14 is not.
# Straps: ESP32-C6 data sheet "Strapping Pins".  Wake: LP pins GPIO0 to 7, in MicroPython by
# esp32.wake_on_gpio (no ext0).  Range at 12 dB: ESP-IDF leaves it to the data sheet; 0 to 3300 mV
# is an estimate, and how far it is straight that of the C3.
ESP32C6 = Chip(
    name="esp32c6",
    title="ESP32-C6",
    pins=_pins((0, 30)),
    straps={
        4: Strap(None, "it chooses an edge of the SDIO slave at power-on"),
        5: Strap(None, "it chooses an edge of the SDIO slave at power-on"),
        8: Strap(None, "the serial loader starts only if it is high at power-on"),
        9: Strap(1, "low at power-on starts the serial loader instead of the firmware"),
        15: Strap(None, "it may choose where the debugger is plugged in"),
    },
    input_only=frozenset(),
    flash=_pins((24, 30)),
    psram=frozenset(),
    console={16: False, 17: False},
    usb=_pins(12, 13),
    adc1=_pins((0, 6)),
    adc2=frozenset(),
    wake=_pins((0, 7)),
    wake_remark="MicroPython before 1.27 cannot wake this chip by a pin; the timer still does",
    adc_best_mv=2500,
    adc_max_mv=3300,
    holds_asleep=False,
)

CHIPS = {chip.name: chip for chip in (ESP32, ESP32C3, ESP32S3, ESP32C6)}
