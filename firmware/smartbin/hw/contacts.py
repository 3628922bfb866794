# Switches to ground: the lid's reed contact and the tilt switch.  Their pull-up is on only while
# they are read: a closed contact would draw 70 uA through it.
import machine
import time
from micropython import const

_READS = const(3)
_NO_PULL = const(0)  # neither PULL_UP nor PULL_DOWN; -1 would leave what there was
_APART_MS = const(1)  # contacts chatter; a reed's settles within 1 ms


class Contact:
    """Closed when all is well (upright, lid shut): 0; open, or its wire torn: 1."""

    def __init__(self, pin):
        self._pin = machine.Pin(pin, machine.Pin.IN)

    def read(self):
        """1 open, 0 closed, None where it does not keep still."""
        self._pin.init(machine.Pin.IN, machine.Pin.PULL_UP)
        level = 0
        for _ in range(_READS):
            time.sleep_ms(_APART_MS)
            level += self._pin.value()
        self._pin.init(machine.Pin.IN, _NO_PULL)
        return None if 0 < level < _READS else level // _READS
