# Runs inside MicroPython, as main.py, when memory is measured: frees the heap of what is not the
# firmware's, runs the firmware's own main.py, and writes one line into the file $BENCH_NOTES:
# the bytes held before main.py started, and the modules that it loaded.
#
# With $BENCH_ROOM (bytes): before main.py starts the heap is filled up to that room.  So what the
# simulator holds (frame, shims, the buffers of its flash) does not count, and as on the chip every
# wake loads its modules anew.  Without: modules stay loaded, and all that is on the heap counts.
#
# With $BENCH_TYPED (a file of keys): somebody types them as soon as the power is on, and what is
# shown goes to $BENCH_SCREEN.
import esp32
import machine
import network  # noqa: F401 - loaded here: on the chip these are C, outside the heap
import os  # noqa: F401
import select  # noqa: F401
import socket  # noqa: F401
import sys
import time  # noqa: F401
import vfs  # noqa: F401

import twin

sys.modules.pop("gc", None)  # of the simulator, which collects only when memory runs out
import gc  # noqa: E402 - the interpreter's own

_FILLER = 512


class Typed:
    """In place of hw/keys.py's Keys: who waits for a key gets one, till there are no more."""

    def __init__(self):
        self._keys = iter(keys)

    def read(self, ms):
        key = next(self._keys, None) if ms else None
        if key is None:
            twin.during("service", ms * 1000)
        return key

    def write(self, text):
        with open(getenv("BENCH_SCREEN"), "a") as screen:
            screen.write(text)


def sit():
    import smartbin.hw.keys

    smartbin.hw.keys.Keys = Typed


getenv = twin.builtin("os").getenv
typed = getenv("BENCH_TYPED")
if typed:
    with open(typed, "rb") as file:
        keys = file.read()
known = set(sys.modules)
room = int(getenv("BENCH_ROOM") or 0)
esp32.Partition("vfs")  # opens the simulated flash
twin.s.rtc.extend(bytes(2048))  # RTC memory is not on the heap ...
twin.s.rtc[:] = twin.s.rtc[:-2048]  # ... and need not grow there
gc.collect()
filler = []
while room and gc.mem_free() > room + _FILLER:
    for _ in range((gc.mem_free() - room) // (2 * _FILLER) or 1):  # to ask takes long
        filler = [filler, bytearray(_FILLER)]  # small pieces, so that the room is one piece
held = gc.mem_alloc()
try:
    if typed and machine.reset_cause() == machine.PWRON_RESET:
        sit()
    import main  # noqa: F401
finally:
    filler = None
    loaded = [m for m in sys.modules if m not in known]
    for name in [m for m in loaded if m == "main" or room]:
        del sys.modules[name]
    with open(getenv("BENCH_NOTES"), "a") as notes:
        print(held, *loaded, file=notes)
