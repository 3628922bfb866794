# measure, live, calibrate: what the sensor says of the bin right now.  Nothing of it is kept.
from micropython import const

from smartbin import config, echo, fill
from smartbin.console import commands, reasons, table
from smartbin.deadline import Deadline
from smartbin.errors import ConsoleError

_MOST = const(20)  # soundings in one table
_USUAL = const(3)
_LIVE_MS = const(300_000)
_PAUSE_MS = const(200)  # between two looks, so that a sensor's last echo dies away
_BAR = const(20)  # cells
_WIDE = const(76)  # columns of the line that live writes again and again
_GOOD = const(2)  # quality from which on a distance may become a setting
_APART_MM = const(30)  # between its three looks: half of what is too noisy (family.py)

_HEADS = (
    ("no", "distance", "spread", "level", "quality", "heard", "why"),
    ("번호", "거리", "편차", "적재율", "품질", "수신", "이유"),
)
_COLUMNS = (-4, -8, -7, 15, -7, -7, 0)

_TIMES = ("measure takes a number from 1 to %d.", "measure 뒤에는 1에서 %d까지의 수를 쓰십시오.")
_STOP = ("Enter stops.", "Enter를 누르면 멈춥니다.")
_OVER = ("Five minutes are over.", "5분이 지나 멈췄습니다.")
_UNSURE = (
    "The three looks differ too much (%d of 3 were good). Nothing was changed.",
    "세 번의 측정이 서로 다릅니다 (3번 중 %d번 양호). 설정을 바꾸지 않았습니다.",
)
_FOUND = (
    "Measured %d mm (%d to %d). The setting %s is %d mm now; it would become %d mm.",
    "측정값 %d mm (%d~%d). 설정 %s은(는) 지금 %d mm이며 %d mm로 바뀝니다.",
)
_SET_IT = ("Set it?", "저장할까요?")
_DONE = (
    "%s is %d mm now. What was learnt of the level before is forgotten.",
    "%s을(를) %d mm로 저장했습니다. 이전 적재율 기록은 지웠습니다.",
)
_TABLE = (
    "Levels come from the table in volume all the same; config reset volume drops it.",
    "적재율은 여전히 volume 표로 계산됩니다. config reset volume으로 지울 수 있습니다.",
)


def measure(desk, args):
    """A table of soundings, then what to do about what they met."""
    times = _times(args)
    cfg = awake(desk.cfg)
    desk.show(table.row(_HEADS[desk.language], _COLUMNS) + "\r\n")
    met = []
    for n in range(times):
        sounding = sound(desk, cfg, desk.mem)
        met.append(sounding.reason)
        desk.show(_row(desk, n + 1, sounding, cfg) + "\r\n")
        if n + 1 < times and desk.stopped():
            raise ConsoleError(commands.STOPPED, n + 1, times)
    for reason in sorted(set(met)):
        reasons.advise(desk, reason)


def live(desk, args):
    """The level as a bar on one line, until Enter or for five minutes."""
    cfg = awake(desk.cfg)
    until = Deadline(desk.node.ticks, _LIVE_MS)
    desk.say(_STOP)
    while until.left_ms():
        sounding = sound(desk, cfg, desk.mem)
        desk.show("\r" + table.row((_bar(desk, sounding, cfg),), (_WIDE,)))
        if desk.stopped(_PAUSE_MS):
            desk.show("\r\n")
            return
    desk.show("\r\n")
    desk.say(_OVER)


def calibrate(desk, args):
    """Take the distance of now for empty_mm or full_mm, when somebody says yes."""
    if len(args) != 1 or args[0] not in ("empty", "full"):
        raise commands.usage("calibrate")
    name = args[0] + "_mm"
    mms = _looked(desk)
    mm = mms[1]
    changed(desk.cfg, **{name: mm})  # ConfigError where it cannot be a setting
    desk.say(_FOUND, mm, mms[0], mms[-1], name, getattr(desk.cfg, name), mm)
    if not desk.ask(_SET_IT):
        desk.say(commands.UNCHANGED)
        return
    from smartbin.console import settings

    settings.change(desk, {name: mm})
    desk.mem.fill = fill.State()
    desk.node.keep(desk.mem)
    desk.say(_DONE, name, mm)
    if desk.cfg.volume:
        desk.say(_TABLE)


def sound(desk, cfg, mem):
    """One Sounding, as a wake takes it."""
    desk.feed()
    return echo.settle(desk.node.sonar(cfg), cfg, mem, desk.up())


def awake(cfg):
    """These settings, but no light sleep: it would stop the console's line."""
    return changed(cfg, doze=0)


def changed(cfg, **changes):
    """A Config with these settings changed; ConfigError where they cannot be."""
    raw = {row[0]: value for row, value in zip(config.TABLE, cfg)}
    raw.update(changes)
    return config.check(raw)


class _Nothing:
    """In place of a Memory: no level is expected, no floor is known."""

    def __init__(self):
        self.fill = fill.State()


def _looked(desk):
    """Three distances that agree, nearest first; ConsoleError where there are none."""
    far_mm = min(4000, desk.node.sonar(desk.cfg).sensor.range_mm)
    cfg = changed(desk.cfg, doze=0, empty_mm=far_mm, full_mm=20)  # whatever is set now
    found = [sound(desk, cfg, _Nothing()) for _ in range(_USUAL)]
    mms = sorted([s.mm for s in found if s.mm is not None and s.quality >= _GOOD])
    if len(mms) < _USUAL or mms[-1] - mms[0] > _APART_MM:
        for reason in sorted({s.reason for s in found}):
            reasons.advise(desk, reason)
        raise ConsoleError(_UNSURE, len(mms))
    return mms


def _times(args):
    if not args:
        return _USUAL
    if len(args) > 1:
        raise commands.usage("measure")
    if not args[0].isdigit() or not 1 <= len(args[0]) <= 2 or not 1 <= int(args[0]) <= _MOST:
        raise ConsoleError(_TIMES, _MOST)
    return int(args[0])


def _row(desk, n, sounding, cfg):
    cells = (
        "%d" % n,
        _mm(sounding.mm),
        _mm(None if sounding.mm is None else sounding.spread_mm),
        _level(fill.look(sounding, cfg)),
        "%d/4" % sounding.quality,
        "%d/%d" % (sounding.heard, sounding.pings),
        reasons.short(desk, sounding.reason),
    )
    return table.row(cells, _COLUMNS)


def _level(level):
    if level.pct is None:
        return "-"
    if level.kind == fill.AT_LEAST:
        return ">= %d %%" % level.lo
    return "%d %% (%d-%d)" % (level.pct, level.lo, level.hi)


def _bar(desk, sounding, cfg):
    level = fill.look(sounding, cfg)
    full = (level.pct or 0) * _BAR // 100
    cells = "#" * full + "-" * (_BAR - full)
    facts = (cells, _level(level), _mm(sounding.mm), sounding.quality)
    return "[%s] %-14s %7s %d/4 " % facts + reasons.short(desk, sounding.reason)


def _mm(mm):
    return "-" if mm is None else "%d mm" % mm
