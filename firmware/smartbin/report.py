# The message: JSON for the broker, its fields always in the same order.
import json

from smartbin import clock, echo, message, rows

# What makes up a report has its own files; it is called by this one's name.
VERSION, COLUMNS = message.VERSION, message.COLUMNS
Header, Bin, QUIET, decode = message.Header, message.Bin, message.QUIET, message.decode
Reading, ROW_SIZE = rows.Reading, rows.ROW_SIZE
reading, pack, unpack = rows.reading, rows.pack, rows.unpack

_EMPTIED = '{"before_pct":%d,"after_pct":%d,"confidence":"%s","trigger":"%s","seq":%d,"at":%s}'


def topic(bin_id):
    return b"smartbin/v1/%s/report" % bin_id.encode()


def encode(header, readings):
    """The message: the newest of the readings flat, the others as rows, oldest first.

    Piece by piece, so that memory holds it only once.
    """
    text = bytearray()
    for part in _parts(header, readings[-1]):
        text.extend(part.encode())
    for i in range(len(readings) - 1):
        text.extend(_line(readings[i], "," if i else "").encode())
    text.extend(b"]}")
    return text


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
        ',"next":%d,"lost":%d' % (header.next_s, header.lost),
        ',"gap":%s' % ("[%d,%d]" % header.gap if header.gap else "null"),
        ',"events":[%s]' % ",".join(['"%s"' % name for name in now.standing]),
        ',"news":[%s]' % ",".join(['["%s",%d,%d]' % row for row in now.news]),
        ',"emptied":%s' % _emptied(now.emptied),
        ',"notes":{%s}' % ",".join(['"%s":%d' % n for n in header.notes]),
        ',"backlog":[',
    )


def _emptied(facts):
    return "null" if facts is None else _EMPTIED % (facts[:-1] + (_num(facts[-1]),))


def _line(r, comma):
    facts = (r.seq, _at(r), r.stamp, _num(r.pct), _num(r.lo), _num(r.hi), _num(r.mm))
    rest = (r.quality, r.reason, r.air_c, r.alarm, r.at_least)
    return comma + "[%d,%s,%d,%s,%s,%s,%s," % facts + "%d,%d,%d,%d,%d]" % rest


def _at(r):
    return _num(clock.unix(r.at_s, r.stamp))


def _num(n):
    return "null" if n is None else "%d" % n
