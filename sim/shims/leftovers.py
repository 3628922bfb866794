# Runs as main.py once after a bin's last wake: what does the node still hold?  Its own code looks.
#
# Not a module of the ESP32.  The answer, JSON in place of the RTC image: held (runs of numbers:
# epoch, first, last + 1), gap (the same, once, or null), dropped, notes, epoch, blocks, files.
import json
import vfs

import twin

from smartbin import outbox
from smartbin.hw import nap
from smartbin.hw.shelf import Shelf

_os = twin.builtin("os")


def runs(epoch, readings):
    found = []
    for r in readings:
        if found and found[-1][2] == r.seq:
            found[-1][2] += 1
        else:
            found.append([epoch, r.seq, r.seq + 1])
    return found


def names(flash):
    try:
        return flash.segments()
    except OSError:  # what cannot be read will not be delivered either
        return []


def look(shelf, mem):
    held, dropped = runs(mem.epoch, mem.outbox.readings(mem.seq)), mem.outbox.lost
    for name in names(shelf.flash):
        segment = shelf.flash.read(name)
        if segment is None:
            dropped += outbox.size_of(name)  # as it will count them when it gets there
        else:
            held += runs(segment.epoch, outbox.Readings(segment.rows, segment.next_seq))
    gap = [mem.epoch, mem.gap_from, mem.gap_to] if mem.gap_to else None
    facts = {"held": held, "gap": gap, "dropped": dropped, "notes": mem.notes.since()}
    facts["epoch"] = mem.epoch
    facts["blocks"], facts["files"] = used()
    return facts


def used():
    """(blocks, names of the files) of the node's file system."""
    _, where = vfs.mount()[-1]
    if where == "/":
        return 0, []
    facts = _os.statvfs(where)
    return facts[2] - facts[3], sorted([entry[0] for entry in _os.ilistdir(where)])


def main():
    shelf = Shelf(nap.cause(), lambda: 0)
    mem = shelf.recall()
    twin.s.rtc = json.dumps(look(shelf, mem)).encode()
    twin.end("deepsleep", twin.Asleep)


main()
