"""The simulator's physical models against the numbers of their sources and against their laws."""

import csv
import random
import statistics
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim import cell, ether, seeds, shape, sound, waste, weather
from sim import scenario_table as table
from smartbin import sensors

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
START = datetime(2020, 3, 2, tzinfo=UTC)  # a Monday
WYNDHAM = Path(sim.__file__).parent / "data" / "wyndham"
ARRIVALS = SimpleNamespace(rate_pct_day=33, rate_sigma=0.52, jump_pct=7, empty_at_pct=80)
WEATHER = SimpleNamespace(mean_c=12, swing_c=10, noise_c=1, lid_sun_c=8)
CALM = SimpleNamespace(mean_c=12, swing_c=10, noise_c=0, lid_sun_c=8)
RADIO = SimpleNamespace(rssi_dbm=-67, rssi_sigma_db=4, join_ms=660, dhcp_ms=890, rtt_ms=20)


def draws(name, seed):
    """A fingerprint of a model's first hundred answers."""
    rng = seeds.rng(seed, name, 0)
    times = range(0, 100 * HOUR_MS, HOUR_MS)
    if name == "waste":
        truth = waste.arrivals(ARRIVALS, START, 5, rng)
        return [truth.level_pct(t) for t in times]
    if name == "weather":
        model = weather.Weather(WEATHER, rng)
        return [(model.air_dc(t), model.lid_dc(t)) for t in times]
    if name == "sound":
        model = sound.Sound(table.Sound(), shape.Shape(table.Bin()), sensors.find("hc_sr04"), rng)
        return model.burst(100, 800, 150)
    if name == "cell":
        model = cell.Cell(SimpleNamespace(kind="lithium_2aa"), rng)
        return [model.mv(mc, 150, 100) for mc in range(0, 10_000_000, 100_000)]
    model = ether.Ether(RADIO, rng)
    return [model.air(t) for t in times]


@pytest.mark.parametrize("name", ["waste", "weather", "sound", "cell", "ether"])
def test_the_seed_decides_every_draw(name):
    assert draws(name, 1) == draws(name, 1)
    assert draws(name, 1) != draws(name, 2)


def test_names_part_generators_and_stay_the_same_for_ever():
    assert seeds.rng(1, "sound", 0).random() != seeds.rng(1, "sound", 1).random()
    assert seeds.rng(1, "sound", 0).random() == random.Random("1/sound/0").random()


# Waste: histories.


def stations():
    """{station: [(date, tenths), ...]} of the data that ship with the simulator."""
    found = {}
    with open(WYNDHAM / "fill_daily.csv", newline="") as file:
        for row in csv.DictReader(file):
            reading = date.fromisoformat(row["date"]), int(row["fullness_tenths"])
            found.setdefault(row["bin"], []).append(reading)
    return found


def reading_ms(day, start=START):
    six = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    return (six - start) // timedelta(milliseconds=1)


def falls_of(truth):
    steps = zip(truth._times, pairwise([truth._levels[0], *truth._levels]), strict=True)
    return [t for t, (before, after) in steps if after < before]


def test_the_data_are_as_their_readme_says():
    found = stations()
    with open(WYNDHAM / "bins.csv", newline="") as file:
        streams = {row["bin"]: row["stream"] for row in csv.DictReader(file)}
    assert list(streams) == list(found) and len(found) == 24
    assert list(streams.values()).count("recycling") == 12
    days = [date(2020, 2, 29) + timedelta(n) for n in range(17)]
    assert all([day for day, _ in rows] == days for rows in found.values())


def test_the_week_of_the_demo_is_lively():
    week = [[value for _, value in rows[2:10]] for rows in stations().values()]
    falls = [sum(b < a for a, b in pairwise(values)) for values in week]
    rises = [sum(b > a for a, b in pairwise(values)) for values in week]
    assert min(falls) >= 1 and sum(falls) == 36 and sum(rises) == 67


@pytest.mark.parametrize("station", stations())
def test_a_truth_agrees_with_every_reading_and_every_emptying(station):
    rows = stations()[station]
    start = datetime(2020, 2, 29, tzinfo=UTC)
    truth = waste.history(rows, start, 17, seeds.rng(1, "waste", station))
    for day, tenths in rows:
        assert 2 * round(truth.level_pct(reading_ms(day, start)) / 20) == tenths, day
    fell = [day for (day, was), (_, now) in pairwise(rows) if now < was]
    emptied = [start + timedelta(milliseconds=t) for t in truth.emptied_ms]
    assert [when.date() for when in emptied] == fell
    assert all(6 <= when.hour < 11 for when in emptied)
    assert all(truth.level_pct(t) <= 3 for t in truth.emptied_ms)


def test_a_longer_run_tells_the_same_story():
    rows = stations()["1511218"]
    short, long = [waste.history(rows, START, days, seeds.rng(1)) for days in (2, 7)]
    assert [short.level_pct(t) for t in range(0, 7 * DAY_MS, HOUR_MS)] == [
        long.level_pct(t) for t in range(0, 7 * DAY_MS, HOUR_MS)
    ]
    assert short.emptied_ms == tuple(t for t in long.emptied_ms if t < 2 * DAY_MS)
    assert len(long.emptied_ms) == 3


