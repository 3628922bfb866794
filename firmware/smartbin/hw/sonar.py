# What every family of sonar shares: power, rest, and what went wrong.  A driver adds _ping().
#
# ping() is the sensor's own unit (microseconds of echo or millimetres) or None: silence is never a
# number.  Nothing waits longer than two periods.
import gc
import machine
import time
from micropython import const

from smartbin import echo

_POWER_MS = const(10)  # after it even the thermometer on the rail is awake
_LEAST_DOZE_MS = const(3)  # falling asleep and waking take about 1 ms


class Sonar:
    def __init__(self, sensor, trigger_pin, echo_pin, rail, air, doze, drain):
        self.sensor = sensor
        self._trigger = trigger_pin
        self._echo = echo_pin
        self._rail = rail  # callable(0 or 1)
        self._air = air
        self._doze = doze  # does the rail stay on while the CPU sleeps lightly?
        self._meter, self._ma = drain  # what counts the charge, and what sensor and rail draw
        self._since_ms = 0
        self._next_ms = None  # before this the last echo has not died away
        self._stuck = 0
        self._dead = 0

    def reach(self, empty_mm):
        """What is beyond this floor need not be heard."""

    def __enter__(self):
        self._stuck = self._dead = 0
        self._since_ms, self._next_ms = time.ticks_ms(), None
        self._trigger.value(0)
        self._rail(1)
        try:
            self._rest(_POWER_MS)
            self._air.begin()
            self._rest(self.sensor.settle_ms - _POWER_MS)
            gc.collect()  # a collection between trigger and echo would lose the rising edge
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc):
        try:
            self._close()
        finally:
            self._trigger.init(machine.Pin.OUT, value=0)  # a driver may have given it to a UART
            self._rail(0)
            self._meter.powered(time.ticks_diff(time.ticks_ms(), self._since_ms), self._ma)
        return False

    def ping(self):
        """One reading in the sensor's own unit, or None; before it quiet, if there was another.

        Quiet before and not after: nobody waits, with the sensor powered, for a ping that does not
        come.
        """
        if self._next_ms is not None:
            self._rest(time.ticks_diff(self._next_ms, time.ticks_ms()))
        began_ms = time.ticks_ms()
        reading = self._ping()
        ended_ms = time.ticks_ms()
        quiet_ms = self._quiet_ms(time.ticks_diff(ended_ms, began_ms))
        self._next_ms = time.ticks_add(ended_ms, quiet_ms)
        return reading

    def trouble(self):
        """echo.STUCK or echo.DEAD where the line did nothing else since power-on, or None."""
        if self._stuck:
            return echo.STUCK
        return echo.DEAD if self._dead else None

    def air_dc(self):
        """The thermometer on the rail: tenths of a degree C, or None.  Inside `with` only."""
        self._rest(self._air.left_ms())
        return self._air.read_dc()

    def _ping(self):
        raise NotImplementedError

    def _open(self):
        pass

    def _close(self):
        pass

    def _quiet_ms(self, took_ms):
        return self.sensor.period_ms - took_ms

    def _rest(self, ms):
        """Light sleep stops UARTs and pulse timing: it is for the time when nothing is awaited."""
        if self._doze and ms >= _LEAST_DOZE_MS:
            machine.lightsleep(ms)
            self._meter.light_ms += ms
        elif ms > 0:
            time.sleep_ms(ms)
