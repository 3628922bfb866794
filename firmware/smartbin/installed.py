# What is kept and told of an installation, and the names of all that can be said against one.
import json
import struct
from collections import namedtuple
from micropython import const

from smartbin import clock

FIT = const(0)
WARNINGS = const(1)
NO = const(2)
GRADES = ("fit", "warnings", "no")

# key, grade; the order is a wire format (a stored record holds the index): new ones at the end.
REASONS = (
    ("stuck", NO),  # the echo line does not fall
    ("dead", NO),  # the sensor does not answer
    ("early", NO),  # it answers sooner than an echo can
    ("silent", NO),  # echoes, pings: too few
    ("few", WARNINGS),  # the same, enough to go on with
    ("near", NO),  # mm, end of the blind zone: the empty bin answers from the sensor's face
    ("far", NO),  # mm, empty_mm: the floor is farther off than the settings say
    ("short", NO),  # mm, empty_mm: something answers long before the floor
    ("floor", WARNINGS),  # mm, empty_mm: it is not quite where the settings say
    ("noisy", NO),  # spread in mm
    ("spread", WARNINGS),  # the same, enough to go on with
    ("walls", NO),  # echoes, their mm: a second thing that answers as often
    ("second", WARNINGS),  # the same, seldom
    ("narrow", NO),  # mm, full_mm: the beam meets the wall above where the bin is full
    ("beam", WARNINGS),  # mm, empty_mm: the beam meets the wall above the floor
    ("wide", WARNINGS),  # mm of the beam, width_mm: one beam sees little of so wide a bin
    ("width", WARNINGS),  # nobody has said how wide it is
    ("never_full", NO),  # per cent, full_pct: the blind zone begins below the full mark
    ("blind", WARNINGS),  # mm, per cent: above that a level is "at least"
    ("range", NO),  # empty_mm, range in mm
    ("reach", WARNINGS),  # empty_mm, mm up to which soft things are heard, too
    ("weak", NO),  # dBm
    ("signal", WARNINGS),  # dBm
    ("session", NO),  # what went wrong, as notes.py calls it
    ("slow", WARNINGS),  # ms, link_ms
    ("cell", NO),  # mV under load, battery_critical_mv
    ("battery", WARNINGS),  # mV under load, battery_low_mv
    ("sag", WARNINGS),  # mV that the radio pulls it down by
)

# grade: FIT ..; at_s: seconds since 2000, None without a clock; floor_mm: what answered at most;
# second_mm: what else did, None: nothing; session_ms: None where it failed; reasons: keys.
_FIELDS = "grade at_s empty_mm full_mm width_mm floor_mm second_mm heard pings spread_mm"
Record = namedtuple("Record", _FIELDS + " rssi_dbm session_ms idle_mv loaded_mv reasons")

# The fields of a report that tell it: these three, then from empty_mm on as above.
_TOLD = "verdict at reasons empty_mm full_mm width_mm floor_mm second_mm echoes asked spread_mm"
_TOLD += " rssi_dbm session_ms battery_mv loaded_mv"

_FORM = "<BBIHHHHHBBBbHHH"
_VERSION = const(1)
_MOST = const(16)  # reasons kept, one byte each
SIZE = const(42)


def pack(kept):
    """A Record as bytes."""
    keys = [key for key, _ in REASONS]
    numbers = [0 if n is None else n for n in kept[1:-1]]
    told = bytes([keys.index(key) for key in kept.reasons] + [255] * _MOST)[:_MOST]
    return struct.pack(_FORM, _VERSION, kept.grade, *numbers) + told


def unpack(data):
    """The Record in these bytes, or None where they are none."""
    if len(data) != SIZE or data[0] != _VERSION or data[1] > NO:
        return None
    _, grade, *numbers = struct.unpack_from(_FORM, data)
    told = [i for i in data[SIZE - _MOST :] if i != 255]
    if [i for i in told if i >= len(REASONS)]:
        return None
    return Record(grade, *[_kept(i, n) for i, n in enumerate(numbers)], tuple(_keys(told)))


def _kept(i, number):
    """Nought is nothing, but in full counts and settings."""
    return number if i in (1, 2, 3, 6, 7, 8) else number or None


def _keys(told):
    return [REASONS[i][0] for i in told]


def told(kept):
    """A Record as a report tells it: JSON, its fields always in the same order."""
    at = None if kept.at_s is None else kept.at_s + clock.UNIX_2000
    values = (GRADES[kept.grade], at, kept.reasons) + tuple(kept[2:-1])
    texts = [json.dumps(value, separators=(",", ":")) for value in values]
    return "{%s}" % ",".join(['"%s":%s' % row for row in zip(_TOLD.split(), texts)])


def grade_of(key):
    """What a reason leaves of the verdict."""
    return dict(REASONS)[key]
