"""The table and the page of a run: their numbers are the run's, and no run makes them fail."""

import base64
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from sim import faults, report, summary
from sim import scenario_table as scenario
from sim.faults import Faults
from sim.report import (
    arrivals,
    canvas,
    legend,
    opening,
    panels,
    shares,
    story,
    words,
)
from sim.report.ticks import ticks
from sim.run import BinRun, Delivery, Run, Wake
from sim.scenario_table import Fault
from sim.waste import Steps
from smartbin import notes

START = datetime(2020, 3, 2, tzinfo=UTC)  # a Monday
START_S = round(START.timestamp())
SAMPLE_S = 900
HOUR_MS = 3_600_000
QUIET_MS = {"boot": 70, "sense": 260}
RADIO_MS = {"boot": 70, "sense": 260, "join": 600, "dhcp": 900, "mqtt": 100}
MC = {"sleep": 360.0, "boot": 36.0, "sense": 180.0, "mqtt": 324.0, "flash": 0.0}


def reading(seq, at_s, fill=50, bin_id="bin-001"):
    facts = ("set" if at_s else "unknown", fill, fill, fill, 700 if fill else None)
    why = (4, "ok") if fill is not None else (0, "silent")
    return Delivery(bin_id, 7, 1, seq, at_s, *facts, *why, False, None, False, False, None)


def a_bin(index=0, wakes=96, failed=(), ok=(0, 24, 48, 72, 95), fill=50, off_s=0, timed=True):
    """A bin that measures in every wake, and reports in those numbered in `ok` and `failed`.

    off_s: how far its clock is ahead; timed: whether it has a clock at all.
    """
    one = BinRun(index, f"bin-{index + 1:03d}", "", Steps([0], [48.0], [HOUR_MS]))
    one.charge_mc, one.battery_years = dict(MC), 5.0
    outbox = []
    for k in range(wakes):
        radio = k in ok or k in failed
        phases, t_s = RADIO_MS if radio else QUIET_MS, k * SAMPLE_S
        cause = "timer" if k else "power"
        wake = Wake(t_s * 1000, sum(phases.values()), phases, 1, radio, cause, 1, number=(7, k))
        one.wakes.append(wake)
        at_s = START_S + t_s + off_s if timed else None
        outbox.append(reading(k, at_s, fill, one.id))
        if k in ok:
            deliver(one, outbox, k)
            outbox = []
    one.waiting = len(outbox)
    if failed:
        one.troubles["no_ap"] = len(failed)
    return one


def deliver(one, message, wake):
    message[-1].newest = True
    for d in message:
        d.delivered_s, d.wake = message[-1].at_s, wake
    one.deliveries += message
    one.sessions += 1


def a_run(bins, *staged, days=1.0, broken=None, title="A day <at> the kerb", **waste):
    sections = [section() for section in scenario.SECTIONS.values()][1:]
    run = scenario.Run(name="kerb", title=title, days=days, bins=len(bins), start=START)
    made = scenario.Scenario(Path("kerb.toml"), run, *sections, Faults(staged), {})
    if waste:
        made = scenario.Scenario(
            **{**vars(made), "waste": scenario.Waste(kind="history", **waste)}
        )
    return Run(made, bins, 2.0, "amqtt", broken)


AP_DOWN = Fault("ap_down", 10 * HOUR_MS, 4 * HOUR_MS, (0,))
BROKER_DOWN = Fault("broker_down", 20 * HOUR_MS, HOUR_MS, (0, 1))


def outage():
    """Bin 1 fails at 12:00, 12:15 and 13:00 and gets through at 15:00; bin 2 is never touched."""
    struck = a_bin(0, failed=(48, 49, 52), ok=(0, 24, 60, 84, 95), off_s=300)
    return a_run([struck, a_bin(1)], AP_DOWN, BROKER_DOWN)


def shown(run, width=100):
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as caught:
        console.print(report.table(run, summary.of(run)))
    return caught.get()


def rows(run):
    """The table's lines, each with single spaces."""
    return [" ".join(line.split()) for line in shown(run).splitlines()]


def told(run):
    """The table's text without its line breaks."""
    return " ".join(shown(run).split())


