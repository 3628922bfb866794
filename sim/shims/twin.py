# The inside of one simulated chip: virtual time, pins, rails, and a ledger of where the wake went.
#
# Not a module of the ESP32: the shims beside it share their state here.  The host sends a frame
# with all that the wake may meet (echoes, voltages, radio); `begin` unpacks it, the shims use it.
import sys
import vfs

NEVER_US = 1 << 60
_MOST = 0x7FFFFFFF
_LONG_AGO_US = -1_000_000_000

chip = {}  # name, adc2 (pins), wake (pins that can end a deep sleep); set once, by wakes.py


class Asleep(BaseException):
    """deepsleep() was called: the run of main.py ends here."""


class Reset(BaseException):
    """The chip was reset (watchdog, machine.reset): nothing of this run continues."""


class State:
    """Attributes only; set anew by begin()."""


s = State()


def builtin(name):
    """The interpreter's own module of that name, past the shim that hides it."""
    path, shim = sys.path[:], sys.modules.pop(name, None)
    sys.path[:] = ()
    try:
        module = __import__(name)
    finally:
        sys.path[:] = path
        if shim is not None:
            sys.modules[name] = shim
    return module


def begin(frame, rtc):
    """Set the chip up as it is when main.py starts."""
    s.frame = frame
    s.up_us = 0  # virtual microseconds since the reset
    s.phase = "boot"
    s.ledger = {}
    s.ended = None  # what ended this run: every later call into the chip ends it again
    s.sleep_ms = None
    s.inputs = {}  # pin number -> pulled level
    s.levels = {int(k): v for k, v in frame["held"].items()}  # pin number -> level
    s.held = set(s.levels)  # pins that a fault holds, or a pressed button
    s.rail = frame["rail_pin"] is None
    s.rail_us = _LONG_AGO_US  # when the rail came on
    s.high_us = None  # when the trigger rose
    s.rise_us = s.fall_us = 0  # the pulse on the echo pin
    s.echoes = frame["echoes"]
    s.pings = 0
    s.bite_us = NEVER_US  # when the watchdog bites
    s.rtc = rtc
    s.clock_us = frame["clock_ms"] * 1000  # the node's own clock at the reset, since 2000
    s.nvs = frame["nvs"]
    s.nvs_changed = False
    s.wake_pins = ()
    s.wake_refused = False  # armed in a way that this chip's deep sleep does not know
    s.radio = None  # the state of network.WLAN
    s.radio_used = False
    s.flash = None  # the open flash chip
    s.flash_erases = s.flash_writes = 0
    s.sockets = []
    spend(frame["boot_ms"] * 1000)
    s.phase = "other"


def spend(us):
    """Virtual time passes, until the watchdog bites."""
    t = s
    if t.ended:
        raise t.ended[1]()
    up_us = t.up_us + us
    bites = up_us > t.bite_us
    if bites:
        us, up_us = t.bite_us - t.up_us, t.bite_us
    t.up_us = up_us
    t.ledger[t.phase] = t.ledger.get(t.phase, 0) + us
    if bites:
        end("wdt", Reset)


def here():
    """Raises again whatever ended this run: a chip that is off does nothing more."""
    if s.ended:
        raise s.ended[1]()


def end(how, error):
    s.ended = (how, error)
    raise error()


def prompt():
    """main.py has ended: a prompt that nobody sees, awake until the watchdog or the battery ends
    it."""
    if s.bite_us < NEVER_US:
        try:
            spend(NEVER_US)
        except Reset:
            pass


def power_off():
    """What a chip that sleeps or restarts no longer has: connections, mounts, open files."""
    for one in s.sockets:
        one.close()
    if s.flash is not None:
        s.flash.power_off()
    for _, where in vfs.mount():
        if where != "/":  # the computer's own, from which modules are loaded
            vfs.umount(where)


def enter(phase):
    """From now on time is spent on this; returns what it was spent on before."""
    before, s.phase = s.phase, phase
    return before


def now_us():
    """The node's clock: microseconds since 2000."""
    return s.clock_us + s.up_us


def word(n):
    """n as the port's C code takes it: a whole number in 32 bits with a sign."""
    if not isinstance(n, int):
        raise TypeError("can't convert %s to int" % type(n).__name__)
    if not -_MOST - 1 <= n <= _MOST:
        raise OverflowError("overflow converting long int to machine word")
    return n


def account():
    """What this wake did, for the host."""
    return {
        "how": s.ended[0] if s.ended else "awake",
        "sleep_ms": s.sleep_ms,
        "up_ms": s.up_us // 1000,
        "phases": {k: v // 1000 for k, v in s.ledger.items()},
        "clock_ms": now_us() // 1000,
        "pings": s.pings,
        "radio": s.radio_used,
        "wake_pins": s.wake_pins,
        "nvs": s.nvs if s.nvs_changed else None,
        "flash": {"erases": s.flash_erases, "writes": s.flash_writes},
    }
