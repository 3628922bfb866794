# The inside of one simulated chip: virtual time, pins, rails, and a ledger of where the wake went.
#
# Not a module of the ESP32: the shims beside it share their state here.  The host sends a frame
# with all that the wake may meet (echoes, voltages, radio); `begin` unpacks it, the shims use it.
import builtins
import sys
import vfs

NEVER_US = 1 << 60
_MOST = 0x7FFFFFFF
_LONG_AGO_US = -1_000_000_000
_WELL = {}  # no fault
_CHAR_US = 87  # ten bits at 115,200 baud: the console makes whoever prints wait

waiting = None  # waiting(us) -> is there a key? lets that time pass; None: nobody types
live = None  # what makes virtual waiting real, and tells the host at once (twin_live.py)
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
    s.up_us = 0  # virtual microseconds since the reset
    s.phase = "boot"
    s.ledger = {}
    s.trace = [[0, "boot"]] if frame.get("trace") else None  # [when, phase] of every change
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
    s.turn_us = NEVER_US  # when the radio goes on to something else by itself
    _troubles(s.fault)
    _contacts()
    s.rtc = bytearray(rtc)  # written in place: on the chip it is not on the heap
    s.clock_us = frame["clock_ms"] * 1000  # the node's own clock at the reset, since 2000
    s.nvs = frame["nvs"]
    s.nvs_changed = False
    s.wake_pins = ()
    s.wake_refused = False  # armed in a way that this chip's deep sleep does not know
    s.flash = None  # the open flash chip
    s.flash_erases = s.flash_writes = 0
    s.flash_us = 0  # spent on writing and erasing
    s.mount_us = 0  # spent on reading flash
    s.typed = bytearray()  # that the program itself gave back to whoever reads keys next
    s.accel_us = None  # when the accelerometer has something to tell; None: it is asleep
    _network(frame)
    _boot(frame)


def _network(frame):
    s.radio = None  # the state of network.WLAN
    s.radio_used = False
    s.sockets = []
    s.lease = frame.get("lease")  # of the DHCP server: {"number", "until_ms", "taken"}, or None
    s.stolen = 0  # packets sent from an address that is not ours any more
    _old_names()


def _old_names():
    """umqtt and others ask for the shims by names that mean the interpreter's own modules."""
    for name in ("os", "socket", "time"):
        sys.modules["u" + name] = __import__(name)


def _boot(frame):
    """What passes before the first line of main.py.  A stock image mounts its file system and
    compiles main.py from it; where it is not told to skip that, it looks through itself first."""
    up_us, kind = int(frame["boot_ms"] * 1000), frame.get("boot", "frozen")
    s.stop_us, stop_us = NEVER_US, s.stop_us  # whatever strikes does so in main.py
    spend(up_us)
    if kind != "frozen":
        checked = kind == "stock_checked"
        enter("mount")
        spend((frame["chip"]["mount_ms"] + (frame["chip"]["check_ms"] if checked else 0)) * 1000)
    s.stop_us = stop_us
    enter("cpu")


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
    """Look anew what comes first: no power, the watchdog's bite, a crash, a hang; or the radio
    that goes on to something else."""
    s.end_us = min(s.off_us, s.bite_us, s.crash_us, s.hang_us)
    s.stop_us = min(s.end_us, s.turn_us)


def spend(us):
    """Virtual time passes, until something stops it."""
    if live is None:
        pass_by(us)
    else:
        live.spend(us)


def pass_by(us):
    """Virtual time passes, and nobody waits for it."""
    t = s
    if t.ended:
        raise t.ended[1]()
    up_us = t.up_us + us
    while up_us > t.stop_us:
        _pass(max(t.up_us, t.stop_us))  # writing flash may have taken us past it
        if t.turn_us <= t.up_us:
            t.radio.turn()
        else:
            _stop()
    _pass(up_us)
    if up_us >= t.turn_us:
        t.radio.turn()


def _pass(at_us):
    t = s
    t.ledger[t.phase] = t.ledger.get(t.phase, 0) + at_us - t.up_us
    t.up_us = at_us


def _stop():
    t = s
    at_us = t.up_us
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
    if s.end_us == NEVER_US and live is None:
        end("hung", Reset)
    spend(NEVER_US)  # behind a port until Ctrl-C


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
    if live is not None:
        live.catch_up()


def end(how, error):
    s.ended = (how, error)
    raise error()


def prompt():
    """main.py has ended: a prompt that nobody sees, awake until the watchdog or the battery ends
    it."""
    s.crash_us = s.hang_us = NEVER_US
    watch()
    if s.end_us < NEVER_US:
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
    """From now on time is spent on this."""
    if s.trace is not None and phase != s.phase:
        s.trace.append([s.up_us, phase])
    s.phase = phase


def usual():
    """What time is spent on while the program does nothing in particular."""
    if s.radio is not None and s.radio.on:
        return s.radio.phase
    return "sense" if s.rail and s.frame["rail_pin"] is not None else "cpu"


def settle():
    """Back to the usual."""
    enter(usual())


def during(phase, us):
    """So long on that, then back to the usual."""
    enter(phase)
    spend(us)
    settle()


def busy(counter, us):
    """The chip waits for its flash: s.flash_us or s.mount_us grows.  Without a trace it allocates
    nothing; a watchdog bites only afterwards."""
    if s.trace is not None:
        s.trace += [[s.up_us, counter], [s.up_us + us, s.phase]]
    s.up_us += us
    if counter == "flash":
        s.flash_us += us
    else:
        s.mount_us += us


def _print(*args, sep=" ", end="\n", file=None):
    """The console's own print, and the time that it takes."""
    _plain_print(*args, sep=sep, end=end, **({} if file is None else {"file": file}))
    if file is None and live is None:
        spend(_CHAR_US * len(sep.join([str(one) for one in args]) + end))


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
        "lease": s.lease,
        "stolen": s.stolen,
        "session": s.radio is not None and s.radio.held,  # by the access point
        "tx_dbm": 20 if s.radio is None else s.radio.txpower_dbm,
        "trace": s.trace,
    }


def _worn():
    """[block, how often it was erased] of those that were."""
    if not s.flash_erases:
        return []
    return [[block, n] for block, n in enumerate(s.flash.worn) if n]


def _phases():
    """Milliseconds by phase."""
    found = {k: (v + 500) // 1000 for k, v in s.ledger.items()}
    if s.flash_us:
        found["flash"] = (s.flash_us + 500) // 1000
    if s.mount_us:
        found["mount"] = found.get("mount", 0) + (s.mount_us + 500) // 1000
    return found


_plain_print = builtins.print
builtins.print = _print
