# The inside of one simulated chip: virtual time, pins, rails, and a ledger of where the wake went.
#
# Not a module of the ESP32: the shims beside it share their state here.  The host sends a frame
# with all that the wake may meet (echoes, voltages, radio); `begin` unpacks it, the shims use it.
import sys
import vfs

NEVER_US = 1 << 60
_MOST = 0x7FFFFFFF
_LONG_AGO_US = -1_000_000_000
_WELL = {}  # no fault

chip = {}  # name, adc2 (pins), wake (pins that can end a deep sleep); set once, by wakes.py


class Asleep(BaseException):
    """deepsleep() was called: the run of main.py ends here."""


class Reset(BaseException):
    """The chip was reset (watchdog, machine.reset): nothing of this run continues."""


_OFF = ("off", Reset)


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
    s.fault = frame.get("fault", _WELL)  # kind -> amount: what is wrong in this wake
    s.up_us = frame["boot_ms"] * 1000  # virtual microseconds since the reset
    s.phase = "other"
    s.ledger = {"boot": s.up_us}
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
    s.asked = False  # was the sensor, while it had power?
    s.bite_us = NEVER_US  # when the watchdog bites
    _troubles(s.fault)
    _contacts()
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
    s.flash_us = 0  # spent on writing and erasing
    s.sockets = []
    s.accel_us = None  # when the accelerometer has something to tell; None: it is asleep


def _troubles(fault):
    """What ends or disturbs this wake at a time of its own, and in which write its power goes."""
    s.off_us, s.hang_us, s.crash_us = [
        fault[kind] * 1000 if kind in fault else NEVER_US
        for kind in ("power_cut", "hang", "crash")
    ]
    s.writes = 0  # of flash, NVS and RTC memory, and erases: places where power could be cut
    s.cut_at = fault.get("cut_at_write", 0)
    if "sonar_stuck_high" in fault or "sonar_stuck_low" in fault:
        pin = s.frame["echo_pin"]
        s.held.add(pin)
        s.levels[pin] = 1 if "sonar_stuck_high" in fault else 0
    watch()


def _contacts():
    """Switches to ground that are closed: nobody lifted the lid, the bin stands."""
    pins = s.frame.get("contacts", {})
    s.shut = [pins[k] for k in pins if not s.frame.get(k) and pins[k] not in s.held]


def watch():
    """Look anew what comes first: no power, the watchdog's bite, a crash, a hang."""
    s.stop_us = min(s.off_us, s.bite_us, s.crash_us, s.hang_us)


def spend(us):
    """Virtual time passes, until something stops it."""
    t = s
    if t.ended:
        raise t.ended[1]()
    up_us = t.up_us + us
    if up_us > t.stop_us:
        _stop()
    else:
        t.up_us = up_us
        t.ledger[t.phase] = t.ledger.get(t.phase, 0) + us


def _stop():
    t = s
    at_us = max(t.up_us, t.stop_us)  # writing flash may have taken us past it
    t.ledger[t.phase] = t.ledger.get(t.phase, 0) + at_us - t.up_us
    t.up_us = at_us
    if at_us >= t.off_us:
        end("off", Reset)
    if at_us >= t.bite_us:
        end("wdt", Reset)
    if at_us >= t.crash_us:
        t.crash_us = NEVER_US
        watch()
        raise RuntimeError("the driver's own trouble")
    t.hang_us = NEVER_US
    watch()
    for_ever()


def for_ever():
    """A wait without an end: the watchdog bites, or nothing ever ends it."""
    if s.stop_us == NEVER_US:
        end("hung", Reset)
    spend(NEVER_US)


def cut():
    """One more write or erase of what outlives the wake: does the power go in the middle of it?

    It allocates nothing.  Who is told so does the first half, and fails.
    """
    s.writes += 1
    if s.writes != s.cut_at:
        return False
    s.ended = _OFF
    return True


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
    s.crash_us = s.hang_us = NEVER_US
    watch()
    if s.stop_us < NEVER_US:
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
        "phases": _phases(),
        "clock_ms": now_us() // 1000,
        "asked": s.asked,
        "pings": s.pings,
        "radio": s.radio_used,
        "rail": s.rail and s.frame["rail_pin"] is not None,
        "wake_pins": s.wake_pins,
        "nvs": s.nvs if s.nvs_changed else None,
        "flash": {"erases": s.flash_erases, "writes": s.flash_writes, "worn": _worn()},
        "writes": s.writes,
    }


def _worn():
    """[block, how often it was erased] of those that were."""
    if not s.flash_erases:
        return []
    return [[block, n] for block, n in enumerate(s.flash.worn) if n]


def _phases():
    """Milliseconds by phase."""
    found = {k: v // 1000 for k, v in s.ledger.items()}
    if s.flash_us:
        found["flash"] = s.flash_us // 1000
    return found
