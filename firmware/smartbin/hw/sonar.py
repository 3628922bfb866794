# Sensors with trigger and echo pins: microseconds or None per ping, powered only inside `with`.
import gc
import machine
import time
from micropython import const

from smartbin import echo

_SLACK_US = const(2000)  # a pulse may be a little longer than the maker says


class Sonar:
    def __init__(self, sensor, trigger_pin, echo_pin, rail):
        self.sensor = sensor
        self._trigger = trigger_pin
        self._echo = echo_pin
        self._rail = rail  # callable(0 or 1)
        self._stuck = 0
        self._dead = 0

    def __enter__(self):
        self._stuck = self._dead = 0
        self._trigger.value(0)
        self._rail(1)
        time.sleep_ms(self.sensor.settle_ms)
        gc.collect()  # a collection between trigger and echo would lose the rising edge
        return self

    def __exit__(self, *exc):
        self._trigger.value(0)
        self._rail(0)
        return False

    def ping(self):
        """Microseconds from the trigger's echo, or None where nothing came back."""
        began_ms = time.ticks_ms()
        us = self._ping()
        rest_ms = self.sensor.period_ms - time.ticks_diff(time.ticks_ms(), began_ms)
        time.sleep_ms(max(0, rest_ms))  # let this echo die away before the next ping
        return us

    def trouble(self):
        """echo.STUCK or echo.DEAD where the line did nothing else since power-on, or None."""
        if self._stuck:
            return echo.STUCK
        return echo.DEAD if self._dead else None

    def _ping(self):
        if self._echo.value():  # time_pulse_us would start at once and read short
            self._stuck += 1
            return None
        self._trigger.value(1)
        time.sleep_us(self.sensor.trigger_us)
        self._trigger.value(0)
        limit_us = self.sensor.silent_us + _SLACK_US
        us = machine.time_pulse_us(self._echo, 1, limit_us)
        if us == -2:
            self._dead += 1
        if us <= 0 or us >= self.sensor.silent_us - _SLACK_US:
            return None
        return us
