# One wake, top to bottom.  It owns no pin: the node that it is handed does.
from smartbin import clock, deliver, echo, fill, report, schedule
from smartbin.deadline import Deadline
from smartbin.errors import LinkError


def wake(node, cfg, mem):
    """Measure, keep, speak if somebody should hear of it; how long to nap, in milliseconds."""
    up = Deadline(node.ticks, cfg.awake_ms)
    battery_mv = node.battery.read_mv()  # before the radio pulls the rail down
    clock.check(mem, node.raw_s())
    schedule.recover(cfg, mem, now_s(node, mem))
    sounding = echo.SKIPPED if schedule.safe(mem) else sound(node, cfg, up)
    level = fill.estimate(sounding, cfg)
    measured(node, cfg, mem, sounding, level)
    node.keep(mem)  # a brown-out from here on must not cost the reading
    if node.secure(mem):  # to flash: what a loss of power must not cost
        node.keep(mem)
    if schedule.due(level, cfg, mem, now_s(node, mem), node.asked):
        speak(node, cfg, mem, up, level, battery_mv)
    return schedule.next_nap_ms(cfg, mem, now_s(node, mem), up)


def now_s(node, mem):
    return clock.now(mem, node.raw_s())


def sound(node, cfg, up):
    return echo.settle(node.sonar(cfg), node.air, cfg, up)


def measured(node, cfg, mem, sounding, level):
    """One more reading for the outbox, with the next number and the time."""
    at_s = clock.never_back(mem, now_s(node, mem))
    if sounding.mm is None:
        mem.notes.add("sonar", sounding.reason, at_s)
    alarm = schedule.alarm(level, cfg, mem)
    stamp = clock.stamp(mem, at_s)
    mem.outbox.put(report.reading(mem.seq, at_s, stamp, sounding, level, alarm))
    mem.seq += 1


def speak(node, cfg, mem, up, level, battery_mv):
    """Join, set the clock, deliver all that is kept; or note why not, and back off."""
    mem.radio = 1
    node.keep(mem)
    try:
        with node.link(cfg, mem, up) as link:
            set_clock(node, cfg, mem, link)
            deliver.everything(node, cfg, mem, link, battery_mv)
            schedule.spoke(level, mem, now_s(node, mem))
    except LinkError as e:
        mem.notes.add(e.why, e.waited_ms, now_s(node, mem))
        schedule.failed(cfg, mem, now_s(node, mem))
    mem.radio = 0
    node.keep(mem)


def set_clock(node, cfg, mem, link):
    """Ask the time server when it is time to; a report can do without."""
    if not clock.due(mem, now_s(node, mem), cfg):
        return
    try:
        clock.adopt(node, mem, link.network_time_s())
        node.keep(mem)  # the chip's clock has moved: a reset must not find a memory from before
    except LinkError as e:
        mem.notes.add(e.why, e.waited_ms, now_s(node, mem))
