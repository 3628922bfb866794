# What the wakes before taught of this bin: its level, its air, where its floor answers, its pace.
import struct
from micropython import const

from smartbin import echo

_HOUR_S = const(3600)
_SCALE_PM = const(10)  # humidity 0.6 %, and what the thermometer may be off
_SCALE_BLIND_PM = const(60)  # without a thermometer: 30 K
_FLOOR_PM = const(60)

# Attributes of a State as they are packed: name, format, what stands for None.
_PACKED = (
    ("tenths", "h", -1),
    ("lo", "B", 255),
    ("hi", "B", 255),
    ("mm", "H", 65_535),
    ("last_s", "I", None),
    ("jump", "B", 255),
    ("looks", "B", None),
    ("base", "B", 255),
    ("ambient_cc", "h", -32_768),
    ("warm_s", "I", None),
    ("scale_pm", "b", None),
    ("rate", "I", None),
    ("first_s", "I", None),
    ("emptied_s", "I", None),
    ("before", "B", 255),
)
_FORMAT = "<hBBHIBBBhIbIIIB"
STATE_SIZE = const(33)


class State:
    """What is known of the level of this bin and of the air in it."""

    def __init__(self):
        self.tenths = None  # the level last believed, in tenths of a per cent
        self.lo = self.hi = None
        self.mm = None  # its distance: where the next echo is expected
        self.last_s = 0  # and when that was
        self.jump = None  # a level that wants more looks,
        self.looks = 0  # and how many it has had
        self.base = None  # the level before a rise that may yet prove to be a bag's fold
        self.ambient_cc = None  # slow estimate of the air in the bin, hundredths of a degree C
        self.warm_s = 0  # when it was last moved
        self.scale_pm = 0  # from the floor's echo: so much farther than the thermometer says
        self.rate = 0  # filling, in thousandths of a per cent a day
        self.first_s = 0  # since when that was watched
        self.emptied_s = 0  # the last emptying; 0: none seen
        self.before = None  # and the level before it, per cent

    @property
    def pct(self):
        return None if self.tenths is None else (self.tenths + 5) // 10

    def air_dc(self, lid_dc):
        """Temperature of the way of the sound: half lid, half slow air (facts B2: the sun)."""
        if lid_dc is None:
            return echo.MILD_DC
        return lid_dc if self.ambient_cc is None else (lid_dc + self.ambient_cc // 10) // 2

    def pack(self):
        values = [getattr(self, row[0]) for row in _PACKED]
        none = [row[2] for row in _PACKED]
        return struct.pack(_FORMAT, *[n if v is None else v for v, n in zip(values, none)])


def unpack(packed):
    state = State()
    for row, value in zip(_PACKED, struct.unpack(_FORMAT, packed)):
        setattr(state, row[0], None if value == row[2] else value)
    return state


def pace(state, tenths, now_s):
    """The filling rate follows what comes, over two days."""
    passed_s = min(12 * _HOUR_S, now_s - state.last_s)
    if passed_s > 0:
        a_day = max(0, tenths) * 100 * 24 * _HOUR_S / passed_s
        state.rate += int((a_day - state.rate) * passed_s / (48 * _HOUR_S))


def warm(state, lid_dc, now_s):
    """The air in the bin follows a colder lid within an hour, a hotter one (the sun) in eight."""
    if lid_dc is None:
        return
    if state.ambient_cc is None:
        state.ambient_cc = 10 * lid_dc
    else:
        off = 10 * lid_dc - state.ambient_cc
        slow_s = _HOUR_S if off < 0 else 8 * _HOUR_S
        state.ambient_cc += int(off * min(1, max(0, now_s - state.warm_s) / slow_s))
    state.warm_s = now_s


def calibrate(sounding, cfg, state):
    """The floor of an emptied bin is where it always was: what it seems off is the sound's speed.

    It cannot be farther than it is, but waste may be left on it: that way only by an eighth.
    """
    off_pm = (cfg.empty_mm - sounding.mm) * 1000 // sounding.mm
    if sounding.quality < 3 or abs(off_pm) > _FLOOR_PM:
        return
    blind = sounding.lid_dc is None
    bound = _SCALE_BLIND_PM if blind else _SCALE_PM
    scale = state.scale_pm + off_pm // (2 if blind or off_pm < 0 else 8)
    state.scale_pm = max(-bound, min(bound, scale))
