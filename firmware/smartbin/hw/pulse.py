# Sensors whose line shows a pulse: trigger and echo, or MaxBotix's pulse of 1 us for each mm.
import machine
import time
from micropython import const

from smartbin.hw.sonar import Sonar

_SLACK_US = const(2000)  # a pulse may be a little longer than the maker says
_US_PER_MM = const(10)  # there and back, 1.5 times, at -20 C: 9.4 (319 m/s)
_SLACK_MS = const(20)  # the same for the time until it begins


class Pulse(Sonar):
    """Microseconds from the trigger's echo."""

    def reach(self, empty_mm):
        """Listen no longer than an echo takes from half as far again as the empty bin's floor."""
        self._silent_us = min(self.sensor.silent_us - _SLACK_US, empty_mm * _US_PER_MM)

    def _ping(self):
        us = self._timed(self._silent_us)
        return None if us >= self._silent_us else us

    def _timed(self, limit_us):
        """Width of the pulse that answers a trigger; a huge one where there is none."""
        if self._echo.value():  # time_pulse_us would start at once and read short
            self._stuck += 1
            return limit_us
        self._trigger.value(1)
        time.sleep_us(self.sensor.trigger_us)
        self._trigger.value(0)
        self._rest(self.sensor.answer_ms)
        us = machine.time_pulse_us(self._echo, 1, limit_us)
        if us == -2:
            self._dead += 1
        return us if us > 0 else limit_us


class Width(Pulse):
    """Millimetres: the sensor's pulse has 1 us for each, about 135 ms after its trigger."""

    def _ping(self):
        sensor = self.sensor
        late_ms = sensor.period_ms - sensor.answer_ms + _SLACK_MS
        mm = self._timed(max(sensor.range_mm + _SLACK_US, late_ms * 1000))
        return None if mm >= sensor.range_mm else mm
