# Settings: shown, changed after a check of all of them together, carried to another bin.
import json

from smartbin import config
from smartbin.console import line
from smartbin.console.commands import usage
from smartbin.errors import ConsoleError

_LONGEST = 1900  # bytes of a line of settings: what NVS has room for
_PASTE = (
    "Paste one line from config export, then Enter; Ctrl-C changes nothing.",
    "config export의 한 줄을 붙여 넣고 Enter. Ctrl-C는 취소.",
)
_NO_SETTING = ("There is no setting named %s.", "%s 설정은 없습니다.")
_NUMBER = ("%s must be a whole number.", "%s에는 정수만 쓸 수 있습니다.")
_NOTHING = ("Nothing was changed.", "아무것도 바꾸지 않았습니다.")
_LONG = ("That line is too long; nothing was changed.", "줄이 너무 길어 바꾸지 않았습니다.")
_NO_JSON = (
    "That is no line of config export; nothing was changed.",
    "config export의 줄이 아닙니다. 바꾸지 않았습니다.",
)
_SECRET = (
    "%s is a secret, which no line carries; set it by config set. Nothing was changed.",
    "%s는 비밀 값이라 config set으로만 바꿉니다. 바꾸지 않았습니다.",
)
_TAKEN = (
    "%d settings taken; secrets are as they were.",
    "설정 %d개를 받았습니다. 비밀 값은 그대로입니다.",
)
_SURE = ("Set all settings but secrets to their defaults?", "비밀 값을 뺀 모든 설정을 기본값으로?")
_COLUMN = 18


def config_(desk, args):
    """show, get NAME, set NAME [VALUE], reset [NAME], export, import"""
    what, rest = (args[0] if args else "show"), args[1:]
    wanted = {
        "show": (0,),
        "get": (1,),
        "set": (1, 2),
        "reset": (0, 1),
        "export": (0,),
        "import": (0,),
    }
    if len(rest) not in wanted.get(what, ()):
        raise usage("config")
    steps = {"show": _show, "get": _get, "set": _set, "reset": _reset}
    steps.update({"export": _export, "import": _import})
    steps[what](desk, *rest)


def _show(desk):
    for name, value in config.shown(desk.cfg):
        _one(desk, name, value)


def _get(desk, name):
    _row(name)
    _one(desk, name, dict(config.shown(desk.cfg))[name])


def _set(desk, name, text=None):
    row = _row(name)
    if text is None:
        text = _unseen(desk, name)
    change(desk, {name: text if isinstance(row[1], str) else _number(name, text)})
    _get(desk, name)


def _unseen(desk, name):
    """A secret that nobody reads over a shoulder."""
    if name not in config.SECRETS:
        raise usage("config")
    desk.show(name + ": ")
    end, text = desk.read_line(line.Line(quiet=True))
    if end != line.ENTER:
        raise ConsoleError(_NOTHING)
    return text


def _reset(desk, name=None):
    if name is not None:
        change(desk, {name: _row(name)[1]})
        _get(desk, name)
    elif desk.ask(_SURE):
        raw = desk.node.desk().stored()
        _keep(
            desk,
            {key: raw[key] for key in raw if key in config.SECRETS + ("mqtt_user", "mqtt_tls")},
        )
    else:
        desk.say(_NOTHING)


def _export(desk):
    raw = desk.node.desk().stored()
    plain = {key: raw[key] for key in raw if key not in config.SECRETS}
    desk.show(json.dumps(plain) + "\r\n")


def _import(desk):
    desk.say(_PASTE)
    end, text = desk.read_line(line.Line(_LONGEST, True))
    if end == line.TOO_LONG:
        raise ConsoleError(_LONG)
    if end != line.ENTER:
        raise ConsoleError(_NOTHING)
    taken = _table(text)
    for name in config.SECRETS:
        if name in taken:
            raise ConsoleError(_SECRET, name)
    raw = desk.node.desk().stored()
    _keep(desk, dict([(key, raw[key]) for key in raw if key in config.SECRETS], **taken))
    desk.say(_TAKEN, len(taken))


def _table(text):
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not text.strip().endswith("}"):
        raise ConsoleError(_NO_JSON)
    return found


def change(desk, changes):
    raw = desk.node.desk().stored()
    raw.update(changes)
    _keep(desk, raw)


def _keep(desk, raw):
    """Stored, and in use from here on; or a ConfigError, and nothing has changed."""
    desk.node.desk().put(raw)
    desk.cfg = desk.node.shelf.settings()


def _row(name):
    for row in config.TABLE:
        if row[0] == name:
            return row
    raise ConsoleError(_NO_SETTING, name[:40])


def _number(name, text):
    try:
        number = int(text)
    except ValueError:
        raise ConsoleError(_NUMBER, name)
    if abs(number) > 0x3FFF_FFFF:
        raise ConsoleError(_NUMBER, name)
    return number


def _one(desk, name, value):
    desk.show("%-*s %s %s\r\n" % (_COLUMN, name, value, _row(name)[4]))
