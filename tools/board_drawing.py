"""docs/boards/NAME.svg: the wiring of a board as a drawing, made from its board.py and wiring.md.

On the left the board with its pins, on the right what each goes to, in the words of the wiring
table; dashed and grey what is on the board already.  Beside them the rail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple
from xml.sax.saxutils import escape

from tools import boards
from tools.setup.places import ROOT

FOLDER = ROOT / "docs" / "boards"

_INK, _FAINT, _WIRE, _RAIL, _BOARD = "#333333", "#777777", "#0072b2", "#d55e00", "#e8f0e8"
_ROW, _GAP, _TOP = 26, 16, 64  # pixels
_BOARD_X, _BOARD_W, _PART_X, _PART_W, _WIDTH = 30, 230, 340, 430, 850
_RAIL_X = 800
_BUILT_IN = "nothing of yours: "  # how wiring.md begins a row about what is on the board already

# Title of a part, the attributes of its pins, whether it hangs on the rail.
_PARTS = (
    ("ultrasonic sensor", ("SONAR_TRIG_PIN", "SONAR_ECHO_PIN"), True),
    ("rail switch", ("RAIL_PIN",), True),
    ("battery divider", ("BATTERY_ADC_PIN",), False),
    ("thermistor", ("NTC_ADC_PIN",), True),
    ("thermometer", ("DS18B20_PIN",), True),
    ("tilt switch", ("TILT_PIN",), False),
    ("accelerometer", ("I2C_SDA_PIN", "I2C_SCL_PIN"), False),
    ("lid contact", ("LID_PIN",), False),
    ("service button", ("SERVICE_PIN",), False),
    ("LED", ("LED_PIN",), False),
    (
        "modem, not driven yet",
        ("MODEM_KEY_PIN", "MODEM_TX_PIN", "MODEM_RX_PIN", "MODEM_DTR_PIN", "MODEM_RING_PIN"),
        False,
    ),
    ("power chip, not driven yet", ("POWER_SDA_PIN", "POWER_SCL_PIN", "POWER_IRQ_PIN"), False),
)


class Wire(NamedTuple):
    """A row of the wiring table: what is printed on the board, the GPIO if any, where it goes."""

    printed: str
    gpio: str
    goes_to: str

    @property
    def built_in(self) -> bool:
        """Is it on the board already?"""
        return self.goes_to.startswith(_BUILT_IN)


class Part(NamedTuple):
    """What hangs on a board, with its wires."""

    title: str
    wires: list[Wire]
    on_rail: bool = False

    @property
    def built_in(self) -> bool:
        return all(wire.built_in for wire in self.wires)

    @property
    def high(self) -> int:
        return (1 + len(self.wires)) * _ROW


def wires(name: str) -> Iterator[Wire]:
    """The rows of a board's wiring table.  Raises UserError where there is none."""
    for pin, goes_to, *_ in boards.wiring(name)[1:]:
        printed, sign, gpio = pin.partition(" (GPIO")
        yield Wire(printed, f"GPIO{gpio.rstrip(')')}" if sign else "", goes_to)


def parts(board: SimpleNamespace, table: list[Wire]) -> list[Part]:
    """The parts of a board, those that it has, and at last what feeds it all."""
    by_pin = {wire.gpio: wire for wire in table if wire.gpio}
    found = [Part(title, _of(board, pins, by_pin), rail) for title, pins, rail in _PARTS]
    found[0] = found[0]._replace(title=f"{found[0].title} {board.SONAR}")
    found.append(Part("supply", [wire for wire in table if not wire.gpio]))
    has_rail = getattr(board, "RAIL_PIN", None) is not None
    return [part._replace(on_rail=part.on_rail and has_rail) for part in found if part.wires]


def _of(board: SimpleNamespace, pins: tuple[str, ...], table: Mapping[str, Wire]) -> list[Wire]:
    """The wires of those pins that the board has; "?" for one that its wiring.md forgets."""
    there = [getattr(board, name, None) for name in pins]
    names = [f"GPIO{pin}" for pin in there if pin is not None]
    return [table.get(name, Wire("?", name, "?")) for name in names]


def draw(name: str) -> str:
    """The SVG of a board, by name or by a path to its board.py."""
    board = boards.load(name)
    lines, y, rail = [], _TOP, []
    for part in parts(board, list(wires(name))):
        lines += _part(part, y)
        if part.on_rail:
            rail.append(y + part.high / 2)
        y += part.high + _GAP
    frame = _box(_BOARD_X, _TOP - 8, _BOARD_W, y - _TOP, _BOARD)
    return _page(board, [*frame, *lines, *_rail(rail)], y + 10)


def _part(part: Part, y: float) -> list[str]:
    """A box with its title, and a wire and its words in each row below."""
    lines = _box(_PART_X, y, _PART_W, part.high, "white", dashed=part.built_in)
    lines += _words(_PART_X + 10, y + 18, part.title, weight="bold")
    if part.built_in:
        lines += _words(_PART_X + _PART_W - 10, y + 18, "on the board", _FAINT, anchor="end")
    for row, wire in enumerate(part.wires, 1):
        middle = y + _ROW * row + _ROW / 2 - 4
        colour = _FAINT if wire.built_in else _WIRE
        lines += _line(_BOARD_X + _BOARD_W, middle, _PART_X, middle, colour)
        lines += _words(_BOARD_X + 14, middle + 5, wire.printed)
        lines += _words(_BOARD_X + _BOARD_W - 10, middle + 5, wire.gpio, anchor="end")
        words = wire.goes_to.removeprefix(_BUILT_IN)
        lines += _words(_PART_X + 10, middle + 5, words, colour, size=12)
    return lines


def _rail(at: list[float]) -> list[str]:
    """The rail beside the parts that it feeds."""
    if not at:
        return []
    lines = [one for y in at for one in _line(_PART_X + _PART_W, y, _RAIL_X, y, _RAIL)]
    lines += _line(_RAIL_X, at[0], _RAIL_X, at[-1], _RAIL, width=4)
    return lines + _words(_RAIL_X + 8, at[0] + 5, "rail", _RAIL)


def _page(board: SimpleNamespace, lines: list[str], height: int) -> str:
    below = f"{board.CHIP}, {board.FLASH_MB} MB of flash, {board.SLEEP_UA:,} uA in deep sleep"
    ground = (
        "Every part's GND goes to the board's GND. Why each wire goes where it goes: wiring.md."
    )
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


def _box(
    x: float, y: float, wide: float, high: float, fill: str, dashed: bool = False
) -> list[str]:
    where = f'x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}"'
    stroke = f'stroke="{_FAINT}" stroke-dasharray="5 4"' if dashed else f'stroke="{_INK}"'
    return [f'<rect {where} rx="5" fill="{fill}" {stroke}/>']


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
