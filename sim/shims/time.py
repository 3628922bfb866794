# The ESP32's time: whole seconds since 2000, ticks that wrap at 2**30, sleeps that cost nothing.
import twin

_real = twin.builtin("time")
_UNIX_2000 = 946_684_800
_PERIOD = 1 << 30
_HALF = 1 << 29


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


def ticks_add(ticks_in, delta):
    return (ticks_in + delta) % _PERIOD


def ticks_diff(ticks1, ticks2):
    return ((ticks1 - ticks2 + _HALF) % _PERIOD) - _HALF


def sleep(seconds):
    twin.spend(max(0, int(seconds * 1_000_000)))


def sleep_ms(ms):
    twin.spend(max(0, ms) * 1000)


def sleep_us(us):
    twin.spend(max(0, us))


def gmtime(secs=None):
    return tuple(_real.gmtime((time() if secs is None else secs) + _UNIX_2000))[:8]


localtime = gmtime


def mktime(local_time):
    return int(_real.mktime(tuple(local_time)[:8])) - _UNIX_2000
