# The serial port and the I2C bus of the simulated chip.
#
# Not a module of the ESP32: machine.py shows it to programs.
import twin
import twin_bus
import twin_sonar
from twin_pins import number


class UART:
    """The line to the sensor.  read() waits for `timeout` ms for all that was asked for, and again
    after each part of it; nothing at all is None.  Deaf in light sleep."""

    INV_RX, INV_TX = 4, 32

    def __init__(
        self,
        id,
        baudrate=115_200,
        *,
        tx=None,
        rx=None,
        rxbuf=256,
        timeout=0,
        invert=0,
    ):
        twin.here()
        if id not in (1, 2) or (id == 2 and twin.chip["name"] in ("esp32c3", "esp32c6")):
            raise ValueError("UART(%d) does not exist" % id)  # and 0 is the console
        if tx is None or rx is None:
            twin.end("reset", twin.Reset)  # UART 1's own pins are those of the flash chip
        self._baud, self._timeout_us, self._room = baudrate, timeout * 1000, rxbuf
        self._inverted = bool(invert & UART.INV_TX)
        s = twin.s
        self._ours = number(rx) == s.frame["echo_pin"]
        self._asks = number(tx) == s.frame["trigger_pin"] and number(tx) not in s.held
        self._came = b""
        if self._ours and number(rx) in s.held:
            self._ours = False
            self._came = b"" if s.levels[number(rx)] else b"\0"  # a break counts once
        elif self._ours:
            twin_sonar.listen(True)

    def deinit(self):
        twin.here()
        if self._ours:
            twin_sonar.listen(False)
        self._ours = self._asks = False
        self._came = b""

    def any(self):
        self._take()
        return len(self._came)

    def read(self, *nbytes):
        self._take()
        wanted = nbytes[0] if nbytes else max(1, len(self._came))
        until_us = twin.s.up_us + self._timeout_us
        while len(self._came) < wanted and twin.s.up_us < until_us:
            twin.spend(1000)
            before = len(self._came)
            self._take()
            if len(self._came) > before:
                until_us = twin.s.up_us + self._timeout_us
        data, self._came = self._came[:wanted], self._came[wanted:]
        return data or None

    def write(self, buf):
        twin.here()
        if self._asks:
            twin_sonar.told(buf, self._inverted)
        return len(buf)

    def _take(self):
        twin.here()
        if self._ours:
            self._came = (self._came + twin_sonar.heard(self._baud))[: self._room]


class I2C:
    """Hardware I2C: nobody there is ENODEV, a line that is stuck low ETIMEDOUT."""

    def __init__(self, id, *, scl=None, sda=None, freq=400_000, timeout=50_000):
        twin.here()
        self._bus = twin_bus.Bus((number(sda), number(scl)), freq, timeout)

    def readfrom_mem(self, addr, memaddr, nbytes):
        return self._bus.read(addr, memaddr, nbytes)

    def writeto_mem(self, addr, memaddr, buf):
        self._bus.write(addr, memaddr, buf)
