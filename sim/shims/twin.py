# The inside of one simulated chip: virtual time, pins, rails, and a ledger of where the wake went.
#
# Not a module of the ESP32: the shims beside it share their state here.  The host sends a frame
# with all that the wake may meet (echoes, voltages, radio): twin_wake unpacks it.
import builtins
import sys

NEVER_US = 1 << 60
_MOST = 0x7FFFFFFF
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
    """Attributes only; set anew by twin_wake.begin()."""


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


def enter(phase):
    """From now on time is spent on this."""
    if s.trace is not None and phase != s.phase:
        s.trace.append([s.up_us, phase])
    s.phase = phase


def usual():
    """What time is spent on while the program does nothing in particular."""
    if s.radio is not None and s.radio.on:
        return s.radio.phase
    if s.rail and s.frame["rail_pin"] is not None:
        return "sense"
    return "service" if s.blinks else "cpu"


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


_plain_print = builtins.print
builtins.print = _print
