# What the bin knows of itself.
from smartbin import build, clock, events, schedule
from smartbin import notes as noted

_WHO = ("%s, smartbin %s, board %s, sensor %s", "%s, smartbin %s, 보드 %s, 센서 %s")
_CLOCK = ("clock        %s UTC (%s)", "시각         %s UTC (%s)")
_NO_CLOCK = ("clock        never set", "시각         맞춘 적 없음")
_REPORT = ("last report  %s ago", "마지막 보고  %s 전")
_NO_REPORT = ("last report  none since power-on", "마지막 보고  전원을 켠 뒤 없음")
_LEVEL = ("level        %s %% full (reading %d)", "적재율       %s %% (측정 %d)")
_NO_LEVEL = ("level        not measured since power-on", "적재율       전원을 켠 뒤 재지 않음")
_OUTBOX = (
    "outbox       %d of %d readings, %d segments in flash, %d lost",
    "보낼 측정값  %d/%d개, 플래시 묶음 %d개, 잃은 것 %d개",
)
_BATTERY = ("battery      %s mV", "배터리       %s mV")
_NO_BATTERY = ("battery      not measured on this board", "배터리       이 보드는 재지 않음")
_NEXT = (
    "next wake    at once when the console closes, then after %s",
    "다음 동작    콘솔을 닫으면 바로, 그 뒤 %s 뒤",
)
_TROUBLE = ("troubles     %s", "문제         %s")
_NONE = ("none", "없음")
_SAFE = (
    "SAFE MODE    too many failed starts: it only reports",
    "안전 모드    시작 실패가 많아 보고만 합니다",
)
_FAILED = ("reports that failed in a row: %d", "연속으로 실패한 보고: %d")
_NOTE = ("%-12s %s ago, %d", "%-12s %s 전, %d")
_COUNT = ("%-12s %d times since the last report", "%-12s 마지막 보고 뒤 %d번")
_STANDS = ("%-16s stands", "%-16s 계속됨")
_WAITS = ("%-16s waits for a report: %s", "%-16s 보고 대기: %s")
_BEGAN, _OVER = ("it began", "시작"), ("it is over", "끝")
_EMPTY = ("No reading waits.", "기다리는 측정값이 없습니다.")
_HEAD = (
    "reading  time               mm  fill  quality",
    "측정     시각               mm 적재율 품질",
)
_UNITS = ((3600, (" h", "시간")), (60, (" min", "분")), (1, (" s", "초")))
_STATES = (("unknown", "모름"), ("estimated", "추정"), ("set", "맞춤"))
_SHOWN = 15


def status(desk, args):
    node, cfg, mem = desk.node, desk.cfg, desk.mem
    now_s = clock.now(mem, node.raw_s())
    desk.say(_WHO, cfg.bin_id, build.VERSION, node.title, cfg.sensor or node.sensor)
    _clock(desk, now_s)
    if mem.spoke_s:
        desk.say(_REPORT, _span(desk, now_s - mem.spoke_s))
    else:
        desk.say(_NO_REPORT)
    if mem.seq:
        desk.say(_LEVEL, _or(mem.fill.pct), mem.seq - 1)
    else:
        desk.say(_NO_LEVEL)
    desk.say(_OUTBOX, len(mem.outbox), mem.outbox.room, mem.spilled, mem.outbox.lost)
    battery_mv = node.battery.read_mv()
    desk.say(*((_NO_BATTERY,) if battery_mv is None else (_BATTERY, battery_mv)))
    desk.say(_NEXT, _span(desk, schedule.nap_s(cfg, mem, now_s, cfg.sample_s)))
    if schedule.safe(mem):
        desk.say(_SAFE)
    counted = ", ".join(["%s %d" % row for row in mem.notes.since()])
    desk.say(_TROUBLE, counted or _NONE[desk.language])


def outbox(desk, args):
    mem = desk.mem
    desk.say(_OUTBOX, len(mem.outbox), mem.outbox.room, mem.spilled, mem.outbox.lost)
    readings = mem.outbox.readings(mem.seq)
    if not len(readings):
        desk.say(_EMPTY)
        return
    desk.say(_HEAD)
    for i in range(max(0, len(readings) - _SHOWN), len(readings)):
        r = readings[i]
        facts = (r.seq, _date(desk, r.at_s), _or(r.mm), _or(r.pct), r.quality)
        desk.show("%-8d %-16s %4s %5s  %s\r\n" % facts)


def events_(desk, args):
    state = desk.mem.events
    for name in events.standing(state):
        desk.say(_STANDS, name)
    waiting = state.waiting()
    for i, way in waiting:
        desk.say(_WAITS, events.NAMES[i], (_BEGAN if way else _OVER)[desk.language])
    if not waiting and not events.standing(state):
        desk.say(_NONE)


def notes(desk, args):
    kept, raw_s = desk.mem.notes, desk.node.raw_s()
    if desk.mem.fails:
        desk.say(_FAILED, desk.mem.fails)
    for name, count in kept.since():
        desk.say(_COUNT, name, count)
    for i, argument, at_s in kept.last:
        desk.say(_NOTE, noted.NAMES[i], _span(desk, raw_s - at_s), argument)
    if kept.text:
        desk.show(_printable(kept.text) + "\r\n")
    if not kept.last and not kept.since():
        desk.say(_NONE)


def _clock(desk, now_s):
    if desk.mem.set_s:
        desk.say(_CLOCK, _date(desk, now_s), _STATES[clock.stamp(desk.mem, now_s)][desk.language])
    else:
        desk.say(_NO_CLOCK)


def _date(desk, at_s):
    return "%d-%02d-%02d %02d:%02d" % tuple(desk.node.ticks.gmtime(at_s)[:5])


def _span(desk, seconds):
    unit_s, name = next(unit for unit in _UNITS if seconds >= 2 * unit[0] or unit[0] == 1)
    return "%d%s" % (max(0, seconds) // unit_s, name[desk.language])


def _or(number):
    return "-" if number is None else str(number)


def _printable(text):
    return "".join([chr(c) if 32 <= c < 127 else "?" for c in text])
