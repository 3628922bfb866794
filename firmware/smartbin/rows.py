# One reading as sixteen bytes: what memory and flash hold until the broker has it.
import struct
from collections import namedtuple
from micropython import const

from smartbin import fill

# at_s: seconds since 2000 by the node's clock; stamp: clock.UNKNOWN, ESTIMATED or SET.
# at_least: 1 where pct is a lower bound; news: what it carries of events.py, 0 for nothing.
_FIELDS = "seq at_s stamp pct lo hi mm spread_mm quality reason heard pings air_c alarm"
Reading = namedtuple("Reading", (_FIELDS + " at_least news").split())

ROW_SIZE = const(16)
_ROW = "<HIHBBBBBBbB"
_NONE = const(255)
_AT_LEAST = const(0x80)  # in the byte of pct
_FLAGS_AT = const(15)


def reading(seq, at_s, stamp, sounding, level, alarm, news=0):
    """A Reading of echo.Sounding and fill.Level; alarm: true where its news are one."""
    spread_mm = min(_NONE, sounding.spread_mm)
    air_c = max(-128, min(127, (sounding.air_dc + 5) // 10))
    rest = (spread_mm, sounding.quality, sounding.reason, sounding.heard, sounding.pings)
    rest += (air_c, 1 if alarm else 0, 1 if level.kind == fill.AT_LEAST else 0, news)
    return Reading(seq, at_s, stamp, level.pct, level.lo, level.hi, sounding.mm, *rest)


def pack(r):
    """16 bytes.  Of the sequence number only the low 16 bits: see unpack."""
    level = [_NONE if n is None else n for n in (r.pct, r.lo, r.hi)]
    if r.at_least and r.pct is not None:
        level[0] |= _AT_LEAST
    flags = r.news << 3 | r.alarm << 2 | r.stamp
    rest = (r.spread_mm, r.quality << 5 | r.reason, r.heard << 4 | r.pings, r.air_c, flags)
    return struct.pack(_ROW, r.seq & 0xFFFF, r.at_s, r.mm or 0, *level, *rest)


def carries(buf, at):
    """What the row at buf[at:] carries of events.py, 0 for nothing."""
    return buf[at + _FLAGS_AT] >> 3


def unpack(buf, at, next_seq):
    """The Reading at buf[at:]; next_seq, a little above its own number, gives the high bits."""
    low, at_s, mm, *level, spread, why, count, air_c, flags = struct.unpack_from(_ROW, buf, at)
    at_least = 1 if level[0] != _NONE and level[0] & _AT_LEAST else 0
    if at_least:
        level[0] &= ~_AT_LEAST
    level = [None if n == _NONE else n for n in level]
    seq = next_seq - ((next_seq - low) & 0xFFFF)
    rest = (spread, why >> 5, why & 31, count >> 4, count & 15, air_c, flags >> 2 & 1)
    rest += (at_least, flags >> 3)
    return Reading(seq, at_s, flags & 3, level[0], level[1], level[2], mm or None, *rest)
