# One wake, top to bottom.  It owns no pin: the node that it is handed does.
from smartbin import clock, deliver, echo, events, fill, report, schedule, signs
from smartbin.deadline import Deadline
from smartbin.errors import LinkError


def wake(node, cfg, mem):
    """Measure, keep, speak if somebody should hear of it; how long to nap, in milliseconds."""
    up = Deadline(node.ticks, cfg.awake_ms)
    senses = node.senses()  # before the radio pulls the rail down
    clock.check(mem, node.raw_s())
    schedule.recover(cfg, mem, now_s(node, mem))
    sounding = sound(node, cfg, mem, up, senses)
    at_s = clock.never_back(mem, now_s(node, mem))
    level = fill.estimate(sounding, cfg, mem, at_s)
    news = events.judge(level, sounding, senses, cfg, mem, at_s)
    measured(mem, at_s, sounding, level, news)
    node.meter.book(mem, up.spent_ms(), node.raw_s())
    node.keep(mem)  # a brown-out from here on must not cost the reading
    if node.secure(mem):  # to flash: what a loss of power must not cost
        node.keep(mem)
    period_s = schedule.period_s(level, cfg, mem, at_s)
    if schedule.due(level, cfg, mem, now_s(node, mem), node.asked, period_s):
        speak(node, cfg, mem, up, level, senses.battery_mv)
    return schedule.next_nap_ms(cfg, mem, now_s(node, mem), up, period_s)


def now_s(node, mem):
    return clock.now(mem, node.raw_s())


def sound(node, cfg, mem, up, senses):
    """Ask the sensor.  Where it seems to burn, ask again before anybody is alarmed."""
    if schedule.safe(mem):
        return echo.skipped(echo.SAFE)
    look = echo.lying if senses.tilted else echo.settle
    sounding = look(node.sonar(cfg), cfg, mem, up)
    if signs.burns(sounding, cfg, mem.events, now_s(node, mem)):
        sounding = look(node.sonar(cfg), cfg, mem, up)
    return sounding


def measured(mem, at_s, sounding, level, news):
    """One more reading for the outbox, with the next number, the time and what it has to tell."""
    if sounding.mm is None:
        mem.notes.add("sonar", sounding.reason, at_s)
    facts = (mem.seq, at_s, clock.stamp(mem, at_s), sounding, level)
    mem.outbox.put(report.reading(*facts, schedule.alarm(news, mem), mem.events.pop()))
    mem.seq += 1


def speak(node, cfg, mem, up, level, battery_mv):
    """Join, set the clock, deliver all that is kept; or note why not, and back off."""
    mem.radio = 1
    node.keep(mem)
    try:
        with node.link(cfg, mem, up) as link:
            clock.look(node, cfg, mem, link)
            deliver.everything(node, cfg, mem, link, battery_mv)
            schedule.spoke(level, mem, now_s(node, mem))
    except LinkError as e:
        mem.notes.add(e.why, e.waited_ms, now_s(node, mem))
        schedule.failed(cfg, mem, now_s(node, mem))
    mem.radio = 0
    node.keep(mem)
