# The ESP32's machine: pins that cost time, RTC memory without a checksum, a deepsleep that ends
# the run.
import errno
from binascii import a2b_base64

import twin
import twin_bus
import twin_sonar

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
PIN_WAKE, EXT0_WAKE, EXT1_WAKE, TIMER_WAKE, TOUCHPAD_WAKE, ULP_WAKE = 2, 2, 3, 4, 5, 6

_RTC_BYTES = 2048
_ADC_US = 60  # one conversion with its share of the driver; an estimate
_DROPS = ("esp32c3",)  # these let go of their outputs in light sleep (ESP-IDF)


def reset_cause():
    return twin.s.frame["reset_cause"]


def wake_reason():
    return twin.s.frame["wake_reason"]


def unique_id():
    return a2b_base64(twin.s.frame["mac"])


def freq(*hz):
    return None if hz else 160_000_000


def idle():
    twin.spend(1000)


def deepsleep(*time_ms):
    twin.here()
    ms = twin.word(time_ms[0]) if time_ms else -1
    if twin.s.wake_refused:
        raise ValueError("wake source not available in deep sleep")
    # negative: sign-extended, refused by the chip and not looked at: asleep without a timer
    twin.s.sleep_ms = None if ms < 0 else ms
    twin.end("deepsleep", twin.Asleep)


def lightsleep(*time_ms):
    if not time_ms:
        twin.end("asleep for ever", twin.Asleep)
    ms = twin.word(time_ms[0])
    s = twin.s
    on = s.rail and s.frame["rail_pin"] is not None
    let_go = on and twin.chip["name"] in _DROPS and s.frame["rail_pin"] not in s.held
    if let_go:
        _power(0)
    before = twin.enter("doze" if on and not let_go else "light")
    twin.spend(max(0, ms) * 1000)
    twin.enter(before)
    if let_go:
        _power(1)
    twin_sonar.deaf()


def reset():
    twin.here()
    twin.end("reset", twin.Reset)


def soft_reset():
    twin.here()
    twin.end("soft_reset", twin.Reset)


def time_pulse_us(pin, pulse_level, timeout_us=1_000_000):
    """-2: the pulse never started; -1: it never ended.  The timeout counts for each phase, and a
    pin that has the level already starts the pulse at once."""
    level, us = 1 if pulse_level else 0, 0
    for nothing in (-2, -1):
        us = _until(pin, level)
        if us is None or us >= timeout_us:
            twin.spend(timeout_us)
            return nothing
        twin.spend(us)
        level = 1 - level
    return us


def _until(pin, level):
    """Microseconds until the pin shows that level, or None where it never will."""
    s = twin.s
    if pin.value() == level:
        return 0
    edge_us = s.rise_us if level else s.fall_us
    return edge_us - s.up_us if pin._echo and edge_us > s.up_us else None


class Pin:
    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2
    WAKE_LOW, WAKE_HIGH = 4, 5
    DRIVE_0, DRIVE_1, DRIVE_2, DRIVE_3 = 0, 1, 2, 3

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=None):
        twin.here()
        self.id = id
        self._echo = id == twin.s.frame["echo_pin"] and id not in twin.s.held
        if mode == Pin.IN:
            twin.s.inputs[id] = 1 if pull == Pin.PULL_UP else 0
        if value is not None:
            self.value(value)

    def init(self, mode=-1, pull=-1, *, value=None, drive=None):
        self.__init__(self.id, mode, pull, value=value, drive=drive)

    def value(self, *x):
        twin.here()
        if x:
            return _drive(self.id, 1 if x[0] else 0)
        s = twin.s
        if s.rail and self.id == s.frame["echo_pin"]:
            s.asked = True
        if self._echo:
            if s.serial:
                return twin_sonar.level()
            return 1 if s.rise_us <= s.up_us < s.fall_us else 0
        if self.id in s.shut:
            return 0
        return s.levels.get(self.id, s.inputs.get(self.id, 0))

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


def _drive(pin, level):
    s = twin.s
    if pin in s.held:
        return
    before = s.levels.get(pin, 0)
    s.levels[pin] = level
    if pin == s.frame["rail_pin"]:
        _power(level)
    elif pin == s.frame["trigger_pin"] and level != before:
        if level:
            s.high_us = s.up_us
        elif s.high_us is not None and s.up_us - s.high_us >= s.frame["trigger_us"] > 0:
            twin_sonar.triggered()


