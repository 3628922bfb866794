"""The sensors' data sheets: what every row must satisfy, whatever its figures."""

from smartbin import sensors

ALL = [sensors.find(name) for name in sensors.NAMES]


def test_a_sensor_is_found_by_its_own_name():
    assert len(set(sensors.NAMES)) == len(sensors.NAMES) == 9
    for name in sensors.NAMES:
        assert sensors.find(name).name == name


def test_what_nobody_makes_is_not_found():
    for name in ("", "hc_sr05", "HC_SR04", None):
        assert sensors.find(name) is None


def test_the_figures_are_those_of_the_data_sheets():
    for name, figures in (
        ("hc_sr04", (20, 4000, 10, 38_000, 50, 60, 15, "pulse", 20, 0, 0, 0, 0)),
        ("hc_sr04p", (20, 3000, 10, 38_000, 50, 60, 15, "pulse", 20, 0, 0, 0, 0)),
        ("jsn_sr04t_v2", (250, 4500, 20, 60_000, 50, 60, 30, "pulse", 50, 0, 0, 0, 0)),
        ("jsn_sr04t_v3", (200, 6000, 20, 60_000, 50, 70, 8, "pulse", 75, 0, 0, 0, 0)),
        ("jsn_sr04t_v3_uart", (200, 6000, 0, 60_000, 100, 100, 8, "frames", 75, 9600, 340, 0, 0)),
        ("jsn_sr04t_v3_ask", (200, 6000, 0, 60_000, 50, 100, 8, "frames", 75, 9600, 340, 85, 0)),
        ("a02yyuw", (30, 4500, 0, 33_000, 300, 100, 8, "frames", 60, 9600, 343, 0, 0)),
        ("mb7389", (300, 5000, 20, 36_000, 200, 150, 3, "maxbotix", 20, 9600, -1, 255, 135)),
        ("mb7389_width", (300, 5000, 20, 36_000, 200, 150, 3, "width", 20, 0, -1, 0, 130)),
    ):
        assert tuple(sensors.find(name))[1:] == figures


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
        least_us = 10 if s.name.startswith("hc_sr04") else 20
        assert s.trigger_us >= (0 if s.family == "frames" else least_us)


def test_a_family_has_what_its_driver_needs():
    for s in ALL:
        assert s.family in ("pulse", "frames", "maxbotix", "width")
        assert (s.speed == 0) == (s.family == "pulse")
        assert (s.baud > 0) == (s.family in ("frames", "maxbotix"))
        assert s.ask in (0, 0x55) if s.family != "maxbotix" else s.ask == 0xFF
        assert 0 <= s.answer_ms < s.period_ms
        assert 0 < s.beam_deg < 90


def test_a_sensor_gets_time_to_settle_and_current():
    for s in ALL:
        assert s.settle_ms >= 50
        assert 0 < s.supply_ma <= 30
