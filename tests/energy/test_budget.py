"""No change may make the default day dearer without somebody agreeing to it."""

from __future__ import annotations

import pytest

from tests.energy import budget


@pytest.mark.slow
@pytest.mark.parametrize("day", ["plain", pytest.param("tls", marks=pytest.mark.mosquitto)])
def test_the_default_day_costs_no_more_than_was_agreed(day: str) -> None:
    now, before = budget.cost(day), budget.recorded()["days"][day]
    assert budget.above_pct(now, before) <= budget.ALLOWED_PCT, (
        budget.told(day, now, before)
        + " If that is meant: python -m tests.energy.budget records it."
    )


def test_it_says_by_how_much_and_in_which_phase() -> None:
    before = {"sleep": 1000.0, "join": 500.0, "tls": 0.0}
    now = {"sleep": 1000.0, "join": 540.0, "tls": 5.0}
    assert budget.above_pct(now, before) == pytest.approx(3.0)
    assert budget.told("plain", now, before) == (
        "The default day (plain) costs 0.4292 mAh, +3.00 % against the recorded 0.4167: "
        "join +40.0 mC, tls +5.0 mC."
    )
