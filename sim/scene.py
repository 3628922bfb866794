"""What lies in a bin, as a sensor above it hears it: a few reflectors, and how weak each is.

A scene stands until the level changes.  It is drawn from the seed and the level alone, so that a
node that looks often meets the same scenes as one that looks rarely.  What is said of real waste
is in facts/physics-energy.md B3, which leaves the rates to us: figures without another source
are assumptions.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any, NamedTuple

from sim.shape import Shape

WAVE_MM = 8.6  # of 40 kHz at 20 degrees C
_SIDE_DB = 30.0  # there and back, through side lobes: no direction is deafer
_EMPTY_MM = 40.0  # what a lower layer leaves visible of the floor


class Surface(NamedTuple):
    """How waste answers, against a wall of the same size (0 dB).

    mirror_db, scatter_db: loss of the part that goes back as from a mirror, and of the part that
    goes everywhere; rough_mm: how much its height varies; through_db: loss in 100 mm of it.
    """

    mirror_db: float
    scatter_db: float
    rough_mm: float
    through_db: float


SURFACES = {
    "flat": Surface(1, 25, 0, 99),  # a board, a floor
    "boxes": Surface(6, 15, 20, 60),  # cartons, bottles, cans
    "bags": Surface(12, 13, 35, 30),  # tied bags
    "loose": Surface(20, 18, 30, 8),  # paper and packaging, thrown in
    "soft": Surface(36, 31, 40, 12),  # textiles, foam, open bags: what swallows a ping
}
_WALL_DB = 34.0  # a smooth wall aslant, at 1 m
# A rib of one wave's height, at 1 m.  Estimated as a straight edge that diffracts: 36 dB below a
# wall at 0.4 m; round the axis of a round bin it comes back from all sides at nearly one time.
_EDGE_DB, _RING_DB = 38.0, 24.0
_SPREAD_DB = 4.0  # of these losses, from scene to scene
_UNEVEN_DEG = 3.0  # how far off level waste lies that is not a slope
_STEEPEST_DEG = 35.0  # what loose goods hold: their angle of repose


class Reflector(NamedTuple):
    """One thing that answers: how far off, how weak, how much that varies from ping to ping."""

    mm: float
    loss_db: float
    flutter_db: float
    shiver_mm: float


class Fixed(NamedTuple):
    """What belongs to one bin and its sensor for ever."""

    shape: Shape
    half_deg: float  # half of the sensor's beam
    walls: tuple[tuple[float, Reflector], ...]  # (depth, what answers there), downwards


def mounted(shape: Shape, beam_deg: float, rng: Random) -> Fixed:
    """The bin as its sensor hears it before anything is thrown in.

    The beam meets the wall where its cone is as wide as the bin; a smooth wall throws nearly all
    of it on.  Ribs, one every 100 to 200 mm, throw it back.
    """
    half, depth, spacing = beam_deg / 2, rng.uniform(80, 200), rng.uniform(100, 200)
    meets = shape.width_mm(0) / 2 / math.tan(math.radians(half))
    walls = [_on_wall(shape, meets, half, rng.gauss(_WALL_DB, _SPREAD_DB))]
    while shape.ribs_mm and depth < shape.empty_mm - 30:
        rib_db = _RING_DB if shape.round else _EDGE_DB
        loss = rib_db - 20 * math.log10(shape.ribs_mm / WAVE_MM) + rng.gauss(0, 3)
        walls.append(_on_wall(shape, depth, half, loss))
        depth += spacing
    return Fixed(shape, half, tuple(sorted(walls)))


def _on_wall(
    shape: Shape, depth: float, half_deg: float, loss_db: float
) -> tuple[float, Reflector]:
    side = shape.width_mm(depth) / 2
    mm, off_db = math.hypot(side, depth), beam_db(math.atan2(side, depth), half_deg)
    return depth, Reflector(mm, small(mm, loss_db + off_db), 2, 0.5)


def beam_db(angle: float, half_deg: float) -> float:
    """Loss, there and back, of what stands at that angle (radians) off the beam's axis: 6 dB each
    way at the beam's edge (as makers of 40 kHz transducers give their angles, for instance Murata
    of the MA40S4), and the square of the angle, as for any smooth beam."""
    return min(_SIDE_DB, 12 * (math.degrees(angle) / half_deg) ** 2)


def small(mm: float, loss_db: float) -> float:
    """The loss of something small: its echo spreads out once more on the way back."""
    return max(3.0, loss_db + 20 * math.log10(max(mm, 20.0) / 1000))


def draw(params: Any, fixed: Fixed, depth_mm: float, rng: Random) -> list[Reflector]:
    """All that answers, nearest first; the waste would lie at depth_mm, if it lay level."""
    shape = fixed.shape
    height = shape.empty_mm - depth_mm
    name = _kind(params, height, rng)
    kind = SURFACES[name]
    worse = rng.gauss(0, _SPREAD_DB) if name != "flat" else 0.0
    kind = kind._replace(mirror_db=kind.mirror_db + worse, scatter_db=kind.scatter_db + worse)
    if height < _EMPTY_MM and shape.liner:
        kind = kind._replace(mirror_db=kind.mirror_db + 3, rough_mm=kind.rough_mm + 6)
    found = _waste(params, fixed, depth_mm, name, kind, rng)
    found += _behind(fixed, depth_mm, kind)
    found += _clutter(params, fixed, depth_mm, rng)
    found += [one for depth, one in fixed.walls if depth < depth_mm]
    return sorted(found)


def _kind(params: Any, height_mm: float, rng: Random) -> str:
    draw = 100 * rng.random()
    if params.surface != "mixed":
        return params.surface
    if height_mm < _EMPTY_MM:
        return "flat"
    if draw < params.soft_pct:
        return "soft"
    if draw < params.soft_pct + params.loose_pct:
        return "loose"
    return "bags" if rng.random() < 0.65 else "boxes"


def _waste(
    params: Any, fixed: Fixed, depth: float, name: str, kind: Surface, rng: Random
) -> list[Reflector]:
    """The surface itself: level, a slope, a heap or a hollow."""
    side, height = fixed.shape.width_mm(depth) / 2, fixed.shape.empty_mm - depth
    odd, form = 100 * rng.random() < params.tilt_pct, rng.random()
    steep = math.radians(rng.uniform(8, _STEEPEST_DEG))
    even = math.radians(abs(rng.gauss(0, _UNEVEN_DEG)))
    aside = rng.uniform(0, side / 2)
    near = -kind.rough_mm * rng.uniform(0, 1)  # the first thing that answers stands out a little
    flutter, shiver = (1.0 if name == "flat" else 3.0), kind.rough_mm / 6
    if height < _EMPTY_MM or not odd:
        lean = 0.0 if name == "flat" or height < _EMPTY_MM else even
        return _slope(fixed, depth, lean, kind, near, flutter, shiver)
    if form < 0.5:
        lean = min(steep, math.atan2(min(height, depth - 20.0), side))
        return _slope(fixed, depth, max(0.0, lean), kind, near, flutter, shiver)
    lift = min(side * math.tan(steep), 3 * height, 1.4 * max(0.0, depth - 20))
    if form < 0.9:  # a heap: two thirds of it stand above the level that it would make
        peak, aslant = depth - lift * 2 / 3, math.atan2(lift, side)
    else:  # a hollow: emptied by hand, pressed down, or round a chimney of cartons
        peak, aslant = depth + min(lift, 1.5 * height) * 2 / 3, 0.0
    loss = kind.scatter_db + 3 + beam_db(math.atan2(aside, peak), fixed.half_deg)
    on_axis = peak + aside * math.tan(aslant)
    return [
        Reflector(math.hypot(peak, aside) + near, loss, flutter, shiver),
        Reflector(on_axis, kind.scatter_db + 4, flutter, shiver),
    ]


def _slope(
    fixed: Fixed,
    depth: float,
    lean: float,
    kind: Surface,
    near: float,
    flutter: float,
    shiver: float,
) -> list[Reflector]:
    """A plane that leans: its mirror answers from the foot of the perpendicular, if that is on
    it; the rest of it scatters from everywhere, most of all from the axis."""
    side = fixed.shape.width_mm(depth) / 2
    widest = math.atan2(side, max(1.0, depth - side * math.tan(lean)))
    foot = min(lean, widest)
    mm = depth * math.cos(lean) / math.cos(lean - foot)
    off_db = beam_db(foot, fixed.half_deg)
    mirror = kind.mirror_db if foot == lean else 99.0
    return [
        Reflector(mm + near, min(mirror, kind.scatter_db + 2) + off_db, flutter, shiver),
        Reflector(depth + near / 2, kind.scatter_db, flutter, shiver),
    ]


def _behind(fixed: Fixed, depth: float, kind: Surface) -> list[Reflector]:
    """What stands behind waste that swallows a ping: the corner at the wall, and the floor."""
    shape = fixed.shape
    side, height = shape.width_mm(depth) / 2, shape.empty_mm - depth
    corner_db = 12 + kind.scatter_db / 2 + beam_db(math.atan2(side, depth), fixed.half_deg)
    return [
        Reflector(math.hypot(side, depth), corner_db, 3, 2),
        Reflector(float(shape.empty_mm), 4 + kind.through_db * max(0.0, height) / 100, 3, 2),
    ]


def _clutter(params: Any, fixed: Fixed, depth: float, rng: Random) -> list[Reflector]:
    """A fold of the liner, a single thing that stands out of the waste."""
    shape, found = fixed.shape, []
    fold, item = 100 * rng.random() < params.fold_pct, 100 * rng.random() < params.item_pct
    fold_at, item_at = rng.uniform(40, 450), rng.uniform(0.15, 0.95) * depth
    where, loss_fold, loss_item = rng.random(), rng.gauss(18, 6), rng.gauss(13, 5)
    if fold and shape.liner and fold_at < depth:
        aside = shape.width_mm(fold_at) / 2 * (0.5 + where / 2)
        loss = loss_fold + beam_db(math.atan2(aside, fold_at), fixed.half_deg)
        mm = math.hypot(fold_at, aside)
        found.append(Reflector(mm, small(mm, loss), 5, 6))  # it moves in the draught
    if item and shape.empty_mm - depth > _EMPTY_MM:
        aside = shape.width_mm(item_at) / 2 * where
        loss = loss_item + beam_db(math.atan2(aside, item_at), fixed.half_deg)
        mm = math.hypot(item_at, aside)
        found.append(Reflector(mm, small(mm, loss), 3, 2))
    return found
