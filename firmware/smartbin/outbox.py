# Readings that no broker has acknowledged, and the segments in which they move to flash.
import struct
from binascii import crc32
from collections import namedtuple
from micropython import const

from smartbin import report

SEGMENT = const(40)  # readings that move out of a full outbox together

_MAGIC = const(0x4F42)  # "BO"
_VERSION = const(1)
_HEAD = "<HBBIII"  # magic, version, readings, epoch, number after the last, checksum of all that
_SUM_AT = const(12)
_HEAD_SIZE = const(16)
_NAME = "%08x-%08x-%02d"  # epoch, first number, readings: even a broken one can be counted

# Rows of one epoch, oldest first; next_seq: the number after the last of them.
Segment = namedtuple("Segment", "epoch next_seq rows")


class Outbox:
    """Packed readings, oldest first; full, it drops the oldest routine one and counts it."""

    def __init__(self, room, rows=b"", lost=0):
        self.room = room
        self.rows = bytearray(rows)
        self.lost = lost  # readings dropped so far, over all boots

    def __len__(self):
        return len(self.rows) // report.ROW_SIZE

    def put(self, reading):
        self.rows.extend(report.pack(reading))
        if len(self) > self.room:
            self._drop_one()

    def readings(self, next_seq):
        return Readings(self.rows, next_seq)

    def news(self):
        """Does a reading carry any?"""
        return len(self.readings(0).telling()) > 0

    def forget(self, n):
        """The n oldest are no longer ours to keep."""
        self.rows = self.rows[n * report.ROW_SIZE :]

    def restamp(self, old, by_s, new):
        """Move the stamps of kind `old` by by_s seconds, to nought at least; call them `new`."""
        for i, r in enumerate(self.readings(0)):
            if r.stamp == old:
                self._stamp(i, r, max(0, r.at_s + by_s), new)

    def stretch(self, from_s, told_s, true_s, least_s):
        """Put stamps right that a clock gave since from_s which says told_s where it is true_s.

        None that lies behind least_s, when the last report went, comes to lie before it.
        """
        for i, r in enumerate(self.readings(0)):
            if from_s < r.at_s <= told_s:
                at_s = from_s + (r.at_s - from_s) * (true_s - from_s) // (told_s - from_s)
                self._stamp(i, r, max(at_s, min(r.at_s, least_s)), r.stamp)

    def _stamp(self, i, r, at_s, stamp):
        size = report.ROW_SIZE
        moved = report.Reading(r.seq, at_s, stamp, *r[3:])
        self.rows[i * size : (i + 1) * size] = report.pack(moved)

    def _drop_one(self):
        """The oldest routine reading; one that carries news only where there is nothing else."""
        size, at = report.ROW_SIZE, 0
        for i in range(len(self)):
            r = report.unpack(self.rows, i * size, 0)
            if not r.alarm and not r.news:
                at = i * size
                break
        self.rows = self.rows[:at] + self.rows[at + size :]
        self.lost += 1


class Readings:
    """The readings in packed rows; memory holds no more of them than are looked at."""

    def __init__(self, rows, next_seq):
        self._rows = rows
        self._next_seq = next_seq

    def __len__(self):
        return len(self._rows) // report.ROW_SIZE

    def __getitem__(self, i):
        at = range(0, len(self._rows), report.ROW_SIZE)[i]
        return report.unpack(self._rows, at, self._next_seq)

    def __iter__(self):
        for i in range(len(self)):
            yield self[i]

    def telling(self):
        """Those that carry news, as a list."""
        size = report.ROW_SIZE
        found = [i for i in range(len(self)) if report.carries(self._rows, i * size)]
        return [self[i] for i in found]


def name_of(segment):
    first = Readings(segment.rows, segment.next_seq)[0].seq
    return _NAME % (segment.epoch, first, len(segment.rows) // report.ROW_SIZE)


def size_of(name):
    """How many readings the segment of that name holds, or 0 where it is no segment's name."""
    parts = name.split("-")
    sizes = [len(part) for part in parts]
    return int(parts[2]) if sizes == [8, 8, 2] and parts[2].isdigit() else 0


def pack_segment(segment):
    count = len(segment.rows) // report.ROW_SIZE
    facts = (segment.epoch, segment.next_seq)
    head = struct.pack(_HEAD, _MAGIC, _VERSION, count, *facts, 0)[:_SUM_AT]
    return head + struct.pack("<I", crc32(segment.rows, crc32(head))) + bytes(segment.rows)


def unpack_segment(data):
    """The Segment in a file, or None where it is not whole."""
    if len(data) < _HEAD_SIZE:
        return None
    magic, version, count, epoch, next_seq, checksum = struct.unpack_from(_HEAD, data)
    rows = data[_HEAD_SIZE:]
    if (magic, version, count * report.ROW_SIZE) != (_MAGIC, _VERSION, len(rows)) or not count:
        return None
    whole = crc32(rows, crc32(data[:_SUM_AT])) == checksum
    return Segment(epoch, next_seq, rows) if whole else None
