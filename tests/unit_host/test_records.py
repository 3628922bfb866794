"""Lists of records that take a few bytes each."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import pytest

from sim.records import Pool, Records
from sim.run import Wake


@dataclass
class One:
    """A record of anything."""

    at: int
    what: Any


ODD = [None, True, False, 1, 0, -1, "1", 1.0, 127, -(1 << 40), 1 << 70, (1, 2), (-1, 2)]
ODD += [(1 << 40, 1), (True, 1), (1, 2, 3), (), {"sense": 3, "boot": 7}, {"boot": 7}, {}]


def a_wake(i: int) -> Wake:
    """One of a month of a bin."""
    phases = {"boot": 70, "doze": 200 + i % 40, "sense": 5}
    return Wake(i * 900_000, 275 + i % 40, phases, 1, False, "timer", 900_000, number=(1 << 28, i))


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_every_value_comes_back_with_its_type(value):
    one = Records(One, Pool())
    for i in range(3):
        one.append(One(i, value))
        one.append(One(i, i))
    assert [(type(r.what), r.what) for r in one[::2]] == [(type(value), value)] * 3
    assert [r.at for r in one] == [0, 0, 1, 1, 2, 2]


def test_equal_values_of_other_types_stay_apart():
    one = Records(One, Pool())
    some = [1.0, True, 1, 0.0, False, 0, {"a": 1}, {"a": True}, "{'a': 1}"]
    for value in some:
        one.append(One(0, value))
    assert [repr(r.what) for r in one] == [repr(value) for value in some]


def test_it_is_a_list():
    plain, packed = [], Records(One, Pool())
    for some in (plain, packed):
        for i in range(300):
            some.append(One(i * i, i % 3 or None))
        some.insert(1, One(1 << 50, "late"))
        some[5] = One(-5, "other")
        del some[7]
        some.pop()
    assert packed == plain and len(packed) == len(plain) == 299
    assert packed[-1] == plain[-1] and packed[2:9:3] == plain[2:9:3]
    assert packed != plain[1:]
    with pytest.raises(IndexError):
        _ = packed[299]


def test_what_it_hands_out_is_a_copy():
    packed = Records(One, Pool())
    packed.append(One(1, 2))
    packed[0].at = 9
    assert packed[0].at == 1


def test_a_wake_takes_few_bytes():
    count, pool = 3000, Pool()
    wakes = Records(Wake, pool)
    for i in range(count):
        wakes.append(a_wake(i))
    assert list(wakes) == [a_wake(i) for i in range(count)]
    held = sum(sys.getsizeof(column) for column in wakes._columns)
    assert held / count < 60, "three million must fit"
    assert len(pool._values) < 60, "equal phases are kept once"
