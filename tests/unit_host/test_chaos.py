"""Plans from seeds, the promises that runs are held to, and the fewest faults that break one."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim import chaos, cli, invariants, scenario_table, shrink
from sim.fault_kinds import KINDS
from sim.faults import Faults
from sim.run import BinRun, Delivery, Run, Wake
from sim.scenario_table import Fault
from sim.waste import Steps

HOUR_MS = 3_600_000
START = datetime(2020, 3, 2, tzinfo=UTC)
START_S = round(START.timestamp())
SAMPLE_MS = 900_000


# -- plans --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_a_plan_is_a_scenario_that_loads_and_says_the_same(seed):
    plan = chaos.plan(seed)
    made = chaos.scenario(plan)
    assert (made.run.days, made.run.bins, made.run.seed) == (plan.days, plan.bins, seed)
    assert (made.board.name, made.bin.settings) == (plan.board, plan.settings)
    assert 1 <= len(made.faults) <= 6
    for fault, staged in zip(made.faults, plan.faults, strict=True):
        assert (fault.kind, fault.at_ms, fault.lasts_ms) == (*dataclasses.astuple(staged)[:3],)
        assert tuple(i + 1 for i in fault.bins) == staged.bins
        assert fault.amount == staged.amount
        assert fault.at_ms + fault.lasts_ms <= made.run.days * 24 * HOUR_MS + 120_000


def test_seeds_are_unlike_and_meet_every_kind_of_fault():
    plans = [chaos.plan(seed) for seed in range(300)]
    assert len({plan.faults for plan in plans}) == len(plans)
    assert {fault.kind for plan in plans for fault in plan.faults} == set(KINDS)
    assert {plan.bins for plan in plans} == {1, 2, 3}
    assert any(plan.settings.get("outbox") == "flash" for plan in plans)


def test_days_and_bins_may_be_given():
    plan = chaos.plan(3, days=0.5, bins=7)
    assert (plan.days, plan.bins) == (0.5, 7)
    assert all(fault.at_ms < 12 * HOUR_MS for fault in plan.faults)


# -- the fewest faults --------------------------------------------------------------------------


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_what_is_to_blame_and_nothing_else_is_left(case):
    count, guilty = case
    parts = tuple(range(count))
    left = shrink.fewest(parts, lambda some: guilty <= set(some))
    assert left == tuple(sorted(guilty))


def test_where_nothing_is_needed_nothing_is_left():
    assert shrink.fewest((1, 2, 3), lambda some: True) == ()
    assert shrink.fewest((), lambda some: True) == ()


def test_the_number_of_tries_is_bounded():
    calls = itertools.count()
    shrink.fewest(tuple(range(50)), lambda some: next(calls) >= 0 and len(some) >= 40, 12)
    assert next(calls) <= 13


# -- promises -----------------------------------------------------------------------------------


def a_run(*faults, wakes=None, deliveries=(), level=((0,), (40.0,)), days=2.0, **facts):
    one = BinRun(0, "bin-001", "", Steps(*map(list, level), []))
    one.wakes = all_well(days) if wakes is None else wakes
    one.deliveries = list(deliveries)
    for name, value in facts.items():
        setattr(one, name, value)
    sections = [section() for section in scenario_table.SECTIONS.values()][1:]
    run = scenario_table.Run(name="some", days=days, bins=1, start=START)
    made = scenario_table.Scenario(Path("some.toml"), run, *sections, Faults(faults), {})
    return Run(made, [one], 1.0, "amqtt")


def all_well(days):
    return [a_wake(i) for i in range(round(days * 96))]


def a_wake(i, radio=True, **facts):
    known = {"awake_ms": 330, "phases": {"boot": 70, "sense": 260}, "taken": 1, "cause": "timer"}
    known |= {"nap_ms": SAMPLE_MS - 330, "number": (7, i), "t_ms": i * SAMPLE_MS}
    return Wake(radio=radio, **{**known, **facts})


def a_delivery(i, wake=None, fill=40, off_s=0, clock="set", **facts):
    at_s = START_S + i * 900 + off_s
    rest = (fill, fill, fill, 700, 4, "ok", False, at_s, True, False, i if wake is None else wake)
    found = Delivery("bin-001", 7, 1, i, at_s, clock, *rest)
    return dataclasses.replace(found, **facts)


def broken(*args, **kw):
    return invariants.broken(a_run(*args, **kw))


def fault(kind, at_h, lasts_h=1.0):
    return Fault(kind, round(at_h * HOUR_MS), round(lasts_h * HOUR_MS), (0,))


def test_a_run_in_which_all_is_well_breaks_nothing():
    assert broken(deliveries=[a_delivery(i) for i in range(96)]) == []


def test_a_run_that_broke_off_did_not_keep_anything():
    run = a_run()
    run.broken = "The broker is gone."
    assert invariants.broken(run) == ["The run broke off: The broker is gone."]


def test_lost_readings_are_named():
    (said,) = broken(lost=2, vanished=[(7, 3), (7, 4)])
    assert "bin-001: 2 of its readings" in said and "3 of epoch 7, 4 of epoch 7" in said


def test_what_comes_twice_must_be_the_same():
    twice = [a_delivery(3), a_delivery(3, fill=41, again=True)]
    assert "reading 3 of epoch 7 arrived twice" in broken(deliveries=twice)[0]
    late = [a_delivery(3, at_s=None, clock="unknown"), a_delivery(3)]
    assert broken(deliveries=late) == [], "a time that was found out later is no difference"
    assert broken(deliveries=[a_delivery(3, off_s=-10_000), a_delivery(3)])


def test_only_the_first_few_sentences_are_shown():
    wakes = [a_wake(i, awake_ms=13_000) for i in range(9)]
    said = broken(wakes=wakes)
    assert len(said) == 4 and said[-1] == "bin-001: and so in 6 more cases."


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"awake_ms": 12_070}, 0),
        ({"awake_ms": 12_071}, 1),
        ({"awake_ms": 30_000, "end": "wdt"}, 0),
        ({"awake_ms": 30_000, "end": "hang"}, 0),
        ({"awake_ms": 33_000, "end": "wdt"}, 1),
        ({"phases": {"join": 13_300}}, 0),
        ({"phases": {"join": 13_500}}, 1),
        ({"phases": {"join": 33_000}, "end": "wdt"}, 0),
        ({"nap_ms": None}, 1),
        ({"end": "awake", "nap_ms": None}, 1),
        ({"end": "hung", "nap_ms": None}, 1),
        ({"end": "asleep for ever", "nap_ms": None}, 1),
        ({"end": "off", "nap_ms": None}, 0),
    ],
)
def test_every_wake_ends_in_time_and_asleep(facts, wrong):
    assert len(broken(wakes=[a_wake(0, **facts)])) == wrong


def test_a_dead_name_server_is_no_excuse_for_a_long_wake():
    wakes = [a_wake(4, awake_ms=17_000)]
    assert broken(wakes=wakes)
    assert broken(fault("dns_dead", 0.5), wakes=wakes)


def test_a_stamp_that_counts_as_set_is_true():
    assert broken(deliveries=[a_delivery(5, off_s=5000)])
    assert broken(deliveries=[a_delivery(5, off_s=5000, clock="estimated")]) == []
    assert broken(fault("clock_jump", 0.1), deliveries=[a_delivery(5, off_s=5000)]) == []
    assert broken(fault("clock_jump", 9), deliveries=[a_delivery(5, off_s=5000)])


def test_a_rate_that_nobody_could_learn_excuses_so_much_and_no_more():
    silent = fault("time_server_silent", 1, 24)
    assert broken(silent, deliveries=[a_delivery(80, off_s=250)]) == []
    assert broken(silent, deliveries=[a_delivery(80, off_s=400)])
    assert broken(silent, deliveries=[a_delivery(20, off_s=250)])
    assert broken(deliveries=[a_delivery(80, off_s=250)])


def test_with_a_silent_sensor_there_is_no_level():
    one = [a_delivery(5)]
    assert "its sensor was silent" in broken(fault("sonar_silent", 1), deliveries=one)[0]
    assert broken(fault("sonar_silent", 1), deliveries=[a_delivery(5, fill=None)]) == []
    assert broken(fault("sonar_noise", 1), deliveries=one) == []


FULL = ((0, 6 * HOUR_MS), (40.0, 95.0))


def test_a_full_bin_is_known_to_be_full():
    (said,) = broken(level=FULL)
    assert "full at 6h, and nobody had heard of it at 12h25m" in said
    assert broken(level=FULL, deliveries=[a_delivery(25, fill=94)]) == []
    assert broken(level=FULL, deliveries=[a_delivery(25, wake=48, fill=94)]) == []
    assert broken(level=FULL, deliveries=[a_delivery(25, wake=60, fill=94)])


def test_a_rise_that_is_not_believed_is_told_by_an_alarm_up_to_the_mark():
    assert broken(level=FULL, deliveries=[a_delivery(25, hi_pct=97, alarm=True)]) == []
    assert broken(level=FULL, deliveries=[a_delivery(25, hi_pct=97)])
    assert broken(level=FULL, deliveries=[a_delivery(25, alarm=True)])


def test_a_bin_that_began_without_settings_knows_of_nobody_to_tell():
    assert broken(fault("settings_garbage", 0), level=FULL) == []
    assert broken(fault("settings_garbage", 1), level=FULL)


def test_a_fault_puts_the_limit_off():
    late = [a_delivery(25, wake=60, fill=94)]
    assert broken(fault("ap_down", 7, 5), level=FULL, deliveries=late) == []
    assert broken(fault("ap_down", 1, 1), level=FULL, deliveries=late)
    assert broken(fault("ap_down", 40, 1), level=FULL, deliveries=late)


def test_what_was_known_before_is_no_news():
    twice = ((0, 6 * HOUR_MS, 10 * HOUR_MS, 11 * HOUR_MS), (40.0, 95.0, 80.0, 95.0))
    assert broken(level=twice, deliveries=[a_delivery(25, fill=94)]) == []


def test_a_bin_that_is_emptied_before_the_limit_need_not_be_reported():
    assert broken(level=((0, 6 * HOUR_MS, 8 * HOUR_MS), (40.0, 95.0, 3.0))) == []


def test_figures_are_those_of_wakes_that_ended_by_themselves():
    wakes = [a_wake(0, awake_ms=2000), a_wake(1, awake_ms=20_000, end="wdt")]
    found = invariants.figures(a_run(wakes=wakes))
    assert (found["wakes"], found["taken"], found["max_wake_ms"]) == (2, 2, 2000)
    assert 10 < found["max_wake_mc"] < 30


# -- the command --------------------------------------------------------------------------------


@pytest.fixture
def brittle(monkeypatch):
    """Whatever has a fault of one kind fails; the kind is the seed's last fault's."""
    tried = []

    def judge(plan):
        tried.append(plan)
        kind = chaos.plan(plan.seed).faults[-1].kind
        wrong = ["bin-001: it broke."] if kind in [f.kind for f in plan.faults] else []
        return chaos.Verdict(plan.seed, wrong, plan, 0.0, dict.fromkeys(FIGURES, 1))

    monkeypatch.setattr(chaos, "judge", judge)
    return tried


FIGURES = ("wakes", "taken", "delivered", "max_wake_ms", "max_wake_mc")


def test_a_failure_is_shrunk_printed_and_can_be_repeated(brittle, tmp_path):
    path = tmp_path / "out.json"
    words = ["chaos", "--seeds", "1", "--first", "4", "--days", "2", "--json", str(path)]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 1
    assert "seed 4: bin-001: it broke." in done.stderr
    assert "smartbin sim chaos --seeds 1 --first 4 --days 2" in done.stderr
    assert done.stderr.count("[[fault]]") == 1
    shown = done.stderr.partition("that still fail.\n")[2]
    copied = tmp_path / "copied.toml"
    copied.write_text(shown)
    assert len(chaos.load(copied).faults) == 1
    assert "1 seeds broke a promise" in done.stdout or "1 seed broke a promise" in done.stdout


def test_what_cannot_be_written_is_known_before_the_runs(brittle):
    done = CliRunner().invoke(cli.app, ["chaos", "--json", "/proc/none/out.json"])
    assert done.exit_code != 0 and not brittle
