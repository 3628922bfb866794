# The record of one reading: packed bytes for memory, JSON for the broker, and the way back.
import json
import struct
from collections import namedtuple
from micropython import const

from smartbin import clock, echo

VERSION = 1

# at_s: seconds since 2000 by the node's clock; stamp: clock.UNKNOWN, ESTIMATED or SET.
Reading = namedtuple(
    "Reading", "seq at_s stamp pct lo hi mm spread_mm quality reason heard pings air_c alarm"
)

# What the message says of the node, beside its readings.
# gap: (first, last + 1) of the numbers that a loss of power may have cost, or None.
Header = namedtuple("Header", "bin epoch boot battery_mv rssi_dbm next_s lost gap notes")

ROW_SIZE = const(16)
_ROW = "<HIHBBBBBBbB"
_NONE = const(255)

# A line of the backlog, in this order; clock and reason as indices (clock.NAMES, echo.REASONS).
COLUMNS = (
    "seq",
    "at",
    "clock",
    "fill_pct",
    "lo_pct",
    "hi_pct",
    "distance_mm",
    "quality",
    "reason",
    "air_c",
    "alarm",
)

# What a number in a message may be, and which may be null.
_SPANS = (
    (0, 0xFFFF_FFFF, ("epoch", "seq", "boot", "next", "lost")),
    (clock.UNIX_2000, 0xFFFF_FFFF, ("at",)),
    (0, 100, ("fill_pct", "lo_pct", "hi_pct")),
    (0, 0xFFFF, ("v", "distance_mm", "spread_mm", "battery_mv")),
    (-128, 127, ("air_c", "rssi_dbm")),
    (0, 15, ("heard", "pings")),
    (0, 4, ("quality",)),
    (0, 1, ("alarm",)),
    (echo.OK, echo.SAFE, ("reason",)),
    (clock.UNKNOWN, clock.SET, ("clock",)),
)
_NULLABLE = ("at", "fill_pct", "lo_pct", "hi_pct", "distance_mm", "battery_mv", "rssi_dbm")


