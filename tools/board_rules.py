"""What is wrong with a board, and what to know about it, in sentences.

A board arrives as attributes (`boards.load`).  Pins against the chip are judged in `chips.py`;
here are the rules about the board as a whole: attributes, clashes, divider, sensor and supply.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from smartbin import sensors
from tools import chips

MAX_CELL_MV = 4200  # a full lithium-ion cell, the highest that our boards are run from
_NTC_COLD_MV = 3014  # 10 k NTC B3950 at -20 C under 10 k, from 3.3 V
FIVE_VOLT = ("hc_sr04", "jsn_sr04t_v2")  # their data sheets state 5 V only
_SENSORS = [str(name) for name in sensors.NAMES]

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Attribute:
    """One line of a board file: its kind (a key of _KINDS), whether None will do, a pin's use.

    seldom: only boards that have such a part say so, and the firmware does not ask yet.
    """

    kind: str
    optional: bool = False
    use: str = ""
    seldom: bool = False


ATTRIBUTES = {
    "NAME": Attribute("text"),
    "TITLE": Attribute("text"),
    "CHIP": Attribute("text"),
    "FLASH_MB": Attribute("size"),
    "SONAR": Attribute("text"),
    "SONAR_TRIG_PIN": Attribute("pin", use=chips.OUT),
    "SONAR_ECHO_PIN": Attribute("pin", use=chips.IN),
    "RAIL_PIN": Attribute("pin", optional=True, use=chips.RAIL),
    "RAIL_MA": Attribute("amount"),
    "BATTERY_ADC_PIN": Attribute("pin", optional=True, use=chips.ADC),
    "BATTERY_DIVIDER": Attribute("divider", optional=True),
    "NTC_ADC_PIN": Attribute("pin", optional=True, use=chips.ADC),
    "DS18B20_PIN": Attribute("pin", optional=True, use=chips.OUT),  # open drain
    "TILT_PIN": Attribute("pin", optional=True, use=chips.PULLED),
    "I2C_SDA_PIN": Attribute("pin", optional=True, use=chips.OUT),
    "I2C_SCL_PIN": Attribute("pin", optional=True, use=chips.OUT),
    "LID_PIN": Attribute("pin", optional=True, use=chips.PULLED),
    "DOZE": Attribute("choice"),
    "SERVICE_PIN": Attribute("pin", optional=True, use=chips.WAKE),
    "LED_PIN": Attribute("pin", optional=True, use=chips.OUT),
    "SLEEP_UA": Attribute("current"),
    "SLEEP_UA_SOURCE": Attribute("source"),
    "BOOT_MC": Attribute("charge"),
    "CPU_MA": Attribute("drain"),
    "LIGHT_MA": Attribute("drain"),
    "RADIO_MA": Attribute("drain"),
    # A modem and a power chip on the board, as the chip sees them: RX is the chip's input.
    "MODEM_KEY_PIN": Attribute("pin", use=chips.OUT, seldom=True),
    "MODEM_TX_PIN": Attribute("pin", use=chips.OUT, seldom=True),
    "MODEM_RX_PIN": Attribute("pin", use=chips.IN, seldom=True),
    "MODEM_DTR_PIN": Attribute("pin", use=chips.OUT, seldom=True),
    "MODEM_RING_PIN": Attribute("pin", use=chips.IN, seldom=True),
    "POWER_SDA_PIN": Attribute("pin", use=chips.OUT, seldom=True),
    "POWER_SCL_PIN": Attribute("pin", use=chips.OUT, seldom=True),
    "POWER_IRQ_PIN": Attribute("pin", use=chips.IN, seldom=True),
}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_divider(value: Any) -> bool:
    pair = isinstance(value, tuple) and len(value) == 2
    return pair and all(_is_number(part) and part > 0 for part in value)


# kind: (what a value must satisfy, how to say it)
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (_is_text, 'text, such as "esp32"'),
    "pin": (_is_whole, "a GPIO number, such as 25"),
    "size": (lambda v: _is_whole(v) and v >= 2, "whole megabytes from 2, such as 4"),
    "amount": (lambda v: _is_number(v) and v >= 0, "a number from 0, such as 0.2"),
    "current": (lambda v: _is_number(v) and v > 0, "microamperes above 0, such as 11.6"),
    "drain": (lambda v: _is_number(v) and v > 0, "milliamperes above 0, such as 40"),
    "charge": (lambda v: _is_number(v) and v > 0, "millicoulombs above 0, such as 2.3"),
    "choice": (lambda v: isinstance(v, bool), "True or False"),
    "divider": (_is_divider, "(top_kohm, bottom_kohm), such as (1000, 1000)"),
    "source": (_is_text, "text that says who measured SLEEP_UA, and under what conditions"),
}


def problems(board: SimpleNamespace) -> list[str]:
    """What is wrong with a board, one sentence each naming board, attribute and remedy."""
    values = _sound(board)
    found = [*_shape(vars(board)), *_known(values), *_clashes(values), *_loose_ends(values)]
    chip = chips.CHIPS.get(values.get("CHIP", ""))
    if chip:
        found += [*_pin_faults(values, chip), *_range_faults(values, chip)]
        found += _doze_faults(values, chip)
    return [f"{label(board)}: {sentence}" for sentence in found]


def notes(board: SimpleNamespace) -> list[str]:
    """What to know about a board that is no fault, one sentence each."""
    values = _sound(board)
    found = [*_supply_remarks(values)]
    chip = chips.CHIPS.get(values.get("CHIP", ""))
    if chip:
        found += [*_pin_remarks(values, chip), *_range_remarks(values, chip)]
    return [f"{label(board)}: {sentence}" for sentence in found]


def label(board: SimpleNamespace) -> str:
    """What to call a board in a sentence: its NAME where it has one."""
    name = getattr(board, "NAME", None)
    return str(name) if _is_text(name) else "board"


def nearest(word: object, known: Iterable[str]) -> str:
    """' (did you mean NAME?)', or nothing where no known name is near."""
    near = difflib.get_close_matches(str(word), [*known], n=1, cutoff=0.5)
    return f" (did you mean {near[0]}?)" if near else ""


def _sound(board: SimpleNamespace) -> dict[str, Any]:
    """The attributes that are known and of the right kind: the rules below look at these only."""
    return {n: v for n, v in vars(board).items() if n in ATTRIBUTES and _fits(n, v)}


def _fits(name: str, value: Any) -> bool:
    attribute = ATTRIBUTES[name]
    return (value is None and attribute.optional) or _KINDS[attribute.kind][0](value)


def _shape(values: Values) -> Iterator[str]:
    """Every attribute is there, none is unknown, each is of its kind."""
    for name in values:
        if name not in ATTRIBUTES:
            meant = nearest(name, ATTRIBUTES)
            yield f"{name} is not an attribute of a board{meant}; rename or remove it."
    for name, attribute in ATTRIBUTES.items():
        wanted = _KINDS[attribute.kind][1] + (", or None" if attribute.optional else "")
        if name not in values:
            if attribute.seldom:
                continue
            yield f"{name} is missing; give it {wanted}."
        elif not _fits(name, values[name]):
            yield f"{name} = {values[name]!r} will not do; give it {wanted}."


def _known(values: Values) -> Iterator[str]:
    """CHIP and SONAR must be names that the rest of the project knows."""
    for name, known in (("CHIP", [*chips.CHIPS]), ("SONAR", _SENSORS)):
        value = values.get(name)
        if value is not None and value not in known:
            choice = " or ".join(known)
            yield f"{name} = {value} is not known{nearest(value, known)}; choose {choice}."


def _pins(values: Values) -> dict[str, int]:
    """The attributes that name a pin, with their pins."""
    named = {name: values.get(name) for name, a in ATTRIBUTES.items() if a.kind == "pin"}
    return {name: pin for name, pin in named.items() if pin is not None}


def _clashes(values: Values) -> Iterator[str]:
    first: dict[int, str] = {}
    for name, pin in _pins(values).items():
        if pin in first:
            yield f"{first[pin]} and {name} are both GPIO{pin}; give one of them another pin."
        else:
            first[pin] = name


def _loose_ends(values: Values) -> Iterator[str]:
    """Attributes that make sense only together."""
    pin, divider = values.get("BATTERY_ADC_PIN"), values.get("BATTERY_DIVIDER")
    both = {"BATTERY_ADC_PIN", "BATTERY_DIVIDER"} <= values.keys()
    if both and pin is None and divider is not None:
        yield f"BATTERY_DIVIDER = {divider} has no BATTERY_ADC_PIN; give the pin or write None."
    if both and pin is not None and divider is None:
        yield (
            f"BATTERY_ADC_PIN is GPIO{pin}, but BATTERY_DIVIDER is None; "
            "give the two resistors as (top_kohm, bottom_kohm)."
        )
    sda, scl = values.get("I2C_SDA_PIN"), values.get("I2C_SCL_PIN")
    if (sda is None) != (scl is None):
        yield "I2C_SDA_PIN and I2C_SCL_PIN go together; give both pins or write None for both."
    if sda is not None and values.get("TILT_PIN") is not None:
        yield "TILT_PIN would never be read beside I2C_SDA_PIN; keep one of them."
    if values.get("DS18B20_PIN") is not None and values.get("NTC_ADC_PIN") is not None:
        yield "NTC_ADC_PIN would never be read beside DS18B20_PIN; keep one of them."
    if values.get("RAIL_PIN", 0) is None and values.get("RAIL_MA", 0) != 0:
        yield (
            f"RAIL_MA = {values['RAIL_MA']} has no RAIL_PIN, so nothing switches it; "
            "set it to 0 and count that current in SLEEP_UA."
        )


def _pin_faults(values: Values, chip: chips.Chip) -> Iterator[str]:
    pins = _pins(values)
    for name, pin in pins.items():
        use = ATTRIBUTES[name].use
        for fault in chips.faults(chip, pin, use):
            yield f"{name} is GPIO{pin}, which {fault}; {chips.advice(chip, use, pins.values())}."


def _doze_faults(values: Values, chip: chips.Chip) -> Iterator[str]:
    if values.get("DOZE") and values.get("RAIL_PIN") is not None and not chip.holds_asleep:
        yield (
            f"DOZE = True, but the {chip.title} lets go of its outputs in light sleep, "
            "and the rail would fall between pings; set it to False."
        )


def _range_faults(values: Values, chip: chips.Chip) -> Iterator[str]:
    divider = values.get("BATTERY_DIVIDER")
    if divider and _divided_mv(divider) > chip.adc_max_mv:
        yield (
            f"BATTERY_DIVIDER = {divider} puts {_divided_mv(divider)} mV on BATTERY_ADC_PIN "
            f"from a full cell of {MAX_CELL_MV} mV, and the {chip.title} measures up to "
            f"{chip.adc_max_mv} mV; make the bottom resistor smaller against the top one."
        )


def _divided_mv(divider: tuple[float, float]) -> int:
    """What a full cell leaves at the middle of the divider, in mV."""
    top, bottom = divider
    return round(MAX_CELL_MV * bottom / (top + bottom))


def _pin_remarks(values: Values, chip: chips.Chip) -> Iterator[str]:
    for name, pin in _pins(values).items():
        for remark in chips.remarks(chip, pin, ATTRIBUTES[name].use):
            yield f"{name} is GPIO{pin}: {remark}."


def _supply_remarks(values: Values) -> Iterator[str]:
    if values.get("SONAR") in FIVE_VOLT:
        yield (
            f"SONAR = {values['SONAR']} runs from 5 V: bring its echo down to 3.3 V, "
            "with 1 kohm in series and 2 kohm to ground."
        )
    if values.get("NTC_ADC_PIN") is not None and values.get("RAIL_PIN", 0) is None:
        yield "NTC_ADC_PIN has no switched rail: the thermistor draws 165 uA all day."


def _range_remarks(values: Values, chip: chips.Chip) -> Iterator[str]:
    divider = values.get("BATTERY_DIVIDER")
    if divider and chip.adc_best_mv < _divided_mv(divider) <= chip.adc_max_mv:
        yield (
            f"BATTERY_DIVIDER = {divider} puts up to {_divided_mv(divider)} mV on the converter, "
            f"which is straight to {chip.adc_best_mv} mV only: a full cell reads badly."
        )
    if values.get("NTC_ADC_PIN") is not None and chip.adc_max_mv < _NTC_COLD_MV:
        yield (
            f"NTC_ADC_PIN: the {chip.title} measures up to {chip.adc_max_mv} mV, "
            "so the thermistor stops at about 1 degree C."
        )
