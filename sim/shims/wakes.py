# Runs main.py once for each frame that comes on standard input; answers on the descriptor in argv.
#
# frame:  two lengths (little-endian u32, u16), JSON, the bytes of RTC memory
# answer: the same.  The firmware's modules stay loaded after a wake, unless a frame says "cold".
import gc
import json
import struct
import sys

import twin
import twin_sonar
import twin_wake

_HEAD = "<IH"
_HEAD_SIZE = struct.calcsize(_HEAD)
_LONGEST = 500  # characters of an error


class _Gc:
    """gc as the firmware meets it.  To sweep the whole heap in every wake would take longer than
    the wake itself; here the interpreter collects when it runs out of memory, and only then."""

    def __getattr__(self, name):
        return getattr(gc, name)

    def collect(self):
        pass


def serve(main_path, answers):
    with open(main_path) as source:
        code = compile(source.read(), "main.py", "exec")
    known = set(sys.modules)
    while True:
        head = sys.stdin.buffer.read(_HEAD_SIZE)
        if len(head) < _HEAD_SIZE:
            return
        size, rtc_size = struct.unpack(_HEAD, head)
        frame = json.loads(sys.stdin.buffer.read(size))
        rtc = sys.stdin.buffer.read(rtc_size)
        if frame["cold"]:
            for name in [m for m in sys.modules if m not in known]:
                del sys.modules[name]
        report(answers, run(code, frame, rtc))


def run(code, frame, rtc):
    twin_wake.begin(frame, rtc)
    twin_sonar.begin()
    crash = None
    try:
        exec(code, {"__name__": "__main__"})
    except BaseException as e:
        if not twin.s.ended:
            crash = _uncaught(e)
    if not twin.s.ended:
        twin_wake.prompt()
    twin_wake.power_off()
    answer = twin_wake.account()
    answer["crash"] = crash
    return answer


def _uncaught(e):
    """What the chip does with an error that leaves main.py."""
    if isinstance(e, SystemExit):
        twin.s.ended = ("soft_reset", twin.Reset)
        return None
    try:
        sys.print_exception(e)
        return repr(e)[:_LONGEST]
    except MemoryError:  # a long story
        return type(e).__name__


def report(answers, answer):
    body = json.dumps(answer).encode()
    answers.write(struct.pack(_HEAD, len(body), len(twin.s.rtc)) + body + twin.s.rtc)


sys.modules["gc"] = _Gc()
twin.chip.update(json.loads(sys.argv[3]))
serve(sys.argv[1], open(int(sys.argv[2]), "wb"))
