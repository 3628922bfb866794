# One wake, top to bottom.  It owns no pin: the node that it is handed does.
from smartbin import clock, echo, fill, report, schedule
from smartbin.deadline import Deadline
from smartbin.errors import LinkError


def wake(node, cfg, mem):
    """Measure, keep, speak if somebody should hear of it; how long to nap, in milliseconds."""
    up = Deadline(node.ticks, cfg.awake_ms)
    battery_mv = node.battery.read_mv()  # before the radio pulls the rail down
    sounding = echo.settle(node.sonar(cfg), node.air, cfg, up)
    level = fill.estimate(sounding, cfg)
    measured(node, mem, sounding, level)
    node.keep(mem)  # a brown-out at radio start must not cost the reading
    if schedule.due(level, cfg, mem, node.now_s(), node.asked):
        speak(node, cfg, mem, up, level, battery_mv)
        node.keep(mem)
    return schedule.next_nap_ms(cfg, up)


def measured(node, mem, sounding, level):
    """One more reading for the outbox, with the next number and the time."""
    at_s = node.now_s()
    if sounding.mm is None:
        mem.notes.add("sonar", sounding.reason, at_s)
    mem.outbox.put(report.reading(mem.seq, at_s, clock.stamp(mem), sounding, level))
    mem.seq += 1


def speak(node, cfg, mem, up, level, battery_mv):
    """Join, publish all that is in the outbox, and forget what the broker acknowledged."""
    try:
        with node.link(cfg, up) as link:
            set_clock(node, cfg, mem, link)
            readings = mem.outbox.readings(mem.seq)
            facts = (battery_mv, link.rssi_dbm, schedule.next_report_s(cfg), mem.outbox.lost)
            header = report.Header(cfg.bin_id, mem.boot, *facts, mem.notes.since())
            link.publish(report.topic(cfg.bin_id), report.encode(header, readings))
            mem.outbox.forget(len(readings))
            mem.notes.told()
            schedule.spoke(level, cfg, mem, node.now_s())
    except LinkError as e:
        mem.notes.add(e.why, e.waited_ms, node.now_s())
        schedule.failed(cfg, mem, node.now_s())


def set_clock(node, cfg, mem, link):
    """Ask the time server when it is time to; a report can do without."""
    if clock.due(mem, node.now_s(), cfg):
        try:
            by_s = node.set_clock(link.network_time_s())
            clock.moved(mem, by_s, node.now_s())
        except LinkError as e:
            mem.notes.add(e.why, e.waited_ms, node.now_s())
