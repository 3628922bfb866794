"""What each chip's pins can and cannot do: data with its sources, and the sentences it leads to.

A board file says which pin does what; `faults` and `remarks` here say what the chip thinks of
that.  Facts about a whole board (two uses of one pin, dividers, sensors) are in `boards.py`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

# What a pin is used for; boards.py maps its attributes to these.
OUT, RAIL, IN, ADC, WAKE = "output", "rail", "input", "adc", "wake"
PULLED = "pulled"  # a contact to ground, read with the pull-up inside
_DRIVES = (OUT, RAIL)


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
# esp32.wake_on_gpio (no ext0).  Range at 12 dB: data sheet, from memory, 0 to 3300 mV; how far it
# is straight we have not found, so the C3's figure stands.
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


def reserved(chip: Chip) -> frozenset[int]:
    """Pins that no board may use: flash, USB, and the console that the technician needs."""
    return chip.flash | chip.usb | {pin for pin, needed in chip.console.items() if needed}


def able(chip: Chip, use: str) -> frozenset[int]:
    """The pins that can do `use` at all, whatever else they are for."""
    if use == ADC:
        return chip.adc1
    if use == WAKE:
        return chip.wake
    return chip.pins - chip.input_only if use in (*_DRIVES, PULLED) else chip.pins


def advice(chip: Chip, use: str, taken: Collection[int] = ()) -> str:
    """Three pins without any catch for `use`, as the end of a sentence."""
    catch = reserved(chip) | chip.psram | chip.console.keys() | chip.straps.keys()
    free = sorted(able(chip, use) - catch - set(taken))
    if use == RAIL:
        free.sort(key=lambda pin: pin not in chip.wake)  # those that hold their level come first
    if not free:
        return "free one for it, since every pin that could do it is in use"
    return "choose another pin, such as " + " or ".join(f"GPIO{pin}" for pin in free[:3])


def faults(chip: Chip, pin: int, use: str) -> Iterator[str]:
    """Why `pin` must not do `use`, each as the end of "GPIO7, which ..."."""
    if pin not in chip.pins:
        yield f"the {chip.title} does not have"
        return
    if pin in chip.flash:
        yield "is wired to the flash chip that holds the firmware"
        return
    if pin in chip.usb:
        yield "is the USB port, and with it the console"
    if chip.console.get(pin):
        yield "is the serial console, through which the board is flashed and serviced"
    if use == PULLED and pin in chip.input_only:
        yield "has no pull-up inside, and a contact needs one"
    if use in _DRIVES and pin in chip.input_only:
        yield f"can only be an input on the {chip.title}"
    if use == ADC and pin in chip.adc2:
        yield "belongs to ADC2, which does not work while Wi-Fi runs"
    elif use == ADC and pin not in chip.adc1:
        yield "has no analogue converter"
    if use == WAKE and pin not in chip.wake:
        yield f"cannot wake the {chip.title} from deep sleep"
    if _endangers(chip, pin, use):
        yield f"is a strapping pin, and what hangs on it decides the boot: {chip.straps[pin].why}"


def _endangers(chip: Chip, pin: int, use: str) -> bool:
    """Can what hangs on a strapping pin keep the board from starting?  A button with its pull-up
    holds the pin high until somebody presses it; anything else may hold it anywhere."""
    level = chip.straps[pin].boots_at if pin in chip.straps else None
    return level is not None and not (use == WAKE and level == 1)


def remarks(chip: Chip, pin: int, use: str) -> Iterator[str]:
    """What to know about a pin that may do `use`, each as the end of "GPIO2: ..."."""
    strap = chip.straps.get(pin)
    if strap is not None and strap.boots_at is None:
        yield f"a strapping pin, harmless to a start from flash, but {strap.why}"
    elif strap is not None and not _endangers(chip, pin, use):
        yield f"a strapping pin, so leave its button alone at power-on, since {strap.why}"
    if pin in chip.psram:
        yield "free on modules without PSRAM only"
    if chip.console.get(pin) is False:
        yield "the boot messages pass over it, so it moves at every start"
    if use == WAKE and pin in chip.input_only:
        yield "no pull-up inside: the button needs one of its own, 100 kohm to 3.3 V"
    if use == WAKE and chip.wake_remark:
        yield chip.wake_remark
    if use == RAIL and pin not in chip.wake:
        yield "floats in deep sleep: the switch needs a pull-down of its own"
