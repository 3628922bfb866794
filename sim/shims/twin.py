# The inside of one simulated chip: virtual time, pins, rails, and a ledger of where the wake went.
#
# Not a module of the ESP32: the shims beside it share their state here.  The host sends a frame
# with all that the wake may meet (echoes, voltages, radio); `begin` unpacks it, the shims use it.
import sys

ECHO_DELAY_US = (
    450  # HC-SR04: from the trigger's end to the rising echo, by its data sheet's drawing
)


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
    s.levels = {}  # pin number -> level
    s.inputs = {}  # pin number -> pulled level
    s.rail = frame["rail_pin"] is None
    s.rail_us = 0  # when the rail came on
    s.triggered = False
    s.high_us = None
    s.echoes = frame["echoes"]
    s.pings = 0
    s.wdt_ms = None
    s.fed_us = 0
    s.rtc = rtc
    s.clock_us = frame["clock_ms"] * 1000  # the node's own clock when main.py starts, since 2000
    s.nvs = frame["nvs"]
    s.nvs_changed = False
    s.wake_pins = ()
    s.radio = None  # the state of network.WLAN
    s.radio_on = False
    s.sent = 0
    spend(frame["boot_ms"] * 1000)
    s.clock_us -= s.up_us
    s.phase = "other"


def spend(us):
    """Virtual time passes."""
    here()
    s.up_us += us
    s.ledger[s.phase] = s.ledger.get(s.phase, 0) + us
    if s.wdt_ms is not None and s.up_us - s.fed_us > s.wdt_ms * 1000:
        end("wdt", Reset)


def here():
    """Raises again whatever ended this run: a chip that is off does nothing more."""
    if s.ended:
        raise s.ended[1]()


def end(how, error):
    s.ended = (how, error)
    raise error()


def enter(phase):
    """From now on time is spent on this; returns what it was spent on before."""
    before, s.phase = s.phase, phase
    return before


def now_us():
    """The node's clock: microseconds since 2000."""
    return s.clock_us + s.up_us


def account():
    """What this wake did, for the host."""
    return {
        "how": s.ended[0] if s.ended else "awake",
        "sleep_ms": s.sleep_ms,
        "up_ms": s.up_us // 1000,
        "phases": {k: v // 1000 for k, v in s.ledger.items()},
        "clock_ms": now_us() // 1000,
        "pings": s.pings,
        "radio": s.radio_on,
        "wake_pins": s.wake_pins,
        "nvs": s.nvs if s.nvs_changed else None,
    }