class Page(HTMLParser):
    """A page taken apart: its text, its pictures, and whatever is not closed."""

    VOID = frozenset({"meta", "img", "br", "rect", "path", "circle"})

    def __init__(self, html):
        super().__init__()
        self.open, self.words, self.tags, self.addresses = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def page(run):
    html = report.html(run, summary.of(run))
    found = Page(html)
    assert not found.open
    return found


# -- the story ----------------------------------------------------------------------------------


def test_late_is_what_waited_through_a_failed_attempt():
    found = story.of(outage())
    struck, untouched = found.bins
    # Of the message of 15:00 all that was taken after the report of 6:00 and up to 13:00.
    assert struck.late.sum() == 52 - 24
    assert struck.taken_ms[struck.late].max() == 13 * HOUR_MS
    assert struck.longest_ms == 15 * HOUR_MS - (6 * HOUR_MS + SAMPLE_S * 1000)
    assert untouched.late.sum() == 0 and untouched.longest_ms == 0
    assert (found.late, found.longest_ms) == (28, struck.longest_ms)


def test_attempts_are_told_apart_although_the_nodes_clock_is_off():
    struck = story.of(outage()).bins[0]
    assert list(struck.failed_ms / HOUR_MS) == [12, 12.25, 13]
    assert list(struck.ok_ms / HOUR_MS) == [0, 6, 15, 21, 23.75]


def test_a_faults_story_counts_what_it_did():
    ap, broker = story.of(outage()).faults
    assert (ap.failed, ap.failed_bins, ap.late) == (3, 1, 28)
    assert ap.caught_up_ms == HOUR_MS and ap.longest_ms == 8.75 * HOUR_MS
    assert (broker.failed, broker.late, broker.caught_up_ms) == (0, 0, 0)


def test_a_reading_without_a_time_is_placed_by_counting_wakes():
    found = story.of(a_run([a_bin(timed=False)])).bins[0]
    assert list(found.taken_ms[:3]) == [0, 900_000, 1_800_000]
    assert found.mean_error_pct is None


def test_a_reading_that_no_wake_is_known_for_has_its_stamp():
    one = a_bin(wakes=4, ok=())
    for wake in one.wakes[:3]:
        wake.number = None
    message = [reading(0, START_S + 1), reading(1, None), reading(3, START_S + 2700)]
    deliver(one, message, 3)
    one.wakes[3].radio = True
    assert list(story.of(a_run([one])).bins[0].taken_ms) == [1000, 2_700_000, 2_700_000]


def test_what_came_again_counts_once():
    one = a_bin(wakes=3, ok=(0, 1))
    again = reading(1, START_S + 900)
    again.again = True
    deliver(one, [again], 2)
    one.wakes[2].radio = True
    found = story.of(a_run([one])).bins[0]
    assert (found.delivered, len(found.readings), found.lost) == (2, 2, 0)
    assert list(found.ok_ms) == [0, 900_000, 1_800_000]


def test_older_parts_of_a_session_are_no_further_attempts():
    one = a_bin(wakes=4, ok=(3,), failed=(1,))
    deliver(one, [reading(9, START_S)], 3)
    found = story.of(a_run([one])).bins[0]
    assert (list(found.ok_ms), list(found.failed_ms)) == ([2_700_000], [900_000])


def test_messages_without_their_wakes_do_no_harm():
    one = a_bin(wakes=2, ok=(0, 1))
    one.wakes = []
    for d in one.deliveries:
        d.wake = None
    found = story.of(a_run([one])).bins[0]
    assert found.delivered == 2 and found.failed_ms.size == 0
    page(a_run([one]))


def test_the_worst_bins_stand_in_order_of_their_numbers():
    bins = [a_bin(i, failed=(30,) if i in (3, 1) else ()) for i in range(5)]
    assert [b.bin.index for b in story.of(a_run(bins)).worst(2)] == [1, 3]


def test_silent_readings_and_cold_starts_belong_to_their_faults():
    one = a_bin(fill=None)
    one.wakes[8].cause = "power"
    silent = Fault("sonar_silent", HOUR_MS, HOUR_MS, (0,))
    cut = Fault("power_cut", HOUR_MS, HOUR_MS, (0,))
    found = story.of(a_run([one], silent, cut)).faults
    assert found[0].silent == 4 and found[1].restarts == 1


