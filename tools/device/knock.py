"""From a port to a device that listens.

A bin of ours hands its console over to MicroPython's raw prompt: Ctrl-C, Ctrl-A, as mpremote does
(transport_serial.py of 1.29.0, enter_raw_repl).
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from tools.device.talk import DeviceError, Talk

_RAW = b"raw REPL; CTRL-B to exit\r\n"
_READ_S = 2  # of one read: a flash that erases a block says nothing for so long


def open_port(port: str, wait_s: float = 12) -> Talk:
    """A Talk with a device, its interpreter started afresh.  Raises DeviceError.

    wait_s: how long to knock; a board with the usual reset line is reset once by it.
    """
    try:
        transport = SerialTransport(port, timeout=_READ_S)
    except (OSError, TransportError, ValueError):
        raise DeviceError(
            f"{port} cannot be opened: it is not there, another program has it open, or this "
            "user may not use it (on Linux: the group dialout)."
        ) from None
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
    begun, was_reset = time.monotonic(), False
    while not _at_prompt(transport):
        since_s = time.monotonic() - begun
        if since_s > wait_s:
            raise DeviceError(
                f"{port}: no MicroPython answers. Is it asleep? Press reset, or hold the service "
                "button until the LED answers, and run this again at once. Has the board no "
                "MicroPython yet? Write it with `smartbin flash`."
            )
        if not was_reset and since_s > wait_s / 3:
            _reset(transport.serial)
            was_reset = True
    transport.serial.write(b"\x04")  # start afresh: nothing of the node's own modules is loaded
    _until(transport, b"soft reboot\r\n", 10, port)
    _until(transport, _RAW, 10, port)
    transport.in_raw_repl = True


def _at_prompt(transport: Any) -> bool:
    """Ends what runs (Ctrl-C) and asks for the raw prompt (Ctrl-A)."""
    for keys in (b"\r\x03", b"\r\x01"):
        transport.serial.write(keys)
        time.sleep(0.1)
    heard = transport.read_until(1, _RAW + b">", timeout=1, timeout_overall=4)
    return heard.endswith(_RAW + b">")


def _until(transport: Any, ending: bytes, most_s: float, port: str) -> None:
    heard = transport.read_until(1, ending, timeout=most_s, timeout_overall=most_s)
    if not heard.endswith(ending):
        raise DeviceError(f"{port}: the device did not start afresh; press reset and try again.")


def _reset(serial: Any) -> None:
    """The reset line that USB bridges of most boards have: RTS pulls EN low, as in esptool."""
    with contextlib.suppress(OSError):  # a pty has none
        serial.dtr = False
        serial.rts = True
        time.sleep(0.1)
        serial.rts = False
