# The serial port's keys and screen: MicroPython's own stdin and stdout.  main.py has made Ctrl-C a
# key like any other: noise on the line must not end the product.
import io
import micropython
import os
import select
import sys

_CTRL_C = 3


class Keys:
    def __init__(self):
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)

    def read(self, ms):
        """A byte; None where none came in so many milliseconds."""
        if not self._poll.poll(ms):
            return None
        data = sys.stdin.buffer.read(1)
        return data[0] if data else None

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