# -- the table ----------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_bin_and_their_sum():
    lines = rows(outage())
    assert "bin-001 96 96 96 0 28 8.8 5 3 2.0 0.25 network 3" in lines
    assert "bin-002 96 96 96 0 0 5 0 2.0 0.25" in lines
    assert "2 bins 192 192 192 0 28 8.8 10 3 2.0 0.25" in lines


def test_the_table_fits_100_columns_without_colours():
    run = outage()
    run.bins[0].id = "a-very-long-name-of-a-bin"
    run.bins[0].troubles = dict.fromkeys(notes.NAMES, 123)
    text = shown(run)
    assert max(map(len, text.splitlines())) <= 100 and "\x1b" not in text


def test_the_sentences_say_what_happened():
    text = told(outage())
    for sentence in (
        "192 taken, 192 delivered, 0 lost, 0 waiting, 0 dropped, 0 duplicates.",
        "13 attempts to report: 10 succeeded, 3 failed.",
        "28 readings arrived after a failed attempt; the longest wait was 8 h 45 min (up to 6 h",
        "Access point down, Mon 2 Mar 10:00 to 14:00 (4 h), bin-001. 3 attempts to report failed,",
        "Broker down, Mon 2 Mar 20:00 to 21:00 (1 h), all 2 bins. No bin tried to report",
        'access point not found ("network") 3 times.',
        "Reported levels are 2.0 points from the truth",
        "a pair of lithium AA cells would last about 5.0 years.",
    ):
        assert sentence in text


def test_dropped_and_waiting_readings_have_columns_where_there_are_any():
    assert "Drop-" not in shown(outage())
    one = a_bin(ok=(0, 24))
    one.dropped, one.waiting = 40, 31
    assert "bin-001 96 96 25 0 40 31 0 2 0 2.0 0.25" in rows(a_run([one]))


def test_a_large_fleet_has_a_short_table():
    bins = [a_bin(i, wakes=4, ok=(0,), failed=(2,) if i == 77 else ()) for i in range(200)]
    text = shown(a_run(bins))
    assert "bin-078" in text and "190 others" in text and "200 bins" in text
    assert len(text.splitlines()) < 35


def test_a_run_cut_short_says_so_first_and_last():
    lines = shown(a_run([a_bin()], broken="The broker [is] gone.")).splitlines()
    said = [
        i for i, line in enumerate(lines) if "THE RUN WAS CUT SHORT: The broker [is] gone" in line
    ]
    assert said == [1, len(lines) - 2]


def test_other_events_are_told_when_there_are_any():
    run = a_run([a_bin()])
    console = Console(width=100, color_system=None)
    with console.capture() as caught:
        console.print(report.table(run, summary.of(run) | {"events": {"emptied": 2, "fire": 1}}))
    assert "emptied twice and fire once." in caught.get()


# -- the page -----------------------------------------------------------------------------------


def test_the_page_needs_nothing_from_elsewhere():
    html = report.html(outage(), summary.of(outage()))
    found = Page(html)
    assert not found.open and not {"script", "link", "iframe", "object"} & set(found.tags)
    assert len(found.addresses) == 2
    assert all(address.startswith("data:image/svg+xml;base64,") for address in found.addresses)
    assert not re.search(r"@import|url\(|https?:", html)


def test_the_same_run_gives_the_same_page():
    assert report.html(outage(), summary.of(outage())) == report.html(
        outage(), summary.of(outage())
    )


def test_the_opening_has_the_runs_numbers():
    text = page(outage()).text
    assert "2 simulated bins ran the bins' real firmware" in text
    assert "for 1 day of virtual time (2 to 3 March 2020)" in text
    assert (
        "All 192 readings taken arrived, 28 of them late, although the access point was down for "
        "4 h (1 of 2 bins) and the broker was down for 1 h (all 2 bins)." in text
    )
    assert "at 0.25 mAh a day a pair of lithium AA cells would last about 5.0 years" in text


def test_the_opening_hides_no_missing_reading():
    one = a_bin(ok=(0, 24), failed=(40, 41))
    one.dropped, one.waiting, one.lost = 40, 30, 1
    assert (
        "Of 96 readings taken, 25 arrived. The others: 1 lost without trace, 30 still waiting in "
        "the bins at the end and 40 given up because a bin's memory was full."
        in page(a_run([one])).text
    )


