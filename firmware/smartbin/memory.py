# What outlives a nap.  RTC memory holds two slots; each save goes to the older one, so a reset at
# any instant leaves the old image or the new.  Rubbish in both is a cold start.
import struct
from binascii import crc32
from micropython import const

from smartbin import notes, report

IMAGE_SIZE = const(2048)  # all of machine.RTC().memory() (facts 1.5)
RESERVE = const(64)  # numbers promised to NVS ahead of their use, so that none comes twice

_SLOT = const(1024)
_MAGIC = const(0x5342)  # "BS"
_VERSION = const(1)
_HEAD = "<HBBI"  # magic, version, rows in the outbox, generation
_BODY = "<IIIIIIIHBB"
_SUM_AT = const(8)
_BODY_AT = const(12)
_NOTES_AT = const(48)  # after 12 + 32, rounded up for later fields
_ROWS_AT = const(132)
_UNTOLD = const(255)

ROOM = (_SLOT - _ROWS_AT) // report.ROW_SIZE


class Outbox:
    """Packed readings that no broker has acknowledged, oldest first; full, it drops the oldest."""

    def __init__(self, rows=b"", lost=0):
        self.rows = bytearray(rows)
        self.lost = lost  # readings dropped so far

    def __len__(self):
        return len(self.rows) // report.ROW_SIZE

    def put(self, reading):
        if len(self) == ROOM:
            self.forget(1)
            self.lost += 1
        self.rows.extend(report.pack(reading))

    def readings(self, next_seq):
        size = report.ROW_SIZE
        return [report.unpack(self.rows, i * size, next_seq) for i in range(len(self))]

    def forget(self, n):
        """The n oldest are no longer ours to keep."""
        self.rows = self.rows[n * report.ROW_SIZE :]

    def restamp(self, old, by_s, new):
        """Move the stamps of kind `old` by by_s seconds and call them `new`."""
        size = report.ROW_SIZE
        for i in range(len(self)):
            r = report.unpack(self.rows, i * size, 0)
            if r.stamp == old:
                moved = report.Reading(r.seq, r.at_s + by_s, new, *r[3:])
                self.rows[i * size : (i + 1) * size] = report.pack(moved)


class Memory:
    """Everything that a wake knows of the wakes before it."""

    def __init__(self, boot=0, seq=0):
        self.boot = boot  # cold starts so far
        self.seq = seq  # number of the next reading
        self.reserved = seq  # numbers below this are already promised to NVS
        self.set_s = 0  # when the clock was last set, by itself; 0: never in this boot
        self.spoke_s = 0  # when the last report was acknowledged; 0: never in this boot
        self.retry_s = 0  # not before this after a failed report
        self.fails = 0  # reports that failed in a row
        self.told_pct = None  # fill in the last report
        self.outbox = Outbox()
        self.notes = notes.Notes()
        self.slots = bytes(IMAGE_SIZE)
        self.generation = 0


def save(mem):
    """The image to write: 2048 bytes, of which one slot is new."""
    slot = bytearray(_SLOT)
    body = (mem.boot, mem.seq, mem.reserved, mem.set_s, mem.spoke_s, mem.retry_s)
    told = _UNTOLD if mem.told_pct is None else mem.told_pct
    struct.pack_into(_BODY, slot, _BODY_AT, *body, mem.outbox.lost, mem.fails, told, 0)
    mem.notes.pack_into(slot, _NOTES_AT)
    slot[_ROWS_AT : _ROWS_AT + len(mem.outbox.rows)] = mem.outbox.rows
    mem.generation += 1
    struct.pack_into(_HEAD, slot, 0, _MAGIC, _VERSION, len(mem.outbox), mem.generation)
    struct.pack_into("<I", slot, _SUM_AT, _checksum(memoryview(slot)))
    at = _SLOT * (mem.generation & 1)
    mem.slots = mem.slots[:at] + bytes(slot) + mem.slots[at + _SLOT :]
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


def _load(image, generation, at):
    mem = Memory()
    fields = struct.unpack_from(_BODY, image, at + _BODY_AT)
    mem.boot, mem.seq, mem.reserved, mem.set_s, mem.spoke_s, mem.retry_s = fields[:6]
    mem.fails = fields[7]
    mem.told_pct = None if fields[8] == _UNTOLD else fields[8]
    rows = at + _ROWS_AT
    mem.outbox = Outbox(image[rows : rows + image[at + 3] * report.ROW_SIZE], fields[6])
    mem.notes = notes.unpack_from(image, at + _NOTES_AT)
    mem.slots = bytes(image)
    mem.generation = generation
    return mem
