# The serial port's keys and screen: MicroPython's own stdin and stdout.  main.py has made Ctrl-C a
# key like any other: noise on the line must not end the product.
import io
import micropython
import os
import select
import sys

_CTRL_C = 3
_ENDS = (1, 10, 13)  # Ctrl-A, LF, CR
_MOST = 2048  # bytes at once; a line of settings has fewer


class Keys:
    def __init__(self):
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._typed, self._at = bytearray(), 0

    def read(self, ms):
        """A byte; None where none came in so many milliseconds."""
        if self._at == len(self._typed):
            self._fetch(ms)
            if not self._typed:
                return None
        self._at += 1
        return self._typed[self._at - 1]

    def _fetch(self, ms):
        """What was typed, up to the end of a line or a wish for the other prompt.

        The chip holds 260 bytes, and what is pasted comes faster than a line is edited.
        """
        self._typed, self._at = bytearray(), 0
        while len(self._typed) < _MOST and self._poll.poll(ms):
            data = sys.stdin.buffer.read(1)
            self._typed += data
            if not data or data[0] in _ENDS:
                return
            ms = 0

    def write(self, text):
        print(text, end="")


class _Once(io.IOBase):
    """A terminal on which one key is typed."""

    def __init__(self, key):
        self._keys = [key]

    def readinto(self, buf):
        if not self._keys:
            return None
        buf[0] = self._keys.pop()
        return 1

    def write(self, buf):
        return len(buf)


def hand_over(key):
    """MicroPython's own prompt will find that key typed.  Untried on a real chip."""
    micropython.kbd_intr(_CTRL_C)
    if hasattr(os, "dupterm_notify"):
        os.dupterm(_Once(key))
        os.dupterm_notify(None)  # reads it into the buffer of stdin
        os.dupterm(None)
