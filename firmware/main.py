# Board -> node -> wake -> nap.  Whatever is raised anywhere, it is noted and the node sleeps.
import machine
import micropython
import sys

micropython.kbd_intr(-1)  # Ctrl-C, and noise that looks like it, ends no wake

_LAST_RESORT_MS = 3_600_000
_LONGEST_MS = 86_400_000  # deepsleep() takes 24.8 days; a day bounds any mistake
_HANG_MS = 20_000  # longer than the longest wake and the waits that nothing can cut short
_PROMPT_MS = 300_000
_REPAIR_S = 10
_BY_USB = 0  # hw/nap.py


def one_wake():
    """How long to nap, in milliseconds; None where somebody wants MicroPython's own prompt."""
    import board
    from smartbin.errors import Handover
    from smartbin.hw import nap
    from smartbin.hw.node import assemble

    node = assemble(board)
    mem = node.shelf.recall()
    try:
        nap_ms = work(node, mem)
    except Handover:
        return hand_over()
    except BaseException as e:
        nap_ms = _LAST_RESORT_MS
        mem.notes.crash(e, node.raw_s())
        mem.ill = min(255, mem.ill + 1)
        mem.radio = 0
        node.keep(mem)
        node.show(mem)
    nap.arm(node.service)
    return nap_ms


def work(node, mem):
    """A wake, and around it the console where a person may be waiting for it."""
    from smartbin.wake import wake

    cfg = node.shelf.settings()
    if node.cause == "power" and not mem.radio:  # a supply that gave way there is no visitor
        cfg, nap_ms = visit(node, cfg, mem)
        if nap_ms is not None:
            return nap_ms
    node.light(1)
    nap_ms = wake(node, cfg, mem)
    nap_ms -= node.show(mem)
    if cfg.talk:
        talk(cfg, mem, nap_ms)
    if node.cause == "button":
        from smartbin.console import window

        return window.after_button(node, cfg, mem, nap_ms)
    return nap_ms


def visit(node, cfg, mem):
    """(the settings, how long to nap or None where a wake comes first); then the heap is free."""
    from smartbin.console import room

    held = room.held()
    from smartbin.console.window import after_power

    found = after_power(node, cfg, mem)
    del after_power
    room.free(held)
    return found


def hand_over():
    """To MicroPython's own prompt; a node that is forgotten there works again after a while."""
    from smartbin.hw import keys

    machine.WDT(timeout=_PROMPT_MS)
    keys.hand_over(1)  # Ctrl-A: what programs send that want the prompt


def talk(cfg, mem, nap_ms):
    """For somebody at the console; at 115,200 baud each character keeps the chip awake 87 us."""
    import time

    facts = (cfg.bin_id, mem.seq - 1, mem.fill.pct, time.ticks_ms(), nap_ms // 1000)
    print("%s: reading %d, %s per cent full, %d ms awake, asleep for %d s" % facts)


def somebody():
    """After power-on a while for Ctrl-C: what cannot even start could never be put right else."""
    import time

    if machine.reset_cause() not in (machine.PWRON_RESET, _BY_USB):
        return False
    micropython.kbd_intr(3)
    try:
        time.sleep(_REPAIR_S)
    except KeyboardInterrupt:
        machine.WDT(timeout=_PROMPT_MS)
        return True
    micropython.kbd_intr(-1)
    return False


nap_ms = _LAST_RESORT_MS
try:
    machine.WDT(timeout=_HANG_MS)  # before anything else can hang
    nap_ms = one_wake()
except BaseException as e:  # nothing is left that could take a note; asleep it does no harm
    sys.print_exception(e)
    if somebody():
        nap_ms = None
finally:
    if nap_ms is not None:
        machine.deepsleep(max(1000, min(_LONGEST_MS, nap_ms)))
