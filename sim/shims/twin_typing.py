# Keys and screen of the simulated serial port: the prompt's own line, and what is under it.
#
# Not a module of the ESP32.  A key that interrupts is taken out by the host, which sends SIGINT in
# its place; while none does, that signal is ignored, so that one which comes late harms nobody.
import sys

import ffi
import twin

CTRL_C, NO_KEY = 3, -1
_A, _B, _D, _E, _ESC = 1, 2, 4, 5, 27
_SIGINT, _IGNORED = 2, 1
_HISTORY = 8
_FOR_EVER_US = 1 << 50

_signal = ffi.open(None).func("p", "signal", "ip")
_kbd_intr = __import__("micropython").kbd_intr


class _Gone(twin.Reset):
    """Nobody holds the other end any more."""


def interrupt(key):
    """From now on that key interrupts the program; NO_KEY: none does."""
    if key == NO_KEY:
        _ignore()
    else:
        _kbd_intr(CTRL_C)
    twin.live.tell({"interrupt": key})


def _ignore():
    try:
        _signal(_SIGINT, _IGNORED)
    except KeyboardInterrupt:  # the last one
        _signal(_SIGINT, _IGNORED)


def key():
    """The next one, as soon as it is typed."""
    if twin.s.typed:
        first = twin.s.typed[0]
        twin.s.typed = twin.s.typed[1:]
        return first
    while not twin.waiting(_FOR_EVER_US):
        pass
    data = sys.stdin.buffer.read(1)
    if not data:
        raise _Gone
    return data[0]


def say(text):
    sys.stdout.write(text)


def raw(data):
    """Bytes that go out as they are; the host makes CR LF of every other line feed."""
    sys.stdout.buffer.write(data.replace(b"\xff", b"\xff\xff").replace(b"\n", b"\xff\n"))


def text_of(data):
    try:
        return bytes(data).decode()
    except UnicodeError:
        return "raise UnicodeError"


def line(mark, history):
    """(what was typed, None), or ("", the control key that ended it)."""
    say(mark)
    typed, at = bytearray(), 0  # of history: how far back
    while True:
        one = key()
        if one in (13, 10):
            say("\n")
            text = text_of(typed)
            if text and text not in history[:1]:
                history.insert(0, text)
                del history[_HISTORY:]
            return text, None
        if one == CTRL_C or (one in (_A, _B, _D, _E) and not typed):
            say("" if one in (_E, _B) else "\n")
            return "", one
        if one in (8, 127):
            if typed:
                _erase(typed)
        elif one == _ESC:
            at = _recall(typed, history, at)
        elif one == 9:
            typed.extend(b"    ")
            say("    ")
        elif one >= 32:
            typed.append(one)
            raw(bytes([one]))


def _erase(typed):
    while len(typed) > 1 and typed[-1] & 0xC0 == 0x80:  # the rest of a letter beyond ASCII
        typed[:] = typed[:-1]
    typed[:] = typed[:-1]
    say("\b \b")


def _recall(typed, history, at):
    """An arrow up or down; other keys of that kind mean nothing."""
    if key() != 91:
        return at
    way = {65: 1, 66: -1}.get(key(), 0)
    if not way:
        return at
    at = max(0, min(len(history), at + way))
    say("\b \b" * len(text_of(typed)))
    typed[:] = history[at - 1].encode() if at else b""
    say(text_of(typed))
    return at
