"""The tutorial firmware on the same twin: it measures, publishes and sleeps at every wake."""

from __future__ import annotations

import pytest

from sim.scenario import load
from sim.waste import Steps
from tests.bench.peers import alarms, day
from tests.bench.peers.day import Said
from tests.energy import levers

HOUR_MS = 3_600_000


@pytest.mark.slow
def test_it_publishes_at_every_wake_and_pays_for_it() -> None:
    lives, booked = day.live(load(levers.DAY, days=1.2, bins=1))
    (life,) = lives
    assert len(life.said) == len(life.bin.wakes) > 100
    assert {wake.end for wake in life.bin.wakes} == {"deepsleep"}
    spent = booked.phases_mc
    assert booked.sessions_day == booked.wakes_day
    assert min(spent[phase] for phase in ("mount", "dhcp", "dns", "mqtt", "send")) > 0
    assert spent["tls"] == 0
    assert booked.mah_day > 4


def test_alarm_latency_counts_from_the_truth_to_the_message() -> None:
    full = Steps([0, 30 * HOUR_MS, 40 * HOUR_MS], [10, 85, 5], [40 * HOUR_MS])
    later = [Said(29 * HOUR_MS, 20), Said(30 * HOUR_MS + 600_000, 84), Said(31 * HOUR_MS, 85)]
    assert alarms.minutes(full, later, 2) == pytest.approx([10])
    assert alarms.minutes(full, [Said(29 * HOUR_MS, 81)], 2) == [0]  # it had been said already
    silent = [Said(29 * HOUR_MS, 20), Said(41 * HOUR_MS, 99)]
    assert alarms.minutes(full, silent, 2) == pytest.approx([600])  # never: until it was emptied