def test_a_start_within_a_day_shifts_the_same_story():
    rows = stations()["1511218"]
    late = START + timedelta(hours=9, minutes=30)
    shift = (late - START) // timedelta(milliseconds=1)
    one, other = [waste.history(rows, start, 7, seeds.rng(1)) for start in (START, late)]
    for t in range(shift, 7 * DAY_MS, HOUR_MS):
        assert one.level_pct(t) == other.level_pct(t - shift)


def test_the_level_holds_before_the_first_and_after_the_last_reading():
    rows = [(START.date() + timedelta(1), 4), (START.date() + timedelta(2), 6)]
    truth = waste.history(rows, START, 9, random.Random(1))
    assert 30 < truth.level_pct(-DAY_MS) == truth.level_pct(0) < 50
    assert 50 < truth.level_pct(3 * DAY_MS) == truth.level_pct(99 * DAY_MS) < 70


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "no readings"),
        ([(date(2020, 3, 2), 11)], "11 on 2020-03-02"),
        ([(date(2020, 3, 2), -2)], "-2 on 2020-03-02"),
        ([(date(2020, 3, 2), 2), (date(2020, 3, 2), 4)], "two readings on 2020-03-02"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(rows, words):
    with pytest.raises(ValueError, match=words):
        waste.history(rows, START, 1, random.Random(1))


records = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 10)), min_size=1, max_size=30)


@given(records, st.integers(0, 99), st.integers(-3, 40))
def test_any_record_gives_a_level_that_only_falls_when_emptied(record, seed, lead_days):
    day, rows = START.date() - timedelta(lead_days), []
    for gap, tenths in record:
        day += timedelta(gap)
        rows.append((day, tenths))
    truth = waste.history(rows, START, 200, random.Random(seed))
    half = 5 if any(tenths % 2 for _, tenths in rows) else 10
    assert all(0 <= level <= 100 for level in truth._levels)
    assert list(truth.emptied_ms) == [t for t in falls_of(truth) if 0 <= t < 200 * DAY_MS]
    assert truth._times == sorted(truth._times)
    for day, tenths in rows:
        assert abs(truth.level_pct(reading_ms(day)) - 10 * tenths) < half


# Waste: arrivals.


@given(st.integers(0, 999), st.floats(1, 300), st.floats(1, 40), st.floats(0, 100))
def test_arrivals_stay_in_bounds_and_fall_only_when_emptied(seed, rate, jump, empty_at):
    params = SimpleNamespace(
        rate_pct_day=rate, rate_sigma=0.5, jump_pct=jump, empty_at_pct=empty_at
    )
    truth = waste.arrivals(params, START, 9, random.Random(seed))
    assert all(0 <= level <= 100 for level in truth._levels)
    assert [t for t in falls_of(truth) if t < 9 * DAY_MS] == list(truth.emptied_ms)
    for t in truth.emptied_ms:
        assert truth.level_pct(t - 1) > empty_at and 6 <= t % DAY_MS / HOUR_MS < 11


def deposited(truth, low_ms, high_ms):
    first, last = [bisect_right(truth._times, t) for t in (low_ms, high_ms)]
    levels = truth._levels[max(0, first - 1) : last]
    return sum(max(0, after - before) for before, after in pairwise(levels))


def test_arrivals_fill_at_the_rates_of_the_source():
    """Between bins: median 33, mean 37.8 %/day. Emptied daily, so that the cap costs little."""
    params = SimpleNamespace(rate_pct_day=33, rate_sigma=0.522, jump_pct=7, empty_at_pct=0)
    truths = [waste.arrivals(params, START, 28, seeds.rng(3, n)) for n in range(400)]
    rates = [deposited(truth, 0, 28 * DAY_MS) / 28 for truth in truths]
    assert statistics.median(rates) == pytest.approx(33, rel=0.08)
    assert statistics.mean(rates) == pytest.approx(37.8, rel=0.08)


def test_saturday_brings_more_than_wednesday():
    params = SimpleNamespace(rate_pct_day=20, rate_sigma=0, jump_pct=2, empty_at_pct=0)
    truths = [waste.arrivals(params, START, 7, seeds.rng(4, n)) for n in range(400)]
    wednesday, saturday = [
        sum(deposited(truth, day * DAY_MS, (day + 1) * DAY_MS) for truth in truths)
        for day in (2, 5)
    ]
    assert saturday / wednesday == pytest.approx(1.17 / 0.87, rel=0.1)


# Weather.


def test_a_calm_day_is_coldest_at_five_and_warmest_at_three():
    air = [weather.Weather(CALM, random.Random(1)).air_dc(h * HOUR_MS) for h in range(48)]
    assert air[5] == air[29] == min(air) == 70
    assert air[15] == max(air) == 170
    assert statistics.mean(air) == pytest.approx(120, abs=1)


