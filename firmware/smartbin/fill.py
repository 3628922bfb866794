# Distance in a known bin -> fill per cent with an error bar.
from collections import namedtuple
from micropython import const

from smartbin import echo

# pct: 0..100 or None where nothing was measured; lo, hi: where the truth is likely to be.
Level = namedtuple("Level", ("pct", "lo", "hi"))

NOTHING = Level(None, None, None)

_BIAS_MM = const(10)  # mounting and a rough floor: flat targets are met within 1 cm + 0.5 %
_BIAS_DIVISOR = const(200)


def estimate(sounding, cfg):
    """The Level that a Sounding shows.  Only a distance that was measured gives one."""
    if sounding.mm is None or sounding.reason in (echo.NEAR, echo.FAR):
        return NOTHING
    slack = _BIAS_MM + sounding.mm // _BIAS_DIVISOR + sounding.spread_mm // 2
    return Level(
        _pct(sounding.mm, cfg),
        _pct(sounding.mm + slack, cfg),
        _pct(sounding.mm - slack, cfg),
    )


def _pct(mm, cfg):
    depth = cfg.empty_mm - cfg.full_mm
    return max(0, min(100, ((cfg.empty_mm - mm) * 100 + depth // 2) // depth))
