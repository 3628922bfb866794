# The ESP32's time: whole seconds since 2000, ticks that wrap at 2**30, sleeps that cost nothing.
import twin

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
    if type(ms) is not int:
        twin.word(ms)
    twin.spend(ms * 1000 if ms > 0 else 0)


def sleep_us(us):
    if type(us) is not int:
        twin.word(us)
    twin.spend(us if us > 0 else 0)


def gmtime(secs=None):
    """By arithmetic: the C library of a 32-bit computer ends in 2038."""
    at_s = time() if secs is None else secs
    days, rest = at_s // 86_400 + _DAYS_2000, at_s % 86_400
    year = (days * 10_000 - 3_000) // 3_652_425 + 1
    while _before(year) >= days:
        year -= 1
    month, date = _date(days - _before(year) - 1)
    if month < 3:
        year += 1
    first_s = mktime((year, 1, 1, 0, 0, 0, 0, 0))
    clock = (rest // 3600, rest // 60 % 60, rest % 60)
    return (year, month, date) + clock + ((days + 1) % 7, (at_s - first_s) // 86_400 + 1)


def _date(day):
    """(month, date) of a day of a year that begins with the 1st of March."""
    month = (5 * day + 2) // 153
    return (month + 2) % 12 + 1, day - (153 * month + 2) // 5 + 1


def _before(year):
    """Days before the 1st of March of a year."""
    return 365 * year + year // 4 - year // 100 + year // 400


localtime = gmtime  # the chip knows no time zones


def mktime(local_time):
    """By arithmetic: the C library's mktime would look at the computer's time zone."""
    if len(local_time) not in (8, 9):
        raise TypeError("mktime needs a tuple of length 8 or 9")
    year, month, day, hour, minute, second = local_time[:6]
    year += (month - 3) // 12  # years begin in March: a leap day is the last of its year
    month = (month - 3) % 12
    days = _before(year) + (153 * month + 2) // 5 + day
    return (days - _DAYS_2000) * 86_400 + hour * 3600 + minute * 60 + second