def test_the_lid_is_warmer_only_while_the_sun_is_up():
    calm = weather.Weather(CALM, random.Random(1))
    above = [calm.lid_dc(h * HOUR_MS) - calm.air_dc(h * HOUR_MS) for h in range(24)]
    assert above[12] == max(above) == 80
    assert above[:7] == [0] * 7 and above[18:] == [0] * 6 and min(above[7:18]) > 0


def test_a_run_that_starts_at_noon_has_noon_first():
    noon = weather.Weather(CALM, random.Random(1), START + timedelta(hours=12))
    midnight = weather.Weather(CALM, random.Random(1))
    assert noon.lid_dc(0) == midnight.lid_dc(12 * HOUR_MS)


def test_weather_does_not_depend_on_the_order_of_asking():
    times = [n * 7 * HOUR_MS for n in range(100)]
    one, other = [weather.Weather(WEATHER, random.Random(5)) for _ in range(2)]
    forward = [one.lid_dc(t) for t in times]
    assert forward == [other.lid_dc(t) for t in reversed(times)][::-1]


def test_waste_follows_the_street_by_some_hours():
    calm = weather.Weather(CALM, random.Random(1))
    inside = [calm.waste_dc((24 + h) * HOUR_MS) for h in range(24)]
    assert 15 < inside.index(max(inside)) <= 20 and 5 < inside.index(min(inside)) <= 10
    assert min(inside) > 70 and max(inside) < 170


# Cell.


def battery(kind, seed=1):
    return cell.Cell(SimpleNamespace(kind=kind), random.Random(seed))


@pytest.mark.parametrize("kind", cell.KINDS)
@given(
    used=st.floats(0, 1.2),
    air_dc=st.integers(-300, 600),
    load_ma=st.floats(0, 300),
    more=st.floats(0, 1),
)
def test_voltage_sinks_with_use_load_and_cold(kind, used, air_dc, load_ma, more):
    model = battery(kind)
    used_mc = used * model.capacity_mc
    mv = model.mv(used_mc, air_dc, load_ma)
    assert isinstance(mv, int) and mv >= 0
    assert model.mv(used_mc + more * model.capacity_mc, air_dc, load_ma) <= mv
    assert model.mv(used_mc, air_dc, load_ma + 100 * more) <= mv
    assert model.mv(used_mc, air_dc - round(300 * more), load_ma) <= mv


@pytest.mark.parametrize("kind", cell.KINDS)
def test_a_cold_battery_dips_more_under_load(kind):
    model = battery(kind)
    warm, cold = [model.mv(0, dc, 0) - model.mv(0, dc, 200) for dc in (200, -200)]
    assert cold > 1.3 * warm > 0


def test_fresh_lithium_pairs_are_as_the_maker_says():
    fresh = [battery("lithium_2aa", seed).mv(0, 200, 0) for seed in range(200)]
    assert 2 * 1790 <= min(fresh) < 2 * 1795 and 2 * 1825 < max(fresh) <= 2 * 1830
    assert battery("lithium_2aa").capacity_mc == 10_800_000
    assert battery("lithium_2aa").mv(10_800_000, 200, 0) < 2 * 1000


def test_years_count_ageing_and_never_pass_the_shelf_life():
    assert battery("lisocl2_d").years(0.027 * 24 + 0.29) == 10  # not the 56 of plain division
    assert battery("lisocl2_d").years(17_000 / 365.25) == pytest.approx(1 / 1.01)
    assert battery("lithium_2aa").years(0) == 15
    assert battery("lithium_2aa").years(1) == pytest.approx(3000 / (365.25 + 20))
    assert battery("liion_18650").years(0) == pytest.approx(5)


# Ether.


def airs(params, n=400, wakes=10):
    models = [ether.Ether(params, seeds.rng(1, "ether", i)) for i in range(n)]
    return [[model.air(t) for t in range(wakes)] for model in models]


def test_signals_differ_between_bins_and_little_between_wakes():
    places = [[air.rssi_dbm for air in one] for one in airs(RADIO)]
    means = [statistics.mean(place) for place in places]
    assert statistics.mean(means) == pytest.approx(-67, abs=1)
    assert statistics.stdev(means) == pytest.approx(4, abs=0.6)
    assert max(max(place) - min(place) for place in places) <= 4


def test_times_have_the_medians_of_the_scenario():
    strong = SimpleNamespace(**{**vars(RADIO), "rssi_dbm": -50})
    found = [air for one in airs(strong) for air in one]
    assert statistics.median(air.join_ms for air in found) == pytest.approx(660, rel=0.03)
    assert statistics.median(air.dhcp_ms for air in found) == pytest.approx(890, rel=0.03)
    assert statistics.median(air.rtt_ms for air in found) == pytest.approx(20, rel=0.06)
    assert min(min(air.join_ms, air.dhcp_ms, air.rtt_ms) for air in found) >= 1


def test_weak_signals_join_slowly_but_not_for_ever():
    weak = SimpleNamespace(**{**vars(RADIO), "rssi_dbm": -87, "rssi_sigma_db": 0})
    found = [air.join_ms for one in airs(weak) for air in one]
    assert statistics.median(found) == pytest.approx(4 * 660, rel=0.1)
    assert max(found) < 15_000
