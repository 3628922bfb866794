# What one wake says of each event: evidence for it, against it, or none at all.
from micropython import const

from smartbin import echo, fill

FIRE, BLOCKED = const(4), const(7)  # their indices in the table of events.py

_COOL_DC = const(100)
_RECOVERED_MV = const(100)  # cold mornings and the radio's load pull a good cell down by as much
_BROKEN = const(48)  # two wakes of a line that is stuck or dead; a day of silence at four an hour


def of(level, sounding, senses, cfg, state, now_s):
    """What this wake says of each state in the table of events.py, from nearly_full on.

    Above 0: it is so, and how much that counts; 0: it is not; None: this wake cannot tell.
    """
    stood = state.stands(BLOCKED)
    blocked = _blocked(level, sounding, cfg)
    fire = _fire(sounding, cfg, state, now_s)
    burning = fire or (fire is None and state.stands(FIRE))
    if senses.lid_open or blocked or (stood and blocked is None) or burning:
        level = fill.NOTHING  # what the sensor sees is not the waste, or not through such air
    return (
        _level(level, cfg.near_pct, cfg),
        _level(level, cfg.full_pct, cfg),
        fire,
        senses.tilted,
        senses.lid_open,
        blocked,
        _fault(sounding),
        _battery(senses.battery_mv, cfg.battery_low_mv),
        _battery(senses.battery_mv, cfg.battery_critical_mv),
    )


def _level(level, mark_pct, cfg):
    """A level that is held back, or a lower bound, does not tell that a bin is less full."""
    if level.pct is None or level.kind == fill.HELD:
        return None
    if level.pct >= mark_pct:
        return 1
    fallen = level.kind == fill.MEASURED and level.pct <= mark_pct - cfg.release_pct
    return 0 if fallen else None


def _fire(sounding, cfg, state, now_s):
    if sounding.lid_dc is None:
        return None
    if burns(sounding, cfg, state, now_s):
        return 1
    return 0 if sounding.lid_dc <= cfg.fire_dc - _COOL_DC else None


def _blocked(level, sounding, cfg):
    """A rise into the upper quarter that fill.py does not believe: an item, not the waste."""
    if sounding.mm is None:
        return None
    depth = cfg.empty_mm - cfg.full_mm
    above = 4 * (sounding.mm - cfg.full_mm) <= depth
    risen = level.pct is not None and 100 * (cfg.empty_mm - sounding.mm) > level.pct * depth
    return 1 if above and risen and level.kind == fill.HELD else 0


def _fault(sounding):
    if sounding.reason in (echo.STUCK, echo.DEAD, echo.EARLY):
        return _BROKEN
    if sounding.reason in (echo.SAFE, echo.TILTED):
        return None
    return 1 if sounding.mm is None else 0


def _battery(mv, mark_mv):
    if mv is None:
        return None
    if mv <= mark_mv:
        return 1
    return 0 if mv >= mark_mv + _RECOVERED_MV else None


def burns(sounding, cfg, state, now_s):
    """Does this look at the thermometer show a fire?"""
    lid_dc = sounding.lid_dc
    if lid_dc is None:
        return False
    since_s = now_s - state.lid_s
    if state.lid_dc is None or not 0 < since_s <= 2 * cfg.fire_s:
        return lid_dc >= cfg.fire_dc  # too long ago to tell how fast it rose
    rise = (lid_dc - state.lid_dc) * cfg.fire_s // max(since_s, cfg.fire_s)
    return lid_dc >= cfg.fire_dc or rise >= cfg.fire_rise_dc
