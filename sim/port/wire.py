"""The serial line: a pty whose other end any terminal program opens and closes as it likes."""

from __future__ import annotations

import contextlib
import os
import re
import tty
from pathlib import Path

from sim.errors import SimError

_BACKLOG = 1 << 16  # bytes that wait for a reader; the oldest go first
_CHUNK = 4096
_CODED = re.compile(rb"\xff(.)|(?<!\r)\n", re.DOTALL)  # 0xFF: the next byte goes out as it is


def _lead(link: Path, path: str) -> None:
    """Make the link; one that an earlier bench has left may go, nothing else."""
    ours = link.is_symlink() and str(link.readlink()).startswith("/dev/pts/")
    if not ours and (link.exists() or link.is_symlink()):
        raise SimError(f"{link} is there already; choose another name for the link.")
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    except OSError as e:
        raise SimError(f"{link} cannot be made ({e.strerror}); choose another path.") from e


class Wire:
    """A pty.  path: what to open.  link: a name that leads there as long as this is open."""

    def __init__(self, link: Path | None = None):
        self._master, self._slave = os.openpty()  # ours stays open: nobody's leaving hangs it up
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._link = link
        self._waits = b""
        self._part = b""  # a 0xFF whose byte is still to come
        self._last = b""  # byte: a line feed after CR needs no other
        if link is not None:
            _lead(link, self.path)

    def fileno(self) -> int:
        """What becomes readable when somebody types."""
        return self._master

    def read(self) -> bytes:
        """What was typed; b"" where nothing was."""
        try:
            return os.read(self._master, _CHUNK)
        except BlockingIOError:
            return b""

    def show(self, data: bytes) -> None:
        """As the chip does it: a line feed goes out as CR LF, unless 0xFF is before it."""
        data = self._part + data
        whole = len(data) - (len(data) - len(data.rstrip(b"\xff"))) % 2
        self._part = data[whole:]
        before = b"\r" if self._last == b"\r" else b""
        out = _CODED.sub(lambda one: one[1] or b"\r\n", before + data[:whole])[len(before) :]
        self._last = out[-1:] or self._last
        self._waits = (self._waits + out)[-_BACKLOG:]
        self.flush()

    def flush(self) -> None:
        """Hand over as much as goes."""
        with contextlib.suppress(BlockingIOError):
            while self._waits:
                self._waits = self._waits[os.write(self._master, self._waits) :]

    def close(self) -> None:
        """Readers see the end of it."""
        os.close(self._master)
        os.close(self._slave)
        if self._link is not None and os.path.realpath(self._link) == self.path:
            self._link.unlink()  # else it is somebody else's by now
