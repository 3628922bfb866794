"""What the sensors of a bin meet, in a whole scenario and in its faults."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from sim import faults, seeds, weather
from sim.inside import Inside
from sim.scenario import ScenarioError, load
from smartbin import sensors

CALM = """
[bin]
liner = false
[weather]
swing_c = 0
noise_c = 0
lid_sun_c = 0
[sound]
surface = "flat"
miss_pct = 0
jitter_us = 0
humidity_pct = 0
tilt_pct = 0
fold_pct = 0
item_pct = 0
frost_pct = 0
crosstalk_pct = 0
dip_pct = 0
"""
HOUR_MS = 3_600_000
WIDE = sensors.find("jsn_sr04t_v3")


@pytest.fixture
def bin_with(tmp_path: Path):
    """bin_with(kind, more) -> look(hour): echoes, senses and lid of a bin in that fault from 2 h
    to 4 h."""

    def once(kind: str = "", more: str = "", start: str = CALM, sensor=WIDE):
        text = start
        if kind:
            text += f'[[fault]]\nkind = "{kind}"\nat = "2h"\nlasts = "2h"\n{more}\n'
        path = tmp_path / "one.toml"
        path.write_text(text)
        scenario = load(path)
        fate = faults.Faults(scenario.faults).of(0)
        air = weather.Weather(scenario.weather, seeds.rng(1, "weather"))
        inside = Inside(scenario, 0, sensor, air, fate)

        def look(hour: float, level: float = 40.0):
            t_ms = round(hour * HOUR_MS)
            wrong = fate.now(t_ms)
            echoes = inside.echoes(9, t_ms, level, wrong)
            return echoes, inside.senses(wrong), inside.lid_dc(t_ms, wrong)

        look.inside = inside
        return look

    return once


def mm(echoes: list[int], dc: int = 120) -> float:
    return statistics.median(echoes) * 331.3 * (1 + dc / 2731.5) ** 0.5 / 2000


def test_a_level_is_heard_where_the_shape_puts_it(bin_with):
    look = bin_with()
    for level in (0, 20, 50, 80):
        depth = look.inside.shape.depth_mm(level)
        assert mm(look(1, level)[0]) == pytest.approx(depth, abs=2)


def test_a_well_bin_stands_and_is_shut(bin_with):
    assert bin_with()(1)[1:] == ({"tilt": 0, "lid": 0}, 120)


def test_a_fire_heats_the_lid_by_and_by_up_to_its_amount(bin_with):
    look = bin_with("fire", "amount = 100")
    lids = [look(hour)[2] for hour in (1.9, 2, 2 + 1 / 60, 2 + 3 / 60, 2.5, 3.9, 4)]
    assert lids == [120, 120, 320, 720, 1120, 1120, 120]
    burning = [us for n in range(40) for us in look(2.1 + n / 100)[0]]
    assert 0.3 < burning.count(WIDE.silent_us) / len(burning) < 0.7
    assert min(burning) < min(look(1)[0]), "hot air is faster"


def test_a_tipped_bin_says_so_and_hears_what_it_likes_as_long_as_it_lies(bin_with):
    look = bin_with("tilt")
    assert [look(hour)[1]["tilt"] for hour in (1.9, 2, 3.9, 4)] == [0, 1, 1, 0]
    assert abs(mm(look(2)[0]) - mm(look(1)[0])) > 30
    assert mm(look(2, 10)[0]) == pytest.approx(mm(look(3, 90)[0]), abs=30)
    assert mm(look(4)[0]) == mm(look(1)[0])


def test_under_an_open_lid_there_is_a_wall_or_the_sky(bin_with):
    look = bin_with("lid_open")
    assert [look(hour)[1]["lid"] for hour in (1.9, 2, 3.9, 4)] == [0, 1, 1, 0]
    assert mm(look(2, 10)[0]) == pytest.approx(mm(look(3, 90)[0]), abs=40)
    assert mm(look(4)[0]) == mm(look(1)[0])


def test_what_blocks_the_sensor_is_heard_whatever_lies_below(bin_with):
    near = bin_with("blocked")
    assert {round(mm(near(3, level)[0]) / 20) for level in (0, 40, 60)} == {10}, "its blind zone"
    before = bin_with("blocked", "amount = 350")
    assert mm(before(3)[0]) == pytest.approx(350, abs=5)
    assert mm(before(4)[0]) == mm(before(1)[0])


def test_a_wet_sensor_hears_itself(bin_with):
    look = bin_with("wet", "amount = 100")
    assert all(200 <= mm([us]) < 235 for us in look(3)[0])
    assert mm(look(4)[0]) == mm(look(1)[0])


def test_a_silent_and_a_noisy_sensor(bin_with):
    assert bin_with("sonar_silent")(3)[0] == [WIDE.silent_us] * 9
    noise = bin_with("sonar_noise")(3)[0]
    assert statistics.stdev(noise) > 5000 and max(noise) <= WIDE.silent_us


def test_the_waste_is_cooler_than_a_lid_in_the_sun(bin_with):
    sunny = CALM.replace("lid_sun_c = 0", "lid_sun_c = 40")
    by_sun, level = bin_with(start=sunny), 20
    (noon,), (night,) = [set(by_sun(hour, level)[0]) for hour in (12, 3)]
    by_lid = night * (1 + 120 / 2731.5) ** 0.5 / (1 + by_sun(12)[2] / 2731.5) ** 0.5
    assert by_lid + 50 < noon < night - 50, "neither the street's air nor the lid's explains it"


def test_the_same_seed_hears_the_same(bin_with):
    street = ""
    one, other = bin_with(start=street), bin_with(start=street)
    assert [one(h, 3 * h) for h in range(20)] == [other(h, 3 * h) for h in range(20)]


def test_surfaces_that_are_more_than_all_are_refused(tmp_path):
    path = tmp_path / "one.toml"
    path.write_text("[sound]\nsoft_pct = 60\nloose_pct = 50\n")
    with pytest.raises(ScenarioError, match="add up to at most 100") as raised:
        load(path)
    assert (raised.value.section, raised.value.key) == ("[sound]", "soft_pct")
