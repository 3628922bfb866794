# Board -> node -> wake -> nap.  Whatever is raised anywhere, it is noted and the node sleeps.
import machine
import sys

_LAST_RESORT_MS = 3_600_000
_LONGEST_MS = 86_400_000  # deepsleep() takes 24.8 days; a day bounds any mistake
_HANG_MS = 20_000  # longer than the longest wake and the waits that nothing can cut short


def one_wake():
    """How long to nap, in milliseconds."""
    import board
    from smartbin.hw import nap
    from smartbin.hw.node import assemble
    from smartbin.wake import wake

    node = assemble(board)
    mem = node.shelf.recall()
    try:
        cfg = node.shelf.settings()
        nap_ms = wake(node, cfg, mem)
        if cfg.talk:
            talk(cfg, mem, nap_ms)
    except BaseException as e:
        nap_ms = _LAST_RESORT_MS
        mem.notes.crash(e, node.raw_s())
        mem.ill = min(255, mem.ill + 1)
        mem.radio = 0
        node.keep(mem)
    nap.arm(node.service)
    return nap_ms


def talk(cfg, mem, nap_ms):
    """For somebody at the console; at 115,200 baud each character keeps the chip awake 87 us."""
    import time

    facts = (cfg.bin_id, mem.seq - 1, mem.fill.pct, time.ticks_ms(), nap_ms // 1000)
    print("%s: reading %d, %s per cent full, %d ms awake, asleep for %d s" % facts)


nap_ms = _LAST_RESORT_MS
try:
    machine.WDT(timeout=_HANG_MS)  # before anything else can hang
    nap_ms = one_wake()
except BaseException as e:  # nothing is left that could take a note; asleep it does no harm
    sys.print_exception(e)
finally:
    machine.deepsleep(max(1000, min(_LONGEST_MS, nap_ms)))
