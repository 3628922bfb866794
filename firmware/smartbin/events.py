# What happened to the bin: one table; each event is raised once, released once, and armed again.
import struct
from micropython import const

from smartbin import fill, signs

# name, alarm: spoken of at once; need: evidence in a row that raises it; calm: looks in a row
# without it that end it (0: a moment, not a state).  When that is: meanings.py.
# The order is a wire format: images and rows hold the index.
TABLE = (
    ("emptied", 0, 1, 0),
    ("part_emptied", 0, 1, 0),
    ("nearly_full", 0, 1, 1),
    ("full", 1, 1, 1),
    ("fire", 1, 1, 2),
    ("tilted", 1, 1, 1),
    ("lid_open", 0, 2, 1),
    ("blocked", 1, 3, 4),
    ("sensor_fault", 0, 96, 2),
    ("battery_low", 0, 2, 3),
    ("battery_critical", 1, 2, 3),
)
NAMES = tuple([row[0] for row in TABLE])
EMPTIED, PART, NEARLY, FULL, FIRE, TILTED, LID, BLOCKED, FAULT, LOW, CRITICAL = range(11)
TRIGGERS = ("level", "lid", "tilt")  # what told of an emptying, beside the level
SURE = ("low", "medium", "high")
STATE_SIZE = const(24)

_FORMAT = "<HHHhIBBB"
_COUNTS_AT = const(15)
_NO_DC = const(-32_768)
_REST_PCT = const(20)  # more left than this, and the bin was emptied in part only
_GOOD = const(3)  # least quality of an echo that is sure
_DAY_H = const(24)
_MOST_H = const(9999)
_MOVED = const(4)  # where in `why` the bits for lid and tilt since the last level begin
_WATCHED_H = (6, 48)  # a rate that was watched for less is of low, of medium reliability


class State:
    """What stands, what nobody has heard of yet, and the evidence so far."""

    def __init__(self):
        self.raised = 0  # a bit for each event that stands
        self.up = self.down = 0  # raised, released, and in no reading yet
        self.lid_dc = None  # the lid at the last look, or None
        self.lid_s = 0  # when a thermometer was last read; 0: there is none
        self.before = self.after = 0  # per cent, of the last emptying
        self.why = 0  # of that: confidence | trigger << 2; and << 4: moved since the last level
        self.counts = bytearray(len(TABLE))

    def pack(self):
        lid_dc = _NO_DC if self.lid_dc is None else self.lid_dc
        head = (self.raised, self.up, self.down, lid_dc, self.lid_s, self.before, self.after)
        return struct.pack(_FORMAT, *head, self.why) + bytes(self.counts[NEARLY:])

    def waiting(self):
        """(index, 1 raised / 0 released) of the news that no reading carries yet."""
        found = [(i, 1) for i in range(len(TABLE)) if self.up >> i & 1]
        return found + [(i, 0) for i in range(len(TABLE)) if self.down >> i & 1]

    def pop(self):
        """One of them for a reading to carry, as told_of() takes it; 0 where there is none."""
        for i, way in self.waiting()[:1]:
            self.up &= ~(way << i)
            self.down &= ~((1 - way) << i)
            return 1 + 2 * i + way
        return 0

    def push(self, i, way):
        """What ended before anybody heard that it began is two news; the other way round none."""
        if way:
            self.down &= ~(1 << i)
            self.up |= 1 << i
        else:
            self.down |= 1 << i

    def stands(self, i):
        return self.raised >> i & 1

    def seen(self, i):
        """Did the last look that could tell see it?  What stands has evidence against it only."""
        return self.stands(i) == (self.counts[i] == 0)


def unpack(packed):
    state = State()
    head = struct.unpack_from(_FORMAT, packed)
    state.raised, state.up, state.down, lid_dc, state.lid_s = head[:5]
    state.before, state.after, state.why = head[5:]
    state.lid_dc = None if lid_dc == _NO_DC else lid_dc
    state.counts[NEARLY:] = packed[_COUNTS_AT:STATE_SIZE]
    return state


def told_of(code):
    """(index, 1 raised / 0 released) of what a reading carries."""
    return (code - 1) >> 1, (code - 1) & 1


def standing(state):
    return [NAMES[i] for i in range(len(NAMES)) if state.stands(i)]


def alarms(news):
    """Is there one among them that must be spoken of at once?"""
    return any([way and TABLE[i][1] for i, way in news])


def emptying(state):
    """(before, after, confidence, trigger) of the last one, in per cent and words."""
    return state.before, state.after, SURE[state.why & 3], TRIGGERS[state.why >> 2 & 3]


def full_in(cfg, past, now_s):
    """(hours, reliability) until the bin is full, of a fill.State; None where nobody can tell."""
    if past.pct is None or not past.rate:
        return None
    hours = max(0, cfg.full_pct - past.pct) * 1000 * _DAY_H // past.rate
    watched_h = (now_s - past.first_s) // 3600
    return min(_MOST_H, hours), SURE[sum([watched_h >= h for h in _WATCHED_H])]


def judge(level, sounding, senses, cfg, mem, now_s):
    """What began and what ended in this wake: a list of (index, 1 raised / 0 released)."""
    state = mem.events
    moved = (1 if senses.lid_open else 0) | (2 if senses.tilted else 0)
    state.why |= moved << _MOVED
    news = _emptied(level, sounding, mem, now_s)
    if level.kind == fill.MEASURED and level.pct is not None and not moved:
        state.why &= (1 << _MOVED) - 1
    found = signs.of(level, sounding, senses, cfg, state, now_s)
    for i, sign in enumerate(found, NEARLY):
        way = _weigh(state, i, sign)
        if way is not None:
            news.append((i, way))
    state.lid_dc = sounding.lid_dc
    if sounding.lid_dc is not None:
        state.lid_s = max(1, now_s)
    for i, way in news:
        state.push(i, way)
    return news


def _emptied(level, sounding, mem, now_s):
    """fill.py has just believed a fall that was large enough: which of the two, and how sure."""
    state, before = mem.events, mem.fill.before
    if before is None or level.pct is None or mem.fill.emptied_s != now_s:
        return []
    moved, sure = state.why >> _MOVED, 0
    if sounding.quality >= _GOOD:
        sure = 2 if moved or level.pct <= _REST_PCT else 1
    state.before, state.after = before, level.pct
    state.why = sure | (2 if moved & 2 else moved) << 2 | moved << _MOVED
    return [(EMPTIED if level.pct <= _REST_PCT else PART, 1)]


def _weigh(state, i, sign):
    """1 where event i begins, 0 where it ends, None where nothing changes."""
    stands = state.stands(i)
    if sign is None:
        return None
    if (sign > 0) == (stands > 0):
        state.counts[i] = 0
        return None
    state.counts[i] = min(255, state.counts[i] + max(1, sign))
    if state.counts[i] < TABLE[i][3 if stands else 2]:
        return None
    state.counts[i] = 0
    state.raised ^= 1 << i
    return 1 - stands
