"""One device on a serial port: run code there, bring files, fetch files, compare sums.

It is MicroPython's raw prompt, spoken by mpremote's SerialTransport; knock.py gets there.
"""

from __future__ import annotations

import base64
import contextlib
import struct
from collections.abc import Callable
from typing import Protocol

from mpremote.transport import TransportError

from tools.errors import UserError

_PIECE = 768  # bytes of a file at a time: 1 KiB of base64, which any heap has room for
_QUIET_S = 10  # without a byte, the device is gone
_NAP_MS = 1000

# hashlib is in every port; a file is read in pieces because the heap is small.
_SUMS = """
import os, hashlib, binascii
def _sum(path):
    found, buf = hashlib.sha256(), bytearray(512)
    with open(path, 'rb') as f:
        while True:
            n = f.readinto(buf)
            if not n:
                break
            found.update(memoryview(buf)[:n])
    return binascii.hexlify(found.digest()).decode()
def _sums(folder):
    for entry in list(os.ilistdir(folder)):
        path = folder + '/' + entry[0]
        if entry[1] & 0x4000:
            _sums(path)
        else:
            print(_sum(path), path)
try:
    _sums(%r)
except OSError as e:
    if e.errno != 2:
        raise
"""
_GET = """
import binascii
with open(%r, 'rb') as f:
    while True:
        piece = f.read(384)
        if not piece:
            break
        print(binascii.b2a_base64(piece).decode(), end='')
"""

Step = Callable[[int, int], None]  # done, of how many


class DeviceError(UserError):
    """A device that does not do what it was asked, or is not there."""


class Transport(Protocol):
    """What Talk wants of mpremote's SerialTransport."""

    def exec_raw(self, command: str, timeout: int = ...) -> tuple[bytes, bytes]: ...
    def exec_raw_no_follow(self, command: str) -> None: ...
    def close(self) -> None: ...


def none(done: int, total: int) -> None:
    """A step that nobody watches."""


class Talk:
    """A device that listens.  The end of a `with` sends the bin to work again, whatever happened:
    one left at the prompt stays awake until its watchdog resets it."""

    def __init__(self, port: str, transport: Transport) -> None:
        self.port = port
        self._transport = transport
        self._here = True  # until it was left, or was lost

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *exc: object) -> None:
        with contextlib.suppress(DeviceError):
            self.leave()
        self.close()

    def exec(self, code: str) -> str:
        """What the code prints there.  Raises DeviceError with the last line of a traceback."""
        with self._heard():
            out, wrong = self._transport.exec_raw(code, timeout=_QUIET_S)
        if wrong:
            last = wrong.decode(errors="replace").strip().splitlines()[-1]
            raise DeviceError(f"{self.port}: the device answers: {_spoken(last)}.")
        return out.decode(errors="replace").replace("\r", "")  # its lines end in CR and LF

    def put(self, path: str, data: bytes, step: Step = none) -> None:
        """Writes a file; its folder must be there.  An interruption leaves part of it."""
        self.exec(f"import binascii\nf=open({path!r},'wb')")
        for at in range(0, len(data), _PIECE):
            piece = base64.b64encode(data[at : at + _PIECE]).decode()
            self.exec(f"n=f.write(binascii.a2b_base64({piece!r}))")
            step(min(len(data), at + _PIECE), len(data))
        self.exec("f.close()")

    def get(self, path: str) -> bytes:
        """The bytes of a file."""
        return base64.b64decode(self.exec(_GET % path))

    def sums(self, folder: str) -> dict[str, str]:
        """SHA-256 in hex of every file below a folder, by whole path; {} where it is not there."""
        lines = self.exec(_SUMS % folder).splitlines()
        return {path: found for found, _, path in (line.partition(" ") for line in lines)}

    def remove(self, *paths: str) -> None:
        """Removes files; one that is gone already is no error."""
        for path in paths:
            self.exec(f"import os\ntry:\n os.remove({path!r})\nexcept OSError:\n pass")

    def folder(self, path: str) -> None:
        """Makes a folder; one that is there is no error."""
        self.exec(
            f"import os\ntry:\n os.mkdir({path!r})\n"
            "except OSError as e:\n if e.errno != 17:\n  raise"
        )

    def leave(self) -> None:
        """Ends the visit as a nap ends, so that the bin counts no reset; then main.py runs."""
        if not self._here:
            return
        with self._heard():
            self._here = False
            self._transport.exec_raw_no_follow(f"import machine\nmachine.deepsleep({_NAP_MS})")

    def close(self) -> None:
        with contextlib.suppress(OSError, TransportError):
            self._transport.close()

    @contextlib.contextmanager
    def _heard(self):
        """What breaks on the way is a sentence."""
        try:
            yield
        except (OSError, TransportError, struct.error):
            self._here = False
            raise DeviceError(
                f"{self.port}: the device fell silent: check cable and supply, and try again."
            ) from None


def _spoken(line: str) -> str:
    """The last line of a traceback, for people."""
    known = {
        "OSError: 28": "its file system is full",
        "[Errno 28]": "its file system is full",
        "MemoryError": "it has not enough memory",
        "[Errno 2]": "a file is not there",
        "[Errno 19]": "it has no file system",
    }
    for part, text in known.items():
        if part in line:
            return text
    return line.rstrip(".")
