# selftest: every part, one line each: well, not there, or what to do about it.
from smartbin import clock, echo
from smartbin.console import commands, reasons, sonar, table
from smartbin.errors import ConsoleError

WELL, ABSENT, ILL = 0, 1, 2
_MARKS = (("ok", "-", "!!"), ("정상", "-", "점검"))
_COLUMNS = (14, 4, 0)

_NAMES = (
    ("battery", "배터리"),
    ("thermometer", "온도계"),
    ("tilt contact", "기울기 접점"),
    ("lid contact", "덮개 접점"),
    ("sensor line", "센서 신호선"),
    ("flash", "플래시"),
    ("NVS", "NVS"),
    ("clock", "시계"),
)
_NONE = ("this board has none", "이 보드에는 없음")
_KEPT = ("keeps what is written", "쓴 것이 남음")
_VOLTS = ("%d.%02d V", "%d.%02d V")
_LOW = ("%d.%02d V is low: change it soon", "%d.%02d V로 낮습니다. 곧 바꾸십시오")
_CRITICAL = ("%d.%02d V: change it now", "%d.%02d V입니다. 지금 바꾸십시오")
_DEGREES = ("%d.%d C", "%d.%d C")
_BELOW_0 = ("-%d.%d C", "-%d.%d C")
_NO_AIR = ("no answer: check its plug and wires", "응답 없음: 커넥터와 배선을 확인하십시오")
_UPRIGHT = ("upright", "바로 섬")
_LEANS = (
    "says the bin leans: if it stands, check the wires",
    "기울었다고 합니다. 바로 서 있다면 배선을 확인하십시오",
)
_SHUT = ("lid shut", "덮개 닫힘")
_OPEN = (
    "says the lid is open: if it is shut, check magnet and wires",
    "열렸다고 합니다. 닫혀 있다면 자석과 배선을 확인하십시오",
)
_UNSTEADY = (
    "no steady answer: keep still, check plug and wires",
    "응답이 일정하지 않습니다. 움직이지 말고 배선을 확인하십시오",
)
_HEARD = ("%d of %d pings heard, %s", "%d/%d회 수신, %s")
_STORAGE = (
    "does not keep what is written (%s): replace the board",
    "쓴 것이 남지 않습니다 (%s). 보드를 바꾸십시오",
)
_SET = ("%04d-%02d-%02d %02d:%02d UTC", "%04d-%02d-%02d %02d:%02d UTC")
_GUESSED = (
    "about %04d-%02d-%02d %02d:%02d UTC: not set for days",
    "대략 %04d-%02d-%02d %02d:%02d UTC: 며칠째 맞추지 못함",
)
_UNSET = (
    "not set yet: the first report sets it, or mqtt test with TLS",
    "아직 맞추지 않음: 첫 보고 때 맞춥니다",
)
_NO_SERVER = ("never set: ntp_host is empty", "맞출 수 없음: ntp_host가 비었습니다")
_ALL_WELL = ("All is well.", "모두 정상입니다.")
_SOME_ILL = ("To be looked at: %d of %d.", "점검할 것: %d/%d개.")


def selftest(desk, args):
    found = []
    for name, check in zip(_NAMES, _checks(desk)):
        grade, pair, facts = check()
        found.append(grade)
        cells = (name[desk.language], _MARKS[desk.language][grade], pair[desk.language])
        desk.show(table.row(cells[:2], _COLUMNS) + "  " + (cells[2] % facts) + "\r\n")
        if len(found) < len(_NAMES) and desk.stopped():
            raise ConsoleError(commands.STOPPED, len(found), len(_NAMES))
    ill = found.count(ILL)
    desk.say(*((_SOME_ILL, ill, len(found)) if ill else (_ALL_WELL,)))


def _checks(desk):
    """A callable() -> (grade, pair, facts) for each of _NAMES."""
    probe = desk.node.probe()
    fitted = probe.fitted(desk.node)
    senses = desk.node.senses()
    sounding = sonar.sound(desk, sonar.awake(desk.cfg), desk.mem)
    return (
        lambda: battery(senses.battery_mv, desk.cfg),
        lambda: thermometer(sounding.lid_dc, fitted.air),
        lambda: contact(senses.tilted, fitted.tilt, _UPRIGHT, _LEANS),
        lambda: contact(senses.lid_open, fitted.lid, _SHUT, _OPEN),
        lambda: line(desk, sounding),
        lambda: storage(probe.flash_keeps, desk.node.flash),
        lambda: storage(probe.nvs_keeps),
        lambda: timepiece(desk),
    )


def battery(mv, cfg):
    if mv is None:
        return ABSENT, _NONE, ()
    volts = (mv // 1000, mv % 1000 // 10)
    if mv <= cfg.battery_critical_mv:
        return ILL, _CRITICAL, volts
    return (ILL, _LOW, volts) if mv <= cfg.battery_low_mv else (WELL, _VOLTS, volts)


def thermometer(lid_dc, fitted):
    if not fitted:
        return ABSENT, _NONE, ()
    if lid_dc is None:
        return ILL, _NO_AIR, ()
    degrees = (abs(lid_dc) // 10, abs(lid_dc) % 10)
    return WELL, _DEGREES if lid_dc >= 0 else _BELOW_0, degrees


def contact(state, fitted, closed, opened):
    if not fitted:
        return ABSENT, _NONE, ()
    if state is None:
        return ILL, _UNSTEADY, ()
    return (ILL, opened, ()) if state else (WELL, closed, ())


def line(desk, sounding):
    """A line that works may still hear nothing good: measure tells of that."""
    if sounding.reason in (echo.STUCK, echo.DEAD, echo.EARLY):
        return ILL, reasons.advice(sounding.reason), ()
    short = reasons.short(desk, sounding.reason)
    return WELL, _HEARD, (sounding.heard, sounding.pings, short)


def storage(keeps, *args):
    try:
        return (WELL, _KEPT, ()) if keeps(*args) else (ILL, _STORAGE, ("-",))
    except OSError as e:
        return ILL, _STORAGE, (e,)


def timepiece(desk):
    """The clock: not set is no fault of a bin that has just been switched on."""
    mem, cfg = desk.mem, desk.cfg
    now_s = clock.now(mem, desk.node.raw_s())
    sure = clock.stamp(mem, now_s)
    if sure == clock.UNKNOWN:
        return (ABSENT, _UNSET, ()) if cfg.ntp_host else (ILL, _NO_SERVER, ())
    moment = tuple(desk.node.ticks.gmtime(now_s)[:5])
    return (WELL if sure == clock.SET else ILL), (_SET if sure == clock.SET else _GUESSED), moment
