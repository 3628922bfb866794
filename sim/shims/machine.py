# The ESP32's machine: pins that cost time, RTC memory without a checksum, a deepsleep that ends
# the run.
from binascii import a2b_base64

import twin
import twin_pins
import twin_sonar
from twin_pins import ADC, Pin, time_pulse_us
from twin_ports import I2C, UART

__all__ = ["ADC", "I2C", "RTC", "UART", "WDT", "Pin", "time_pulse_us"]

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
PIN_WAKE, EXT0_WAKE, EXT1_WAKE, TIMER_WAKE, TOUCHPAD_WAKE, ULP_WAKE = 2, 2, 3, 4, 5, 6

_RTC_BYTES = 2048
_DROPS = ("esp32c3", "esp32s3", "esp32c6")  # let go of outputs in light sleep (ESP-IDF)


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
        twin_pins.power(0)
    twin.during("doze" if on and not let_go else "light", max(0, ms) * 1000)
    if let_go:
        twin_pins.power(1)
    twin_sonar.deaf()


def reset():
    twin.here()
    twin.end("reset", twin.Reset)


def soft_reset():
    twin.here()
    twin.end("soft_reset", twin.Reset)


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
            twin.s.rtc[:] = bytes(data[0][:at]) + twin.s.rtc[at:]
            twin.here()
        twin.s.rtc[:] = data[0]


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
