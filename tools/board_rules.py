"""What is wrong with a board, and what to know about it, in sentences.

A board arrives as attributes (`boards.load`).  One attribute by itself is judged in
`board_attributes.py`, a pin against the chip in `pin_rules.py`; here are the rules about the board
as a whole: clashes, divider, sensor and supply.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from smartbin import sensors
from tools import board_attributes, chips, pin_rules
from tools.board_attributes import ATTRIBUTES, Values, fits, is_text, nearest

MAX_CELL_MV = 4200  # a full lithium-ion cell, the highest that our boards are run from
_NTC_COLD_MV = 3014  # 10 k NTC B3950 at -20 C under 10 k, from 3.3 V
FIVE_VOLT = ("hc_sr04", "jsn_sr04t_v2")  # their data sheets state 5 V only
_SENSORS = [str(name) for name in sensors.NAMES]


def problems(board: SimpleNamespace) -> list[str]:
    """What is wrong with a board, one sentence each naming board, attribute and remedy."""
    values = _sound(board)
    found = [
        *board_attributes.faults(vars(board)),
        *_known(values),
        *_clashes(values),
        *_loose_ends(values),
    ]
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
    return str(name) if is_text(name) else "board"


def _sound(board: SimpleNamespace) -> dict[str, Any]:
    """The attributes that are known and of the right kind: the rules below look at these only."""
    return {n: v for n, v in vars(board).items() if n in ATTRIBUTES and fits(n, v)}


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
    if values.get("LED_PIN") is not None and values.get("LED_LIT", 0) is None:
        yield (
            f"LED_PIN is GPIO{values['LED_PIN']}, but LED_LIT is None; "
            "give the level at which it lights, 1 or 0."
        )
    if values.get("RAIL_PIN", 0) is None and values.get("RAIL_MA", 0) != 0:
        yield (
            f"RAIL_MA = {values['RAIL_MA']} has no RAIL_PIN, so nothing switches it; "
            "set it to 0 and count that current in SLEEP_UA."
        )


def _pin_faults(values: Values, chip: chips.Chip) -> Iterator[str]:
    pins = _pins(values)
    for name, pin in pins.items():
        use = ATTRIBUTES[name].use
        for fault in pin_rules.faults(chip, pin, use):
            advice = pin_rules.advice(chip, use, pins.values())
            yield f"{name} is GPIO{pin}, which {fault}; {advice}."


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
        for remark in pin_rules.remarks(chip, pin, ATTRIBUTES[name].use):
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
