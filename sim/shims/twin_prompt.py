# MicroPython's prompt as the ESP32 has it (shared/runtime/pyexec.c): friendly, paste and raw mode.
# Raw paste is refused, as the protocol allows.
#
# Not a module of the ESP32.
import io
import sys

import twin

FRIENDLY, RAW = "friendly", "raw"
_A, _B, _C, _D, _E, _ESC = 1, 2, 3, 4, 5, 27
_OPEN, _CLOSE = "([{", ")]}"
_COMPOUND = ("if ", "while ", "for ", "try:", "with ", "def ", "class ", "async ", "@")
_BANNER = 'MicroPython v%d.%d.%d on simulated board; %s\nType "help()" for more information.\n'
_HISTORY = 8
_FOR_EVER_US = 1 << 50
_CTRL_C_ON, _CTRL_C_OFF = _C, -1


class Forced(Exception):
    """A soft reset; argument: the mode in which it was asked for."""


class _Gone(twin.Reset):
    """Nobody holds the other end any more."""


mode_now = [FRIENDLY]


def run(space, mode):
    """Until a soft reset: in which mode was it asked for?"""
    _interrupt(_CTRL_C_OFF)
    while True:
        mode_now[0] = mode
        try:
            ended = _raw(space) if mode == RAW else _friendly(space)
        except KeyboardInterrupt:  # came a moment late
            continue
        if ended == _D:
            return mode
        mode = FRIENDLY if mode == RAW else RAW


def execute(text, name, kind, space, marks=False):
    """Run it; did it end well?  marks: as raw mode wants it.  Raises Forced for a soft reset."""
    trouble = None
    try:
        code = compile(text, name, kind)
        _interrupt(_CTRL_C_ON)
        exec(code, space)
    except BaseException as e:
        trouble = e
    ended = twin.s.ended
    if ended and ended[0] != "soft_reset":
        raise ended[1]()
    _interrupt(_CTRL_C_OFF)
    if marks:
        _say("\x04")
    forced = ended or isinstance(trouble, SystemExit)
    if trouble is not None and not forced:
        _tell(trouble)
    if marks:
        _say("\x04")
    if forced:
        raise Forced(mode_now[0])
    return trouble is None


def _tell(trouble):
    """Its traceback, less this module's own part."""
    story = io.StringIO()
    sys.print_exception(trouble, story)
    for line in story.getvalue().split("\n")[:-1]:
        if not line.endswith("in execute"):
            _say(line + "\n")


# -- raw ------------------------------------------------------------------------------------------


def _raw(space):
    _say("raw REPL; CTRL-B to exit\r\n>")
    line = bytearray()
    while True:
        key = _key()
        if key == _A and line == b"\x05A":
            _say("R\x00")
            line = bytearray()
        elif key == _A:
            _say("raw REPL; CTRL-B to exit\r\n>")
            line = bytearray()
        elif key == _B:
            _say("\r\n")
            return _B
        elif key == _C:
            line = bytearray()
        elif key == _D:
            _say("OK")
            if not line:
                _say("\r\n")
                return _D
            text, line = line, None
            execute(_text(text), "<stdin>", "exec", space, True)
            _say(">")
            line = bytearray()
        else:
            line.append(key)


def _text(data):
    try:
        return bytes(data).decode()
    except UnicodeError:
        return "raise UnicodeError"


# -- friendly -------------------------------------------------------------------------------------


def _friendly(space):
    _say(_banner())
    history = []
    while True:
        line, end = _line(">>> ", history)
        if end == _E:
            _paste(space)
        elif end == _B:
            _say("\n" + _banner())
        elif end == _C:
            continue
        elif end is not None:
            return end
        elif line:
            _statement(line, space, history)


def _banner():
    return _BANNER % (sys.implementation.version[:3] + (twin.chip["name"].upper(),))


def _statement(line, space, history):
    while _goes_on(line):
        more, end = _line("... ", history)
        if end is not None:
            return
        line += "\n" + more
    if line.strip():
        execute(line + "\n", "<stdin>", "single", space)


def _goes_on(text):
    """Does more belong to it?"""
    depth, quote, at = 0, "", 0
    while at < len(text):
        if quote:
            if text[at] == "\\":
                at += 1
            elif text[at : at + len(quote)] == quote:
                at, quote = at + len(quote) - 1, ""
            elif text[at] == "\n" and len(quote) == 1:
                return False
        elif text[at] in "'\"":
            quote = text[at] * 3 if text[at : at + 3] == text[at] * 3 else text[at]
            at += len(quote) - 1
        elif text[at] == "#":
            while at + 1 < len(text) and text[at + 1] != "\n":
                at += 1
        else:
            depth += (text[at] in _OPEN) - (text[at] in _CLOSE)
        at += 1
    if depth > 0 or len(quote) == 3 or text.endswith("\\"):
        return True
    block = [one for one in _COMPOUND if text.startswith(one)]
    return bool(block) and not text.endswith("\n")


def _paste(space):
    _say("\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== ")
    text = bytearray()
    while True:
        key = _key()
        if key == _C:
            _say("\n")
            return
        if key == _D:
            _say("\n")
            execute(_text(text), "<stdin>", "exec", space)
            return
        text.append(10 if key == 13 else key)
        _say("\n=== " if key == 13 else chr(key))


def _line(mark, history):
    """(what was typed, None), or ("", the control key that ended it)."""
    _say(mark)
    line, at = bytearray(), 0  # of history: how far back
    while True:
        key = _key()
        if key in (13, 10):
            _say("\n")
            text = _text(line)
            if text and text not in history[:1]:
                history.insert(0, text)
                del history[_HISTORY:]
            return text, None
        if key == _C or (key in (_A, _B, _D, _E) and not line):
            _say("" if key in (_E, _B) else "\n")
            return "", key
        if key in (8, 127):
            if line:
                _erase(line)
        elif key == _ESC:
            at = _recall(line, history, at)
        elif key == 9:
            line.extend(b"    ")
            _say("    ")
        elif key >= 32:
            line.append(key)
            sys.stdout.buffer.write(bytes([key]))


def _erase(line):
    while len(line) > 1 and line[-1] & 0xC0 == 0x80:  # the rest of a letter beyond ASCII
        line[:] = line[:-1]
    line[:] = line[:-1]
    _say("\b \b")


def _recall(line, history, at):
    """An arrow up or down; other keys of that kind mean nothing."""
    if _key() != 91:
        return at
    way = {65: 1, 66: -1}.get(_key(), 0)
    if not way:
        return at
    at = max(0, min(len(history), at + way))
    _say("\b \b" * len(line))
    line[:] = history[at - 1].encode() if at else b""
    _say(_text(line))
    return at


# -- keys -----------------------------------------------------------------------------------------


def _key():
    try:
        if twin.s.typed:
            key = twin.s.typed[0]
            twin.s.typed = twin.s.typed[1:]
            return key
        while not twin.waiting(_FOR_EVER_US):
            pass
        data = sys.stdin.buffer.read(1)
    except KeyboardInterrupt:
        return _C
    if not data:
        raise _Gone
    return data[0]


def _say(text):
    sys.stdout.write(text)


def _interrupt(key):
    twin.live.tell({"interrupt": key})
