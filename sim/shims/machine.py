# The ESP32's machine: pins that cost time, RTC memory without a checksum, a deepsleep that ends
# the run.
from binascii import a2b_base64

import twin

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
PIN_WAKE, EXT0_WAKE, EXT1_WAKE, TIMER_WAKE, TOUCHPAD_WAKE, ULP_WAKE = 2, 2, 3, 4, 5, 6

_MOST_MS = 0x7FFFFFFF  # the argument is a signed 32-bit number of milliseconds (facts 1.1)
_RTC_BYTES = 2048
_ADC_US = 60  # one conversion with its share of the driver; an estimate


def reset_cause():
    return twin.s.frame["reset_cause"]


def wake_reason():
    return twin.s.frame["wake_reason"]


def unique_id():
    return a2b_base64(twin.s.frame["mac"])


def freq(*args):
    return None if args else 160_000_000


def idle():
    twin.spend(1000)


def deepsleep(time_ms=None):
    twin.here()
    if time_ms is not None:
        if not isinstance(time_ms, int):
            raise TypeError("can't convert float to int")
        if time_ms > _MOST_MS:
            raise OverflowError("overflow converting long int to machine word")
    # negative: sign-extended, refused by the chip and not looked at: asleep without a timer
    twin.s.sleep_ms = None if time_ms is None or time_ms < 0 else time_ms
    twin.end("deepsleep", twin.Asleep)


def lightsleep(time_ms=None):
    if time_ms is None:
        twin.end("asleep for ever", twin.Asleep)
    before = twin.enter("light")
    twin.spend(time_ms * 1000)
    twin.enter(before)


def reset():
    twin.here()
    twin.end("reset", twin.Reset)


def soft_reset():
    twin.here()
    twin.end("soft_reset", twin.Reset)


def time_pulse_us(pin, pulse_level, timeout_us=1_000_000):
    """-2: the pulse never started; -1: it never ended.  The timeout counts for each phase."""
    s = twin.s
    width = _echo(pin) if pulse_level == 1 else None
    if width is None:
        twin.spend(timeout_us)
        return -2
    if not pin.value():
        twin.spend(twin.ECHO_DELAY_US)
    s.pings += 1
    twin.spend(min(width, timeout_us))
    return width if width <= timeout_us else -1


def _echo(pin):
    """The pulse that the echo pin is about to show, in microseconds, or None."""
    s = twin.s
    if pin.id != s.frame["echo_pin"] or not s.rail or not s.triggered:
        return None
    s.triggered = False
    return s.echoes.pop(0) if s.echoes else None


class Pin:
    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2
    WAKE_LOW, WAKE_HIGH = 4, 5
    DRIVE_0, DRIVE_1, DRIVE_2, DRIVE_3 = 0, 1, 2, 3

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=None, hold=None):
        twin.here()
        self.id = id
        if mode == Pin.IN:
            twin.s.inputs[id] = 1 if pull == Pin.PULL_UP else 0
        if value is not None:
            self.value(value)

    def init(self, mode=-1, pull=-1, *, value=None, drive=None, hold=None):
        self.__init__(self.id, mode, pull, value=value, drive=drive, hold=hold)

    def value(self, *x):
        twin.here()
        if x:
            return _drive(self.id, 1 if x[0] else 0)
        s = twin.s
        if self.id in s.frame["held"]:  # a line that a fault holds, or a pressed button
            return s.frame["held"][self.id]
        return s.levels.get(self.id, s.inputs.get(self.id, 0))

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


def _drive(pin, level):
    s = twin.s
    before = s.levels.get(pin, 0)
    s.levels[pin] = level
    if pin == s.frame["rail_pin"]:
        _power(level)
    elif pin == s.frame["trigger_pin"] and level != before:
        if level:
            s.high_us = s.up_us
        elif s.high_us is not None and s.up_us - s.high_us >= s.frame["trigger_us"]:
            s.triggered = True


def _power(level):
    s = twin.s
    if level and not s.rail:
        s.rail_us = s.up_us
        twin.enter("sense")
    elif s.rail and not level:
        twin.enter("other")
    s.rail = bool(level)


class ADC:
    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = 0, 1, 2, 3
    WIDTH_9BIT, WIDTH_10BIT, WIDTH_11BIT, WIDTH_12BIT = 9, 10, 11, 12

    def __init__(self, pin, atten=None):
        self._pin = pin.id if isinstance(pin, Pin) else pin

    def read_uv(self):
        twin.spend(_ADC_US)
        s = twin.s
        if s.radio_on and self._pin in s.frame["adc2_pins"]:
            raise OSError(110)  # ADC2 belongs to Wi-Fi
        quiet_uv, loaded_uv, on_rail = s.frame["adc"].get(str(self._pin), (0, 0, False))
        if on_rail and not s.rail:
            return 0
        return loaded_uv if s.radio and s.radio.on else quiet_uv

    def read_u16(self):
        return min(65_535, self.read_uv() * 65_535 // 3_300_000)


class RTC:
    def __init__(self, id=0):
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
        twin.s.rtc = bytes(data[0])


class WDT:
    def __init__(self, id=0, timeout=5000):
        """Constructing again changes the timeout; nothing stops it."""
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        twin.s.wdt_ms = timeout
        self.feed()

    def feed(self):
        twin.here()
        twin.s.fed_us = twin.s.up_us
