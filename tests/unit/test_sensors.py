"""The sensors' data sheets: what every row must satisfy, whatever its figures."""

from smartbin import sensors

ALL = [sensors.find(name) for name in sensors.NAMES]


def test_a_sensor_is_found_by_its_own_name():
    assert len(set(sensors.NAMES)) == len(sensors.NAMES) == 3
    for name in sensors.NAMES:
        assert sensors.find(name).name == name


def test_what_nobody_makes_is_not_found():
    for name in ("", "hc_sr05", "HC_SR04", None):
        assert sensors.find(name) is None


def test_the_figures_are_those_of_the_data_sheets():
    assert sensors.find("hc_sr04") == ("hc_sr04", 20, 4000, 10, 38_000, 50, 60, 15)
    assert sensors.find("jsn_sr04t_v2") == ("jsn_sr04t_v2", 250, 4500, 20, 60_000, 50, 60, 30)
    assert sensors.find("jsn_sr04t_v3") == ("jsn_sr04t_v3", 200, 6000, 20, 60_000, 50, 70, 8)


def test_a_sensor_can_measure_something():
    for s in ALL:
        assert 0 < s.blind_mm < s.range_mm < 10_000


def test_the_farthest_echo_comes_back_before_the_sensor_gives_up():
    for s in ALL:
        coldest_um_per_us = 300  # 300 m/s: colder than -40 C
        assert 2 * s.range_mm * 1000 // coldest_um_per_us + 2000 < s.silent_us


def test_an_echo_has_died_away_before_the_next_ping():
    for s in ALL:
        assert s.period_ms * 1000 >= s.silent_us


def test_a_trigger_is_as_long_as_the_makers_ask():
    for s in ALL:
        assert s.trigger_us >= (10 if s.name == "hc_sr04" else 20)


def test_a_sensor_gets_time_to_settle_and_current():
    for s in ALL:
        assert s.settle_ms >= 50
        assert 0 < s.supply_ma <= 30
