# Distance in a known bin -> fill per cent with an error bar, and what the wakes before it taught.
from collections import namedtuple
from math import sqrt
from micropython import const

from smartbin import echo, past

# pct: 0..100 or None where nothing was measured; lo..hi: holds the truth in 8 wakes of 10.
# kind: MEASURED; AT_LEAST: in the blind zone, pct is a lower bound; HELD: a jump was heard and
# wants more looks: pct is the level before it, lo..hi spans both.
Level = namedtuple("Level", ("pct", "lo", "hi", "kind"))

MEASURED, AT_LEAST, HELD = range(3)
NOTHING = Level(None, None, None, MEASURED)

State, unpack, STATE_SIZE = past.State, past.unpack, past.STATE_SIZE  # memory.py keeps it

_BIAS_MM = const(10)  # mounting and a rough floor: flat targets are met within 1 cm + 0.5 %
_BIAS_DIVISOR = const(200)
_PILE_PM = const(18)  # of the depth: how far the first echo is above the mean level (facts B3)
_BLIND_DC = const(100)  # without a thermometer the air may be 10 K off
_WITHIN_PCT = const(6)  # two looks at one surface
_LEAP_PCT = const(33)  # a rise that one deposit hardly makes: exponential, 7 % on average (C2)
_FEW = const(2)  # looks that such a rise wants,
_BAGS_PCT = const(40)  # one that several bags at once hardly make,
_MANY = const(12)  # and what it wants, or one that comes with another echo
_FIRST = const(3)  # looks at the blind zone before anything else was seen
_NEARER_PCT = const(15)  # a rise into the blind zone; what is more may be frost or dew,
_WET = const(80)  # which last for hours,
_OTHER = const(6)  # and what a look at another surface counts
_STEP_PCT = const(3)
_SAME_JUMP_PCT = const(15)  # the second look may see one more deposit,
_SAME_FALL_PCT = const(40)  # or, after an emptying, the first few
_FLOOR_PCT = const(8)  # the floor itself, and what a crew leaves on it


def estimate(sounding, cfg, mem, now_s):
    """The Level to tell, after a Sounding; mem.fill learns from it."""
    state = mem.fill
    past.warm(state, sounding.lid_dc, now_s)
    seen = look(sounding, cfg)
    if seen.pct is None or _too_early(seen, state):
        return NOTHING
    if state.tenths is None or abs(seen.pct - state.pct) <= _tolerance(seen):
        return _follow(seen, sounding, state, now_s)
    state.looks = _look_again(seen.pct, state)
    state.jump = seen.pct
    if state.looks < _looks_wanted(seen, sounding, state):
        lo, hi = min(seen.lo, state.lo), max(seen.hi, state.hi)
        return Level(state.pct, lo, hi, HELD)
    return _leap(seen, sounding, cfg, state, now_s)


def _too_early(seen, state):
    """The first that is heard is the end of the blind zone: waste, or frost?  Look again."""
    if state.tenths is not None or seen.kind != AT_LEAST:
        return False
    state.looks += 1
    return state.looks < _FIRST


def look(sounding, cfg):
    """The Level that this Sounding alone shows."""
    if sounding.mm is None or sounding.reason == echo.FAR:
        return NOTHING
    mm, curve = sounding.mm, curve_of(cfg)
    slack = _slack_mm(sounding, cfg)
    if sounding.reason == echo.NEAR:
        return Level(pct_of(mm, curve), pct_of(mm + slack, curve), 100, AT_LEAST)
    top = (cfg.empty_mm - cfg.full_mm) * _PILE_PM // 1000
    mm += max(0, min(top, cfg.empty_mm - mm - 2 * top))  # what answers first is the top of a pile
    return Level(pct_of(mm, curve), pct_of(mm + slack, curve), pct_of(mm - slack, curve), MEASURED)


def curve_of(cfg):
    """The bin's shape as (mm, pct), farthest first: the table of the settings, or a straight one.

    A table that does not fall in mm and rise in pct is not used.
    """
    try:
        pairs = [pair.split(":") for pair in cfg.volume.split(",")]
        curve = [(int(mm), int(pct)) for mm, pct in pairs]
    except ValueError:
        curve = []
    curve.sort(reverse=True)
    for i in range(1, len(curve)):
        if curve[i][0] == curve[i - 1][0] or curve[i][1] <= curve[i - 1][1]:
            curve = []
            break
    return curve if len(curve) > 1 else [(cfg.empty_mm, 0), (cfg.full_mm, 100)]


