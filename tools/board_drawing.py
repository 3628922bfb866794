"""docs/boards/NAME.svg: the wiring of a board as a drawing, made from its board.py and wiring.md.

On the left the board with the pins in use, on the right what each goes to, under both the rail.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple
from xml.sax.saxutils import escape

from tools import board_rules, boards
from tools.setup.places import ROOT

FOLDER = ROOT / "docs" / "boards"

_INK, _FAINT, _WIRE, _RAIL, _BOARD = "#333333", "#777777", "#0072b2", "#d55e00", "#e8f0e8"
_ROW, _GAP, _TOP = 26, 16, 64  # pixels
_BOARD_X, _BOARD_W, _PART_X, _PART_W, _WIDTH = 30, 230, 400, 330, 830
_RAIL_X = 765


class Part(NamedTuple):
    """What hangs on a board: attributes of its pins, their names on the part, its type."""

    title: str
    pins: dict[str, str]
    detail: str = ""
    on_rail: bool = False


def parts(board: SimpleNamespace) -> list[Part]:
    """The parts of a board, those that it has."""
    has_rail, divider = board.RAIL_PIN is not None, board.BATTERY_DIVIDER
    five_volt = "; 5 V" if board.SONAR in board_rules.FIVE_VOLT else ""
    split = "{} kohm from BAT+, {} kohm to GND".format(*divider) if divider else ""
    all_parts = [
        Part(
            f"ultrasonic sensor {board.SONAR}",
            {"SONAR_TRIG_PIN": "TRIG", "SONAR_ECHO_PIN": "ECHO"},
            f"VCC from {'the rail' if has_rail else 'the board, always on'}{five_volt}",
            has_rail,
        ),
        Part("rail switch", {"RAIL_PIN": "on"}, "3V3 in, rail out; 100 kohm to GND", True),
        Part("battery divider", {"BATTERY_ADC_PIN": "middle"}, split),
        Part("thermistor", {"NTC_ADC_PIN": "middle"}, "10 kohm from the rail", has_rail),
        Part("thermometer DS18B20", {"DS18B20_PIN": "DQ"}, "4.7 kohm to the rail", has_rail),
        Part("tilt switch", {"TILT_PIN": "to GND"}, "closed while the bin stands"),
        Part("accelerometer", {"I2C_SDA_PIN": "SDA", "I2C_SCL_PIN": "SCL"}, "from 3V3"),
        Part("lid contact", {"LID_PIN": "to GND"}, "closed while the lid is shut"),
        Part("service button", {"SERVICE_PIN": "to GND"}, "wakes the bin"),
        Part("LED", {"LED_PIN": "LED"}, "on the board"),
        Part(
            "modem",
            {
                "MODEM_KEY_PIN": "PWRKEY",
                "MODEM_TX_PIN": "its RX",
                "MODEM_RX_PIN": "its TX",
                "MODEM_DTR_PIN": "DTR",
                "MODEM_RING_PIN": "RI",
            },
            "on the board; not driven yet",
        ),
        Part(
            "power chip",
            {"POWER_SDA_PIN": "SDA", "POWER_SCL_PIN": "SCL", "POWER_IRQ_PIN": "IRQ"},
            "on the board; not driven yet",
        ),
    ]
    there = [part._replace(pins=_given(board, part.pins)) for part in all_parts]
    return [part for part in there if part.pins]


def _between(board: SimpleNamespace, attribute: str) -> str:
    """What stands in a wire: the echo of a sensor at 5 V is too high for the chip."""
    wanted = attribute == "SONAR_ECHO_PIN" and board.SONAR in board_rules.FIVE_VOLT
    return "1k here, 2k to GND" if wanted else ""


def _given(board: SimpleNamespace, pins: dict[str, str]) -> dict[str, str]:
    return {name: its for name, its in pins.items() if getattr(board, name, None) is not None}


def names_on_board(markdown: str) -> dict[int, str]:
    """GPIO -> what is printed on the board beside it, from the table of wiring.md."""
    found = {}
    for row in boards.wiring_table(markdown)[1:]:
        printed, sign, gpio = row[0].partition(" (GPIO")
        if sign:
            found[int(gpio.rstrip(")"))] = printed
    return found


def draw(name: str) -> str:
    """The SVG of a board, by name or by a path to its board.py."""
    path = boards.path_of(name)
    board = boards.load(path)
    printed = names_on_board(path.with_name("wiring.md").read_text(encoding="utf-8"))
    lines, y, rail = [], _TOP, []
    for part in parts(board):
        high = max(2, len(part.pins)) * _ROW
        lines += _box(_PART_X, y, _PART_W, high, "white")
        lines += _words(_PART_X + 92, y + 18, part.title, weight="bold")
        lines += _words(_PART_X + 92, y + 18 + _ROW * 0.7, part.detail, colour=_FAINT, size=12)
        for row, (attribute, its) in enumerate(part.pins.items()):
            middle = y + _ROW * row + _ROW / 2
            pin = getattr(board, attribute)
            lines += _line(_BOARD_X + _BOARD_W, middle, _PART_X, middle, _WIRE)
            lines += _words(
                _BOARD_X + _BOARD_W + 8, middle - 5, _between(board, attribute), size=11
            )
            lines += _words(_BOARD_X + 14, middle + 5, printed.get(pin, "?"))
            lines += _words(_BOARD_X + _BOARD_W - 10, middle + 5, f"GPIO{pin}", anchor="end")
            lines += _words(_PART_X + 10, middle + 5, its, colour=_WIRE, size=12)
        if part.on_rail:
            rail.append(y + high / 2)
            lines += _line(_PART_X + _PART_W, rail[-1], _RAIL_X, rail[-1], _RAIL)
        y += high + _GAP
    if rail:
        lines += _line(_RAIL_X, rail[0], _RAIL_X, rail[-1], _RAIL, width=4)
        lines += _words(_RAIL_X + 8, rail[0] + 5, "rail", colour=_RAIL)
    return _page(board, [*_box(_BOARD_X, _TOP - 8, _BOARD_W, y - _TOP, _BOARD), *lines], y + 10)


def _page(board: SimpleNamespace, lines: list[str], height: int) -> str:
    below = f"{board.CHIP}, {board.FLASH_MB} MB of flash, {board.SLEEP_UA:,} uA in deep sleep"
    ground = "Every part's GND goes to the board's GND; what the words mean is in wiring.md."
    size = f'width="{_WIDTH}" height="{height + 24}" viewBox="0 0 {_WIDTH} {height + 24}"'
    font = 'font-family="sans-serif" font-size="14"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>',
            f"<title>{escape(board.TITLE)}: wiring</title>",
            f'<rect width="{_WIDTH}" height="{height + 24}" fill="white"/>',
            *_words(_BOARD_X, 26, board.TITLE, weight="bold", size=17),
            *_words(_BOARD_X, 45, below, colour=_FAINT, size=12),
            *lines,
            *_words(_BOARD_X, height + 10, ground, colour=_FAINT, size=12),
            "</svg>\n",
        ]
    )


def _box(x: float, y: float, wide: float, high: float, fill: str) -> list[str]:
    where = f'x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}"'
    return [f'<rect {where} rx="5" fill="{fill}" stroke="{_INK}"/>']


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: int = 2) -> list[str]:
    where = f'x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}"'
    return [f'<line {where} stroke="{colour}" stroke-width="{width}"/>']


def _words(x: float, y: float, text: str, colour: str = _INK, **how: object) -> list[str]:
    if not text:
        return []
    names = {"weight": "font-weight", "size": "font-size", "anchor": "text-anchor"}
    rest = "".join(f' {names[key]}="{value}"' for key, value in how.items())
    return [f'<text x="{x:g}" y="{y:g}" fill="{colour}"{rest}>{escape(text)}</text>']


@dataclass
class Page:
    """One drawing among the pages that tools/pages.py writes."""

    name: str

    @property
    def PAGE(self) -> Path:
        return FOLDER / f"{self.name}.svg"

    def render(self) -> str:
        return draw(self.name)


PAGES = tuple(Page(name) for name in boards.names())
