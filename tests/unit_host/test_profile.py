"""The current of one wake over time: recorded, drawn, and the same charge as is booked."""

from __future__ import annotations

import base64

import pytest

from sim import fleet
from sim.profile import Profile, Recorder, Step
from sim.report import moments
from sim.scenario import load
from tests.energy import levers


def wake(radio: bool = True) -> Profile:
    phases = [
        ("boot", 70, 32),
        ("doze", 50, 9),
        ("sense", 2, 48),
        ("doze", 50, 9),
        ("scan", 120, 97),
        ("join", 100, 97),
        ("send", 5, 550),
        ("join", 100, 97),
        ("flash", 10, 65),
    ]
    steps, at_ms = [], 0.0
    for phase, ms, ma in phases:
        steps.append(Step(at_ms, at_ms + ms, phase, ma))
        at_ms += ms
    return Profile(0, radio, steps)


def test_phases_are_told_in_their_order_with_what_belongs_to_them() -> None:
    found = moments.stretches(wake())
    assert [one.phase for one in found] == ["boot", "sense", "scan", "join", "flash"]
    assert sum(one.mc for one in found) == pytest.approx(wake().mc)
    join = found[3]
    assert (join.from_ms, join.to_ms) == (292, 497)
    assert join.mc == pytest.approx(0.2 * 97 + 0.005 * 550)


def test_pictures_are_svg_and_the_same_each_time() -> None:
    first, again = (moments.pictures([wake(False), wake()]) for _ in range(2))
    assert first == again
    for address in first:
        kind, _, data = address.partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert b"<svg" in base64.b64decode(data)
    assert "a wake that reports takes 0.507 s" in moments.sentence([wake(False), wake()])


@pytest.mark.slow
def test_a_run_records_one_wake_of_each_kind_and_the_charge_is_what_is_booked() -> None:
    recorder, sums = Recorder(days=2), {}

    def watch(device, look):
        awake_mc = sum(mc for phase, mc in device.charge_mc.items() if phase != "sleep")
        sums[device.bin.wakes[-1].t_ms] = awake_mc
        recorder.watch(device)

    found = load(levers.DAY.with_name("battery_changed.toml"), days=2, bins=1)
    fleet.run(found, watch=watch)
    quiet, reports = recorder.found
    assert (quiet.radio, reports.radio) == (False, True)
    times = sorted(sums)
    for profile in (quiet, reports):
        before_ms = times[times.index(profile.t_ms) - 1]
        booked_mc = sums[profile.t_ms] - sums[before_ms]
        assert profile.mc == pytest.approx(booked_mc, rel=0.02)  # booked in whole milliseconds
