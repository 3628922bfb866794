# What time it is and how sure we are.  On the device seconds count from 2000-01-01.
from micropython import const

UNIX_2000 = 946_684_800  # Unix time of 2000-01-01 00:00:00
UNKNOWN, ESTIMATED, SET = 0, 1, 2
NAMES = ("unknown", "estimated", "set")

# Below this no network time is believed: 2020-01-01, before the first bin of this firmware.
_FLOOR_S = const(631_152_000)
_CEILING_S = const(0x7FFF_FFFF)


def unix(at_s, stamp):
    """Unix time of a stamp, or None when the clock had never been set."""
    return None if stamp == UNKNOWN else at_s + UNIX_2000


def stamp(mem):
    """How sure a stamp taken now is."""
    return SET if mem.set_s else UNKNOWN


def due(mem, now_s, cfg):
    """Is it time to look at the time server?"""
    if not cfg.ntp_host:
        return False
    return not mem.set_s or not 0 <= now_s - mem.set_s < cfg.clock_s


def believable(at_s):
    return _FLOOR_S <= at_s <= _CEILING_S


def moved(mem, by_s, now_s):
    """The clock was set: it jumped by by_s seconds and now reads now_s.

    Readings of this boot that had no time get one, counted back from now.
    """
    mem.outbox.restamp(UNKNOWN, by_s, ESTIMATED)
    if mem.spoke_s and not mem.set_s:
        mem.spoke_s += by_s
    mem.set_s = now_s
