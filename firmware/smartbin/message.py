# The way back from JSON: for who receives messages.  It is not on the device (see manifest.py).
import json

from smartbin import clock, echo, events, installed
from smartbin.report import VERSION, Bin, Header
from smartbin.rows import Reading

# A row of the backlog, in this order; clock and reason as indices (clock.NAMES, echo.REASONS).
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
    "at_least",
)

# What a number in a message may be, and which may be null.
_SPANS = (
    (0, 0xFFFF_FFFF, ("epoch", "seq", "boot", "next", "lost", "spent_mc", "last_age_s")),
    (clock.UNIX_2000, 0xFFFF_FFFF, ("at",)),
    (0, 100, ("fill_pct", "lo_pct", "hi_pct", "last_pct", "before_pct", "after_pct")),
    (0, 0xFFFF, ("v", "distance_mm", "spread_mm", "battery_mv", "full_in_h")),
    (0, 0xFFFF, ("empty_mm", "full_mm", "width_mm", "floor_mm", "second_mm")),
    (0, 0xFFFF, ("session_ms", "loaded_mv")),
    (0, 255, ("echoes", "asked")),
    (-128, 127, ("air_c", "lid_c", "rssi_dbm")),
    (0, 15, ("heard", "pings")),
    (0, 4, ("quality",)),
    (0, 1, ("alarm", "at_least")),
    (echo.OK, echo.TILTED, ("reason",)),
    (clock.UNKNOWN, clock.SET, ("clock",)),
)
_NULLABLE = ("at", "fill_pct", "lo_pct", "hi_pct", "distance_mm", "battery_mv", "rssi_dbm")
_NULLABLE += ("last_pct", "last_age_s", "full_in_h", "lid_c")
_NULLABLE += ("floor_mm", "second_mm", "session_ms", "loaded_mv")
# Numbers of an installation, in the order of a Record.
_INSTALL = ("at", "empty_mm", "full_mm", "width_mm", "floor_mm", "second_mm", "echoes", "asked")
_INSTALL += ("spread_mm", "rssi_dbm", "session_ms", "battery_mv", "loaded_mv")
_WORDS = {"full_in": events.SURE, "confidence": events.SURE, "trigger": events.TRIGGERS}


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
    told = (_gap(d), sorted(notes.items()), _bin(d), _fit(d, "spent_mc"), _install(d))
    return Header(*who, *radio, *promise, *told)


def _gap(d):
    gap = d.get("gap", 0)
    if gap is None:
        return None
    if not isinstance(gap, list) or [type(n) for n in gap] != [int, int]:
        raise _wrong("gap")
    if not 0 <= gap[0] < gap[1] <= 0xFFFF_FFFF:
        raise _wrong("gap")
    return tuple(gap)


def _bin(d):
    last = _both("last_age_s", _fit(d, "last_pct"), _fit(d, "last_age_s"))
    sure = None if d.get("full_in", 0) is None else _word(d, "full_in")
    full_in = _both("full_in", _fit(d, "full_in_h"), sure)
    return Bin(_standing(d), _news(d), _emptied(d), last, full_in, _fit(d, "lid_c"))


def _both(key, n, more):
    """Two facts, or None where both are null."""
    if (n is None) != (more is None):
        raise _wrong(key)
    return None if n is None else (n, more)


def _word(d, key):
    if d.get(key) not in _WORDS[key]:
        raise _wrong(key)
    return d[key]


def _standing(d):
    names = d.get("events")
    if not isinstance(names, list) or [n for n in names if n not in events.NAMES]:
        raise _wrong("events")
    return tuple(names)


def _news(d):
    rows = d.get("news")
    if not isinstance(rows, list):
        raise _wrong("news")
    for row in rows:
        if not isinstance(row, list) or len(row) != 3 or row[0] not in events.NAMES:
            raise _wrong("news")
        if type(row[1]) is not int or row[1] not in (0, 1):
            raise _wrong("news")
        _fit({"seq": row[2]}, "seq")
    return tuple([tuple(row) for row in rows])


def _emptied(d):
    e = d.get("emptied", 0)
    if e is None:
        return None
    if not isinstance(e, dict):
        raise _wrong("emptied")
    levels = (_fit(e, "before_pct"), _fit(e, "after_pct"))
    return levels + (_word(e, "confidence"), _word(e, "trigger"), _fit(e, "seq"), _fit(e, "at"))


def _install(d):
    i = d.get("install", 0)
    if i is None:
        return None
    keys = [key for key, _ in installed.REASONS]
    if not isinstance(i, dict) or i.get("verdict") not in installed.GRADES:
        raise _wrong("install")
    if not isinstance(i.get("reasons"), list) or [r for r in i["reasons"] if r not in keys]:
        raise _wrong("install")
    at, *facts = [_fit(i, key) for key in _INSTALL]
    at_s = None if at is None else at - clock.UNIX_2000
    grade = installed.GRADES.index(i["verdict"])
    return installed.Record(grade, at_s, *facts, tuple(i["reasons"]))


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
    seq, at, stamp, pct, lo, hi, mm, quality, reason, air_c, alarm, at_least = found
    if (at is None) != (stamp == clock.UNKNOWN):
        raise _wrong("at")
    at_s = None if at is None else at - clock.UNIX_2000
    rest = (spread_mm, quality, reason, heard, pings, air_c, alarm, at_least, 0)
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
