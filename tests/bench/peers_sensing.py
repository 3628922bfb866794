"""What public firmwares make of a burst: the peers of the sensing bench, written for it.

Each is given what ours is given, the bin's table of volume included, and shows a fill or None.
None leaves the last one on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, median

# Echo times in us, None for silence -> mm or None.
Peer = Callable[[Sequence[int | None]], float | None]

_MM_US = 0.1715  # half of 343 m/s
_TIMEOUT_US = 29_155  # 500 cm there and back at 343 m/s, as the common library waits ...
_TIMEOUT_MM = 2500.0  # ... and what a timeout becomes there (rsc1975/micropython-hcsr04#13)


def once(burst: Sequence[int | None]) -> float:
    """One ping at 343 m/s; silence is about 250 cm, for want of a factor of two."""
    us = burst[0]
    return _TIMEOUT_MM if us is None or us > _TIMEOUT_US else us * _MM_US


def mean_of_ten(burst: Sequence[int | None]) -> float:
    """Ten times the same, and their mean."""
    return fmean(once([us]) for us in burst[:10])


def median_of_five(burst: Sequence[int | None]) -> float | None:
    """Five at 343 m/s; silence is dropped, the median of the others kept."""
    heard = [us * _MM_US for us in burst[:5] if us is not None and us <= _TIMEOUT_US]
    return median(heard) if heard else None


PEERS: dict[str, Peer] = {
    "one ping": once,
    "mean of ten": mean_of_ten,
    "median of five": median_of_five,
}
