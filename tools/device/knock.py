"""From a port to a device that listens.

A bin of ours hands its console over to MicroPython's raw prompt: Ctrl-C, Ctrl-A, as mpremote does
(transport_serial.py of 1.29.0, enter_raw_repl).
"""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Any

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from tools.device import ports
from tools.device.talk import DeviceError, Talk

_RAW = b"raw REPL; CTRL-B to exit\r\n"
_READ_S = 2  # of one read: a flash that erases a block says nothing for so long
_WRITE_S = 10  # a USB port of a chip that hangs takes nothing
_TELL_S, _RESET_S = 2, 10  # a reset costs readings that only RTC memory has: a person first
_TAIL = 200  # bytes of what was heard, to tell who speaks

_SHUT = b"repl_lock"  # what a bin answers whose prompt is shut, in each of its languages
_LOCKED = (
    "this bin keeps MicroPython's prompt shut: in `smartbin console`, type "
    "`config set repl_lock 0`, and run this again."
)
_OTHER = (
    "something speaks there and gives no prompt of MicroPython. A bin at work: press reset, and "
    "run this again. Another firmware: write MicroPython with `smartbin flash`."
)
_NOBODY = (
    "no MicroPython answers. A bin asleep hears nothing: hold its service button, or press reset, "
    "and run this again at once. Has the board no MicroPython yet, or nothing on it that runs? "
    "Write it with `smartbin flash`; --erase starts afresh."
)


def open_port(port: str, wait_s: float = 30) -> Talk:
    """A Talk with a device, its interpreter started afresh.  Raises DeviceError.

    wait_s: how long to knock; a board with the usual reset line is reset once by it.
    """
    try:
        transport: Any = SerialTransport(port, timeout=_READ_S)
        transport.serial.write_timeout = _WRITE_S
    except (OSError, TransportError, ValueError):
        raise DeviceError(ports.shut(port)) from None
    talk = Talk(port, transport)
    try:
        _knock(transport, port, wait_s)
    except (OSError, TransportError):
        talk.close()
        raise DeviceError(f"{port}: the port went away; check the cable, and try again.") from None
    except BaseException:
        talk.close()
        raise
    return talk


def _knock(transport: Any, port: str, wait_s: float) -> None:
    """To the raw prompt: asks for it again and again, as a bin asleep hears nothing."""
    begun, todo = time.monotonic(), [(_TELL_S, _tell), (_RESET_S, _reset)]
    while not (heard := _asked(transport.serial)).endswith(_RAW + b">"):
        since_s = time.monotonic() - begun
        if since_s > wait_s or _SHUT in heard:
            raise DeviceError(f"{port}: {_why(heard)}")
        if todo and since_s > todo[0][0]:
            todo.pop(0)[1](transport.serial, port)
    transport.serial.write(b"\x04")  # start afresh: nothing of the node's own modules is loaded
    for answer in (b"soft reboot\r\n", _RAW):
        if not _until(transport.serial, answer, 10).endswith(answer):
            raise DeviceError(f"{port}: it did not start afresh; press reset and try again.")
    transport.in_raw_repl = True


def _asked(serial: Any) -> bytes:
    """Ends what runs (Ctrl-C) and asks for the raw prompt (Ctrl-A); the end of the answer."""
    for keys in (b"\r\x03", b"\r\x01"):
        serial.write(keys)
        time.sleep(0.1)
    return _until(serial, _RAW + b">", 1)


def _until(serial: Any, ending: bytes, most_s: float) -> bytes:
    """The end of what is heard; mpremote's read_until never leaves a device that speaks on."""
    heard, until_s = b"", time.monotonic() + most_s
    while not heard.endswith(ending) and time.monotonic() < until_s:
        heard = (heard + serial.read(1))[-_TAIL:]
    return heard


def _why(heard: bytes) -> str:
    """No raw prompt: what to do about it, by what is heard instead."""
    if _SHUT in heard:
        return _LOCKED
    return _OTHER if heard.strip(b"\0\r\n \xff") and b"smartbin" not in heard else _NOBODY


def _tell(serial: Any, port: str) -> None:
    """While it waits, so that nobody has to run it again."""
    print(
        f"{port}: no answer yet. Hold its service button; or press reset, and it forgets what it "
        "has noted and not reported.",
        file=sys.stderr,
    )


def _reset(serial: Any, port: str) -> None:
    """The reset line that USB bridges of most boards have: RTS pulls EN low, as in esptool."""
    with contextlib.suppress(OSError):  # a pty has none
        serial.dtr = False
        serial.rts = True
        time.sleep(0.1)
        serial.rts = False
