# One wake of the simulated chip: what it begins with, and what the host is told at its end.
#
# Not a module of the ESP32.
import sys
import vfs

import twin
from twin import NEVER_US, s

_LONG_AGO_US = -1_000_000_000
_WELL = {}  # no fault


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
    s.lamp = []  # [when in ms, 1 lit, 0 dark, None let go] of the LED ...
    s.blinks = False  # ... and while it tells somebody something, nothing else is done
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
    twin.spend(up_us)
    if kind != "frozen":
        chip = frame["chip"]
        check_ms = chip["check_ms"] if kind == "stock_checked" else 0
        twin.enter("mount")
        twin.spend((chip["mount_ms"] + check_ms) * 1000)
    s.stop_us = stop_us
    twin.enter("cpu")


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
    twin.watch()


def _contacts():
    """Switches to ground that are closed: nobody lifted the lid, the bin stands."""
    pins = s.frame.get("contacts", {})
    s.shut = [pins[k] for k in pins if not s.frame.get(k) and pins[k] not in s.held]


def prompt():
    """main.py has ended: a prompt that nobody sees, awake until the watchdog or the battery ends
    it."""
    s.crash_us = s.hang_us = NEVER_US
    twin.watch()
    if s.end_us < NEVER_US:
        try:
            twin.spend(NEVER_US)
        except twin.Reset:
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


def account():
    """What this wake did, for the host."""
    return {
        "how": s.ended[0] if s.ended else "awake",
        "sleep_ms": s.sleep_ms,
        "up_ms": s.up_us // 1000,
        "phases": _phases(),
        "clock_ms": twin.now_us() // 1000,
        "asked": s.asked,
        "pings": s.pings,
        "lamp": s.lamp,
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
