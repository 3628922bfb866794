# The battery behind its divider.
import machine
from micropython import const

_READS = const(4)


class Battery:
    def __init__(self, adc_pin, top_kohm, bottom_kohm):
        self._adc = machine.ADC(adc_pin, atten=machine.ADC.ATTN_11DB)
        self._top = top_kohm
        self._bottom = bottom_kohm

    def read_mv(self):
        uv = sum([self._adc.read_uv() for _ in range(_READS)]) // _READS
        return (uv // 1000) * (self._top + self._bottom) // self._bottom


class NoBattery:
    """A board that cannot measure its own supply."""

    def read_mv(self):
        return None
