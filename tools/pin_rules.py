"""What a chip thinks of the use that a board makes of a pin, in sentences.

A board file says which pin does what; the facts are in chips.py.  What concerns a whole board
(two uses of one pin, dividers, sensors) is in board_rules.py.
"""

from collections.abc import Collection, Iterator

from tools.chips import ADC, OUT, PULLED, RAIL, WAKE, Chip

_DRIVES = (OUT, RAIL)


def reserved(chip: Chip) -> frozenset[int]:
    """Pins that no board may use: flash, USB, and the console that the technician needs."""
    return chip.flash | chip.usb | {pin for pin, needed in chip.console.items() if needed}


def able(chip: Chip, use: str) -> frozenset[int]:
    """The pins that can do `use` at all, whatever else they are for."""
    if use == ADC:
        return chip.adc1
    if use == WAKE:
        return chip.wake
    return chip.pins - chip.input_only if use in (*_DRIVES, PULLED) else chip.pins


def advice(chip: Chip, use: str, taken: Collection[int] = ()) -> str:
    """Three pins without any catch for `use`, as the end of a sentence."""
    catch = reserved(chip) | chip.psram | chip.console.keys() | chip.straps.keys()
    free = sorted(able(chip, use) - catch - set(taken))
    if use == RAIL:
        free.sort(key=lambda pin: pin not in chip.wake)  # those that hold their level come first
    if not free:
        return "free one for it, since every pin that could do it is in use"
    return "choose another pin, such as " + " or ".join(f"GPIO{pin}" for pin in free[:3])


def faults(chip: Chip, pin: int, use: str) -> Iterator[str]:
    """Why `pin` must not do `use`, each as the end of "GPIO7, which ..."."""
    if pin not in chip.pins:
        yield f"the {chip.title} does not have"
        return
    if pin in chip.flash:
        yield "is wired to the flash chip that holds the firmware"
        return
    if pin in chip.usb:
        yield "is the USB port, and with it the console"
    if chip.console.get(pin):
        yield "is the serial console, through which the board is flashed and serviced"
    if use == PULLED and pin in chip.input_only:
        yield "has no pull-up inside, and a contact needs one"
    if use in _DRIVES and pin in chip.input_only:
        yield f"can only be an input on the {chip.title}"
    if use == ADC and pin in chip.adc2:
        yield "belongs to ADC2, which does not work while Wi-Fi runs"
    elif use == ADC and pin not in chip.adc1:
        yield "has no analogue converter"
    if use == WAKE and pin not in chip.wake:
        yield f"cannot wake the {chip.title} from deep sleep"
    if _endangers(chip, pin, use):
        yield f"is a strapping pin, and what hangs on it decides the boot: {chip.straps[pin].why}"


def _endangers(chip: Chip, pin: int, use: str) -> bool:
    """Can what hangs on a strapping pin keep the board from starting?  A button with its pull-up
    holds the pin high until somebody presses it; anything else may hold it anywhere."""
    level = chip.straps[pin].boots_at if pin in chip.straps else None
    return level is not None and not (use == WAKE and level == 1)


def remarks(chip: Chip, pin: int, use: str) -> Iterator[str]:
    """What to know about a pin that may do `use`, each as the end of "GPIO2: ..."."""
    strap = chip.straps.get(pin)
    if strap is not None and strap.boots_at is None:
        yield f"a strapping pin, harmless to a start from flash, but {strap.why}"
    elif strap is not None and not _endangers(chip, pin, use):
        yield f"a strapping pin, so leave its button alone at power-on, since {strap.why}"
    if pin in chip.psram:
        yield "free on modules without PSRAM only"
    if chip.console.get(pin) is False:
        yield "the boot messages pass over it, so it moves at every start"
    if use == WAKE and pin in chip.input_only:
        yield "no pull-up inside: the button needs one of its own, 100 kohm to 3.3 V"
    if use == WAKE and chip.wake_remark:
        yield chip.wake_remark
    if use == RAIL and pin not in chip.wake:
        yield "floats in deep sleep: the switch needs a pull-down of its own"
