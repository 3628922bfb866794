"""One MicroPython process: a frame in, what the wake did out.  It knows no bin."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from sim import places
from sim.errors import SimError
from tools import boards, chips
from tools.setup import interpreter

_HEAD = struct.Struct("<IH")
_HEAP = "2M"  # room for some wakes between two collections, which sweep all of it


class Vm:
    """A running interpreter.  Close it, or use it as a context manager."""

    def __init__(self, board: str, main: Path = places.MAIN):
        answers, ours = os.pipe()
        self._answers = answers
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        folders = (places.SHIMS, places.FIRMWARE, places.BOARDS / board, places.LIB, ".frozen")
        command = [interpreter.find(), "-X", f"heapsize={_HEAP}", places.SHIMS / "wakes.py"]
        self._process = subprocess.Popen(
            [*command, main, str(ours), chip_facts(board)],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            pass_fds=(ours,),
            env={**os.environ, "MICROPYPATH": ":".join(map(str, folders))},
            start_new_session=True,  # Ctrl-C is for our parent; end of input ends this one
        )
        os.close(ours)

    def __enter__(self) -> Vm:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def fileno(self) -> int:
        """What becomes readable when the wake is over."""
        return self._answers

    def begin(self, frame: bytes, rtc: bytes) -> None:
        """Start one run of main.py."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(_HEAD.pack(len(frame), len(rtc)) + frame + rtc)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise SimError(self._epitaph()) from None

    def finish(self) -> tuple[dict[str, Any], bytes]:
        """What that run did, and its RTC memory.  SimError if the interpreter died."""
        size, rtc_size = _HEAD.unpack(self._read(_HEAD.size))
        return json.loads(self._read(size)), self._read(rtc_size)

    def wake(self, frame: bytes, rtc: bytes) -> tuple[dict[str, Any], bytes]:
        """begin() and finish()."""
        self.begin(frame, rtc)
        return self.finish()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process.poll() is None:
            self._process.kill()
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        if self._answers >= 0:
            os.close(self._answers)
            self._answers = -1
        self._log.close()

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = os.read(self._answers, size - len(data))
            if not more:
                raise SimError(self._epitaph())
            data += more
        return data

    def _epitaph(self) -> str:
        self._process.wait()
        self._log.seek(0)
        said = self._log.read()[-2000:].decode(errors="replace").strip()
        return (
            f"The MicroPython process ended with {self._process.returncode}: {said or 'no word'}"
        )


def chip_facts(board: str) -> str:
    """What the shims must know of the board's chip."""
    chip = chips.CHIPS[boards.load(board).CHIP]
    return json.dumps({"name": chip.name, "adc2": sorted(chip.adc2), "wake": sorted(chip.wake)})
