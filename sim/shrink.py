"""The smallest part of a list that still fails: Zeller's delta debugging, bounded."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

_T = TypeVar("_T")


def fewest(
    parts: tuple[_T, ...], fails: Callable[[tuple[_T, ...]], bool], most_tries: int = 40
) -> tuple[_T, ...]:
    """A part of `parts`, in order, for which fails() holds, and of which nothing can be left out.

    parts itself is known to fail.  After most_tries calls of fails() the smallest one so far.
    """
    tries, count = 0, 2
    while len(parts) > 1:
        smaller = None
        for one in _candidates(parts, count):
            if tries == most_tries:
                return parts
            tries += 1
            if fails(one):
                smaller = one
                break
        if smaller is not None:
            parts, count = smaller, max(2, min(count - 1, len(smaller)))
        elif count < len(parts):
            count = min(len(parts), 2 * count)
        else:
            return _without_any(parts, fails) if tries < most_tries else parts
    return _without_any(parts, fails) if tries < most_tries else parts


def _candidates(parts: tuple[_T, ...], count: int) -> list[tuple[_T, ...]]:
    """Each of `count` chunks alone, then everything but one of them."""
    edges = [len(parts) * i // count for i in range(count + 1)]
    spans = list(pairwise(edges))
    chunks = [parts[a:b] for a, b in spans]
    rests = [parts[:a] + parts[b:] for a, b in spans] if count > 2 else []
    return [one for one in (*chunks, *rests) if 0 < len(one) < len(parts)]


def _without_any(parts: tuple[_T, ...], fails: Callable[[tuple[_T, ...]], bool]) -> tuple[_T, ...]:
    """Nothing at all, where even that fails: then no part was to blame."""
    return () if parts and fails(()) else parts
