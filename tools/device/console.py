"""`smartbin console`: a terminal on a device's port; Ctrl-] ends it, and the device goes on."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from typing import Any

import serial

from tools.device import ports
from tools.errors import UserError

_END = b"\x1d"  # Ctrl-]
_PIECE = 256
_AGAIN_S = 0.2  # a bin offers its console for ten seconds


def open_line(port: str) -> Any:
    """The port as bytes, 115,200 baud.  Raises UserError."""
    try:
        return serial.serial_for_url(port, baudrate=115_200, timeout=0, exclusive=True)
    except (OSError, ValueError):
        raise UserError(ports.shut(port)) from None


@contextlib.contextmanager
def raw(fd: int):
    """Keys come one by one and unchanged, Ctrl-C too; a pipe is one already."""
    if not os.isatty(fd):
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(fd)
    tty.setraw(fd)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


def carry(line: Any, keys: int, screen: int) -> bool:
    """Bytes both ways until Ctrl-] or the end of the keys; False where the port went away."""
    while True:
        ready, _, _ = select.select([line.fileno(), keys], [], [])
        try:
            if line.fileno() in ready:
                heard = line.read(_PIECE)
                if not heard:
                    return False
                os.write(screen, heard)
            if keys in ready:
                before, ends = typed(keys)
                line.write(before)
                if ends:
                    return True
        except OSError:
            return False


def typed(keys: int) -> tuple[bytes, bool]:
    """What was typed before the end, if it is the end."""
    heard = os.read(keys, _PIECE)
    before, end, _ = heard.partition(_END)
    return before, bool(end or not heard)


def again(port: str, keys: int) -> Any:
    """The port, once it is back; None where somebody ends the waiting."""
    while True:
        if select.select([keys], [], [], _AGAIN_S)[0] and typed(keys)[1]:
            return None
        with contextlib.suppress(UserError):
            ports.check(port)
            return open_line(port)


def session(port: str, line: Any, keys: int, screen: int) -> None:
    """Until Ctrl-].  A chip with a USB port of its own takes it along when it goes to sleep."""
    while line is not None:
        with line:
            if carry(line, keys, screen):
                return
        note(f"\r\n{port}: gone: asleep, or unplugged. Waiting for it; Ctrl-] ends.\r")
        line = again(port, keys)
        if line is not None:
            note(f"{port}: back again.\r")


def note(text: str) -> None:
    print(text, file=sys.stderr)


def console_command(port: ports.One = None) -> None:
    """Open a terminal on a device's port; Ctrl-] ends it."""
    if os.name != "posix":
        raise UserError("`smartbin console` needs Linux or macOS; take any terminal program.")
    where = ports.one(port)
    line, keys = open_line(where), sys.stdin.fileno()
    note(f"{where}: Ctrl-] ends; Enter opens the console of a bin that listens.")
    with raw(keys):
        session(where, line, keys, sys.stdout.fileno())
    note(f"\n{where}: closed.")
