"""A time server that is wrong is not believed; one that is silent costs nothing but certainty."""

import pytest

from smartbin import build, clock, notes
from tests.clock.lab import DAY_S, HOUR_S

YEAR_S = 365 * DAY_S


CLOCK = notes.NAMES.index("clock")


def noted(woken):
    """Is one of the last notes that the time server was of no use?"""
    return CLOCK in [row[0] for row in woken.memory.notes.last]


@pytest.mark.parametrize("years", [1, 19, 20.1])
def test_a_time_before_this_build_is_not_believed(lab, years):
    one = lab()
    one.server_off_s = -int(years * YEAR_S)
    woken = one.wake()
    behind = woken.true_s + one.server_off_s < build.BUILT_S
    assert (woken.memory.set_s == 0) == behind
    assert noted(woken) == behind


@pytest.mark.parametrize("off_days", [-2, 2, 400])
def test_one_time_that_contradicts_the_clock_is_not_believed(lab, off_days):
    one = lab()
    first = one.days(0.5)[-1]
    one.server_off_s = off_days * DAY_S
    wakes = []
    while not wakes or not noted(wakes[-1]):
        wakes.append(one.wake())
    assert {w.memory.set_s for w in wakes} == {first.memory.set_s}
    one.server_off_s = 0
    assert one.days(0.5)[-1].memory.set_s > first.memory.set_s
    stamps = [r.at_s for r in one.heard() if r.at_s is not None]
    assert stamps == sorted(stamps)
    last = one.days(0.5)[-1]
    assert abs(last.off_s) < 30


@pytest.mark.parametrize("off_days", [-2, 400])
def test_a_time_server_that_was_wrong_for_a_day_does_not_keep_the_right_time_out(lab, off_days):
    one = lab()
    one.days(0.5)
    one.server_off_s = off_days * DAY_S
    wrong = one.days(1)[-1]
    assert abs(wrong.memory.set_s - wrong.true_s - one.server_off_s) < DAY_S
    one.server_off_s = 0
    right = one.days(1)[-1]
    assert abs(right.memory.set_s - right.true_s) < DAY_S // 2
    assert right.memory.known_s == right.memory.set_s


def test_a_wrong_time_after_a_loss_of_power_does_not_keep_the_right_one_out(lab):
    one = lab()
    one.server_off_s = 400 * DAY_S
    one.wake()
    one.server_off_s = 0
    right = one.days(1)[-1]
    assert abs(right.memory.set_s - right.true_s) < DAY_S // 2


def test_the_last_known_time_outlives_a_loss_of_power(lab):
    one = lab()
    known_s = one.days(1)[-1].memory.known_s
    one.twin.rtc, one.twin.cause, one.twin.clock_ms = b"", "power", 0
    one.server_off_s = -2 * DAY_S
    woken = one.wake()
    assert known_s and (woken.memory.set_s, woken.memory.known_s) == (0, known_s)
    assert noted(woken)
    one.server_off_s = 0
    assert one.days(0.5)[-1].memory.set_s > known_s


def test_without_a_time_server_reports_arrive_and_say_that_the_time_is_unknown(lab):
    one = lab()
    one.server_off_s = None
    wakes = one.days(0.5)
    assert {r.stamp for r in one.heard()} == {clock.UNKNOWN}
    assert {r.at_s for r in one.heard()} == {None}
    assert noted(wakes[-1])


def test_a_time_that_was_counted_for_days_is_called_an_estimate(lab):
    one = lab()
    one.wake()
    one.server_off_s = None
    one.days(2.6)
    kinds = [r.stamp for r in one.heard()][1:]
    assert kinds == sorted(kinds, reverse=True)
    assert set(kinds) == {clock.SET, clock.ESTIMATED}
    assert kinds.count(clock.SET) == pytest.approx(2 * DAY_S / HOUR_S * 4, abs=2)
