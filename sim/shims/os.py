# The ESP32's os: the interpreter's, less what only a computer has; random bytes are seeded.
import twin

_real = twin.builtin("os")
_real_names = ("chdir", "getcwd", "ilistdir", "listdir", "mkdir", "mount", "remove", "rename")
_real_names += ("rmdir", "stat", "statvfs", "umount", "unlink")
for _name in _real_names:
    globals()[_name] = getattr(_real, _name)


def urandom(n):
    """n bytes that depend on the scenario's seed, the bin and the wake alone."""
    twin.here()
    s = twin.s
    out = bytearray(n)
    state = s.frame["seed"] + s.up_us
    for i in range(n):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        out[i] = state >> 16 & 0xFF
    s.frame["seed"] = state
    return bytes(out)


def uname():
    return ("esp32", "esp32", "1.25.0", "simulated", "simulated board")


def sync():
    pass
