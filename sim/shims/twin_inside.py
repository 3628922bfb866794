# What a program meets on the simulated chip where it would meet the computer: its own file system,
# and modules that tell what the ESP32's own do.
#
# Not a module of the ESP32.
import io
import micropython
import sys
import vfs
from collections import namedtuple

import twin
import twin_flash
import twin_typing

OUTSIDE = "/host"  # where the computer's files are
_BOOT_PY = (
    "# This file is executed on every boot (including wake-boot from deepsleep)\n"
    "#import esp\n#esp.osdebug(None)\n#import webrepl\n#webrepl.start()\n"
)
_Implementation = namedtuple("implementation", ("name", "version", "_machine", "_mpy"))
_os = twin.builtin("os")


class _MicroPython:
    """micropython as the firmware meets it: the host sees to Ctrl-C."""

    def __getattr__(self, name):
        return getattr(micropython, name)

    def kbd_intr(self, key):
        twin_typing.interrupt(key)


class _Vfs:
    """vfs, without the computer's own files."""

    def __getattr__(self, name):
        return getattr(vfs, name)

    def mount(self, *args, **kw):
        if args or kw:
            return vfs.mount(*args, **kw)
        return [one for one in vfs.mount() if one[1] != OUTSIDE]


class _Bytes(io.IOBase):
    """The screen for bytes: no line feed among them becomes CR LF."""

    def write(self, data, *size):
        data = bytes(memoryview(data)[: size[0]] if size else data)
        twin_typing.raw(data)
        return len(data)


class _Screen(io.IOBase):
    """sys.stdout."""

    buffer = _Bytes()

    def write(self, text):
        return sys.stdout.write(text if isinstance(text, str) else bytes(text).decode())


class _Sys:
    """sys, of an ESP32."""

    platform = "esp32"
    stdout = _Screen()

    def __init__(self):
        own = sys.implementation
        self.implementation = _Implementation(
            own.name, own.version, "simulated board with " + twin.chip["name"].upper(), own._mpy
        )

    def __getattr__(self, name):
        return getattr(sys, name)


def move_out(flash):
    """The chip's file system begins empty; the computer's is beside it, and cannot be written."""
    outside = vfs.VfsPosix(flash)
    twin_flash.open = lambda path, mode: outside.open(path[path.rindex("/") :], mode)
    vfs.umount("/")
    vfs.mount(vfs.VfsPosix(), OUTSIDE, readonly=True)
    sys.path[:] = [OUTSIDE + p if p.startswith("/") else p for p in sys.path] + ["", "/lib"]


# This interpreter raises KeyboardInterrupt between any two machine instructions.  It must not pass
# through the file system, whose C code could not go on: it is put off, and what had begun is done
# again, which harms no flash.  Right after one a function may not find its module's names.


def _readblocks(self, block_num, buf, offset=0, do=twin_flash.Blocks.readblocks):
    while True:
        try:
            return do(self, block_num, buf, offset)
        except KeyboardInterrupt:
            self.put_off()


def _writeblocks(self, block_num, buf, offset=None, do=twin_flash.Blocks.writeblocks):
    while True:
        try:
            return do(self, block_num, buf, offset)
        except KeyboardInterrupt:
            self.put_off()


def _ioctl(self, op, arg=0, do=twin_flash.Blocks.ioctl):
    while True:
        try:
            return do(self, op, arg)
        except KeyboardInterrupt:
            self.put_off()


def _put_off(self):
    twin.live.put_off()


def _shelter(blocks):
    blocks.readblocks, blocks.writeblocks, blocks.ioctl = _readblocks, _writeblocks, _ioctl
    blocks.put_off = _put_off


def mount():
    """What _boot.py of a stock image does."""
    import esp32

    blocks = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="vfs")[0]
    try:
        vfs.mount(vfs.VfsLfs2(blocks), "/")
    except OSError:
        print("Performing initial setup")
        vfs.VfsLfs2.mkfs(blocks)
        vfs.mount(vfs.VfsLfs2(blocks), "/")
        with open("/boot.py", "w") as file:
            file.write(_BOOT_PY)
    _os.chdir("/")


def dress_up():
    """From now on programs meet these."""
    _shelter(twin_flash.Blocks)
    sys.modules["micropython"], sys.modules["sys"] = _MicroPython(), _Sys()
    sys.modules["vfs"] = _Vfs()
