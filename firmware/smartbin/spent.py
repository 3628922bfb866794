# What this node has used since its last report, as it reckons by itself.  A count of times and
# currents, not a measurement: it shows which bin's battery will be empty early, and why.
from micropython import const

_LONGEST_S = const(2_592_000)  # of a sleep; more is a clock that was set


class Meter:
    """The charge of one wake.  Whoever switches something counts it here.

    boot_mc: from the end of a sleep to this firmware, and back to sleep; cpu_ma, light_ma: awake,
    in light sleep; radio_ma: radio on, what it sends included; sleep_ua: asleep, the whole board.
    """

    def __init__(self, boot_mc, cpu_ma, light_ma, radio_ma, sleep_ua):
        self._boot_mc, self._cpu_ma, self._light_ma = boot_mc, cpu_ma, light_ma
        self._radio_ma, self._sleep_ua = radio_ma, sleep_ua
        self.light_ms = 0
        self.radio_ms = 0
        self._sensor_mc = 0.0
        self._booked_mc = 0.0

    def powered(self, ms, ma):
        """Something had power so long and drew so much, beside the chip."""
        self._sensor_mc += ms * ma / 1000

    def used_mc(self, up_ms):
        """By this wake, up_ms after this firmware began."""
        cpu_ms = up_ms - self.light_ms - self.radio_ms
        chip = cpu_ms * self._cpu_ma + self.light_ms * self._light_ma
        return self._boot_mc + self._sensor_mc + (chip + self.radio_ms * self._radio_ma) / 1000

    def book(self, mem, up_ms, raw_s):
        """Add to mem.spent_mc what is not in it yet: of this wake, and of the sleep before it."""
        used_mc = self.used_mc(up_ms)
        mem.spent_mc += used_mc - self._booked_mc
        self._booked_mc = used_mc
        slept_s = raw_s - mem.booked_s
        if mem.booked_s and 0 < slept_s < _LONGEST_S:
            mem.spent_mc += slept_s * self._sleep_ua / 1000
        mem.booked_s = max(1, raw_s)