def _power(level):
    s = twin.s
    if level and not s.rail:
        s.rail_us = s.up_us
        twin.enter("sense")
    elif s.rail and not level:
        twin.enter("other")
    s.rail = bool(level)
    twin_sonar.power(s.rail)


class ADC:
    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = 0, 1, 2, 3
    WIDTH_9BIT, WIDTH_10BIT, WIDTH_11BIT, WIDTH_12BIT = 9, 10, 11, 12

    def __init__(self, id, *, sample_ns=None, atten=None):
        self._pin = id.id if isinstance(id, Pin) else id

    def read_uv(self):
        twin.spend(_ADC_US)
        s = twin.s
        on_air = s.radio is not None and s.radio.on
        if on_air and self._pin in twin.chip["adc2"]:
            raise OSError(errno.ETIMEDOUT, "ESP_ERR_TIMEOUT")  # ADC2 belongs to Wi-Fi
        quiet_uv, loaded_uv, on_rail = s.frame["adc"].get(str(self._pin), (0, 0, False))
        if on_rail and not s.rail:
            return 0
        return loaded_uv if on_air else quiet_uv

    def read_u16(self):
        return min(65_535, self.read_uv() * 65_535 // 3_300_000)


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
        if id not in (1, 2) or (id == 2 and twin.chip["name"] == "esp32c3"):
            raise ValueError("UART(%d) does not exist" % id)  # and 0 is the console
        if tx is None or rx is None:
            twin.end("reset", twin.Reset)  # UART 1's own pins are those of the flash chip
        self._baud, self._timeout_us, self._room = baudrate, timeout * 1000, rxbuf
        self._inverted = bool(invert & UART.INV_TX)
        s = twin.s
        self._ours = _number(rx) == s.frame["echo_pin"]
        self._asks = _number(tx) == s.frame["trigger_pin"] and _number(tx) not in s.held
        self._came = b""
        if self._ours and _number(rx) in s.held:
            self._ours = False
            self._came = b"" if s.levels[_number(rx)] else b"\0"  # a break counts once
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


def _number(pin):
    return pin.id if isinstance(pin, Pin) else pin


class I2C:
    """Hardware I2C: nobody there is ENODEV, a line that is stuck low ETIMEDOUT."""

    def __init__(self, id, *, scl=None, sda=None, freq=400_000, timeout=50_000):
        twin.here()
        self._bus = twin_bus.Bus((_number(sda), _number(scl)), freq, timeout)

    def readfrom_mem(self, addr, memaddr, nbytes):
        return self._bus.read(addr, memaddr, nbytes)

    def writeto_mem(self, addr, memaddr, buf):
        self._bus.write(addr, memaddr, buf)


class RTC:
    def __init__(self):
        twin.here()

    def datetime(self, *datetimetuple):
        """(year, month, day, weekday, hour, minute, second, microsecond)"""
        import time

        if not datetimetuple:
            t = time.gmtime()
            return (t[0], t[1], t[2], t[6], t[3], t[4], t[5], twin.now_us() % 1_000_000)
        year, month, day, _, hour, minute, second, us = datetimetuple[0]
        at_s = time.mktime((year, month, day, hour, minute, second, 0, 0))
        twin.s.clock_us = at_s * 1_000_000 + us - twin.s.up_us

    def memory(self, *data):
        twin.here()
        if not data:
            return bytes(twin.s.rtc)
        if len(data[0]) > _RTC_BYTES:
            raise ValueError("buffer too long")
        if twin.cut():  # not atomic: a copy, byte by byte (facts 1.5)
            at = _half_way(twin.s.rtc, data[0])
            twin.s.rtc = bytes(data[0][:at]) + twin.s.rtc[at:]
            twin.here()
        twin.s.rtc = bytes(data[0])


def _half_way(old, new):
    """Half of what the write changes is behind this place: nowhere does a cut do more harm."""
    if len(old) != len(new):
        return len(new) // 2
    changed = [i for i in range(len(new)) if old[i] != new[i]]
    return changed[len(changed) // 2] if changed else 0


class WDT:
    def __init__(self, *, id=0, timeout=5000):
        """Constructing again changes the timeout; nothing stops it."""
        if id != 0:
            raise ValueError("invalid WDT id")
        if twin.word(timeout) <= 0:
            raise ValueError("WDT timeout too short")
        twin.s.wdt_us = timeout * 1000
        self.feed()

    def feed(self):
        twin.here()
        twin.s.bite_us = twin.s.up_us + twin.s.wdt_us
        twin.watch()
