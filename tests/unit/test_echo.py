"""Echoes: from microseconds to a distance with a reason; silence never becomes a number."""

from smartbin import config, echo, family, fill, sensors

HC = sensors.find("hc_sr04")  # blind 20 mm, range 4000 mm
JSN = sensors.find("jsn_sr04t_v3")  # blind 200 mm
FRAMES = sensors.find("a02yyuw")  # mm at 343 m/s
OWN = sensors.find("mb7389")  # mm by its own thermometer
MILD = 200  # 20 C
FAR_MM = 1260


def us(mm):
    """Microseconds of an echo from mm, at 20 C: there and back at 343.2 m/s."""
    return (mm * 58_272 + 5000) // 10_000


def ear(sensor=HC, air_dc=MILD, lid_dc=MILD, scale_pm=0, last_mm=None):
    return family.Ear(sensor, air_dc, lid_dc, scale_pm, last_mm, FAR_MM)


def judge(*mms, trouble=None, **others):
    burst = [None if mm is None else us(mm) for mm in mms]
    return echo.judge(burst, ear(**others), trouble)


def facts(s):
    return s.mm, s.spread_mm, s.quality, s.reason, s.heard, s.pings


class Sonar:
    """A sonar that hears what the list says; an exception in it is raised."""

    def __init__(self, *echoes, sensor=HC, dc=MILD, trouble=None):
        self.echoes = list(echoes)
        self.sensor, self.dc, self.broken = sensor, dc, trouble
        self.pings = 0
        self.power = []

    def __enter__(self):
        self.power.append(1)
        return self

    def __exit__(self, *exc):
        self.power.append(0)
        return False

    def ping(self):
        assert self.power[-1], "a ping without power"
        heard = self.echoes[self.pings]
        self.pings += 1
        if isinstance(heard, Exception):
            raise heard
        return heard

    def trouble(self):
        return self.broken

    def air_dc(self):
        assert self.power[-1], "a thermometer without power"
        return self.dc


class Mem:
    def __init__(self, last_mm=None):
        self.fill = fill.State()
        self.fill.mm = last_mm


class Up:
    """A deadline of which each look costs some milliseconds."""

    def __init__(self, left_ms=12_000, cost_ms=0):
        self.left = left_ms
        self.cost = cost_ms

    def left_ms(self):
        self.left -= self.cost
        return self.left + self.cost


def settle(sonar, up=None, last_mm=None, **settings):
    return echo.settle(sonar, config.check(settings), Mem(last_mm), up or Up())


# -- the speed of sound ------------------------------------------------------------------------


def test_sound_is_faster_in_warm_air():
    assert echo.distance_mm(10_000, -200) == 1595  # 318.9 m/s
    assert echo.distance_mm(20_000, 0) == 3313  # 331.3 m/s
    assert echo.distance_mm(10_000, 200) == 1716  # 343.2 m/s
    assert echo.distance_mm(10_000, 400) == 1774  # 354.7 m/s


def test_distances_are_whole_millimetres_rounded_to_the_nearest():
    assert [echo.distance_mm(n, 200) for n in (0, 1, 3, 6, 5827)] == [0, 0, 1, 1, 1000]
    assert isinstance(echo.distance_mm(5827, 200), int)


def test_millimetres_at_a_fixed_speed_are_taken_at_their_time():
    assert echo.judge([1000] * 3, ear(FRAMES, 193)).mm in (999, 1000)  # 343 m/s: 19.7 C
    assert echo.judge([1000] * 3, ear(FRAMES, -200)).mm == 930  # 318.9 / 343


def test_a_sensor_with_a_thermometer_of_its_own_knows_the_lid_only():
    assert echo.judge([1000] * 3, ear(OWN, 200, 200)).mm == 1000
    assert echo.judge([1000] * 3, ear(OWN, 300, 600)).mm == 954  # 349.0 / 365.9
    assert echo.judge([1000] * 3, ear(OWN, 150, None)).mm == 1000


def test_the_floors_calibration_stretches_every_distance():
    assert judge(800, 800, 800, scale_pm=10).mm == 808
    assert judge(800, 800, 800, scale_pm=-10).mm == 792


# -- silence -----------------------------------------------------------------------------------


