"""Deadlines: budgets that survive the wrap of the ticks."""

from smartbin.deadline import Deadline

WRAP = 1 << 30  # as on the ESP32


class Ticks:
    """The board's ticks: they wrap, and only ticks_diff knows how to subtract them."""

    def __init__(self, at):
        self.at = at

    def ticks_ms(self):
        return self.at % WRAP

    def ticks_diff(self, end, start):
        return ((end - start + WRAP // 2) % WRAP) - WRAP // 2


def test_a_new_deadline_has_its_whole_budget():
    up = Deadline(Ticks(0), 12_000)
    assert up.spent_ms() == 0
    assert up.left_ms() == 12_000


def test_time_is_spent():
    ticks = Ticks(5000)
    up = Deadline(ticks, 12_000)
    ticks.at += 700
    assert up.spent_ms() == 700
    assert up.left_ms() == 11_300


def test_less_than_nothing_is_nothing_but_what_was_spent_is_told():
    ticks = Ticks(0)
    up = Deadline(ticks, 500)
    ticks.at += 501
    assert up.left_ms() == 0
    ticks.at += 10_000
    assert up.left_ms() == 0
    assert up.spent_ms() == 10_501


def test_the_wrap_of_the_ticks_goes_unnoticed():
    for before in (1, 100, 11_999):
        ticks = Ticks(WRAP - before)
        up = Deadline(ticks, 12_000)
        ticks.at += before
        assert ticks.ticks_ms() == 0
        assert up.spent_ms() == before
        assert up.left_ms() == 12_000 - before
        ticks.at += 12_000 - before
        assert up.left_ms() == 0


def test_a_deadline_within_another_starts_now():
    ticks = Ticks(0)
    up = Deadline(ticks, 12_000)
    ticks.at += 1000
    inner = up.within(5000)
    assert inner.spent_ms() == 0
    assert inner.left_ms() == 5000
    ticks.at += 5000
    assert inner.left_ms() == 0
    assert up.left_ms() == 6000


def test_a_deadline_within_another_is_never_later():
    ticks = Ticks(WRAP - 4000)
    up = Deadline(ticks, 12_000)
    ticks.at += 9000  # beyond the wrap
    inner = up.within(10_000)
    assert inner.left_ms() == up.left_ms() == 3000
    ticks.at += 9000
    assert up.within(10_000).left_ms() == 0
