# Sensors that say millimetres on a serial line: frames FF H L SUM, or MaxBotix's text Rnnnn.
import machine
import time
from micropython import const

from smartbin.hw.sonar import Sonar

_UART = const(1)  # UART 0 is the console
_SLACK_MS = const(25)  # a sensor's clock and ours, and the frame itself
_LOW_MS = const(4)  # a byte at 9600 baud keeps the line low for at most 0.94 ms
_LONGEST = const(32)  # bytes that are looked through for one reading


class Serial(Sonar):
    """`_parse(bytearray) -> millimetres or None` is what makes a family."""

    def _open(self):
        # An inverted TX rests at 0, which lets the A02YYUW speak unfiltered and MaxBotix wait; a
        # sensor that is asked by a byte wants the usual 1.
        usual = self.sensor.family == "frames" and self.sensor.ask
        self._uart = machine.UART(
            _UART,
            self.sensor.baud,
            tx=self._trigger,
            rx=self._echo,
            timeout=0,
            invert=0 if usual else machine.UART.INV_TX,
        )

    def _close(self):
        uart, self._uart = getattr(self, "_uart", None), None
        if uart is not None:
            uart.deinit()

    def _ping(self):
        self._uart.read()  # what came before we asked, or a frame's second half
        if self.sensor.ask:
            self._uart.write(bytes((self.sensor.ask,)))
            self._rest(self.sensor.answer_ms)
        mm = self._heard(self.sensor.period_ms - self.sensor.answer_ms + _SLACK_MS)
        return mm if mm and mm < self.sensor.range_mm else None

    def _parse(self, came):
        raise NotImplementedError

    def _heard(self, limit_ms):
        """The first sound reading within so many milliseconds, or None."""
        came, began_ms = bytearray(), time.ticks_ms()
        while time.ticks_diff(time.ticks_ms(), began_ms) < limit_ms and len(came) < _LONGEST:
            if self._uart.any():
                came.extend(self._uart.read(_LONGEST - len(came)) or b"")
                mm = self._parse(came)
                if mm is not None:
                    return mm
            else:
                time.sleep_ms(1)
        if self._is_low():
            self._stuck += 1
        else:
            self._dead += 1  # not a word, or none that makes sense
        return None

    def _is_low(self):
        for _ in range(_LOW_MS):
            if self._echo.value():
                return False
            time.sleep_ms(1)
        return True

    def _quiet_ms(self, took_ms):
        """One that speaks unasked is silent for most of a period after its frame."""
        if self.sensor.ask:
            return self.sensor.period_ms - took_ms
        return self.sensor.period_ms * 4 // 5


class Frames(Serial):
    def _parse(self, came):
        """FF H L SUM anywhere in what came; a frame with a wrong sum is none."""
        for i in range(len(came) - 3):
            if came[i] == 0xFF and (came[i] + came[i + 1] + came[i + 2]) & 0xFF == came[i + 3]:
                return came[i + 1] << 8 | came[i + 2]
        return None


class Maxbotix(Serial):
    def _parse(self, came):
        """R and four digits, ended by a carriage return, as the last thing that came."""
        end = came.rfind(b"\r")
        word = bytes(came[max(0, end - 6) : max(0, end)]).strip()
        digits = word[-4:]
        if word[-5:-4] == b"R" and digits.isdigit():
            return int(digits)
        return None
