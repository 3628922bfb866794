"""A tenth of the herd of herd.py, in windows ten times as long."""

import pytest

from tests.bench import herd


@pytest.fixture(scope="module")
def story():
    return herd.tell(1000)


def test_a_fleet_does_not_knock_all_at_once_when_the_broker_returns(story):
    assert story.failed > 300
    assert story.peak_to_mean(herd.BACK_S, story.whole_s) <= 3


def test_no_minute_of_the_hour_is_a_rush_hour(story):
    quarters = story.per_s(herd.SETTLED_S, herd.AWAY_S)
    assert quarters.max() < 2 * quarters.mean()
    assert story.hour_peak_to_mean() < 2


def test_all_bins_get_through_within_a_back_off(story):
    assert 0 < story.whole_s - herd.BACK_S < 6 * herd.HOUR_S


def test_the_picture_is_drawn(story, tmp_path):
    herd.draw(story, tmp_path / "herd.png")
    assert (tmp_path / "herd.png").stat().st_size > 10_000