def test_one_echo_is_no_distance_and_two_are_a_poor_one():
    for n in range(3, 16):
        for heard, quality in ((0, 0), (1, 0), (2, 1)):
            s = judge(*[800] * heard + [None] * (n - heard))
            assert (s.mm is None) == (heard < 2)
            assert (s.quality, s.heard, s.pings) == (quality, heard, n)
            assert s.reason == (echo.NOISY if heard == 2 else echo.SILENT)


def test_one_echo_from_where_the_waste_may_be_is_a_poor_distance():
    s = judge(700, None, None, last_mm=800)
    assert (s.mm, s.quality, s.reason) == (700, 1, echo.NOISY)
    assert judge(500, None, None, last_mm=800).mm is None


def test_no_ping_at_all_is_silence():
    assert facts(judge()) == (None, 0, 0, echo.SILENT, 0, 0)


def test_a_line_that_did_nothing_else_is_stuck_or_dead():
    for trouble in (echo.STUCK, echo.DEAD):
        assert facts(judge(None, None, trouble=trouble)) == (None, 0, 0, trouble, 0, 2)
        assert facts(judge(trouble=trouble)) == (None, 0, 0, trouble, 0, 0)


def test_a_line_that_brought_an_echo_is_not_stuck():
    for trouble in (echo.STUCK, echo.DEAD):
        assert judge(800, None, None, trouble=trouble).reason == echo.SILENT
        assert judge(800, 800, 800, trouble=trouble).reason == echo.OK


def test_what_is_beyond_the_sensors_range_was_not_heard():
    s = judge(4100, 4100, 4100)
    assert (s.mm, s.heard, s.reason) == (None, 0, echo.SILENT)
    s = judge(800, 4100, 4100, 800, 800)
    assert (s.mm, s.heard, s.quality) == (800, 3, 3)


def test_an_answer_before_its_own_blind_zone_is_no_echo():
    """AJ-SR04M boards answer with 10 us: 1.7 mm (esphome/issues#112)."""
    s = echo.judge([10, 10, 10], ear(JSN))
    assert (s.mm, s.heard, s.reason) == (None, 0, echo.EARLY)
    assert echo.judge([10, None, None], ear(JSN)).reason == echo.SILENT
    assert judge(149, 149, 149, sensor=JSN).reason == echo.EARLY
    assert judge(150, 150, 150, sensor=JSN).reason == echo.NEAR
    s = echo.judge([10, us(800), us(800), us(800)], ear(JSN))
    assert (s.mm, s.quality) == (800, 3)


def test_echoes_from_everywhere_are_noise():
    s = judge(300, 500, 700)
    assert (s.mm, s.quality, s.reason, s.heard) == (None, 0, echo.NOISY, 3)


# -- distance, quality, reason -----------------------------------------------------------------


def test_the_reasons_are_a_wire_format():
    told = "ok noisy silent stuck dead near far safe early split tilted"
    assert " ".join(echo.REASONS) == told
    assert (echo.OK, echo.SAFE, echo.EARLY, echo.SPLIT, echo.TILTED) == (0, 7, 8, 9, 10)


def test_what_was_not_asked_has_no_distance():
    s = echo.skipped(echo.SAFE)
    assert (s.mm, s.quality, s.reason, s.pings, s.lid_dc) == (None, 0, echo.SAFE, 0, None)


def test_a_bin_that_lies_is_not_measured_but_its_air_is():
    sonar = Sonar(dc=-45)
    s = echo.lying(sonar, None, None, None)
    assert (s.mm, s.reason, s.lid_dc, sonar.power) == (None, echo.TILTED, -45, [1, 0])


def test_three_that_agree_are_the_best():
    assert facts(judge(800, 801, 799)) == (800, 2, 4, echo.OK, 3, 3)


def test_one_wild_echo_does_not_move_the_distance():
    s = judge(800, 802, 801, 1200, 803)
    assert (s.mm, s.second_mm, s.quality, s.reason) == (802, 1200, 3, echo.OK)


def test_the_spread_and_what_was_missed_decide_the_quality():
    for mms, quality, reason in (
        ((800, 810, 820), 4, echo.OK),
        ((800, 810, 821), 3, echo.OK),
        ((800, 830, 860), 3, echo.OK),
        ((800, 830, 861), 2, echo.NOISY),
        ((800, 800, 800, None), 3, echo.OK),
        ((800, 800, 800, None, None, None), 2, echo.NOISY),
    ):
        s = judge(*mms)
        assert (s.quality, s.reason) == (quality, reason)


