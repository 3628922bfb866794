# The record of one reading: packed bytes for memory, JSON for the broker, and the way back.
import json
import struct
from collections import namedtuple
from micropython import const

from smartbin import clock, echo

VERSION = 1

# at_s: seconds since 2000 by the node's clock; stamp: clock.UNKNOWN, ESTIMATED or SET.
Reading = namedtuple(
    "Reading",
    (
        "seq",
        "at_s",
        "stamp",
        "pct",
        "lo",
        "hi",
        "mm",
        "spread_mm",
        "quality",
        "reason",
        "heard",
        "pings",
        "air_c",
    ),
)

# What the message says of the node, beside its readings.
Header = namedtuple("Header", ("bin", "boot", "battery_mv", "rssi_dbm", "next_s", "lost", "notes"))

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
)


def reading(seq, at_s, stamp, sounding, level):
    air_c = (sounding.air_dc + 5) // 10
    return Reading(
        seq,
        at_s,
        stamp,
        level.pct,
        level.lo,
        level.hi,
        sounding.mm,
        min(_NONE, sounding.spread_mm),
        sounding.quality,
        sounding.reason,
        sounding.heard,
        sounding.pings,
        max(-128, min(127, air_c)),
    )


def topic(bin_id):
    return b"smartbin/v1/%s/report" % bin_id.encode()


def pack(r):
    """16 bytes.  Of the sequence number only the low 16 bits: see unpack."""
    return struct.pack(
        _ROW,
        r.seq & 0xFFFF,
        r.at_s,
        r.mm or 0,
        _or_none(r.pct),
        _or_none(r.lo),
        _or_none(r.hi),
        r.spread_mm,
        r.quality << 5 | r.reason,
        r.heard << 4 | r.pings,
        r.air_c,
        r.stamp,
    )


def unpack(buf, at, next_seq):
    """The Reading at buf[at:]; next_seq, a little above its own number, gives the high bits."""
    low, at_s, mm, pct, lo, hi, spread, why, count, air_c, stamp = struct.unpack_from(
        _ROW, buf, at
    )
    return Reading(
        next_seq - ((next_seq - low) & 0xFFFF),
        at_s,
        stamp,
        None if pct == _NONE else pct,
        None if lo == _NONE else lo,
        None if hi == _NONE else hi,
        mm or None,
        spread,
        why >> 5,
        why & 31,
        count >> 4,
        count & 15,
        air_c,
    )


def encode(header, readings):
    """The message: the newest of the readings flat, the others as rows, oldest first."""
    r = readings[-1]
    parts = (
        '{"v":%d,"bin":%s,"boot":%d' % (VERSION, json.dumps(header.bin), header.boot),
        '"seq":%d,"at":%s,"clock":"%s"' % (r.seq, _at(r), clock.NAMES[r.stamp]),
        '"fill_pct":%s,"lo_pct":%s,"hi_pct":%s' % (_num(r.pct), _num(r.lo), _num(r.hi)),
        '"distance_mm":%s,"spread_mm":%d' % (_num(r.mm), r.spread_mm),
        '"quality":%d,"reason":"%s"' % (r.quality, echo.REASONS[r.reason]),
        '"heard":%d,"pings":%d,"air_c":%d' % (r.heard, r.pings, r.air_c),
        '"battery_mv":%s,"rssi_dbm":%s' % (_num(header.battery_mv), _num(header.rssi_dbm)),
        '"next":%d,"lost":%d' % (header.next_s, header.lost),
        '"notes":{%s}' % ",".join(['"%s":%d' % n for n in header.notes]),
        '"backlog":[%s]}' % ",".join([_line(old) for old in readings[:-1]]),
    )
    return ",".join(parts).encode()


def decode(payload):
    """(Header, [Reading, oldest first]) of a message; ValueError with a sentence otherwise."""
    try:
        d = json.loads(payload)
        if d["v"] != VERSION:
            raise ValueError("A report of version %s; this reads version 1." % d["v"])
        return _header(d), [_from_line(line) for line in d["backlog"]] + [_newest(d)]
    except (KeyError, TypeError, IndexError) as e:
        raise ValueError("This is not a smartbin report: %s is missing or wrong." % e)


def _header(d):
    rest = (d["battery_mv"], d["rssi_dbm"], d["next"], d["lost"])
    return Header(d["bin"], d["boot"], *rest, sorted(d["notes"].items()))


def _newest(d):
    return Reading(
        d["seq"],
        _since_2000(d["at"]),
        clock.NAMES.index(d["clock"]),
        d["fill_pct"],
        d["lo_pct"],
        d["hi_pct"],
        d["distance_mm"],
        d["spread_mm"],
        d["quality"],
        echo.REASONS.index(d["reason"]),
        d["heard"],
        d["pings"],
        d["air_c"],
    )


def _from_line(line):
    seq, at, stamp, pct, lo, hi, mm, quality, reason, air_c = line
    # spread and ping counts travel with the newest reading only
    rest = (None, quality, reason, None, None, air_c)
    return Reading(seq, _since_2000(at), stamp, pct, lo, hi, mm, *rest)


def _line(r):
    facts = (r.seq, _at(r), r.stamp, _num(r.pct), _num(r.lo), _num(r.hi), _num(r.mm))
    return "[%d,%s,%d,%s,%s,%s,%s," % facts + "%d,%d,%d]" % (r.quality, r.reason, r.air_c)


def _at(r):
    return _num(clock.unix(r.at_s, r.stamp))


def _since_2000(at):
    return None if at is None else at - clock.UNIX_2000


def _num(n):
    return "null" if n is None else "%d" % n


def _or_none(n):
    return _NONE if n is None else n
