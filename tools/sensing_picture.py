"""docs/sensing.svg: one burst in one bin, from the pings to the percentage, by the real code.

The world is sim/sound.py, the judgement firmware/smartbin/echo.py and fill.py; the first seed
whose scene has all that the page explains is drawn.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

from sim.scenario_table import Bin
from sim.scenario_table import Sound as Table
from sim.shape import Shape
from sim.sound import Sound
from smartbin import config, echo, family, fill, sensors

PAGE = Path(__file__).resolve().parent.parent / "docs" / "sensing.svg"

_WASTE_DC, _LID_DC = 140, 240  # a mild morning, the sun on the lid
_AT_MM, _BEFORE_MM = 690, 725  # where the waste lies, and where it was believed to be
_WORLD = replace(Table(), surface="bags", fold_pct=100, item_pct=0, miss_pct=12, frost_pct=0)
_INK, _FAINT, _BELIEVED, _OTHER = "#333333", "#8a8a8a", "#0072b2", "#d55e00"
_WASTE, _SILENT = "#e3dfd6", "#7a7a7a"
_TOP, _HIGH = 70, 300  # of the drawing: y of the sensor, pixels down to the floor
_BIN_X, _BIN_W, _PINGS_X, _PINGS_W, _BAR_X, _BAR_W = 50, 150, 310, 300, 730, 46


class Story(NamedTuple):
    """What is drawn."""

    shape: Shape
    true_pct: float
    burst: list[int | None]  # what each ping said: us or None
    sounding: Any  # echo.Sounding
    level: Any  # fill.Level


class _Replay:
    """A sonar that says what the simulated one heard, and all the time in the world."""

    def __init__(self, sensor: Any, widths: list[int]):
        self.sensor = sensor
        self._widths = widths
        self.said: list[int | None] = []

    def __enter__(self) -> _Replay:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def air_dc(self) -> int:
        return _LID_DC

    def trouble(self) -> None:
        return None

    def left_ms(self) -> int:
        return 9000

    def ping(self) -> int | None:
        us = self._widths[len(self.said)]
        self.said.append(None if us >= self.sensor.silent_us else us)
        return self.said[-1]


def story() -> Story:
    """The first scene in which a fold answers, too, and a ping or two come to nothing."""
    for seed in count(1):
        told = _of(seed)
        split = told.sounding.reason == echo.SPLIT and 2 <= told.burst.count(None) <= 4
        if split and told.level.kind == fill.MEASURED and abs(told.level.pct - told.true_pct) < 5:
            return told
    raise AssertionError("count() has no end")


def _of(seed: int) -> Story:
    shape, sensor = Shape(Bin()), sensors.find("hc_sr04")
    world = Sound(_WORLD, shape, sensor, Random(seed))
    cfg = config.check({"volume": shape.volume_text()})
    sonar = _Replay(sensor, world.burst(cfg.pings, _AT_MM, _WASTE_DC, _LID_DC))
    mem: Any = SimpleNamespace(fill=fill.State())
    before = fill.look(echo.skipped(echo.OK)._replace(mm=_BEFORE_MM, quality=4), cfg)
    mem.fill.tenths, mem.fill.mm = 10 * before.pct, _BEFORE_MM
    mem.fill.lo, mem.fill.hi = before.lo, before.hi
    mem.fill.ambient_cc = 10 * _WASTE_DC
    sounding = echo.settle(sonar, cfg, mem, sonar)
    level = fill.estimate(sounding, cfg, mem, 0)
    return Story(shape, shape.level_pct(_AT_MM), sonar.said, sounding, level)


def render() -> str:
    """The picture as SVG."""
    told = story()
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 456" '
    head += f'font-family="DejaVu Sans, Verdana, sans-serif" font-size="12" fill="{_INK}">'
    title = "<title>One burst in one bin, from the pings to the percentage</title>"
    white = _rect(0, 0, 900, 456, 'fill="white"')
    parts = [*_bin(told), *_scale(), *_pings(told), *_summary(told), *_bar(told)]
    return "\n".join([head, title, white, *parts, "</svg>"]) + "\n"


# -- 1: the bin from the side, as the world has it ------------------------------------------------


def _bin(told: Story) -> list[str]:
    mid, fold, waste = _BIN_X + _BIN_W / 2, told.sounding.second_mm, _y(_AT_MM)
    beam = f"M{mid:.0f},{_TOP} L{mid - 32:.0f},{waste:.0f} L{mid + 32:.0f},{waste:.0f} z"
    hangs = f"M{mid - _half(told, fold):.0f},{_y(fold - 130):.0f} q 42,45 4,95"
    warmth = f"lid {_LID_DC // 10} \u00b0C, waste {_WASTE_DC // 10} \u00b0C"
    return [
        _text(_BIN_X, 30, "1  In the bin", bold=True),
        _outline(told, _AT_MM, f'fill="{_WASTE}"'),
        _outline(told, 0, f'fill="none" stroke="{_INK}" stroke-width="2"'),
        f'<path d="{hangs}" fill="none" stroke="{_OTHER}" stroke-width="3"/>',
        f'<path d="{beam}" fill="{_BELIEVED}" opacity="0.12"/>',
        _rect(mid - 14, _TOP - 6, 28, 10, f'fill="{_INK}"'),
        _text(mid, _y(600), "a fold of the liner", _OTHER, "middle"),
        _text(mid, waste + 20, "waste", anchor="middle"),
        _text(mid, _y(1200) + 20, f"truth: {told.true_pct:.0f} %", anchor="middle"),
        _text(mid, _y(1200) + 36, warmth, _FAINT, "middle"),
    ]


def _outline(told: Story, from_mm: float, style: str) -> str:
    mid, top, low = _BIN_X + _BIN_W / 2, _half(told, from_mm), _half(told, 1200)
    corners = ((mid - top, from_mm), (mid - low, 1200), (mid + low, 1200), (mid + top, from_mm))
    points = " ".join(f"{x:.0f},{_y(mm):.0f}" for x, mm in corners)
    return f'<polygon points="{points}" {style}/>'


def _half(told: Story, mm: float) -> float:
    return _BIN_W / 2 * told.shape.width_mm(mm) / told.shape.width_mm(0)


# -- 2: each ping's answer as a distance, and what was believed -----------------------------------


def _scale() -> list[str]:
    left, right, dashes = _PINGS_X, _PINGS_X + _PINGS_W, 'stroke-dasharray="5 4"'
    parts = [_line(left, right, _y(mm), "#eeeeee") for mm in range(0, 1201, 200)]
    parts += [_text(left - 8, _y(mm) + 4, str(mm), _FAINT, "end") for mm in range(0, 1201, 200)]
    return [
        *parts,
        _text(left - 8, _TOP - 12, "mm", _FAINT, "end"),
        _line(left, right, _y(_BEFORE_MM), _FAINT, dashes),
        _text(left + 6, _y(_BEFORE_MM) + 16, "where it was at the last wake", _FAINT),
    ]


def _pings(told: Story) -> list[str]:
    believed, parts = _believed(told), []
    for k, us in enumerate(told.burst):
        x = _PINGS_X + 20 + k * (_PINGS_W - 30) / 14
        if us is None:
            parts.append(_text(x, _y(1200) - 6, "\u00d7", _SILENT, "middle", bold=True))
        else:
            mm = echo.distance_mm(us, told.sounding.air_dc)
            colour = _BELIEVED if mm in believed else _OTHER
            parts.append(f'<circle cx="{x:.0f}" cy="{_y(mm):.0f}" r="5" fill="{colour}"/>')
    return parts


def _summary(told: Story) -> list[str]:
    x, y, s, n = _PINGS_X, _y(1200), told.sounding, len(_believed(told))
    air = f"time \u00d7 speed of sound at {s.air_dc / 10:.0f} \u00b0C / 2"
    others = f"{s.heard - n} from about {s.second_mm} mm: in front of it"
    return [
        _text(x, 30, "2  What the pings say", bold=True),
        _text(x, 48, air, _FAINT),
        _text(x, y + 20, f"{s.heard} of {s.pings} pings heard (\u00d7: silence, no distance)"),
        _text(x, y + 36, f"{n} from about {s.mm} mm: where waste may be", _BELIEVED),
        _text(x, y + 52, others, _OTHER),
        _text(x, y + 68, f'reason "{echo.REASONS[s.reason]}", quality {s.quality} of 4'),
    ]


def _believed(told: Story) -> list[int]:
    """The distances of the family to which the chosen one belongs."""
    air_dc = told.sounding.air_dc
    mms = sorted(echo.distance_mm(us, air_dc) for us in told.burst if us is not None)
    return next(one for one in family.families(mms) if told.sounding.mm in one)


# -- 3: the percentage with its error bar, on the bin's own scale of volume -----------------------


def _bar(told: Story) -> list[str]:
    level, x, right = told.level, _BAR_X - 40, _BAR_X + _BAR_W

    def at(pct: float) -> float:
        return _y(told.shape.depth_mm(pct))

    def span(low: float, high: float, style: str) -> str:
        return _rect(_BAR_X, at(high), _BAR_W, at(low) - at(high), style)

    marks = [_text(_BAR_X - 8, at(n) + 4, str(n), _FAINT, "end") for n in (0, 25, 50, 75, 100)]
    return [
        _text(x, 30, "3  What is told", bold=True),
        _text(x, 48, "the bin's table: mm to volume", _FAINT),
        *marks,
        span(0, 100, f'fill="white" stroke="{_INK}"'),
        span(0, level.pct, f'fill="{_WASTE}"'),
        span(level.lo, level.hi, f'fill="{_BELIEVED}" opacity="0.35"'),
        _line(_BAR_X - 4, right + 4, at(level.pct), _BELIEVED, 'stroke-width="3"'),
        _text(right + 10, at(level.hi) - 8, str(level.hi), _BELIEVED),
        _text(right + 10, at(level.pct) + 5, f"{level.pct} %", _BELIEVED, bold=True),
        _text(right + 10, at(level.lo) + 18, str(level.lo), _BELIEVED),
        _text(x, _y(1200) + 20, f"{level.pct} %; in 8 wakes of 10"),
        _text(x, _y(1200) + 36, f"the truth is between {level.lo} and {level.hi}"),
    ]


# -- little helpers -------------------------------------------------------------------------------


def _y(mm: float) -> float:
    return _TOP + _HIGH * mm / 1200


def _line(x1: float, x2: float, y: float, colour: str, more: str = "") -> str:
    return f'<path d="M{x1:.0f},{y:.0f} H{x2:.0f}" stroke="{colour}" {more}/>'


def _rect(x: float, y: float, wide: float, high: float, style: str) -> str:
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{wide:.0f}" height="{high:.0f}" {style}/>'


def _text(
    x: float, y: float, said: str, colour: str = _INK, anchor: str = "start", bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    where = f'x="{x:.0f}" y="{y:.0f}" fill="{colour}" text-anchor="{anchor}"'
    return f"<text {where}{weight}>{said}</text>"
