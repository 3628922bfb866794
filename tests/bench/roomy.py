# Runs inside MicroPython, as main.py, when memory is measured: frees the heap of what is not the
# firmware's, runs the firmware's own main.py, and writes one line into the file $BENCH_NOTES.
#
# With $BENCH_ROOM (bytes): before main.py starts the heap is filled up to that room.  So what the
# simulator holds (frame, shims, the buffers of its flash) does not count, and as on the chip every
# wake loads its modules anew.  Without: modules stay loaded, and all that is on the heap counts.
import esp32
import machine  # noqa: F401 - loaded here: on the chip these are C, outside the heap
import network  # noqa: F401
import os  # noqa: F401
import socket  # noqa: F401
import sys
import time  # noqa: F401
import vfs  # noqa: F401

import twin

sys.modules.pop("gc", None)  # of the simulator, which collects only when memory runs out
import gc  # noqa: E402 - the interpreter's own

_FILLER = 512

getenv = twin.builtin("os").getenv
known = set(sys.modules)
room = int(getenv("BENCH_ROOM") or 0)
esp32.Partition("vfs")  # opens the simulated flash
gc.collect()
filler = []
while room and gc.mem_free() > room + _FILLER:
    for _ in range((gc.mem_free() - room) // (2 * _FILLER) or 1):  # to ask takes long
        filler = [filler, bytearray(_FILLER)]  # small pieces, so that the room is one piece
held = gc.mem_alloc()
try:
    import main  # noqa: F401
finally:
    filler = None
    for name in [m for m in sys.modules if m == "main" or (room and m not in known)]:
        del sys.modules[name]
    with open(getenv("BENCH_NOTES"), "a") as notes:
        print(held, file=notes)
