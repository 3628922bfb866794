# The board's LED, for whoever stands at the bin with a closed laptop: after power-on and after the
# service button, never in a wake that nobody sees.
import machine
import time
from micropython import const

from smartbin import events

_NO_PULL = const(0)  # neither PULL_UP nor PULL_DOWN (ports/esp32/machine_pin.c)
_PAUSE_MS = const(1000)  # dark, before each code

# How often, how long lit, how long dark, in ms: to be told apart without a clock.
_DELIVERED = (1, 2000, 300)
_KEPT = (2, 300, 300)
_TROUBLE = (5, 100, 200)


def light(board, lit):
    """Lit (1), dark (0), or let go (None).

    Let go, the pin is an input without a pull: dark whichever way the LED is wired, and asleep it
    costs nothing.
    """
    if board.LED_PIN is None:
        return
    if lit is None:
        machine.Pin(board.LED_PIN, machine.Pin.IN, _NO_PULL)
    else:
        machine.Pin(board.LED_PIN, machine.Pin.OUT, value=lit == board.LED_LIT)


def show(board, mem):
    """What came of this wake; how many milliseconds that took.

    The node's own count of charge leaves it out, as it does what is spent at the console.
    """
    if board.LED_PIN is None:
        return 0
    began_ms = time.ticks_ms()
    for times, lit_ms, dark_ms in codes(mem):
        light(board, 0)
        time.sleep_ms(_PAUSE_MS)
        for _ in range(times):
            light(board, 1)
            time.sleep_ms(lit_ms)
            light(board, 0)
            time.sleep_ms(dark_ms)
    light(board, None)
    return time.ticks_diff(time.ticks_ms(), began_ms)


def codes(mem):
    """Did the reading arrive, and is something to be repaired: sensor, battery, firmware?"""
    arrived = mem.acked == mem.seq and not mem.ill
    news = (_DELIVERED if arrived else _KEPT,)
    past = mem.events
    if past.seen(events.FAULT) or past.seen(events.LOW) or mem.browned or mem.ill:
        return news + (_TROUBLE,)
    return news
