"""A sleep clock that is off by per cents, and more when cold: wakes, stamps, a year of both."""

from itertools import pairwise

import pytest

from tests.clock import lab as labs
from tests.clock.lab import DAY_S, DRIFTS_PPM, HOUR_S, SAMPLE_S


@pytest.mark.parametrize("drift_ppm", DRIFTS_PPM)
def test_at_a_constant_temperature_a_wake_is_off_by_at_most_10_s_an_hour(lab, drift_ppm):
    wakes = labs.settled(lab("still.toml", drift_ppm).days(4))
    assert len(wakes) > 200
    assert labs.worst_per_hour(wakes) <= 10
    assert labs.worst(wakes) <= 10


@pytest.mark.parametrize("drift_ppm", DRIFTS_PPM)
def test_over_a_day_that_swings_by_15_k_a_wake_is_off_by_at_most_30_s(lab, drift_ppm):
    wakes = labs.settled(lab("swing.toml", drift_ppm).days(12))
    assert len(wakes) > 1000
    assert labs.worst(wakes) <= 30


def test_a_clock_that_learns_nothing_would_be_off_by_minutes(lab):
    """The test of the tests above: the drift is real."""
    wakes = lab("still.toml", 50_000, ntp_host="").days(1)
    gaps = [b.true_s - a.true_s for a, b in pairwise(wakes)]
    assert max(gaps) > SAMPLE_S * 1.04


@pytest.mark.parametrize("drift_ppm", DRIFTS_PPM)
def test_readings_that_wait_get_their_true_time_when_the_clock_is_learnt(lab, drift_ppm):
    """At the first network time after the first one, 5 % of six hours are 18 minutes."""
    one = lab("still.toml", drift_ppm)
    wakes = one.days(0.3)
    truth = {w.seq: w.true_s for w in wakes}
    heard = [r for r in one.heard() if r.seq > 0]
    assert len(heard) > 15
    assert wakes[-1].memory.learnt == 1
    assert max(abs(r.at_s - truth[r.seq]) for r in heard) <= 5


def test_stamps_never_run_back_even_where_nothing_waited(lab):
    """A fast clock is set back by minutes just after a report took everything along."""
    one = lab("still.toml", -50_000, report_s=900, change_pct=1)
    one.days(0.1)
    one.server_off_s = None
    one.days(0.5)
    one.server_off_s = 0
    one.days(0.5)
    stamps = [r.at_s for r in one.heard() if r.at_s is not None]
    assert all(a <= b for a, b in pairwise(stamps))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_year_without_a_double_wake(lab):
    """5 % fast is the worst: every nap ends before its slot.  15 K between day and night."""
    one = lab("swing.toml", -50_000, pings=3)
    wakes = one.days(365)
    assert 34_900 < len(wakes) < 35_100
    assert labs.shortest_gap_s(wakes) >= SAMPLE_S / 2
    assert labs.worst(labs.settled(wakes)) <= 40  # weather that changes from day to day, too
    stamps = [r.at_s for r in one.heard() if r.at_s is not None]
    assert len(stamps) > 34_900
    assert all(a < b for a, b in pairwise(stamps))
    assert wakes[-1].true_s - wakes[0].true_s == pytest.approx(365 * DAY_S, abs=HOUR_S)
