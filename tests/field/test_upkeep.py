"""Numbers 37, 38, 42, 44 and 45 of the field failures: what those learn who look after bins.

All of it is read from the reports as a subscriber gets them.  Each test is named by what a user
saw; its docstring has number, complaint, who made it, and what we do instead.
"""

from __future__ import annotations

from itertools import pairwise

from sim.cell import KINDS
from tests.field.lived import Life, nothing_vanished
from tests.field.test_sensing import CALM
from tests.flow.test_one_echo import GOLDEN

THREE_YEARS = 3
FOUR_WEEKS = 28
WASTE = "rate_pct_day = 40\nrate_sigma = 0"
SPENT_MAH = 9  # of 3,000 with every wake: a whole life in less than five days
LEARNING = 16  # a sleep clock whose rate is not learnt yet may be off by so much: 1/16


def start_s(life: Life) -> float:
    return life.run.scenario.run.start.timestamp()


def test_what_is_retained_says_itself_when_it_is_out_of_date(live) -> None:
    """37. Dead device keeps showing its last value; retained state defeats expiry after a restart
    of broker or server.

    1technophile/OpenMQTTGateway#2121; home-assistant/core#79005; home-assistant.io PR#40043;
    esphome/issues#2918

    Ours: every report holds the time of its reading (`at`) and the seconds until the next report
    is due (`next`): later than both together it is out of date, whoever was started anew since.
    """
    life = live("power_cut 1d 3d", days=2)
    last, end_s = life.reports[-1], start_s(life) + 2 * 86_400
    assert start_s(life) + 86_400 - last["next"] < last["at"] < start_s(life) + 86_400
    assert last["at"] + last["next"] < end_s, "whoever subscribes only now knows it, too"


def test_a_bin_that_sleeps_is_not_overdue(live) -> None:
    """38. Sleeping is shown as failure: a last will of "offline" marks healthy devices
    unavailable.

    arendst/Tasmota#8655; nplan/HomeButtons#10

    Ours: no last will; each report says when the next one is due, and while there is a network
    none comes later, up to a sixteenth where the sleep clock's rate is not learnt yet.
    """
    connect = next(line for line in GOLDEN.read_text().splitlines() if "MQTT" in line)
    assert not eval(connect)[9] & 0x04, "the will flag of CONNECT (MQTT 3.1.1, 3.1.2.5)"
    for drift_ppm in (3000, 50_000):
        quiet = {"waste": "rate_pct_day = 5", "board": f"drift_ppm = {drift_ppm}"}
        life = live(days=4, **quiet)
        spoke_ms = [w.t_ms for w in life.wakes if w.radio]
        due_ms = [1000 * report["next"] for report in life.reports]
        assert len(spoke_ms) == len(due_ms) >= 4 * 4
        gaps_ms = [b - a for a, b in pairwise(spoke_ms)]
        learning = [gap < due + due // LEARNING for gap, due in zip(gaps_ms, due_ms, strict=False)]
        assert all(learning)
        assert all(gap <= due for gap, due in list(zip(gaps_ms, due_ms, strict=False))[4:])


def test_after_the_grant_it_lives_on_and_says_when_it_will_not(live) -> None:
    """42. Sensors removed or expired after the grant: 31 sites useless three years on.

    TopDaily 2019; JTBC 2019

    Ours: nothing to renew: it speaks to the city's own broker and a time server. Two AA cells last
    more than three years by the model's account, and where the board can measure them,
    `battery_low` is told more than four weeks before they are empty.
    """
    usual = live(days=2)
    assert usual.run.bins[0].battery_years > THREE_YEARS
    used_mah: list[float] = []

    def drained(twin, look) -> None:
        twin.charge_mc["sleep"] += SPENT_MAH * 3600
        used_mah.append(sum(twin.charge_mc.values()) / 3600)

    life = live(days=5, watch=drained)
    seqs = [wake.number[1] for wake in life.wakes if wake.number]
    raised = {name: seq for r in life.reports for name, way, seq in r["news"] if way}
    left_mah = KINDS["lithium_2aa"].capacity_mah - used_mah[seqs.index(raised["battery_low"])]
    assert left_mah / usual.summary["charge"]["mah_per_day"] > FOUR_WEEKS
    assert raised["battery_critical"] > raised["battery_low"]


def test_the_reports_are_a_record_of_the_work(live) -> None:
    """44. No work orders, no maintenance tracking, unverified savings.

    Philadelphia Controller 2017

    Ours: the reports hold every emptying, with its time and the level before it, every change of
    the battery (a cold start: `boot`), and every check of a mounting (`install`): whoever keeps
    them can count visits, and those that nobody needed.
    """
    life = live("power_cut 5d 10m", days=12, sound=CALM, waste=f"{WASTE}\nempty_at_pct = 40")
    nothing_vanished(life)
    true = life.run.bins[0].waste
    told = [r["emptied"] for r in life.reports if r["emptied"]]
    assert len(told) == len(true.emptied_ms) >= 4
    for visit, true_ms in zip(told, true.emptied_ms, strict=True):
        assert 0 <= 1000 * (visit["at"] - start_s(life)) - true_ms < 5400_000
        assert abs(visit["before_pct"] - true.level_pct(true_ms - 1)) < 15
    changed_s = [b["at"] for a, b in pairwise(life.reports) if b["boot"] > a["boot"]]
    assert [round((at - start_s(life)) / 86_400) for at in changed_s] == [5]


def test_a_full_bin_that_nobody_empties_is_told_again_and_again(live) -> None:
    """45. Emptied less often than needed; jammed, sticky handles; litter beside the bin.

    Hacker News 5439313; Bowery Boogie 2018

    Ours: hours before, `full_in_h` counts down; at the mark `full` is told at once, and stands in
    every report until somebody has come. A jam is `blocked` (13).  Beside the bin nobody measures.
    """
    life = live(days=6, sound=CALM, waste=f"{WASTE}\nempty_at_pct = 100")
    full = next(i for i, r in enumerate(life.reports) if "full" in r["events"])
    left_h = [r["full_in_h"] for r in life.reports[:full] if r["full_in_h"] is not None]
    assert left_h == sorted(left_h, reverse=True) != []
    assert life.reports[full]["alarm"] == 1
    after = life.reports[full:]
    assert len(after) >= 12
    assert all("full" in r["events"] and r["fill_pct"] >= 80 - 10 for r in after)
    assert sum(name == "full" for r in after for name, _, _ in r["news"]) == 1
