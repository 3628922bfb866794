# The flash of one simulated chip, on a sparse file of the host that belongs to one bin.  It is NOR
# memory: an erase sets whole blocks of 4096 bytes, a write clears bits and sets none.
#
# Not a module of the ESP32.  The file: the partition, a blank block, one byte for each block that
# tells whether it was touched.  One that was not (a hole in the file) is read from the blank one.
import errno
from binascii import crc32

import twin

_os = twin.builtin("os")
_BLOCK = 4096
_OFF = _BAD = -errno.EIO
_FULL = -28  # ENOSPC, which the errno module has no name for
_ROOT = 2  # blocks 0 and 1 hold the root folder: a full file system still writes there
# Data sheets of the usual 4 MB NOR chips (such as W25Q32: sector erase 45 ms, page program 0.7 ms
# typical); that of the chip on a module may be another one, so: estimates.
_ERASE_US, _PAGE_US, _PAGE = 45_000, 700, 256
_READ_US, _READ_BYTES_US = 30, 4  # ESP-IDF's driver: a call, and 4 MB/s; estimates


class _Flash:
    """The file while the chip has power."""

    def __init__(self, path, size):
        self.blocks = size // _BLOCK
        self.file = _opened(path, size)
        self._blank_at = size
        self._touched_at = size + _BLOCK
        self._touched = bytearray(self.blocks)
        self.file.seek(self._touched_at)
        self.file.readinto(self._touched)
        self._old = bytearray(_BLOCK)
        self._one = b"\1"
        self.worn = bytearray(self.blocks)  # erases of each block in this wake
        self._bad = _bad(twin.s.fault.get("flash_bad_block"), self.blocks)
        self._full = "flash_full" in twin.s.fault

    def read(self, block, buf, offset):
        self.file.seek((block * _BLOCK if self._touched[block] else self._blank_at) + offset)
        self.file.readinto(buf)

    def erase(self, block):
        """None, or how it fails; so does write().  A power cut leaves half of it done."""
        if self._full and block >= _ROOT:
            return _FULL
        if self._bad is not None and self._bad[block]:
            return _BAD
        twin.s.flash_erases += 1
        self.worn[block] = min(255, self.worn[block] + 1)
        twin.busy("flash", _ERASE_US)
        if twin.cut():
            self._half_blank(block)
            return _OFF
        self._fill(block)

    def write(self, block, buf, offset):
        if self._bad is not None and self._bad[block]:
            return _BAD
        twin.s.flash_writes += 1
        program(len(buf))
        if not self._touched[block]:
            self._fill(block)
        off = twin.cut()
        at, n, old = block * _BLOCK + offset, len(buf), self._old
        self.file.seek(at)
        self.file.readinto(old, n)
        for i in range(n // 2 if off else n):
            old[i] &= buf[i]
        self.file.seek(at)
        self.file.write(old, n)
        return _OFF if off else None

    def power_off(self):
        self.file.close()
        self.file = None

    def _half_blank(self, block):
        if self._touched[block]:
            self.file.seek(self._blank_at)
            self.file.readinto(self._old)
            self.file.seek(block * _BLOCK)
            self.file.write(self._old, _BLOCK // 2)

    def _fill(self, block):
        self.file.seek(self._blank_at)
        self.file.readinto(self._old)
        self.file.seek(block * _BLOCK)
        self.file.write(self._old)
        self.file.seek(self._touched_at + block)
        self.file.write(self._one)
        self._touched[block] = 1


def program(size):
    """What writing so many bytes takes."""
    twin.busy("flash", (size + _PAGE - 1) // _PAGE * _PAGE_US)


def _bad(amount, blocks):
    """One byte for each block, 1 where it is bad; None: all are good.  Below 1 the amount is a
    share, and which blocks they are depends on the chip alone."""
    if amount is None:
        return None
    if amount >= 1 or amount == 0:
        return bytes([i == amount for i in range(blocks)])
    chip = twin.s.frame["mac"].encode()
    return bytes([crc32(b"%s/%d" % (chip, i)) % 10_000 < amount * 10_000 for i in range(blocks)])


def _opened(path, size):
    try:
        return open(path, "r+b")
    except OSError:  # the first time
        try:
            _os.mkdir(path[: path.rindex("/")])
        except OSError:
            pass  # another bin was first
        file = open(path, "w+b")
        file.seek(size)
        file.write(b"\xff" * _BLOCK)
        file.write(bytes(size // _BLOCK))
        return file


class Blocks:
    """What a file system wants of a partition.

    Its methods must not allocate: a file closed by the collector calls them with the heap locked.
    Without power they do nothing but fail: what was not closed before the sleep is lost.
    """

    def __init__(self, id):
        twin.here()
        path, size = twin.s.frame["flash"]
        if id != "vfs" or not path:
            raise OSError(errno.ENOENT)
        if twin.s.flash is None:
            twin.s.flash = _Flash(path, size)
        self._flash = twin.s.flash

    def readblocks(self, block_num, buf, offset=0):
        if self._dead():
            return _OFF
        if offset + len(buf) > _BLOCK:
            return _each_block(self.readblocks, block_num, buf, offset)
        twin.busy("mount", _READ_US + len(buf) // _READ_BYTES_US)
        self._flash.read(block_num, buf, offset)

    def writeblocks(self, block_num, buf, offset=None):
        """Without an offset the blocks are erased first."""
        if self._dead():
            return _OFF
        if offset is None:
            offset = 0
            for block in range(block_num, block_num + (len(buf) + _BLOCK - 1) // _BLOCK):
                failed = self._flash.erase(block)
                if failed:
                    return failed
        if offset + len(buf) > _BLOCK:
            return _each_block(self.writeblocks, block_num, buf, offset)
        return self._flash.write(block_num, buf, offset)

    def ioctl(self, op, arg=0):
        if self._dead():
            return _OFF
        if op == 4:
            return self._flash.blocks
        if op == 5:
            return _BLOCK
        return (op == 6 and self._flash.erase(arg)) or 0

    def _dead(self):
        return self._flash.file is None or twin.s.ended


def _each_block(one, block, buf, offset):
    """For callers that pass several blocks at once; file systems do not."""
    left = memoryview(buf)
    while left:
        n = _BLOCK - offset
        failed = one(block, left[:n], offset)
        if failed:
            return failed
        block, left, offset = block + 1, left[n:], 0
