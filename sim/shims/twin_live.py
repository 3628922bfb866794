# One boot of one simulated chip in real time, with its serial port on standard input and output.
#
# Not a module of the ESP32.  argv: main.py's path or "" for a stock image; where a frame comes
# from; where what happened is told, a line of JSON each; what is known of the chip; and of this
# boot: {"pace": real seconds for a virtual one, "flash": the folder of the bin's flash}.
import binascii
import gc
import json
import struct
import sys
import vfs
from collections import namedtuple

import twin
import twin_flash
import twin_prompt
import twin_sonar

_HEAD = "<IH"
_HEAD_SIZE = struct.calcsize(_HEAD)
_STEP_US = 20_000  # of a real wait: the watchdog bites between two of them
_OUTSIDE = "/host"
_SOFT_RESET = 5
_BOOT_PY = (
    "# This file is executed on every boot (including wake-boot from deepsleep)\n"
    "#import esp\n#esp.osdebug(None)\n#import webrepl\n#webrepl.start()\n"
)
_Implementation = namedtuple("implementation", ("name", "version", "_machine", "_mpy"))
_time, _select, _os = twin.builtin("time"), twin.builtin("select"), twin.builtin("os")


class _Live:
    """Virtual waiting becomes real; what outlives a loss of power is told at once."""

    def __init__(self, out, pace):
        self._out, self._pace, self._at, self._within = out, pace, _time.ticks_us(), False
        self._keys = _select.poll()
        self._keys.register(sys.stdin, 1)

    def catch_up(self):
        """What the program has taken in real time passes on the chip, too."""
        if self._within:
            return
        now = _time.ticks_us()
        us, self._at = _time.ticks_diff(now, self._at), now
        self._pass(us)

    def spend(self, us):
        self.catch_up()
        while us > _STEP_US:
            self._step(_STEP_US)
            us -= _STEP_US
        self._step(us)

    def waiting(self, us):
        """Is a key there?  At most so long is waited for it."""
        self.catch_up()
        until_us = twin.s.up_us + us
        while not self._keys.poll(min(_STEP_US, max(0, until_us - twin.s.up_us)) // 1000):
            self.catch_up()
            if twin.s.up_us + 1000 > until_us:
                return False
        self.catch_up()
        return True

    def tell(self, what):
        self._out.write(json.dumps(what) + "\n")

    def _step(self, us):
        self._pass(us)
        _time.sleep_us(int(us * self._pace))
        self._at = _time.ticks_us()

    def _pass(self, us):
        self._within = True
        try:
            twin.pass_by(us)
        finally:
            self._within = False


class _MicroPython:
    """micropython as the firmware meets it: the host sees to Ctrl-C."""

    def __getattr__(self, name):
        return getattr(_micropython, name)

    def kbd_intr(self, key):
        twin.live.tell({"interrupt": key})


class _Vfs:
    """vfs, without the computer's own files."""

    def __getattr__(self, name):
        return getattr(vfs, name)

    def mount(self, *args, **kw):
        if args or kw:
            return vfs.mount(*args, **kw)
        return [one for one in vfs.mount() if one[1] != _OUTSIDE]


class _Sys:
    """sys, of an ESP32."""

    platform = "esp32"

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
    vfs.mount(vfs.VfsPosix(), _OUTSIDE, readonly=True)
    sys.path[:] = [_OUTSIDE + p if p.startswith("/") else p for p in sys.path] + ["", "/lib"]


def mounted():
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


def boot(main_path, mode):
    """From the interpreter's start to its prompt; the prompt's mode in the end: a soft reset."""
    space = {"__name__": "__main__"}
    well = True
    if not main_path:
        mounted()
        well = _file("/boot.py", space)
    if mode == twin_prompt.FRIENDLY and well:
        _file(_OUTSIDE + main_path if main_path else "/main.py", space)
    return twin_prompt.run(space, mode)


def _file(path, space):
    """Run it where it is there; did it end well?  A forced exit resets."""
    try:
        with open(path) as file:
            text = file.read()
    except OSError:
        return True
    return twin_prompt.execute(text, path[path.rindex("/") + 1 :], "exec", space)


def forget(known):
    """RAM, connections and mounts go; the chip goes on."""
    for name in [m for m in sys.modules if m not in known and not m.startswith("twin")]:
        del sys.modules[name]
    for one in twin.s.sockets:
        one.close()
    twin.s.sockets, twin.s.ended = [], None
    twin.s.frame["reset_cause"] = _SOFT_RESET
    gc.collect()
    for _, where in vfs.mount():
        if where != _OUTSIDE:
            vfs.umount(where)


def live(main_path):
    mode, known = twin_prompt.FRIENDLY, set(sys.modules)
    while True:
        try:
            mode = boot(main_path, mode)
        except twin_prompt.Forced as e:
            mode = e.args[0]
        forget(known)
        print("MPY: soft reboot")


def begin(source, out, facts):
    head = source.read(_HEAD_SIZE)
    size, rtc_size = struct.unpack(_HEAD, head)
    frame = json.loads(source.read(size))
    twin.begin(frame, source.read(rtc_size))
    twin_sonar.begin()
    twin.live = _Live(out, facts["pace"])
    twin.waiting = twin.live.waiting


def main(main_path, source, out, chip, facts):
    twin.chip.update(json.loads(chip))
    facts = json.loads(facts)
    move_out(facts["flash"])
    begin(open(int(source), "rb"), open(int(out), "w"), facts)
    sys.modules["micropython"], sys.modules["sys"] = _MicroPython(), _Sys()
    sys.modules["vfs"] = _Vfs()
    try:
        live(main_path)
    except (twin.Asleep, twin.Reset):
        pass
    tell, twin.live = twin.live.tell, None
    twin.power_off()
    tell({"end": twin.account(), "rtc": binascii.b2a_base64(twin.s.rtc)[:-1].decode()})


_micropython = __import__("micropython")
if __name__ == "__main__":
    main(*sys.argv[1:])
