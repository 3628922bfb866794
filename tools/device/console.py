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


def open_line(port: str) -> Any:
    """The port as bytes, 115,200 baud.  Raises UserError."""
    try:
        return serial.serial_for_url(port, baudrate=115_200, timeout=0, exclusive=True)
    except (OSError, ValueError):
        raise UserError(
            f"{port} cannot be opened: another program has it open, or this user may not use it "
            "(on Linux: the group dialout)."
        ) from None


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


def carry(line: Any, keys: int, screen: int) -> str:
    """Bytes both ways until Ctrl-], the end of the keys, or of the port; why it ended."""
    while True:
        ready, _, _ = select.select([line.fileno(), keys], [], [])
        try:
            if line.fileno() in ready:
                heard = line.read(_PIECE)
                if not heard:
                    return "the port went away"
                os.write(screen, heard)
            if keys in ready:
                typed = os.read(keys, _PIECE)
                before, end, _ = typed.partition(_END)
                line.write(before)
                if end or not typed:
                    return "closed"
        except OSError:
            return "the port went away"


def console_command(port: ports.Ports = None) -> None:
    """A terminal on a device's port; Ctrl-] ends it."""
    if os.name != "posix":
        raise UserError("`smartbin console` needs Linux or macOS; take any terminal program.")
    where = ports.one(port)
    line = open_line(where)
    print(f"{where}: Ctrl-] ends; Enter opens the console of a bin that listens.", file=sys.stderr)
    try:
        with raw(sys.stdin.fileno()):
            why = carry(line, sys.stdin.fileno(), sys.stdout.fileno())
    finally:
        line.close()
    print(f"\r\n{where}: {why}.", file=sys.stderr)
    if why != "closed":
        raise UserError(f"{where}: {why}; check the cable.")
