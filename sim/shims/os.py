# The ESP32's os: the interpreter's, less what only a computer has; random bytes are seeded.
from collections import namedtuple

import twin

_real = twin.builtin("os")
_OUTSIDE = ("host", 0x4000)
_READ_ONLY = 30  # EROFS
_Name = namedtuple("uname_result", ("sysname", "nodename", "release", "version", "machine"))

chdir, getcwd = _real.chdir, _real.getcwd
mount, umount = _real.mount, _real.umount
stat, statvfs = _real.stat, _real.statvfs


def _guarded(do):
    """do(*paths), but not to the computer's own files, where they are beside the chip's."""

    def done(*paths):
        for path in paths if twin.live is not None else ():
            whole = path if path.startswith("/") else _real.getcwd() + "/" + path
            if whole.strip("/").split("/")[0] == _OUTSIDE[0]:
                raise OSError(_READ_ONLY)
        return do(*paths)

    return done


mkdir, rmdir = _guarded(_real.mkdir), _guarded(_real.rmdir)
remove, rename, unlink = [_guarded(one) for one in (_real.remove, _real.rename, _real.unlink)]


def ilistdir(*path):
    """Less the computer's own files, where they are beside the chip's (twin_live.py)."""
    if twin.live is None:
        return _real.ilistdir(*path)
    return iter([one for one in _real.ilistdir(*path) if one[:2] != _OUTSIDE])


def listdir(*path):
    return [one[0] for one in ilistdir(*path)]


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
    machine = "simulated board with " + twin.chip["name"].upper()
    return _Name("esp32", "esp32", "1.25.0", "simulated", machine)


def sync():
    pass


def dupterm(stream, index=0):
    """The terminal beside the serial port; here only what it types matters."""
    old, twin.s.term = getattr(twin.s, "term", None), stream
    return old


def dupterm_notify(obj):
    """What was typed there goes where the serial port's keys go."""
    stream, key = getattr(twin.s, "term", None), bytearray(1)
    while stream is not None and stream.readinto(key):
        twin.s.typed.append(key[0])
