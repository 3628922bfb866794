# MicroPython's prompt as the ESP32 has it (shared/runtime/pyexec.c): friendly, paste and raw mode.
# Raw paste is refused, as the protocol allows.
#
# Not a module of the ESP32.
import io
import sys

import twin
from twin_typing import CTRL_C, NO_KEY, interrupt, key, line, say, text_of

FRIENDLY, RAW = "friendly", "raw"
_A, _B, _D, _E = 1, 2, 4, 5
_OPEN, _CLOSE = "([{", ")]}"
_COMPOUND = ("if ", "while ", "for ", "try:", "with ", "def ", "class ", "async ", "@")
_RAW_BANNER = "raw REPL; CTRL-B to exit\r\n>"
_BANNER = 'MicroPython v%d.%d.%d on simulated board; %s\nType "help()" for more information.\n'
_OURS = __file__[: __file__.rindex("/") + 1]  # the folder of what is C code on the chip


class Forced(Exception):
    """A soft reset; argument: the mode in which it was asked for."""


mode_now = [FRIENDLY]


def run(space, mode):
    """Until a soft reset: in which mode was it asked for?"""
    interrupt(NO_KEY)
    while True:
        mode_now[0] = mode
        ended = _raw(space) if mode == RAW else _friendly(space)
        if ended == _D:
            return mode
        mode = FRIENDLY if mode == RAW else RAW


def execute(text, name, kind, space, marks=False):
    """Run it; did it end well?  marks: as raw mode wants it.  Raises Forced for a soft reset."""
    try:
        trouble = _attempt(text, name, kind, space)
    except KeyboardInterrupt as e:  # when all was over
        trouble = e
    interrupt(NO_KEY)
    ended = twin.s.ended
    if ended and ended[0] != "soft_reset":
        raise ended[1]()
    if marks:
        say("\x04")
    forced = ended or isinstance(trouble, SystemExit)
    if trouble is not None and not forced:
        _tell(trouble)
    if marks:
        say("\x04")
    if forced:
        raise Forced(mode_now[0])
    return trouble is None


def _attempt(text, name, kind, space):
    """What it raised, or None."""
    try:
        code = compile(text, name, kind)
        interrupt(CTRL_C)
        exec(code, space)
    except BaseException as e:
        return e


def _tell(trouble):
    """Its traceback, less the part of it that the chip has not got."""
    story = io.StringIO()
    sys.print_exception(trouble, story)
    for row in story.getvalue().split("\n")[:-1]:
        if not (row.startswith("  File ") and _OURS in row):
            say(row + "\n")


# -- raw ------------------------------------------------------------------------------------------


def _raw(space):
    say(_RAW_BANNER)
    typed = bytearray()
    while True:
        one = key()
        if one == _A:
            say("R\x00" if typed == b"\x05A" else _RAW_BANNER)
        elif one == _B:
            say("\r\n")
            return _B
        elif one == _D:
            say("OK")
            if not typed:
                say("\r\n")
                return _D
            text, typed = text_of(typed), None
            execute(text, "<stdin>", "exec", space, True)
            say(">")
        elif one != CTRL_C:
            typed.append(one)
            continue
        typed = bytearray()


# -- friendly -------------------------------------------------------------------------------------


def _friendly(space):
    say(_banner())
    history = []
    while True:
        typed, end = line(">>> ", history)
        if end == _E:
            _paste(space)
        elif end == _B:
            say("\n" + _banner())
        elif end == CTRL_C:
            continue
        elif end is not None:
            return end
        elif typed:
            _statement(typed, space, history)


def _banner():
    return _BANNER % (sys.implementation.version[:3] + (twin.chip["name"].upper(),))


def _statement(text, space, history):
    while _goes_on(text):
        more, end = line("... ", history)
        if end is not None:
            return
        text += "\n" + more
    if text.strip():
        execute(text + "\n", "<stdin>", "single", space)


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
    say("\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== ")
    typed = bytearray()
    while True:
        one = key()
        if one in (CTRL_C, _D):
            break
        typed.append(10 if one == 13 else one)
        say("\n=== " if one == 13 else chr(one))
    say("\n")
    if one == _D:
        execute(text_of(typed), "<stdin>", "exec", space)
