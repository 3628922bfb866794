# Every command: name, arguments, what help says of it, the module and function that do it.
# A command is function(desk, args); its module is loaded when somebody calls it.
from smartbin import config
from smartbin.errors import ConsoleError, Handover

TABLE = (
    ("help", "[command]", ("this list", "이 목록"), "help", "help_"),
    (
        "status",
        "",
        ("who I am, how I am, what comes next", "이름, 상태, 다음 동작"),
        "about",
        "status",
    ),
    ("measure", "[n]", ("measure three times, or n", "세 번 또는 n번 측정"), "sonar", "measure"),
    ("live", "", ("level as a bar, until Enter", "Enter까지 적재율을 막대로"), "sonar", "live"),
    (
        "calibrate",
        "empty|full",
        ("take this level as empty or full", "지금 높이를 빈 통/가득으로"),
        "sonar",
        "calibrate",
    ),
    (
        "install",
        "",
        ("check a mounting before the lid closes", "덮개를 닫기 전 설치 점검"),
        "install",
        "install",
    ),
    ("config", "show|get|set|reset|export|import", ("settings", "설정"), "settings", "config_"),
    ("wifi", "scan|join|test", ("networks around, and ours", "주변 망과 우리 망"), "air", "wifi"),
    ("mqtt", "test", ("each step to the broker", "브로커까지 단계별 시험"), "air", "mqtt"),
    (
        "outbox",
        "",
        ("readings that wait for a report", "보고를 기다리는 측정값"),
        "about",
        "outbox",
    ),
    ("events", "", ("events that stand or wait", "지금의 사건과 보낼 사건"), "about", "events_"),
    ("notes", "", ("what went wrong", "기록된 문제"), "about", "notes"),
    (
        "selftest",
        "",
        ("every part, one after the other", "부품을 차례로 점검"),
        "selftest",
        "selftest",
    ),
    (
        "sleep",
        "",
        ("close the console; the bin works on", "콘솔을 닫고 동작 계속"),
        "end",
        "sleep",
    ),
    ("reboot", "", ("start anew", "다시 시작"), "end", "reboot"),
    (
        "factory-reset",
        "",
        ("forget all settings (asks)", "모든 설정 삭제(확인)"),
        "end",
        "factory_reset",
    ),
    ("repl", "", ("MicroPython's own prompt", "MicroPython 프롬프트"), "end", "repl"),
)

_ALSO = {"?": "help", "exit": "sleep", "quit": "sleep"}

_UNKNOWN = ("There is no command %s; try help.", "%s 명령이 없습니다. help를 입력하십시오.")
STOPPED = (
    "Stopped after %d of %d; nothing was kept.",
    "%d번째에서 멈췄습니다 (모두 %d). 저장하지 않았습니다.",
)
UNCHANGED = ("Nothing was changed.", "아무것도 바꾸지 않았습니다.")
_LOCKED = (
    "The setting repl_lock keeps MicroPython's prompt shut.",
    "설정 repl_lock이 켜져 있어 열 수 없습니다.",
)


def find(words):
    """(row of the table, arguments); ConsoleError where there is no such command."""
    for size in (2, 1):  # "factory reset" is factory-reset
        name = "-".join(words[:size]).lower()
        name = _ALSO.get(name, name)
        for row in TABLE:
            if row[0] == name and len(words) >= size:
                return row, words[size:]
    raise ConsoleError(_UNKNOWN, words[0][:40])


def load(row):
    name = "smartbin.console." + row[3]
    return getattr(__import__(name, None, None, (row[4],)), row[4])


def secret(words):
    """Does a line of these words hold what nobody else should read?"""
    return any([word in config.SECRETS + ("join",) for word in words])


def hand_over(desk):
    """Leaves for MicroPython's prompt, where that is allowed."""
    if desk.cfg.repl_lock:
        desk.say(_LOCKED)
        return
    raise Handover


def usage(name):
    """A ConsoleError that says how a command is called."""
    row, _ = find([name])
    return ConsoleError(("Usage: %s %s", "사용법: %s %s"), name, row[1])