def pct_of(mm, curve):
    i = 1
    while i < len(curve) - 1 and mm < curve[i][0]:
        i += 1
    (far, low), (near, high) = curve[i - 1], curve[i]
    span = far - near
    return max(0, min(100, low + ((far - mm) * (high - low) + span // 2) // span))


def _slack_mm(sounding, cfg):
    """Half the error bar: mounting, spread of the echoes, warmth of the air, shape of the pile."""
    mount = _BIAS_MM + sounding.mm // _BIAS_DIVISOR
    doubt_dc = _BLIND_DC
    if sounding.lid_dc is not None:
        doubt_dc = abs(sounding.lid_dc - sounding.air_dc) // 2
    warmth = sounding.mm * doubt_dc / 5500  # 0.18 % a degree
    pile = (cfg.empty_mm - cfg.full_mm) * _PILE_PM / 1000
    noise = sounding.spread_mm / 2 * (1 if sounding.quality > 2 else 2)
    return int(sqrt(mount * mount + warmth * warmth + pile * pile) + noise)


def _tolerance(seen):
    return max(_WITHIN_PCT, (seen.hi - seen.lo) // 2 if seen.kind == MEASURED else 0)


def _look_again(pct, state):
    """How many looks the jump has had: one that found it changed a little counts for many, as
    what lies there is not what lay there, and still says the same."""
    off = 0 if state.jump is None else pct - state.jump
    most = _SAME_FALL_PCT if pct < state.pct else _SAME_JUMP_PCT
    if not state.looks or not -_SAME_JUMP_PCT <= off <= most:
        return 1
    return min(250, state.looks + (_OTHER if abs(off) >= _STEP_PCT else 1))


def _looks_wanted(seen, sounding, state):
    """How many wakes in a row must tell of a jump; a clean echo of a likely one needs no other."""
    clean, rise = sounding.quality > 2, seen.pct - state.pct
    if rise < 0:
        if _back(seen, state):
            return 1
        floor = seen.pct <= _FLOOR_PCT and 2 * sounding.heard > sounding.pings
        return 2 if clean or floor else 4
    if seen.kind == AT_LEAST and rise > _NEARER_PCT:
        return _WET
    if rise > _BAGS_PCT or sounding.reason == echo.SPLIT:
        return _MANY
    if rise > _LEAP_PCT:
        return _FEW if clean else _MANY
    return 1 if clean else 2


def _back(seen, state):
    """Is it only back where it was before a fold or a single thing hung in the way?"""
    return (
        state.base is not None and seen.pct > _FLOOR_PCT and seen.pct >= state.base - _WITHIN_PCT
    )


def _follow(seen, sounding, state, now_s):
    """A small change: half of it where it would be a fall, for waste does not fall."""
    old, new = state.tenths, 10 * seen.pct
    if old is not None:
        if new > old + 10 * _STEP_PCT:
            state.base = None  # it grew since: no fold
        if new < old:
            new = (old + new) // 2
        past.pace(state, new - old, now_s)
    return _believe(seen, new, sounding, state, now_s)


def _leap(seen, sounding, cfg, state, now_s):
    old = state.pct
    if seen.pct > old:
        state.base = old
        past.pace(state, 10 * (seen.pct - old), now_s)
    else:
        if old - seen.pct >= cfg.emptied_pct and not _back(seen, state):
            state.emptied_s, state.before = now_s, old
            past.calibrate(sounding, cfg, state)
        state.base = None
    return _believe(seen, 10 * seen.pct, sounding, state, now_s)


def _believe(seen, tenths, sounding, state, now_s):
    state.tenths, state.mm, state.last_s = tenths, sounding.mm, now_s
    state.jump, state.looks = None, 0
    state.first_s = state.first_s or now_s
    pct = state.pct
    state.lo = max(0, pct - max(0, seen.pct - seen.lo))
    state.hi = min(100, pct + max(0, seen.hi - seen.pct))
    return Level(pct, state.lo, state.hi, seen.kind)
