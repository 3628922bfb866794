# The message: JSON for the broker, its fields always in the same order; message.py reads it.
import json
from collections import namedtuple
from micropython import const

from smartbin import clock, echo, rows

# A reading and its row are called by this one's name.
Reading, ROW_SIZE = rows.Reading, rows.ROW_SIZE
reading, pack, unpack, carries = rows.reading, rows.pack, rows.unpack, rows.carries

VERSION = 1

# What the message says of the node, beside its readings.
# gap: (first, last + 1) of the numbers that a loss of power may have cost, or None; state: a Bin;
# spent_mc: charge since the last report that arrived, as the node estimates it; install: the
# Record of an installation that no report has told of, or None.
_HEADER = "bin epoch boot battery_mv rssi_dbm next_s lost gap notes state spent_mc install"
Header = namedtuple("Header", _HEADER.split())

# What it says of the bin now.  standing: names of events; news: (name, 1 raised / 0 released, seq
# of the reading); emptied: (before, after, confidence, trigger, seq, Unix time or None) or
# None; last: (per cent, age in s) of the last level, where the newest reading has none; full_in:
# (hours, reliability) or None; lid_c: its temperature, or None.
Bin = namedtuple("Bin", ("standing", "news", "emptied", "last", "full_in", "lid_c"))
QUIET = Bin((), (), None, None, None, None)

_LINE = const(44)  # bytes of a usual row
_EMPTIED = '{"before_pct":%d,"after_pct":%d,"confidence":"%s","trigger":"%s","seq":%d,"at":%s}'


def topic(bin_id):
    return b"smartbin/v1/%s/report" % bin_id.encode()


def encode(header, readings):
    """The message: the newest of the readings flat, the others as rows, oldest first.

    Piece by piece into room made beforehand: memory holds it once, and it need not move.
    """
    parts, older = _parts(header, readings[-1]), len(readings) - 1
    text = bytearray(sum([len(part) for part in parts]) + older * _LINE)
    at = 0
    for part in parts:
        at = _put(text, at, part)
    for i in range(older):
        at = _put(text, at, _line(readings[i], "," if i else ""))
    text[at:] = b"]}"
    return text


def _put(text, at, part):
    """Where the next part goes.  Room that does not suffice grows."""
    after = at + len(part)
    text[at:after] = part.encode()
    return after


def _parts(header, r):
    now = header.state
    last, full_in = now.last or (None, None), now.full_in or (None, None)
    return (
        '{"v":%d,"bin":%s' % (VERSION, json.dumps(header.bin)),
        ',"epoch":%d,"boot":%d' % (header.epoch, header.boot),
        ',"seq":%d,"at":%s,"clock":"%s"' % (r.seq, _at(r), clock.NAMES[r.stamp]),
        ',"alarm":%d' % r.alarm,
        ',"fill_pct":%s,"lo_pct":%s,"hi_pct":%s' % (_num(r.pct), _num(r.lo), _num(r.hi)),
        ',"at_least":%d,"last_pct":%s,"last_age_s":%s'
        % (r.at_least, _num(last[0]), _num(last[1])),
        ',"full_in_h":%s,"full_in":%s' % (_num(full_in[0]), json.dumps(full_in[1])),
        ',"distance_mm":%s,"spread_mm":%d' % (_num(r.mm), r.spread_mm),
        ',"quality":%d,"reason":"%s"' % (r.quality, echo.REASONS[r.reason]),
        ',"heard":%d,"pings":%d,"air_c":%d' % (r.heard, r.pings, r.air_c),
        ',"lid_c":%s' % _num(now.lid_c),
        ',"battery_mv":%s,"rssi_dbm":%s' % (_num(header.battery_mv), _num(header.rssi_dbm)),
        ',"spent_mc":%d,"next":%d,"lost":%d' % (header.spent_mc, header.next_s, header.lost),
        ',"gap":%s' % ("[%d,%d]" % header.gap if header.gap else "null"),
        ',"events":[%s]' % ",".join(['"%s"' % name for name in now.standing]),
        ',"news":[%s]' % ",".join(['["%s",%d,%d]' % row for row in now.news]),
        ',"emptied":%s' % _emptied(now.emptied),
        ',"notes":{%s}' % ",".join(['"%s":%d' % n for n in header.notes]),
        ',"install":%s' % _install(header.install),
        ',"backlog":[',
    )


def _emptied(facts):
    return "null" if facts is None else _EMPTIED % (facts[:-1] + (_num(facts[-1]),))


def _install(kept):
    if kept is None:
        return "null"
    from smartbin import installed  # nearly never: an ordinary wake does without

    return installed.told(kept)


def _line(r, comma):
    """A row of the backlog: message.COLUMNS."""
    facts = (r.seq, _at(r), r.stamp, _num(r.pct), _num(r.lo), _num(r.hi), _num(r.mm))
    rest = (r.quality, r.reason, r.air_c, r.alarm, r.at_least)
    return comma + "[%d,%s,%d,%s,%s,%s,%s," % facts + "%d,%d,%d,%d,%d]" % rest


def _at(r):
    return _num(clock.unix(r.at_s, r.stamp))


def _num(n):
    return "null" if n is None else "%d" % n