def test_where_nothing_arrived_the_page_says_why():
    text = page(a_run([a_bin(ok=(), failed=(0, 1))])).text
    assert "Of 96 readings taken, none arrived." in text
    assert "The bins noted: access point not found twice." in text
    assert "No level can be compared with the truth" in text


def test_many_faults_are_counted_only():
    staged = [Fault("ap_down", i * HOUR_MS, HOUR_MS, (0,)) for i in range(6)]
    assert "although 6 faults were staged" in page(a_run([a_bin()], *staged)).text


def test_each_fault_has_its_row():
    text = page(outage()).text
    assert (
        "1 Access point down Mon 2 Mar 10:00 to 14:00 4 h bin-001 3 attempts to report failed, "
        "in 1 bin. 28 readings arrived late, after at most 8 h 45 min; the last of them 1 h after "
        "the end of the fault." in text
    )
    assert "2 Broker down Mon 2 Mar 20:00 to 21:00 1 h all 2 bins No bin tried to report" in text


def test_a_title_is_text_and_not_markup():
    found = page(outage())
    assert "A day <at> the kerb" in found.text and "at" not in found.tags


def test_a_run_cut_short_has_a_banner():
    assert (
        "This run was cut short: The broker is gone."
        in page(a_run([a_bin()], broken="The broker is gone.")).text
    )


def test_wyndhams_data_keep_their_attribution():
    text = page(a_run([a_bin()], history="data/wyndham/fill_daily.csv")).text
    assert "© Wyndham City Council" in text and "Creative Commons Attribution" in text
    assert "filled as real ones did" in text
    other = page(a_run([a_bin()], history="data/ours/mine.csv")).text
    assert "Wyndham" not in other and "The fill histories come from mine.csv." in other


def test_of_very_many_bins_only_some_are_drawn():
    bins = [a_bin(i, wakes=3, ok=(0,)) for i in range(50)]
    found = page(a_run(bins))
    assert "Of 50 bins, the 40 with the most to tell are drawn." in found.text
    assert len(found.addresses) == 5  # four with ten bins each, and the arrivals


def test_readings_without_a_time_are_mentioned():
    assert "96 readings came without a time" in page(a_run([a_bin(timed=False)])).text


def cut():
    one = a_bin(wakes=1)
    one.troubles = {"something new": 1}
    return a_run([one], Fault("quake", 0, HOUR_MS, (0,)), broken="Gone.")


ODD = {
    "asleep": a_run([a_bin(wakes=0)]),
    "a moment": a_run([a_bin(wakes=1)], days=0.01),
    "unheard": a_run([a_bin(ok=())]),
    "silent": a_run([a_bin(fill=None)], Fault("sonar_silent", 0, 1, (0,)), title=""),
    "timeless": a_run([a_bin(timed=False, ok=(1, 2, 40), failed=(20,))]),
    "long": a_run([a_bin(wakes=400, ok=range(0, 400, 24))], days=400),
    "overhanging": a_run([a_bin()], Fault("power_cut", 23 * HOUR_MS, 9 * HOUR_MS, (0,))),
    "unknown": cut(),
}


@pytest.mark.parametrize("run", ODD.values(), ids=ODD)
def test_no_run_is_too_odd(run):
    if not run.bins[0].wakes:
        run.bins[0].charge_mc = dict.fromkeys(MC, 0.0)
    assert max(map(len, shown(run).splitlines())) <= 100
    assert "What the words mean" in page(run).text


def test_late_readings_are_drawn_in_their_own_colour(monkeypatch):
    drawn = []

    def dots(ax, x, y, size_pt, **style):
        drawn.append((style["color"], len(x)))

    monkeypatch.setattr(canvas, "dots", dots)
    panels.pictures(story.of(outage()))
    struck, untouched = drawn[:2], drawn[2:]
    assert struck == [(canvas.ON_TIME, 68), (canvas.LATE, 28)]
    assert untouched == [(canvas.ON_TIME, 96), (canvas.LATE, 0)]


def test_arrivals_are_stacked_by_when_they_came():
    found = story.of(outage())
    (on_time, blue), (late, red) = arrivals._delivered(found)
    assert (blue, red) == (canvas.ON_TIME, canvas.LATE)
    assert on_time.size == 164 and set(late) == {15 * HOUR_MS} and late.size == 28
    assert set(arrivals._failed(found)) == {12 * HOUR_MS, 12.25 * HOUR_MS, 13 * HOUR_MS}


