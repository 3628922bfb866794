# Why we woke, what survived the nap, the watchdog, and what may end the next nap early.
import machine
from micropython import const

_EXT0, _GPIO = const(2), const(7)
_BY_USB = const(0)  # a reset by a computer at the chip's own USB port (modmachine.c)
_WAKE_PINS = (_EXT0, _GPIO)


def cause():
    """ "power" (or brown-out), "timer", "button" or "reset"."""
    reset = machine.reset_cause()
    if reset == machine.DEEPSLEEP_RESET:
        return "button" if machine.wake_reason() in _WAKE_PINS else "timer"
    return "power" if reset in (machine.PWRON_RESET, _BY_USB) else "reset"


def guard(ms):
    """Arm the watchdog: from now on a hang of ms milliseconds is a reset."""
    machine.WDT(timeout=ms)


def recall():
    return machine.RTC().memory()


def keep(image):
    machine.RTC().memory(image)


def arm(service_pin):
    """Let the service button wake us; forgotten at every wake, so said before every nap.

    One that is still held, or stuck, would wake us at once, again and again: the next wake asks.
    """
    if service_pin is None or (cause() == "button" and not service_pin.value()):
        return
    import esp32

    try:
        if hasattr(esp32, "wake_on_ext0"):
            esp32.wake_on_ext0(service_pin, esp32.WAKEUP_ALL_LOW)
        elif hasattr(esp32, "wake_on_gpio"):  # chips without ext0; from MicroPython 1.27 on
            esp32.wake_on_gpio((service_pin,), esp32.WAKEUP_ALL_LOW)
    except ValueError:  # before 1.27 every chip has ext0, and takes the ESP32's pins only
        pass
