# Settings: shown, changed after a check of all of them together, carried to another bin.
import json

from smartbin import config
from smartbin.console import commands, line
from smartbin.errors import ConfigError, ConsoleError

_LONGEST = 1900  # bytes of a line of settings: what NVS has room for
_PASTE = (
    "Paste one line from config export, then Enter; Ctrl-C changes nothing.",
    "config export의 한 줄을 붙여 넣고 Enter. Ctrl-C는 취소.",
)
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
    "%d settings taken; this is %s now. Secrets are as they were.",
    "설정 %d개를 받았습니다. 이제 이름은 %s입니다. 비밀 값은 그대로입니다.",
)
_SURE = ("Set all settings but secrets to their defaults?", "비밀 값을 뺀 모든 설정을 기본값으로?")
_USAGE = ("Usage: config %s %s", "사용법: config %s %s")
_NO_START = ("No setting begins with %s.", "%s(으)로 시작하는 설정은 없습니다.")
_COLUMN = 20
_HUGE = 0x3FFF_FFFF


def config_(desk, args):
    what, rest = (args[0] if args else "show"), args[1:]
    if what not in STEPS:
        raise commands.usage("config")
    step, usage, fewest, most = STEPS[what]
    if not fewest <= len(rest) <= most:
        raise ConsoleError(_USAGE, what, usage)
    step(desk, *rest)


def _show(desk, start=""):
    found = [row for row in config.shown(desk.cfg) if row[0].startswith(start)]
    if not found:
        raise ConsoleError(_NO_START, start[:40])
    for name, value in found:
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
        raise ConsoleError(_USAGE, "set", STEPS["set"][1])
    desk.show(name + ": ")
    end, text = desk.read_line(line.Line(quiet=True))
    if end != line.ENTER or not text:
        raise ConsoleError(commands.UNCHANGED)
    return text


def _reset(desk, name=None):
    if name is not None:
        change(desk, {name: _row(name)[1]})
        _get(desk, name)
    elif desk.ask(_SURE):
        raw, kept = desk.node.desk().stored(), config.SECRETS + ("mqtt_user", "mqtt_tls")
        _keep(desk, {key: raw[key] for key in raw if key in kept})
    else:
        desk.say(commands.UNCHANGED)


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
        raise ConsoleError(commands.UNCHANGED)
    taken = _table(text)
    for name in config.SECRETS:
        if name in taken:
            raise ConsoleError(_SECRET, name)
    raw = desk.node.desk().stored()
    _keep(desk, dict([(key, raw[key]) for key in raw if key in config.SECRETS], **taken))
    desk.say(_TAKEN, len(taken), desk.cfg.bin_id)


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
    raise ConfigError(name, "There is no setting named %s.", name[:40])


def _number(name, text):
    try:
        number = int(text)
    except ValueError:
        number = None
    if number is None or abs(number) > _HUGE:
        raise ConfigError(name, "%s must be a whole number.", name)
    return number


def _one(desk, name, value):
    desk.show(("%-*s %s %s" % (_COLUMN, name, value, _row(name)[4])).rstrip() + "\r\n")


# What can be done with them: the function, its arguments, how many of them.
STEPS = {
    "show": (_show, "[PREFIX]", 0, 1),
    "get": (_get, "NAME", 1, 1),
    "set": (_set, 'NAME VALUE|"TWO WORDS"', 1, 2),
    "reset": (_reset, "[NAME]", 0, 1),
    "export": (_export, "", 0, 0),
    "import": (_import, "", 0, 0),
}
