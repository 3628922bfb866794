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

import twin
import twin_inside
import twin_prompt
import twin_sonar
import twin_typing
import twin_wake
from twin_inside import OUTSIDE

_HEAD = "<IH"
_HEAD_SIZE = struct.calcsize(_HEAD)
_STEP_US = 20_000  # of a real wait: the watchdog bites between two of them
_SOFT_RESET = 5
_time, _select = twin.builtin("time"), twin.builtin("select")


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

    def put_off(self):
        """The interrupt that has just struck shall do so again soon.  It allocates nothing."""
        self._out.write('{"again": true}\n')

    def _step(self, us):
        self._pass(us)
        _time.sleep_us(int(us * self._pace))
        self._at = _time.ticks_us()

    def _pass(self, us):
        try:
            self._within = True
            twin.pass_by(us)
        finally:
            self._within = False


def boot(main_path, mode):
    """From the interpreter's start to its prompt; the prompt's mode in the end: a soft reset."""
    space = {"__name__": "__main__"}
    well = True
    if not main_path:
        twin_inside.mount()
        well = _file("/boot.py", space)
    if mode == twin_prompt.FRIENDLY and well:
        _file(OUTSIDE + main_path if main_path else "/main.py", space)
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
        if where != OUTSIDE:
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
    twin_wake.begin(frame, source.read(rtc_size))
    twin_sonar.begin()
    twin.live = _Live(out, facts["pace"])
    twin.waiting = twin.live.waiting


def main(main_path, source, out, chip, facts):
    twin.chip.update(json.loads(chip))
    facts = json.loads(facts)
    twin_inside.move_out(facts["flash"])
    begin(open(int(source), "rb"), open(int(out), "w"), facts)
    twin_inside.dress_up()
    try:
        live(main_path)
    except (twin.Asleep, twin.Reset):
        pass
    twin_typing.interrupt(twin_typing.NO_KEY)
    tell, twin.live = twin.live.tell, None
    twin_wake.power_off()
    tell({"end": twin_wake.account(), "rtc": binascii.b2a_base64(twin.s.rtc)[:-1].decode()})


if __name__ == "__main__":
    main(*sys.argv[1:])
