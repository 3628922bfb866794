"""Which wake sent which message, and which wake took which reading.

The twins' wakes are on record in true time, the subscriber's messages by the nodes' own clocks,
which drift and may never have been set.
"""

from __future__ import annotations

from sim.run import BinRun, Delivery, Wake
from smartbin import memory


def carried(one: BinRun, start_ms: int) -> list[tuple[int, list[Delivery]]]:
    """(index of the wake that sent it, message) of every message."""
    messages = _messages(one.deliveries)
    told = [m[-1].delivered_s for m in messages]
    told_ms = [None if told_s is None else since_start_ms(told_s, start_ms) for told_s in told]
    # A wake whose interpreter was lost is not on record; its message goes to another one then.
    tried = [i for i, wake in enumerate(one.wakes) if wake.radio] or list(range(len(one.wakes)))
    found = _matched([one.wakes[i].t_ms for i in tried], told_ms)
    return [(tried[k], message) for k, message in zip(found, messages, strict=False)]


def _messages(deliveries: list[Delivery]) -> list[list[Delivery]]:
    """A message's readings stand together, the newest last."""
    found: list[list[Delivery]] = []
    open_ended = False
    for d in deliveries:
        if not open_ended:
            found.append([])
        found[-1].append(d)
        open_ended = not d.newest
    return found


def _matched(tried_ms: list[int], told_ms: list[int | None]) -> list[int]:
    """For each message the attempt that carried it: in order, and each as near as can be.

    tried_ms: true times of the attempts; told_ms: times of the messages by the node's own clock.
    """
    found: list[int] = []
    if not tried_ms:
        return found
    spare = max(0, len(tried_ms) - len(told_ms))
    for i, told in enumerate(told_ms):
        high = min(i + spare, len(tried_ms) - 1)
        low = min(found[-1] + 1 if found else 0, high)
        if told is None:
            found.append(low)
        else:
            found.append(_nearest(tried_ms, low, high, told))
    return found


def _nearest(tried_ms: list[int], low: int, high: int, told_ms: int) -> int:
    return min(range(low, high + 1), key=lambda i: abs(tried_ms[i] - told_ms))


def taken_ms(
    wakes: list[Wake], carrier: int, readings: list[Delivery], newest: int, start_ms: int
) -> list[int]:
    """When they were taken: one a wake, counted back from the wake that carried them.

    Where that leads beyond a cold start, numbers jump, and the node's own stamp has to do.
    """
    oldest = carrier
    while oldest > 0 and wakes[oldest].cause != "power" and carrier - oldest < memory.ROOM:
        oldest -= 1
    found = []
    for d in readings:
        wake = carrier - (newest - d.seq)
        stamped_ms = wakes[carrier].t_ms if d.at_s is None else since_start_ms(d.at_s, start_ms)
        found.append(wakes[wake].t_ms if wake >= oldest else stamped_ms)
    return found


def since_start_ms(unix_s: int, start_ms: int) -> int:
    """Virtual time of a stamp; start_ms: Unix time of the scenario's start."""
    return unix_s * 1000 - start_ms
