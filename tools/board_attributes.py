"""What a board file holds: every attribute, its kind, and what is wrong with one by itself."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools import chips

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
    "LED_LIT": Attribute("level", optional=True),
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


def is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_divider(value: Any) -> bool:
    pair = isinstance(value, tuple) and len(value) == 2
    return pair and all(_is_number(part) and part > 0 for part in value)


# kind: (what a value must satisfy, how to say it)
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (is_text, 'text, such as "esp32"'),
    "pin": (_is_whole, "a GPIO number, such as 25"),
    "size": (lambda v: _is_whole(v) and v >= 2, "whole megabytes from 2, such as 4"),
    "amount": (lambda v: _is_number(v) and v >= 0, "a number from 0, such as 0.2"),
    "current": (lambda v: _is_number(v) and v > 0, "microamperes above 0, such as 11.6"),
    "drain": (lambda v: _is_number(v) and v > 0, "milliamperes above 0, such as 40"),
    "charge": (lambda v: _is_number(v) and v > 0, "millicoulombs above 0, such as 2.3"),
    "level": (lambda v: _is_whole(v) and v in (0, 1), "the level at which it lights, 0 or 1"),
    "choice": (lambda v: isinstance(v, bool), "True or False"),
    "divider": (_is_divider, "(top_kohm, bottom_kohm), such as (1000, 1000)"),
    "source": (is_text, "text that says who measured SLEEP_UA, and under what conditions"),
}


def faults(values: Values) -> Iterator[str]:
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
        elif not fits(name, values[name]):
            yield f"{name} = {values[name]!r} will not do; give it {wanted}."


def fits(name: str, value: Any) -> bool:
    """Is it of the attribute's kind?"""
    attribute = ATTRIBUTES[name]
    return (value is None and attribute.optional) or _KINDS[attribute.kind][0](value)


def nearest(word: object, known: Iterable[str]) -> str:
    """' (did you mean NAME?)', or nothing where no known name is near."""
    near = difflib.get_close_matches(str(word), [*known], n=1, cutoff=0.5)
    return f" (did you mean {near[0]}?)" if near else ""
