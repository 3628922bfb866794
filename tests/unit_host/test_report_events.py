"""What the pictures and the table say of events, intervals, bounds and wakes without a level."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from sim import report, summary
from sim import scenario_table as scenario
from sim.faults import Faults
from sim.report import closeup, eventful, happenings, lanes, legend, levels, story, words
from sim.report.lanes import View
from sim.run import BinRun, Delivery, Run, Wake
from sim.scenario_table import Fault
from sim.waste import Steps
from smartbin import events

START = datetime(2020, 3, 2, tzinfo=UTC)
START_S = round(START.timestamp())
QUARTER_MS = 900_000
HOUR_MS = 3_600_000
WHOLE = View(0.0, 1.0, 1.3, 7, True)


def reading(seq, wake, pct=50, at_least=False):
    at_s, span = START_S + seq * 900, (None, None) if pct is None else (pct - 3, pct + 3)
    facts = (at_s, "set", pct, *span, None if pct is None else 700, 4, "ok", False)
    return Delivery("bin-001", 7, 1, seq, *facts, at_s, False, False, wake, at_least)


def a_bin(*news, index=0, wakes=96, every=8, levels=(), bounds=()):
    """A bin that reports each eighth wake; news: (name, 1 or 0, number of the reading)."""
    one = BinRun(index, f"bin-{index + 1:03d}", "", Steps([0], [48.0], [20 * HOUR_MS]))
    one.charge_mc, one.battery_years = {"sleep": 360.0}, 5.0
    known = dict(levels)
    for k in range(wakes):
        radio = k % every == 0
        one.wakes.append(
            Wake(k * QUARTER_MS, 300, {"boot": 300}, 1, radio, "timer", 1, "", (7, k))
        )
        carrier = min(wakes - 1, -(-k // every) * every)
        one.deliveries.append(reading(k, carrier, known.get(k, 50), k in bounds))
    one.events = [(7, *row) for row in news]
    return one


def a_run(*bins, staged=(), days=1.0):
    sections = [section() for section in scenario.SECTIONS.values()][1:]
    run = scenario.Run(name="kerb", title="", days=days, bins=len(bins), start=START)
    made = scenario.Scenario(Path("kerb.toml"), run, *sections, Faults(staged), {})
    return Run(made, list(bins), 2.0, "amqtt", None)


def found(*news, **kinds):
    return happenings.of(story.of(a_run(a_bin(*news, **kinds))).bins[0])


def html(*bins, **kinds):
    run = a_run(*bins, **kinds)
    return report.html(run, summary.of(run))


# -- happenings -----------------------------------------------------------------------------------


def test_every_event_has_a_name_and_a_meaning():
    assert set(happenings.MEANS) == set(events.NAMES)
    assert happenings.MOMENTS == ("emptied", "part_emptied")
    for name in events.NAMES:
        assert "_" not in words.event(name) and legend.event(name).startswith("<svg")


def test_a_happening_lasts_from_the_reading_that_raised_it_to_the_one_that_ended_it():
    fire, full = found(("full", 1, 20), ("fire", 1, 10), ("fire", 0, 14))
    assert (fire.name, fire.began_ms, fire.ended_ms) == ("fire", 10 * QUARTER_MS, 14 * QUARTER_MS)
    assert fire.heard_ms == 16 * QUARTER_MS and fire.alarm and not fire.moment
    assert full.ended_ms is None


def test_events_can_happen_again():
    twice = found(("tilted", 1, 1), ("tilted", 0, 3), ("tilted", 1, 5), ("tilted", 0, 9))
    assert [(h.began_ms // QUARTER_MS, h.ended_ms // QUARTER_MS) for h in twice] == [
        (1, 3),
        (5, 9),
    ]


def test_news_of_readings_that_did_not_arrive_and_ends_without_a_beginning_are_left_out():
    assert found(("fire", 1, 999), ("full", 0, 3)) == []


# -- lanes ----------------------------------------------------------------------------------------


def placed(*news, view=WHOLE):
    return [[b.happening.name for b in lane] for lane in lanes.placed(found(*news), view)]


def test_fullness_and_emptyings_share_a_lane_and_what_overlaps_does_not():
    news = (("nearly_full", 1, 10), ("full", 1, 20), ("emptied", 1, 40), ("full", 0, 40))
    alarms = (("fire", 1, 30), ("blocked", 1, 32), ("fire", 0, 36), ("tilted", 1, 80))
    first, second, third = placed(*news, *alarms)
    assert first == ["nearly_full", "full", "emptied"]
    assert (second, third) == (["fire", "tilted"], ["blocked"])


def test_a_lane_without_events_takes_no_room_where_another_has_some():
    assert placed(("tilted", 1, 3)) == [["tilted"]] and placed() == [[]]


def test_only_what_stands_in_the_view_is_placed():
    news = (("fire", 1, 2), ("fire", 0, 4), ("tilted", 1, 10), ("tilted", 0, 60))
    (lane,) = lanes.placed(found(*news), View(0.5, 1.0, 1.3, 7, True))
    (bar,) = lane
    assert bar.happening.name == "tilted" and bar.left == 0
    assert bar.right == pytest.approx(0.25 * lanes.canvas.INNER_IN)


# -- levels ---------------------------------------------------------------------------------------


def test_an_interval_lasts_until_the_next_reading_and_no_longer_than_it_may():
    x, lo = np.array([0.0, 1, 2, 9]), np.array([5.0, 5, 6, 7])
    at, low, high = levels._held(x, np.array([True, True, True, True]), 3, lo, lo + 1)
    assert at.tolist() == [0, 2, 5, 5, 9, 9, 9]
    assert low[:3].tolist() == [5, 6, 6] and np.isnan(low[3]) and low[4] == 7
    assert high[1] == 7


def test_where_another_kind_has_its_turn_the_band_is_interrupted():
    x, lo = np.array([0.0, 1, 2]), np.array([5.0, np.nan, 5])
    at, low, _ = levels._held(x, ~np.isnan(lo), 3, lo, lo)
    assert at.tolist() == [0, 1, 1, 2, 2, 2] and np.isnan(low[2])
    assert levels._before(np.array([np.nan, 4, np.nan, np.nan, 6]))[1:].tolist() == [4, 4, 4, 6]


def test_bounds_and_wakes_without_a_level_are_not_drawn_as_levels(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        levels.canvas, "dots", lambda ax, x, y, size, **style: drawn.append((len(x), y))
    )
    silent = [(k, None) for k in range(10, 14)]
    page = html(a_bin(levels=silent, bounds=range(50, 55)))
    (sure, y), (late, _) = drawn
    assert (sure, late) == (96 - 4 - 5, 0) and not np.isnan(y).any()
    assert "no level measured; dotted" in page and "at least so full" in page
    plain = html(a_bin())
    assert "no level measured" not in plain and "at least so full" not in plain


# -- words ----------------------------------------------------------------------------------------


def test_the_page_has_a_row_for_each_event():
    page = html(a_bin(("emptied", 1, 80), ("full", 1, 16), ("full", 0, 81), ("blocked", 1, 17)))
    for part in (
        "The bin was really emptied once, and said so once.",
        "The level passed 80 %; over when it is 10 points below.",
        "<td>not yet</td><td>1 bin</td><td>at most 1 h 45 min</td>",
        "an alarm stands; it is told at once: blocked and full",
    ):
        assert part in page


def test_a_page_without_events_says_so():
    assert "No bin told of any event." in html(a_bin())


def test_the_table_counts_events():
    def shown(*news):
        run, console = a_run(a_bin(*news)), Console(width=100, color_system=None)
        with console.capture() as caught:
            console.print(report.table(run, summary.of(run)))
        return " ".join(caught.get().split())

    text = shown(("part_emptied", 1, 3), ("lid_open", 1, 4), ("part_emptied", 1, 9))
    assert "Events partly emptied twice and lid open once." in text
    assert "Events None told." in shown()


def fault(kind, *news, **kinds):
    told = story.of(a_run(a_bin(*news, **kinds), staged=(Fault(kind, HOUR_MS, HOUR_MS, (0,)),)))
    return eventful.fault(told, told.faults[0])


def test_a_fault_that_a_bin_can_notice_is_told_by_what_the_bin_said():
    fire = fault("fire", ("fire", 1, 5), ("fire", 0, 10))
    assert fire == "Told of “fire” 15 min after the beginning; over 30 min after the end."
    again = fault("tilt", ("tilted", 1, 4), ("tilted", 0, 5), ("tilted", 1, 6), ("tilted", 0, 7))
    assert again == "Told of “tilted” 0 s after the beginning, twice; over before the fault was."
    assert "still stood" in fault("blocked", ("blocked", 1, 6))
    assert fault("wet") == "No bin told of an event because of it."
    assert fault("sonar_silent", levels=[(5, None)]).startswith("1 reading without a distance")


# -- the closer look ------------------------------------------------------------------------------

ODD = (("fire", 1, 40), ("fire", 0, 44), ("full", 1, 41), ("full", 0, 45))


def test_the_closer_look_is_at_the_bin_to_which_most_happened():
    bins = [a_bin(("full", 1, 30), index=i) for i in range(5)]
    bins[3].events = [(7, *row) for row in ODD]
    seen = closeup.picture(story.of(a_run(*bins)))
    assert seen is not None and seen.bin_id == "bin-004"
    assert seen.when == "Mon 2 Mar 07:30 to 13:30"
    assert base64.b64decode(seen.svg.partition(",")[2]).startswith(b"<?xml")


def test_a_few_bins_have_one_only_where_more_happened_than_that_they_filled():
    assert closeup.picture(story.of(a_run(a_bin(("full", 1, 30))))) is None
    assert closeup.picture(story.of(a_run(a_bin(*ODD)))) is not None
    assert closeup.picture(story.of(a_run(a_bin(*ODD), days=0.5))) is None
    assert closeup.picture(story.of(a_run(*[a_bin(index=i) for i in range(9)]))) is None


def test_the_same_events_give_the_same_page():
    assert html(a_bin(*ODD)) == html(a_bin(*ODD))
