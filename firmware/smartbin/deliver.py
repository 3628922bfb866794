# What is kept goes to the broker: the newest readings first, then segments from flash.
from micropython import const

from smartbin import clock, events, outbox, report, schedule
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
    told_mc = int(mem.spent_mc)
    facts = (mem.epoch, gap, mem.notes.since(), state(cfg, mem, readings), told_mc)
    facts += (node.mounting().kept() if mem.installed else None,)
    head = header(cfg, mem, link, battery_mv, facts)
    link.publish(report.topic(cfg.bin_id), report.encode(head, readings), True, not mem.spoke_s)
    mem.outbox.forget(len(readings))
    mem.gap_from = mem.gap_to = 0
    mem.spent_mc -= told_mc
    mem.events.up = mem.events.down = 0
    mem.notes.told()
    mem.acked = mem.seq
    node.acknowledged(mem)
    mem.installed = 0


def segment(node, cfg, mem, link, battery_mv):
    """The oldest segment, not retained: its readings are old.  Is there more to do?"""
    name, found, count = node.oldest_segment()
    if not count:
        if count is not None:  # else the flash does not answer: perhaps at the next session
            _lose(node, mem, mem.spilled * outbox.SEGMENT)
            mem.spilled = 0
        return False
    if found is not None:
        readings = outbox.Readings(found.rows, found.next_seq)
        told = news(readings.telling())
        told = report.Bin(events.standing(mem.events), told, *report.QUIET[2:])
        head = header(cfg, mem, link, battery_mv, (found.epoch, None, [], told, 0, None))
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


def state(cfg, mem, readings):
    """What the newest message says of the bin now, beside its level."""
    past, now_s, last = mem.fill, mem.last_s, None
    if readings[-1].pct is None and past.pct is not None:
        last = (past.pct, max(0, now_s - past.last_s))
    lid_dc = mem.events.lid_dc
    lid_c = None if lid_dc is None else max(-128, min(127, (lid_dc + 5) // 10))
    telling = readings.telling()
    told = news(telling)
    told += [(events.NAMES[i], way, readings[-1].seq) for i, way in mem.events.waiting()]
    rest = (last, events.full_in(cfg, past, now_s), lid_c)
    return report.Bin(events.standing(mem.events), told, emptied(mem.events, telling), *rest)


def news(readings):
    """(name, 1 raised / 0 released, seq) of all that these readings carry; each carries some."""
    told = [events.told_of(r.news) + (r.seq,) for r in readings]
    return [(events.NAMES[i], way, seq) for i, way, seq in told]


def emptied(past, readings):
    """The last emptying, where one of these readings tells of it."""
    for r in reversed(readings):
        if events.told_of(r.news)[0] in (events.EMPTIED, events.PART):
            return events.emptying(past) + (r.seq, clock.unix(r.at_s, r.stamp))
    return None


def header(cfg, mem, link, battery_mv, facts):
    epoch, *told = facts
    node = (cfg.bin_id, epoch, mem.boot, battery_mv, link.rssi_dbm)
    return report.Header(*node, schedule.next_report_s(cfg), mem.outbox.lost, *told)
