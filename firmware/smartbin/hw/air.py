# Lid thermometers on the sensor's rail: an NTC on a converter pin, a DS18B20, or none.
#
# begin() when the rail has come on, left_ms() until read_dc() has something to tell.
import machine
import time
from math import log
from micropython import const

_RAIL_MV = const(3300)
_COLDEST_DC, _HOTTEST_DC = const(-450), const(1200)
_B = const(3950)  # the usual part; its maker's tolerance of 1 % is 0.5 K at 0 C
_T25 = 298.15

_SKIP_ROM, _CONVERT, _READ, _WRITE = const(0xCC), const(0x44), const(0xBE), const(0x4E)
_NINE_BITS = const(0x1F)  # half a degree is 1 mm in 1.2 m; 12 bits would take 750 ms
_CONVERT_MS = const(95)  # data sheet: 93.75 ms for 9 bits
_POWER_ON_DC = const(850)  # what it says when it has converted nothing
_NEVER = const(-1)


class Ntc:
    """10 k, B3950, to ground below 10 k from the rail."""

    def __init__(self, adc_pin):
        self._adc = machine.ADC(adc_pin, atten=machine.ADC.ATTN_11DB)

    def begin(self):
        pass

    def left_ms(self):
        return 0

    def read_dc(self):
        """Tenths of a degree C, or None where no NTC answers.  The rail must be on."""
        mv = self._adc.read_uv() // 1000
        if not 0 < mv < _RAIL_MV:
            return None
        ratio = mv / (_RAIL_MV - mv)  # NTC against its 10 k
        dc = int((1 / (1 / _T25 + log(ratio) / _B) - 273.15) * 10)
        return dc if _COLDEST_DC < dc < _HOTTEST_DC else None


class Ds18b20:
    """The only part on its wire, so nobody is addressed."""

    def __init__(self, pin):
        import onewire

        self._wire = onewire.OneWire(pin)
        self._ready_ms = _NEVER

    def begin(self):
        """Start a conversion; it goes on while the sonar settles."""
        self._ready_ms = _NEVER
        if self._wire.reset():
            self._wire.write(bytes((_SKIP_ROM, _WRITE, 0, 0, _NINE_BITS)))
            self._wire.reset()
            self._wire.write(bytes((_SKIP_ROM, _CONVERT)))
            self._ready_ms = time.ticks_add(time.ticks_ms(), _CONVERT_MS)

    def left_ms(self):
        if self._ready_ms == _NEVER:
            return 0
        return max(0, min(_CONVERT_MS, time.ticks_diff(self._ready_ms, time.ticks_ms())))

    def read_dc(self):
        """Tenths of a degree C, or None: no presence pulse, a wrong sum, or nothing converted."""
        if self._ready_ms == _NEVER or not self._wire.reset():
            return None
        self._wire.write(bytes((_SKIP_ROM, _READ)))
        found = bytearray(9)
        self._wire.readinto(found)
        if self._wire.crc8(found) or not any(found):  # a line that is stuck low sums up to 0
            return None
        sixteenths = found[1] << 8 | found[0]
        if sixteenths & 0x8000:
            sixteenths -= 0x10000
        dc = (sixteenths >> 3) * 5  # the lower bits mean nothing at 9 bits
        return dc if _COLDEST_DC < dc < _HOTTEST_DC and dc != _POWER_ON_DC else None


class NoAir:
    """A board without a thermometer."""

    def begin(self):
        pass

    def left_ms(self):
        return 0

    def read_dc(self):
        return None