@pytest.mark.parametrize(
    ("days", "minutes"), [(0.01, 1), (1, 10), (7, 60), (30, 180), (400, 1440), (4000, 30 * 1440)]
)
def test_bars_are_few_enough(days, minutes):
    assert arrivals._bar_ms(days * 24 * HOUR_MS) == minutes * 60_000


def test_a_crowd_of_readings_is_drawn_as_pixels(monkeypatch):
    monkeypatch.setattr(panels, "_TOO_MANY", 10)
    picture = panels.pictures(story.of(outage()))[0]
    assert b"data:image/png" in base64.b64decode(picture.partition(",")[2])


def test_each_wake_is_in_one_bar_and_each_bar_adds_up():
    quiet, spoke, failed = shares.wakes(story.of(outage()))
    assert quiet.title == "A wake that only measures: 0.33 s (mean of 179 wakes)"
    assert spoke.title == "A wake that reports: 1.93 s (mean of 10 wakes)"
    assert failed.title.endswith("(mean of 3 wakes)")
    assert [part.text for part in spoke.parts] == [
        "0.07 s",
        "0.26 s",
        "1.50 s",
        "0.10 s",
    ]
    (day,) = shares.charge(summary.of(outage()))
    assert day.total == pytest.approx(0.25) and day.parts[0].text == "0.10 mAh (40 %)"


# -- words and ticks ----------------------------------------------------------------------------


def test_everything_that_can_happen_has_words():
    for name in notes.NAMES:
        assert words.trouble(name).full != name.replace("_", " ") or name in ("crash", "reset")
        assert len(words.trouble(name).short) <= 10
    for kind in faults.KINDS:
        assert words.fault(kind) != kind and not opening._clause(kind).startswith("there was")
    groups = ("ap_down", "broker_down", "sonar_silent", "power_cut", "crash")
    assert len({canvas.fault_color(kind) for kind in groups}) == len(groups)


def test_the_legend_shows_the_faults_of_the_run_only():
    signs = legend.signs_of(story.of(outage()))
    assert "access point down" in signs and "power cut" not in signs
    assert ("Broker down", faults.KINDS["broker_down"].text) in legend.glossary(story.of(outage()))


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (330, "0.33 s"),
        (59_400, "59.4 s"),
        (59_900, "1 min"),
        (60_000, "1 min"),
        (90_000, "1 min 30 s"),
        (48_480_000, "13 h 28 min"),
        (21_600_000, "6 h"),
        (108_000_000, "1 d 6 h"),
        (3_599_999, "1 h"),
    ],
)
def test_durations(ms, text):
    assert words.duration(ms) == text


def test_lists_shares_and_dates():
    assert words.listing([]) == "" and words.listing(["a"]) == "a"
    assert words.listing(["a", "b", "c"]) == "a, b and c"
    assert words.percent(9999, 10_000) == "99.9 %" and words.percent(1, 0) == "none"
    assert words.days(1) == "1 day" and words.days(0.5) == "0.5 days"
    new_year = datetime(2021, 1, 1, tzinfo=UTC)
    assert words.dates(START, START.replace(month=4)) == "2 March to 2 April 2020"
    assert words.dates(START, new_year) == "2 March 2020 to 1 January 2021"
    assert words.dates(START, START.replace(hour=5)) == "2 March 2020"


@pytest.mark.parametrize("days", [0.01, 0.1, 1, 1.9, 2.1, 7, 10, 10.5, 30, 139, 141, 400, 4000])
@pytest.mark.parametrize("hour", [0, 17])
def test_ticks_are_few_and_in_the_run(days, hour):
    lines, names, middle = ticks(START.replace(hour=hour), days)
    assert 1 <= len(names) == len(middle) <= 11
    assert all(0 <= x <= days for x in (*lines, *middle))
    assert sorted(lines) == lines


def test_days_have_their_names():
    assert ticks(START, 3) == ([0, 1, 2, 3], ["Mon 2", "Tue 3", "Wed 4"], [0.5, 1.5, 2.5])
    assert ticks(START, 400)[1] == ["Apr", "Jul", "Oct", "2021", "Apr"]
