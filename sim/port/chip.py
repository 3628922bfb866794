"""One boot of the simulated chip: an interpreter with its serial port and what it tells."""

from __future__ import annotations

import base64
import contextlib
import ctypes
import json
import os
import signal
import struct
import subprocess
import time
from pathlib import Path
from typing import Any

from sim import places
from sim.vm import chip_facts
from tools.setup import interpreter

_HEAD = struct.Struct("<IH")
_HEAP = "4M"  # the stock image's tests run in it, too, and the shims
_CHUNK = 4096
_NO_KEY = -1  # until it runs a program, Ctrl-C is a key
_ONCE_S = 0.3  # a second interrupt while the first is dealt with could end the interpreter itself
_SOON_S = 0.005  # an interrupt that met the file system strikes again after this
_PR_SET_PDEATHSIG = 1  # Linux: the child ends with its parent, whatever the child is doing


class Chip:
    """A running boot.  end: what came of it, once it is over: (answer, RTC memory)."""

    def __init__(self, board: str, stock: bool, flash: Path, pace: float, keys: int):
        frames, self._frames = os.pipe()
        self._told, out = os.pipe()
        folders = (places.SHIMS, places.LIB)
        if not stock:
            folders = (places.SHIMS, places.FIRMWARE, places.BOARDS / board, places.LIB)
        facts = json.dumps({"pace": pace, "flash": str(flash)})
        main = "" if stock else str(places.MAIN)
        command = [interpreter.find(), "-X", f"heapsize={_HEAP}", places.SHIMS / "twin_live.py"]
        self._process = subprocess.Popen(
            [*command, main, str(frames), str(out), chip_facts(board), facts],
            stdin=keys,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(frames, out),
            env={**os.environ, "MICROPYPATH": ":".join(map(str, (*folders, ".frozen")))},
            start_new_session=True,
            preexec_fn=_with_parent,  # noqa: PLW1509 - one call of the C library
        )
        os.close(frames)
        os.close(out)
        for pipe in (self.stdout, self._told):
            os.set_blocking(pipe, False)
        self._buffer = b""
        self._interrupt = _NO_KEY
        self._quiet_until_s, self._once_more = 0.0, False
        self.end: tuple[dict[str, Any], bytes] | None = None
        self.nvs: dict[str, Any] | None = None  # where it was written

    @property
    def stdout(self) -> int:
        """The descriptor of what it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    @property
    def told(self) -> int:
        """The descriptor of what it tells."""
        return self._told

    def begin(self, frame: bytes, rtc: bytes) -> None:
        """Let it boot."""
        with contextlib.suppress(BrokenPipeError), os.fdopen(self._frames, "wb") as file:
            file.write(_HEAD.pack(len(frame), len(rtc)) + frame + rtc)
        self._frames = -1

    def interrupted(self, typed: bytes) -> bytes:
        """The keys among that: what interrupts the program just now is none, and does so."""
        self.listen()
        key = bytes((self._interrupt,)) if self._interrupt != _NO_KEY else b""
        if not key or key not in typed:
            return typed
        self._once_more = True
        self.interrupt()
        return typed.replace(key, b"")

    def interrupt(self) -> None:
        """As soon as may be, where that is still wanted."""
        now_s = time.monotonic()
        if self._once_more and now_s >= self._quiet_until_s and self._process.poll() is None:
            self._once_more, self._quiet_until_s = False, now_s + _ONCE_S
            self._process.send_signal(signal.SIGINT)

    def printed(self) -> bytes | None:
        """What it has printed; None at the end."""
        try:
            return os.read(self.stdout, _CHUNK) or None
        except BlockingIOError:
            return b""

    def listen(self) -> bool:
        """Take in what it tells; False at the end."""
        while True:
            try:
                data = os.read(self._told, 1 << 16)
            except BlockingIOError:
                return True
            if not data:
                return False
            *lines, self._buffer = (self._buffer + data).split(b"\n")
            for line in lines:
                self._hear(json.loads(line))

    def close(self) -> None:
        """No power."""
        if self._process.poll() is None:
            self._process.kill()
        assert self._process.stdout is not None
        self._process.wait()
        self._process.stdout.close()
        os.close(self._told)
        if self._frames >= 0:
            os.close(self._frames)

    def _hear(self, said: dict[str, Any]) -> None:
        if "interrupt" in said:
            self._interrupt = said["interrupt"]
            self._quiet_until_s, self._once_more = 0.0, False  # it has noticed the last one
        elif "again" in said:
            self._quiet_until_s, self._once_more = time.monotonic() + _SOON_S, True
        elif "nvs" in said:
            self.nvs = said["nvs"]
        elif "end" in said:
            self.end = said["end"], base64.b64decode(said["rtc"])


def _with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
