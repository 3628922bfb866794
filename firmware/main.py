# Board -> node -> wake -> nap.  Whatever is raised anywhere, it is noted and the node sleeps.
import machine

_LAST_RESORT_MS = 3_600_000
_LONGEST_MS = 86_400_000  # deepsleep() takes 24.8 days; a day bounds any mistake
_HANG_MS = 20_000  # longer than the longest wake and the waits that nothing can cut short


def one_wake():
    """How long to nap, in milliseconds."""
    import board
    from smartbin.hw import nap
    from smartbin.hw.node import assemble
    from smartbin.wake import wake

    nap.guard(_HANG_MS)
    node = assemble(board)
    mem = node.recall()
    try:
        nap_ms = wake(node, node.settings(mem), mem)
    except BaseException as e:
        mem.notes.crash(e, node.now_s())
        node.keep(mem)
        nap_ms = _LAST_RESORT_MS
    nap.arm(node.service)
    return nap_ms


nap_ms = _LAST_RESORT_MS
try:
    nap_ms = one_wake()
except BaseException:
    pass  # nothing is left that could take a note; asleep it does no harm and tries again
machine.deepsleep(max(1000, min(_LONGEST_MS, nap_ms)))
