# The ESP32's os: the interpreter's, less what only a computer has; random bytes are seeded.
from collections import namedtuple

import twin

_real = twin.builtin("os")
_Name = namedtuple("uname_result", ("sysname", "nodename", "release", "version", "machine"))

chdir, getcwd = _real.chdir, _real.getcwd
ilistdir, listdir = _real.ilistdir, _real.listdir
mkdir, rmdir = _real.mkdir, _real.rmdir
mount, umount = _real.mount, _real.umount
remove, rename, unlink = _real.remove, _real.rename, _real.unlink
stat, statvfs = _real.stat, _real.statvfs


def urandom(n):
    """n bytes that depend on the scenario's seed, the bin and the wake alone."""
    twin.here()
    s = twin.s
    out = bytearray(n)
    state = s.frame["seed"] + s.frame["true_ms"] + s.up_us
    for i in range(n):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        out[i] = state >> 16 & 0xFF
    s.frame["seed"] = state
    return bytes(out)


def uname():
    return _Name("esp32", "esp32", "1.25.0", "simulated", "simulated board with ESP32")


def sync():
    pass