def test_two_families_are_told_whoever_wins():
    s = judge(*[800] * 4 + [500] * 3, last_mm=790)
    assert (s.mm, s.second_mm, s.quality, s.reason) == (800, 500, 2, echo.SPLIT)
    s = judge(*[700] * 4 + [500] * 3, last_mm=900)
    assert (s.mm, s.quality, s.reason) == (700, 1, echo.SPLIT)
    s = judge(*[800] * 9 + [500] * 3, last_mm=900)
    assert (s.mm, s.quality, s.reason) == (800, 3, echo.SPLIT)


def test_the_blind_zone_is_a_reason_and_hardly_a_distance():
    for mm in (15, 20, 35):
        assert facts(judge(mm, mm, mm)) == (mm, 0, 1, echo.NEAR, 3, 3)
    assert judge(36, 36, 36).reason == echo.OK


def test_beyond_the_floor_is_not_our_bin():
    assert judge(1260, 1260, 1260).reason == echo.OK  # 5 % beyond 1200
    assert facts(judge(1262, 1262, 1262)) == (1262, 0, 1, echo.FAR, 3, 3)


# -- one burst ---------------------------------------------------------------------------------


def test_a_burst_ends_when_three_agree():
    sonar = Sonar(*[us(800)] * 15)
    s = settle(sonar)
    assert facts(s) == (800, 0, 4, echo.OK, 3, 3)
    assert (s.tries, s.second_mm, s.air_dc, s.lid_dc) == (1, None, MILD, MILD)


def test_a_level_that_would_have_jumped_is_asked_longer():
    assert settle(Sonar(*[us(800)] * 15), last_mm=830).pings == 3
    assert settle(Sonar(*[us(800)] * 15), last_mm=1100).pings == 5


def test_a_burst_without_agreement_ends_all_the_same():
    for pings in (3, 9, 15):
        sonar = Sonar(*[us(500 + 100 * (i % 3)) for i in range(15)])
        assert settle(sonar, pings=pings).pings == sonar.pings == pings
        assert facts(settle(Sonar(*[None] * 15), pings=pings))[3:] == (echo.SILENT, 0, pings)


def test_a_wake_without_time_does_not_ping():
    sonar = Sonar()
    assert facts(settle(sonar, Up(2 * HC.period_ms - 1))) == (None, 0, 0, echo.SILENT, 0, 0)
    assert sonar.power == [1, 0]


def test_a_burst_stops_in_time_for_the_nap():
    assert settle(Sonar(*[None] * 9), Up(5 * HC.period_ms, HC.period_ms)).pings == 4


def test_without_a_thermometer_the_air_is_mild_and_the_floor_is_wide():
    s = settle(Sonar(*[us(1200)] * 3, dc=None))
    assert (s.air_dc, s.lid_dc, s.mm) == (150, None, 1190)
    assert settle(Sonar(*[us(1320)] * 3, dc=None)).reason == echo.OK
    assert settle(Sonar(*[us(1320)] * 3)).reason == echo.FAR
    assert settle(Sonar(*[1320] * 3, dc=None, sensor=OWN)).reason == echo.FAR


def test_the_slow_air_tempers_a_lid_in_the_sun():
    mem = Mem()
    mem.fill.ambient_cc = 2000
    sonar = Sonar(*[10_000] * 3, dc=600)
    assert echo.settle(sonar, config.check({"empty_mm": 2000}), mem, Up()).air_dc == 400


def test_a_sensor_in_trouble_is_switched_off_and_on_once():
    for trouble in (echo.STUCK, echo.DEAD):
        sonar = Sonar(*[None] * 6, trouble=trouble)
        s = settle(sonar, pings=3)
        assert (s.reason, s.tries, sonar.pings, sonar.power) == (trouble, 2, 6, [1, 0, 1, 0])
    s = settle(Sonar(*[None] * 3 + [us(800)] * 3, trouble=echo.STUCK), pings=3)
    assert (s.mm, s.reason, s.tries, s.pings) == (800, echo.OK, 2, 3)


def test_a_sensor_in_trouble_gets_no_second_chance_without_time():
    sonar = Sonar(*[None] * 3, trouble=echo.DEAD)
    assert settle(sonar, Up(3 * HC.period_ms), pings=3).tries == 1


def test_the_power_goes_off_when_a_ping_fails():
    sonar = Sonar(us(800), OSError(5))
    try:
        settle(sonar)
    except OSError:
        pass
    else:
        raise AssertionError("the error was swallowed")
    assert sonar.power == [1, 0]
