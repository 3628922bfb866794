"""Keys as they come out of the chip's serial port, which holds 260 bytes and no more."""

import pytest

LINE = """
from smartbin.hw import keys
class Port:
    typed, at = {typed!r}, 0
    @classmethod
    def read(cls, size):
        cls.at += size
        return cls.typed[cls.at - size:cls.at]
class Poll:
    def register(self, what, mask): pass
    def poll(self, ms): return Port.at < {last}
class Stdin: buffer = Port
class Sys: stdin = Stdin
keys.sys = Sys
keys.select.poll = Poll
one = keys.Keys()
found = []
for _ in range(len(Port.typed) + 1):
    found.append((one.read(0), Port.at))
say(found)
"""


def taken(run, typed, last=None):
    """[(byte or None, how many the port has given away by then)]"""
    program = LINE.format(typed=typed, last=len(typed) if last is None else last)
    return [tuple(row) for row in run(program).said]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\x01"])
def test_a_line_is_fetched_at_once_and_what_follows_stays(run, end):
    found = taken(run, b"ab" + end + b"c")
    assert found == [(97, 3), (98, 3), (end[0], 3), (99, 4), (None, 4)]


def test_a_line_that_is_being_typed_comes_key_by_key(run):
    assert taken(run, b"ab", 1)[:2] == [(97, 1), (None, 1)]


def test_a_port_that_is_shut_is_nobody(run):
    assert taken(run, b"", 5) == [(None, 1)]
