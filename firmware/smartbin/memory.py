# What outlives a nap.  RTC memory holds two slots; each save goes to the older one, so a reset at
# any instant leaves the old image or the new.  Rubbish in both is a cold start.
import struct
from binascii import crc32
from micropython import const

from smartbin import events, fill, notes
from smartbin.outbox import Outbox

IMAGE_SIZE = const(2048)  # all of machine.RTC().memory() (facts 1.5)
NET_SIZE = const(40)
RESERVE = const(16)  # numbers promised to NVS ahead of their use: none comes twice, gaps are small

_SLOT = const(1024)
_MAGIC = const(0x5342)  # "BS"
_VERSION = const(4)
_HEAD = "<HBBI"  # magic, version, rows in the outbox, generation
_SUM_AT = const(8)
_BODY_AT = const(12)
_NOTES_AT = const(84)
_FILL_AT = const(176)
_EVENTS_AT = const(216)  # 40 bytes further: what fill.py may take
_NET_AT = const(240)  # spent_mc and booked_s, then what hw/net.py remembers
_ROWS_AT = const(288)
_UNTOLD = const(255)

# The numbers of a Memory, as they lie in the body; then told_pct, the outbox's lost readings and
# whether an installation is to be told.
_FIELDS = ("epoch", "boot", "seq", "reserved", "acked", "set_s", "known_s", "last_s", "spoke_s")
_FIELDS += (
    "retry_s",
    "gap_from",
    "gap_to",
    "rate_ppm",
    "doubt_s",
    "fails",
    "learnt",
    "ill",
    "browned",
)
_FIELDS += ("prompts", "alarmed", "radio", "mirrored", "spilled")
_BODY = "<12IiihBBBBBBBBBIB"
_SPENT = "<fI"

_MOMENTS = ("last_s", "warm_s", "first_s", "emptied_s", "lid_s")  # of fill and events

ROOM = (_SLOT - _ROWS_AT) // 16


class Memory:
    """Everything that a wake knows of the wakes before it."""

    def __init__(self, epoch=0, boot=0, seq=0):
        self.epoch = epoch  # chosen anew where even NVS was lost: (epoch, seq) never repeats
        self.boot = boot  # cold starts so far
        self.seq = seq  # number of the next reading
        self.reserved = seq  # numbers below this are already promised to NVS
        self.acked = seq  # numbers below this the broker has, or they are counted as lost
        self.set_s = 0  # when the clock was last set, by itself; 0: never in this boot
        self.known_s = 0  # the last time that was known to be right, over all boots
        self.last_s = 0  # the last stamp that was given
        self.spoke_s = 0  # when the last report was acknowledged; 0: never in this boot
        self.retry_s = 0  # not before this after a failed report
        self.gap_from = self.gap_to = 0  # numbers that a loss of power may have cost: to be told
        self.rate_ppm = 0  # how much faster true time runs than the chip's clock
        self.learnt = 0  # how often that was measured
        self.doubt_s = 0  # by how much the last network time, not believed yet, was ahead
        self.starts = 0  # cold starts before this one without a report; 0 after the first nap
        self.fails = 0  # reports that failed in a row
        self.prompts = 0  # prompt tries left for an alarm that nobody has heard of
        self.ill = 0  # unhealthy boots since the last acknowledged report
        self.browned = 0  # supplies that gave way at radio start, since one that did not
        self.alarmed = 0  # 1 while an alarm stands that nobody has heard of
        self.radio = 0  # 1 while the radio may be on: a start that finds it was cut short there
        self.mirrored = 0  # 1 where flash holds a copy of the outbox
        self.spilled = 0  # segments of the outbox that wait in flash, as far as we know
        self.told_pct = None  # fill in the last report
        self.spent_mc = 0.0  # charge that no report has told of, as spent.py reckons it ...
        self.booked_s = 0  # ... up to here, by the chip's clock
        self.installed = 0  # 1: a record of an installation waits in NVS, untold
        self.net = bytes(NET_SIZE)  # a wake without radio does not look into it
        self.fill = fill.State()
        self.events = events.State()
        self.outbox = Outbox(ROOM)
        self.notes = notes.Notes()
        self.slots = bytearray(IMAGE_SIZE)
        self.generation = 0

    def moved(self, by_s):
        """The clock jumped by so much; what the bin's past counts from goes along."""
        for name in _MOMENTS:
            kept = self.events if name == "lid_s" else self.fill
            if getattr(kept, name):
                setattr(kept, name, max(0, getattr(kept, name) + by_s))


