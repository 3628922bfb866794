# What is kept goes to the broker: the newest readings first, then segments from flash.
from micropython import const

from smartbin import outbox, report, schedule
from smartbin.errors import LinkError

_ENOUGH_MS = const(2000)  # a segment is not begun with less than this left


def everything(node, cfg, mem, link, battery_mv):
    """Publish all that is kept; forget each part when it has been acknowledged.

    LinkError where the newest part does not arrive; of the older ones as many as time allows.
    """
    newest(node, cfg, mem, link, battery_mv)
    try:
        more = mem.spilled
        while more and link.left_ms() > _ENOUGH_MS:
            more = segment(node, cfg, mem, link, battery_mv)
    except LinkError as e:
        mem.notes.add(e.why, e.waited_ms)


def newest(node, cfg, mem, link, battery_mv):
    """The outbox, retained.  The first report of a boot must come back to be believed."""
    readings = mem.outbox.readings(mem.seq)
    gap = (mem.gap_from, mem.gap_to) if mem.gap_to else None
    head = header(cfg, mem, link, battery_mv, mem.epoch, gap, mem.notes.since())
    link.publish(report.topic(cfg.bin_id), report.encode(head, readings), True, not mem.spoke_s)
    mem.outbox.forget(len(readings))
    mem.gap_from = mem.gap_to = 0
    mem.notes.told()
    mem.acked = mem.seq
    node.acknowledged(mem)


def segment(node, cfg, mem, link, battery_mv):
    """The oldest segment, not retained: its readings are old.  Is there more to do?"""
    name, found, count = node.oldest_segment()
    if not count:
        if count is not None:  # else the flash does not answer: perhaps at the next session
            _lose(node, mem, mem.spilled * outbox.SEGMENT)
            mem.spilled = 0
        return False
    if found is not None:
        readings = outbox.unpack(found.rows, found.next_seq)
        head = header(cfg, mem, link, battery_mv, found.epoch, None, [])
        link.publish(report.topic(cfg.bin_id), report.encode(head, readings), False, False)
    if not node.flash.drop(name):
        return False
    if found is None:  # broken on flash: its name still tells how many readings that were
        mem.notes.add("flash")
        _lose(node, mem, outbox.size_of(name))
    mem.spilled = count - 1  # not one less than before: a reset may have miscounted
    node.keep(mem)
    return True


def _lose(node, mem, readings):
    """Count them where a loss of power cannot undo it: their numbers are in no gap."""
    mem.outbox.lost += readings
    if readings:
        node.acknowledged(mem)


def header(cfg, mem, link, battery_mv, epoch, gap, notes):
    node = (cfg.bin_id, epoch, mem.boot, battery_mv, link.rssi_dbm)
    return report.Header(*node, schedule.next_report_s(cfg), mem.outbox.lost, gap, notes)
