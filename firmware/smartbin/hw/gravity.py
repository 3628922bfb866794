# Which way is up: LIS3DH or ADXL345 on I2C, mounted flat under the lid, asleep between readings.
import machine
import time
from micropython import const

_FREQ = const(100_000)
_TIMEOUT_US = const(5000)  # a slave that stretches the clock for longer holds the bus
_WAIT_MS = const(40)  # LIS3DH: 7/ODR to turn on at 400 Hz; ADXL345: 1/ODR + 1.1 ms

_ONE_G = const(1024)  # counts after >> 4: both are left-justified, +-2 g

# addresses, who-am-I register and answer, (register, value) to wake, ready register and bit,
# data register (with LIS3DH's auto-increment bit), (register, value) to sleep.
# LIS3DH: +-2 g, then 400 Hz on all axes.  ADXL345: +-2 g left-justified, then measure (100 Hz).
_PARTS = (
    ((0x18, 0x19), 0x0F, 0x33, ((0x23, 0x00), (0x20, 0x77)), 0x27, 0x08, 0xA8, (0x20, 0x00)),
    ((0x53, 0x1D), 0x00, 0xE5, ((0x31, 0x04), (0x2D, 0x08)), 0x30, 0x80, 0x32, (0x2D, 0x00)),
)


class Gravity:
    def __init__(self, sda_pin, scl_pin):
        self._bus = machine.I2C(
            0,
            scl=machine.Pin(scl_pin),
            sda=machine.Pin(sda_pin),
            freq=_FREQ,
            timeout=_TIMEOUT_US,
        )

    def read(self):
        """1 more than 30 degrees from the vertical, 0 less, None: no sound answer.

        While something shakes the bin the sum of the axes is not 1 g, and nothing can be said.
        """
        try:
            return self._tilted()
        except OSError:  # nobody there, or the bus is stuck
            return None

    def _tilted(self):
        for addresses, who, answer, wake, ready, bit, data, sleep in _PARTS:
            for address in addresses:
                if self._register(address, who) == answer:
                    for register, value in wake:
                        self._bus.writeto_mem(address, register, bytes((value,)))
                    self._await(address, ready, bit)
                    axes = self._bus.readfrom_mem(address, data, 6)
                    self._bus.writeto_mem(address, sleep[0], bytes((sleep[1],)))
                    return _judged([_signed(axes, i) for i in (0, 2, 4)])
        return None

    def _register(self, address, register):
        """One byte, or None where nobody answers at that address."""
        try:
            return self._bus.readfrom_mem(address, register, 1)[0]
        except OSError:
            return None

    def _await(self, address, register, bit):
        for _ in range(_WAIT_MS):
            time.sleep_ms(1)
            if self._bus.readfrom_mem(address, register, 1)[0] & bit:
                return
        raise OSError(110)  # ETIMEDOUT


def _signed(axes, i):
    count = axes[i] | axes[i + 1] << 8
    return (count - 0x10000 if count & 0x8000 else count) >> 4


def _judged(axes):
    x, y, z = axes
    total = x * x + y * y + z * z
    if not _ONE_G * _ONE_G // 2 < total < 2 * _ONE_G * _ONE_G:
        return None
    return 1 if 4 * z * z < 3 * total else 0  # cosine of 30 degrees, squared: 3/4
