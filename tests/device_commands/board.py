"""A MicroPython with a littlefs that outlives it: what Talk speaks to, without a port.

Each exec is one operation; `cut_after` of them the cable is out, for good.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from mpremote.transport import TransportError

from tools.setup.places import ROOT

INTERPRETER = ROOT / ".tools" / "bin" / "micropython"
_BLOCK, _BLOCKS = 4096, 64

_INSIDE = """
import os, sys, vfs
class Disk:
    def __init__(self, path):
        self.f = open(path, 'r+b')
    def readblocks(self, n, buf, off=0):
        self.f.seek(n * %(block)d + off)
        self.f.readinto(buf)
    def writeblocks(self, n, buf, off=None):
        self.f.seek(n * %(block)d + (off or 0))
        self.f.write(buf)
        self.f.flush()
    def ioctl(self, op, arg):
        if op == 4:
            return %(blocks)d
        if op == 5:
            return %(block)d
        return 0
disk = Disk(%(path)r)
if %(new)r:
    vfs.VfsLfs2.mkfs(disk)
vfs.umount('/')  # the computer's own files
vfs.mount(vfs.VfsLfs2(disk), '/')
os.chdir('/')
class Machine:
    def deepsleep(self, ms):
        print('asleep for', ms)
sys.modules['machine'] = Machine()
space = {}
while True:
    line = sys.stdin.readline()
    if not line:
        break
    try:
        exec(eval(line), space)
        wrong = ''
    except Exception as e:
        wrong = repr(e)
    print('\\x04' + wrong + '\\x04', end='\\n')
"""


class Board:
    """Its flash is a file; the interpreter has it as its root, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._image = folder / "flash"
        self._new = True
        self._image.write_bytes(b"\xff" * (_BLOCK * _BLOCKS))
        self.done = 0
        self.cut_after: int | None = None
        self.power_on()

    def power_on(self) -> None:
        facts = {"block": _BLOCK, "blocks": _BLOCKS, "path": str(self._image), "new": self._new}
        self._process = subprocess.Popen(
            [str(INTERPRETER), "-c", _INSIDE % facts],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._new = False
        self.cut_after = None
        self.exec_raw("pass")  # it has started, and its file system stands
        self.done = 0

    def power_off(self) -> None:
        self._process.kill()
        self._process.communicate()

    def exec_raw(self, command: str, timeout: float = 10) -> tuple[bytes, bytes]:
        if self.cut_after is not None and self.done >= self.cut_after:
            self.power_off()
            raise TransportError("the cable is out")
        self.done += 1
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(repr(command).encode() + b"\n")
        self._process.stdin.flush()
        heard = b""
        while heard.count(b"\x04") < 2 or not heard.endswith(b"\n"):
            piece = self._process.stdout.readline()
            if not piece:
                raise TransportError("the interpreter ended")
            heard += piece
        out, wrong, _ = heard.split(b"\x04")
        return out, wrong

    def exec_raw_no_follow(self, command: str) -> None:
        pass

    def close(self) -> None:
        pass