def reading(seq, at_s, stamp, sounding, level, alarm):
    spread_mm = min(_NONE, sounding.spread_mm)
    air_c = max(-128, min(127, (sounding.air_dc + 5) // 10))
    rest = (spread_mm, sounding.quality, sounding.reason, sounding.heard, sounding.pings)
    rest += (air_c, 1 if alarm else 0)
    return Reading(seq, at_s, stamp, level.pct, level.lo, level.hi, sounding.mm, *rest)


def topic(bin_id):
    return b"smartbin/v1/%s/report" % bin_id.encode()


def pack(r):
    """16 bytes.  Of the sequence number only the low 16 bits: see unpack."""
    level = [_NONE if n is None else n for n in (r.pct, r.lo, r.hi)]
    flags = r.alarm << 2 | r.stamp
    rest = (r.spread_mm, r.quality << 5 | r.reason, r.heard << 4 | r.pings, r.air_c, flags)
    return struct.pack(_ROW, r.seq & 0xFFFF, r.at_s, r.mm or 0, *level, *rest)


def unpack(buf, at, next_seq):
    """The Reading at buf[at:]; next_seq, a little above its own number, gives the high bits."""
    low, at_s, mm, *level, spread, why, count, air_c, flags = struct.unpack_from(_ROW, buf, at)
    level = [None if n == _NONE else n for n in level]
    seq = next_seq - ((next_seq - low) & 0xFFFF)
    rest = (spread, why >> 5, why & 31, count >> 4, count & 15, air_c, flags >> 2 & 1)
    return Reading(seq, at_s, flags & 3, level[0], level[1], level[2], mm or None, *rest)


def encode(header, readings):
    """The message: the newest of the readings flat, the others as rows, oldest first."""
    r = readings[-1]
    parts = (
        '{"v":%d,"bin":%s' % (VERSION, json.dumps(header.bin)),
        '"epoch":%d,"boot":%d' % (header.epoch, header.boot),
        '"seq":%d,"at":%s,"clock":"%s"' % (r.seq, _at(r), clock.NAMES[r.stamp]),
        '"alarm":%d' % r.alarm,
        '"fill_pct":%s,"lo_pct":%s,"hi_pct":%s' % (_num(r.pct), _num(r.lo), _num(r.hi)),
        '"distance_mm":%s,"spread_mm":%d' % (_num(r.mm), r.spread_mm),
        '"quality":%d,"reason":"%s"' % (r.quality, echo.REASONS[r.reason]),
        '"heard":%d,"pings":%d,"air_c":%d' % (r.heard, r.pings, r.air_c),
        '"battery_mv":%s,"rssi_dbm":%s' % (_num(header.battery_mv), _num(header.rssi_dbm)),
        '"next":%d,"lost":%d' % (header.next_s, header.lost),
        '"gap":%s' % ("[%d,%d]" % header.gap if header.gap else "null"),
        '"notes":{%s}' % ",".join(['"%s":%d' % n for n in header.notes]),
        '"backlog":[%s]}' % ",".join([_line(old) for old in readings[:-1]]),
    )
    return ",".join(parts).encode()


def decode(payload):
    """(Header, [Reading, oldest first]) of a message; ValueError with a sentence otherwise."""
    try:
        d = json.loads(payload)
    except (ValueError, RuntimeError):  # RuntimeError: nested too deeply
        raise ValueError("This is not a smartbin report: it is not JSON.")
    if not isinstance(d, dict):
        raise _wrong("v")
    if _fit(d, "v") != VERSION:
        raise ValueError("A report of version %d; this reads version %d." % (d["v"], VERSION))
    if not isinstance(d.get("backlog"), list):
        raise _wrong("backlog")
    return _header(d), [_from_line(line) for line in d["backlog"]] + [_newest(d)]


def _header(d):
    if not isinstance(d.get("bin"), str):
        raise _wrong("bin")
    notes = d.get("notes")
    if not isinstance(notes, dict):
        raise _wrong("notes")
    for count in notes.values():
        if type(count) is not int or not 0 <= count <= 0xFFFF:
            raise _wrong("notes")
    radio = (_fit(d, "battery_mv"), _fit(d, "rssi_dbm"))
    promise = (_fit(d, "next"), _fit(d, "lost"))
    who = (d["bin"], _fit(d, "epoch"), _fit(d, "boot"))
    return Header(*who, *radio, *promise, _gap(d), sorted(notes.items()))


def _gap(d):
    gap = d.get("gap", 0)
    if gap is None:
        return None
    if not isinstance(gap, list) or [type(n) for n in gap] != [int, int]:
        raise _wrong("gap")
    if not 0 <= gap[0] < gap[1] <= 0xFFFF_FFFF:
        raise _wrong("gap")
    return tuple(gap)


def _newest(d):
    for key, names in (("clock", clock.NAMES), ("reason", echo.REASONS)):
        if d.get(key) not in names:
            raise _wrong(key)
        d[key] = names.index(d[key])
    return _reading(d, *[_fit(d, key) for key in ("spread_mm", "heard", "pings")])


def _from_line(line):
    if not isinstance(line, list) or len(line) != len(COLUMNS):
        raise _wrong("backlog")
    # spread and ping counts travel with the newest reading only
    return _reading(dict(zip(COLUMNS, line)), None, None, None)


def _reading(d, spread_mm, heard, pings):
    found = [_fit(d, key) for key in COLUMNS]
    seq, at, stamp, pct, lo, hi, mm, quality, reason, air_c, alarm = found
    if (at is None) != (stamp == clock.UNKNOWN):
        raise _wrong("at")
    at_s = None if at is None else at - clock.UNIX_2000
    rest = (spread_mm, quality, reason, heard, pings, air_c, alarm)
    return Reading(seq, at_s, stamp, pct, lo, hi, mm, *rest)


def _fit(d, key):
    """The number d[key], or None where null is allowed; ValueError with a sentence otherwise."""
    n = d.get(key)
    for low, high, keys in _SPANS:
        if key in keys and type(n) is int and low <= n <= high:
            return n
    if n is None and key in d and key in _NULLABLE:
        return None
    raise _wrong(key)


def _wrong(key):
    return ValueError("This is not a smartbin report: %s is missing or wrong." % key)


def _line(r):
    facts = (r.seq, _at(r), r.stamp, _num(r.pct), _num(r.lo), _num(r.hi), _num(r.mm))
    rest = (r.quality, r.reason, r.air_c, r.alarm)
    return "[%d,%s,%d,%s,%s,%s,%s," % facts + "%d,%d,%d,%d]" % rest


def _at(r):
    return _num(clock.unix(r.at_s, r.stamp))


def _num(n):
    return "null" if n is None else "%d" % n