def save(mem):
    """The image to write: 2048 bytes, of which one slot is new.  The next save writes to them."""
    mem.generation += 1
    at = _SLOT * (mem.generation & 1)
    slot = memoryview(mem.slots)[at : at + _SLOT]
    told = _UNTOLD if mem.told_pct is None else mem.told_pct
    fields = [getattr(mem, name) for name in _FIELDS]
    struct.pack_into(_BODY, slot, _BODY_AT, *fields, told, mem.outbox.lost, mem.installed)
    mem.notes.pack_into(slot, _NOTES_AT)
    slot[_FILL_AT : _FILL_AT + fill.STATE_SIZE] = mem.fill.pack()
    slot[_EVENTS_AT : _EVENTS_AT + events.STATE_SIZE] = mem.events.pack()
    struct.pack_into(_SPENT, slot, _NET_AT, mem.spent_mc, mem.booked_s)
    slot[_ROWS_AT - NET_SIZE : _ROWS_AT] = mem.net
    slot[_ROWS_AT : _ROWS_AT + len(mem.outbox.rows)] = mem.outbox.rows
    struct.pack_into(_HEAD, slot, 0, _MAGIC, _VERSION, len(mem.outbox), mem.generation)
    struct.pack_into("<I", slot, _SUM_AT, _checksum(slot))
    return mem.slots


def load(image):
    """The Memory in an image, or None where no slot is whole: a cold start."""
    if len(image) != IMAGE_SIZE:
        return None
    best = None
    for at in (0, _SLOT):
        generation = _whole(image, at)
        if generation is not None and (best is None or generation > best[0]):
            best = (generation, at)
    return None if best is None else _load(image, *best)


def _whole(image, at):
    magic, version, rows, generation = struct.unpack_from(_HEAD, image, at)
    if magic != _MAGIC or version != _VERSION or rows > ROOM:
        return None
    (checksum,) = struct.unpack_from("<I", image, at + _SUM_AT)
    whole = _checksum(memoryview(image)[at : at + _SLOT]) == checksum
    return generation if whole else None


def _checksum(slot):
    """Of all but itself: a new generation number over an old body must not pass for whole."""
    return crc32(slot[_BODY_AT:], crc32(slot[:_SUM_AT]))


def _piece(image, at, size):
    return image[at : at + size]


def _load(image, generation, at):
    mem = Memory()
    fields = struct.unpack_from(_BODY, image, at + _BODY_AT)
    for i, name in enumerate(_FIELDS):
        setattr(mem, name, fields[i])
    told, lost, mem.installed = fields[-3:]
    mem.told_pct = None if told == _UNTOLD else told
    rows = at + _ROWS_AT
    mem.outbox = Outbox(ROOM, image[rows : rows + image[at + 3] * 16], lost)
    mem.notes = notes.unpack_from(image, at + _NOTES_AT)
    mem.fill = fill.unpack(_piece(image, at + _FILL_AT, fill.STATE_SIZE))
    mem.events = events.unpack(_piece(image, at + _EVENTS_AT, events.STATE_SIZE))
    mem.spent_mc, mem.booked_s = struct.unpack_from(_SPENT, image, at + _NET_AT)
    mem.net = _piece(image, rows - NET_SIZE, NET_SIZE)
    mem.slots = bytearray(image)
    mem.generation = generation
    return mem
