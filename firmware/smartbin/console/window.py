# The service window: for a while after power-on, or after the service button, a key opens the
# console.  Nobody there: it costs its time and nothing else.
from micropython import const

from smartbin import build
from smartbin.deadline import Deadline
from smartbin.errors import Handover

PRESSED_S = const(60)
_SLICE_MS = const(200)
_BLINK_MS = const(2000)  # the LED is lit in the last slice of it: not at once after a code
_AGAIN_MS = const(1000)  # who closes the console finds the bin working at once, settings and all

_OFFER = (
    "smartbin %s %s: press Enter for the console (%d s)\r\n",
    "smartbin %s %s: 콘솔을 열려면 Enter (%d초)\r\n",
)


def after_power(node, cfg, mem):
    """(the settings as they are then, how long to nap or None where a wake comes first)."""
    end, cfg = _offer(node, cfg, mem, cfg.window_s)
    return cfg, _AGAIN_MS if end == "reboot" else None


def after_button(node, cfg, mem, nap_ms):
    """How long to nap: nap_ms, or a second where somebody was at the console."""
    end, cfg = _offer(node, cfg, mem, PRESSED_S)
    return _AGAIN_MS if end else nap_ms


def _offer(node, cfg, mem, seconds):
    """(None where nobody came, or how the console ended; the settings as they are then)."""
    if not seconds:
        return None, cfg
    keys = node.keys()
    offer = _OFFER[1 if cfg.language == "ko" else 0]
    keys.write(offer % (cfg.bin_id, build.VERSION, seconds))
    if not _somebody(node, keys, seconds * 1000):
        node.light(None)
        return None, cfg
    from smartbin.console import prompt

    try:
        node.light(1)
        return prompt.run(node, cfg, mem, keys)
    except Handover:
        mem.ill = max(0, mem.ill - 1)  # the reset that will end it is no sign of illness
        raise
    finally:
        node.light(None)
        node.keep(mem)


def _somebody(node, keys, ms):
    """Was a key hit?  Noise on an open line is mostly noughts and bytes beyond ASCII."""
    open_for = Deadline(node.ticks, ms)
    while left_ms := open_for.left_ms():
        node.feed()
        node.light(1 if (left_ms - 1) % _BLINK_MS < _SLICE_MS else 0)
        key = keys.read(min(_SLICE_MS, left_ms))
        if key is not None and 0 < key < 128:
            return True
    return False
