"""A run in numbers: each key counts what docs/scenario.md says it counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sim import expect, scenario_table, summary
from sim.faults import Faults
from sim.run import BinRun, Delivery, Run, Wake
from sim.waste import Steps

DAY_S = 86_400
START = datetime(2020, 3, 2, tzinfo=UTC)


def delivery(seq, fill=50, again=False, at_s=0):
    stamp = round(START.timestamp()) + at_s
    facts = (stamp, "set", fill, fill, fill, 700, 4, "ok", False, stamp, True, again, 0)
    return Delivery("bin-001", 7, 1, seq, *facts)


def a_bin(**facts):
    one = BinRun(0, "bin-001", "", Steps([0], [48.0], []))
    one.wakes = [
        Wake(0, 2400, {"boot": 70}, 1, True, "power", 1),
        Wake(1000, 330, {"boot": 70}, 1, False, "timer", 1),
        Wake(2000, 9000, {"boot": 70}, 1, True, "timer", 1),
        Wake(3000, 330, {"boot": 70}, 0, False, "timer", 1),
    ]
    one.charge_mc = {"sleep": 360.0, "boot": 36.0, "sense": 0.0, "mqtt": 324.0, "flash": 0.0}
    one.battery_years = 5.0
    for name, value in facts.items():
        setattr(one, name, value)
    return one


def of(*bins, days=1.0):
    sections = [section() for section in scenario_table.SECTIONS.values()][1:]
    run = scenario_table.Run(name="some", days=days, bins=len(bins), start=START)
    made = scenario_table.Scenario(Path("some.toml"), run, *sections, Faults(), {})
    return summary.of(Run(made, list(bins), 2.0, "amqtt"))


def test_readings_are_taken_by_the_twins_word_and_delivered_by_the_subscribers():
    one = a_bin(deliveries=[delivery(0), delivery(1), delivery(1, again=True)])
    found = of(one, a_bin())["readings"]
    assert (found["taken"], found["delivered"], found["duplicates"]) == (6, 2, 1)


@pytest.mark.parametrize("name", ["lost", "dropped", "waiting", "gap", "unfinished"])
def test_what_did_not_arrive_is_summed_over_the_bins(name):
    found = of(a_bin(**{name: 3}), a_bin(**{name: 4}))["readings"]
    assert found[name] == 7
    assert sum(found.values()) == 7 + found["taken"]


def test_sessions_are_wakes_and_not_messages():
    one = a_bin(sessions=1, deliveries=[delivery(0), delivery(1)])
    assert of(one)["sessions"] == {"ok": 1, "failed": 1}


def test_the_time_awake_is_that_of_real_wakes():
    assert of(a_bin())["awake"] == {"p50_ms": 2400, "p99_ms": 9000, "max_ms": 9000}
    assert of(a_bin(wakes=[]))["awake"] == {"p50_ms": 0, "p99_ms": 0, "max_ms": 0}


def test_charge_is_per_bin_and_day():
    found = of(a_bin(), a_bin(), days=2.0)["charge"]
    assert (found["sleep_mc"], found["total_mc"], found["mah_per_day"]) == (180.0, 360.0, 0.1)
    assert found["told_off_pct"] == 100


def test_the_console_and_its_windows_are_no_part_of_a_day():
    found = of(a_bin(charge_mc={"sleep": 360.0, "service": 2400.0}, told_mc=360))["charge"]
    assert (found["service_mc"], found["total_mc"]) == (2400.0, 2760.0)
    assert (found["mah_per_day"], found["told_off_pct"]) == (0.1, 0)


def test_the_nodes_own_estimate_is_held_against_the_twins():
    assert of(a_bin(told_mc=648))["charge"]["told_off_pct"] == 10
    assert of(a_bin(charge_mc={}))["charge"]["told_off_pct"] == 0


def test_flash_wears_by_its_worst_block():
    one, other = a_bin(flash_writes=5, flash_erases={0: 2, 7: 3}), a_bin(flash_erases={0: 4})
    assert of(one, other)["flash"] == {"writes": 5, "erases": 9, "worst_block": 4}
    assert of(a_bin())["flash"]["worst_block"] == 0


def test_fill_is_compared_with_the_truth_of_the_time_that_it_claims():
    one = a_bin(deliveries=[delivery(0, 50), delivery(1, 44), delivery(2, None)])
    assert of(one)["fill"] == {"mae_pct": 3.0, "quartile_ok": 0.5}
    assert of(a_bin())["fill"] == {"mae_pct": None, "quartile_ok": None}


def test_troubles_are_summed_and_sorted():
    found = of(a_bin(troubles={"tcp": 1, "ack": 2}), a_bin(troubles={"tcp": 3}))
    assert list(found["troubles"].items()) == [("ack", 2), ("tcp", 4)]


def test_every_key_is_one_that_a_scenario_may_ask_for_and_is_json():
    found = of(a_bin(troubles={"tcp": 1}))
    assert json.loads(json.dumps(found)) == found
    plain = {name for name in expect.SUMMARY if "NAME" not in name}
    assert plain <= {name for name, _ in expect.flatten(found)}
