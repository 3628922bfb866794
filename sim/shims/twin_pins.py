# The pins of the simulated chip: levels that are driven, pulled or held, and the analogue ones.
#
# Not a module of the ESP32: machine.py shows it to programs.
import errno

import twin
import twin_sonar

_ADC_US = 60  # one conversion with its share of the driver; an estimate


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
            _let_go(id)
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


def number(pin):
    """The number of a pin that comes as a Pin or as a number."""
    return pin.id if isinstance(pin, Pin) else pin


def _drive(pin, level):
    s = twin.s
    if pin in s.held:
        return
    before = s.levels.get(pin, 0)
    s.levels[pin] = level
    if pin == s.frame["rail_pin"]:
        power(level)
    elif pin == s.frame["led"][0]:
        _lamp(1 if level == s.frame["led"][1] else 0)
    elif pin == s.frame["trigger_pin"] and level != before:
        if level:
            s.high_us = s.up_us
        elif s.high_us is not None and s.up_us - s.high_us >= s.frame["trigger_us"] > 0:
            twin_sonar.triggered()


def _let_go(pin):
    s = twin.s
    if pin not in s.held:
        s.levels.pop(pin, None)
    if pin == s.frame["led"][0]:
        _lamp(None)


def _lamp(lit):
    """The LED is lit (1), dark (0), or let go of (None).  Steady, it is lit beside other work."""
    s = twin.s
    if not s.lamp or s.lamp[-1][1] != lit:
        s.lamp.append([s.up_us // 1000, lit])
        s.blinks = lit == 0 or (lit == 1 and s.blinks)
        twin.settle()


def power(level):
    s = twin.s
    if level and not s.rail:
        s.rail_us = s.up_us
    s.rail = bool(level)
    twin.settle()
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
