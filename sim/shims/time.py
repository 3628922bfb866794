# The ESP32's time: whole seconds since 2000, ticks that wrap at 2**30, sleeps that cost nothing.
import twin

_real = twin.builtin("time")
_UNIX_2000 = 946_684_800
_PERIOD = 1 << 30
_HALF = 1 << 29
_DAYS_2000 = 730_426  # of 2000-01-01, by the count of mktime


def time():
    twin.here()
    return twin.now_us() // 1_000_000


def time_ns():
    twin.here()
    return twin.now_us() * 1000


def ticks_ms():
    twin.here()
    return (twin.s.up_us // 1000) % _PERIOD


def ticks_us():
    twin.here()
    return twin.s.up_us % _PERIOD


def ticks_cpu():
    return ticks_us()


def ticks_add(ticks, delta):
    return (ticks + delta) % _PERIOD


def ticks_diff(ticks1, ticks2):
    return ((ticks1 - ticks2 + _HALF) % _PERIOD) - _HALF


def sleep(seconds):
    twin.spend(max(0, int(seconds * 1_000_000)))


def sleep_ms(ms):
    twin.spend(max(0, twin.word(ms)) * 1000)


def sleep_us(us):
    twin.spend(max(0, twin.word(us)))


def gmtime(secs=None):
    return tuple(_real.gmtime((time() if secs is None else secs) + _UNIX_2000))[:8]


localtime = gmtime  # the chip knows no time zones


def mktime(local_time):
    """By arithmetic: the C library's mktime would look at the computer's time zone."""
    if len(local_time) not in (8, 9):
        raise TypeError("mktime needs a tuple of length 8 or 9")
    year, month, day, hour, minute, second = local_time[:6]
    year += (month - 3) // 12  # years begin in March: a leap day is the last of its year
    month = (month - 3) % 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day
    return (days - _DAYS_2000) * 86_400 + hour * 3600 + minute * 60 + second
