# Air temperature from an NTC on the sensor's rail: 10 k, B3950, 10 k from the rail.
import machine
from math import log
from micropython import const

_RAIL_MV = const(3300)
_COLDEST_DC, _HOTTEST_DC = const(-450), const(1200)
_B = const(3950)  # the usual part; its maker's tolerance of 1 % is 0.5 K at 0 C
_T25 = 298.15


class Ntc:
    def __init__(self, adc_pin):
        self._adc = machine.ADC(adc_pin, atten=machine.ADC.ATTN_11DB)

    def read_dc(self):
        """Tenths of a degree C, or None where no NTC answers.  The rail must be on."""
        mv = self._adc.read_uv() // 1000
        if not 0 < mv < _RAIL_MV:
            return None
        ratio = mv / (_RAIL_MV - mv)  # NTC against its 10 k
        dc = int((1 / (1 / _T25 + log(ratio) / _B) - 273.15) * 10)
        return dc if _COLDEST_DC < dc < _HOTTEST_DC else None


class NoAir:
    """A board without a thermometer."""

    def read_dc(self):
        return None
