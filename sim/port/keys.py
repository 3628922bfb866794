"""What is typed at the serial port and not read yet; the next boot finds what one has left."""

from __future__ import annotations

import contextlib
import os
import select

_CHUNK = 4096


class Keys:
    """A pipe.  end: the descriptor that a chip has as its standard input."""

    def __init__(self) -> None:
        self.end, self._pen = os.pipe()
        os.set_blocking(self._pen, False)
        self._waiting = b""  # for room in the pipe

    def add(self, data: bytes) -> None:
        """Somebody has typed that."""
        self._waiting += data
        self.flush()

    def flush(self) -> None:
        """Hand over as many as go."""
        with contextlib.suppress(BlockingIOError):
            while self._waiting:
                self._waiting = self._waiting[os.write(self._pen, self._waiting) :]

    def drop(self) -> None:
        """Nobody will read what is there; call it while no chip runs."""
        self._waiting = b""
        while select.select([self.end], [], [], 0)[0]:
            os.read(self.end, _CHUNK)

    def close(self) -> None:
        """No chip runs any more."""
        os.close(self._pen)
        os.close(self.end)
