"""Echoes: from microseconds to a distance with a reason; silence never becomes a number."""

from smartbin import config, echo, sensors

HC = sensors.find("hc_sr04")  # blind 20 mm, range 4000 mm
MILD = 200  # 20 C
EMPTY_MM = 1200


def us(mm):
    """Microseconds of an echo from mm, at 20 C: there and back at 343.2 m/s."""
    return (mm * 58_272 + 5000) // 10_000


def judge(*mms, trouble=None):
    burst = [None if mm is None else us(mm) for mm in mms]
    return echo.judge(burst, MILD, HC, EMPTY_MM, trouble)


class Sonar:
    """A sonar that hears what the list says; an exception in it is raised."""

    sensor = HC

    def __init__(self, *echoes):
        self.echoes = list(echoes)
        self.pings = 0
        self.power = []

    def __enter__(self):
        self.power.append(1)
        return self

    def __exit__(self, *exc):
        self.power.append(0)
        return False

    def ping(self):
        assert self.power == [1], "a ping without power"
        heard = self.echoes[self.pings]
        self.pings += 1
        if isinstance(heard, Exception):
            raise heard
        return heard

    def trouble(self):
        return None


class Air:
    def __init__(self, dc):
        self.dc = dc

    def read_dc(self):
        return self.dc


class Up:
    """A deadline of which each look costs some milliseconds."""

    def __init__(self, left_ms=12_000, cost_ms=0):
        self.left = left_ms
        self.cost = cost_ms

    def left_ms(self):
        self.left -= self.cost
        return self.left + self.cost


def settle(sonar, dc=MILD, up=None, **settings):
    return echo.settle(sonar, Air(dc), config.check(settings), up or Up())


# -- the speed of sound ------------------------------------------------------------------------


def test_sound_is_faster_in_warm_air():
    assert echo.distance_mm(10_000, -200) == 1595  # 318.9 m/s
    assert echo.distance_mm(20_000, 0) == 3313  # 331.3 m/s
    assert echo.distance_mm(10_000, 200) == 1716  # 343.2 m/s
    assert echo.distance_mm(10_000, 400) == 1774  # 354.7 m/s


def test_distances_are_whole_millimetres_rounded_to_the_nearest():
    assert [echo.distance_mm(n, 200) for n in (0, 1, 3, 6, 5827)] == [0, 0, 1, 1, 1000]
    assert isinstance(echo.distance_mm(5827, 200), int)


# -- silence -----------------------------------------------------------------------------------


def test_every_pattern_of_silence_in_a_burst():
    for n in range(1, 10):
        for pattern in range(1 << n):
            heard = sum([pattern >> i & 1 for i in range(n)])
            s = judge(*[800 if pattern >> i & 1 else None for i in range(n)])
            assert (s.heard, s.pings, s.air_dc) == (heard, n, MILD)
            if 2 * heard > n:
                assert s.mm == 800 and s.quality in (3, 4) and s.reason == echo.OK
            else:
                assert (s.mm, s.spread_mm, s.quality, s.reason) == (None, 0, 0, echo.SILENT)


def test_no_ping_at_all_is_silence():
    assert judge() == (None, 0, 0, echo.SILENT, 0, 0, MILD)


def test_a_line_that_did_nothing_else_is_stuck_or_dead():
    for trouble in (echo.STUCK, echo.DEAD):
        assert judge(None, None, None, trouble=trouble) == (None, 0, 0, trouble, 0, 3, MILD)
        assert judge(trouble=trouble) == (None, 0, 0, trouble, 0, 0, MILD)


def test_a_line_that_brought_an_echo_is_not_stuck():
    for trouble in (echo.STUCK, echo.DEAD):
        assert judge(800, None, None, trouble=trouble).reason == echo.SILENT
        assert judge(800, 800, None, trouble=trouble).reason == echo.OK


def test_what_is_beyond_the_sensors_range_was_not_heard():
    s = judge(4100, 4100, 4100)
    assert (s.mm, s.heard, s.reason) == (None, 0, echo.SILENT)
    assert (judge(4000).heard, judge(4001).heard) == (1, 0)
    s = judge(800, 4100, 4100, 800, 800)
    assert (s.mm, s.heard, s.quality) == (800, 3, 3)


# -- distance, quality, reason -----------------------------------------------------------------


def test_the_reasons_are_a_wire_format():
    assert echo.REASONS == ("ok", "noisy", "silent", "stuck", "dead", "near", "far", "safe")
    reasons = (echo.OK, echo.NOISY, echo.SILENT, echo.STUCK, echo.DEAD, echo.NEAR, echo.FAR)
    assert reasons + (echo.SAFE,) == tuple(range(8))


def test_what_was_not_asked_has_no_distance():
    s = echo.SKIPPED
    assert (s.mm, s.quality, s.reason, s.pings) == (None, 0, echo.SAFE, 0)


def test_three_that_agree_are_the_best():
    assert judge(800, 801, 799) == (800, 2, 4, echo.OK, 3, 3, MILD)


def test_the_median_is_taken_in_any_order():
    assert judge(900, 300, 800, 310, 790).mm == 790
    assert judge(300, 310, 790, 800, 900).mm == 790


def test_one_wild_echo_does_not_move_the_distance():
    s = judge(800, 802, 801, 2500, 803)
    assert s.mm == 802
    assert (s.quality, s.reason) == (2, echo.NOISY)


def test_a_missed_ping_costs_the_best_mark():
    assert judge(800, 800, 800).quality == 4
    assert judge(800, 800, None, 800).quality == 3


def test_the_spread_decides_between_good_usable_and_noisy():
    for spread, quality, reason in (
        (0, 4, echo.OK),
        (20, 4, echo.OK),
        (21, 3, echo.OK),
        (60, 3, echo.OK),
        (61, 2, echo.NOISY),
        (1000, 2, echo.NOISY),
    ):
        s = judge(300, 300 + spread, 300)
        assert (s.spread_mm, s.quality, s.reason) == (spread, quality, reason)
        assert s.mm == 300


def test_the_blind_zone_is_a_reason_and_hardly_a_distance():
    for mm in (1, 20, 35):
        s = judge(mm, mm, mm)
        assert (s.mm, s.quality, s.reason) == (mm, 1, echo.NEAR)
    assert judge(36, 36, 36).reason == echo.OK


def test_beyond_the_floor_is_not_our_bin():
    assert judge(1260, 1260, 1260).reason == echo.OK  # 5 % beyond 1200
    s = judge(1261, 1261, 1261)
    assert (s.mm, s.quality, s.reason) == (1261, 1, echo.FAR)


# -- one burst ---------------------------------------------------------------------------------


def test_a_burst_ends_when_three_agree():
    sonar = Sonar(*[us(800)] * 9)
    assert settle(sonar) == (800, 0, 4, echo.OK, 3, 3, MILD)
    assert sonar.pings == 3


def test_a_burst_goes_on_until_the_last_three_agree():
    sonar = Sonar(us(300), us(800), None, us(805), us(821), us(815), us(800))
    s = settle(sonar)
    assert (s.pings, s.heard, s.mm) == (6, 5, 805)


def test_two_centimetres_are_agreement():
    assert settle(Sonar(us(800), us(820), us(810)), pings=9).pings == 3
    assert settle(Sonar(us(800), us(821), us(810), us(810)), pings=9).pings == 4


def test_three_that_agree_are_not_enough_where_most_were_silent():
    sonar = Sonar(None, None, None, *[us(800)] * 6)
    s = settle(sonar)
    assert (s.mm, s.heard, s.pings, s.reason) == (800, 4, 7, echo.OK)
    sonar = Sonar(us(4100), us(4200), us(4300), *[us(800)] * 6)  # beyond the sensor's range
    assert settle(sonar) == s


def test_a_burst_without_agreement_ends_all_the_same():
    for pings in (3, 5, 9):
        sonar = Sonar(*[us(800 + 100 * (i % 3)) for i in range(9)])
        assert settle(sonar, pings=pings).pings == sonar.pings == pings
        sonar = Sonar(*[None] * 9)
        assert settle(sonar, pings=pings) == (None, 0, 0, echo.SILENT, 0, pings, MILD)


def test_a_wake_without_time_does_not_ping():
    sonar = Sonar()
    assert settle(sonar, up=Up(2 * HC.period_ms - 1)) == (None, 0, 0, echo.SILENT, 0, 0, MILD)
    assert sonar.power == [1, 0]


def test_a_burst_stops_in_time_for_the_nap():
    sonar = Sonar(*[None] * 9)
    s = settle(sonar, up=Up(5 * HC.period_ms, HC.period_ms))
    assert s.pings == 4


def test_without_a_thermometer_the_air_is_mild():
    assert settle(Sonar(*[10_000] * 3), dc=None, empty_mm=2000).air_dc == 150
    assert settle(Sonar(*[10_000] * 3), dc=None, empty_mm=2000).mm == 1701


def test_the_airs_own_temperature_is_used():
    assert settle(Sonar(*[10_000] * 3), dc=-200, empty_mm=2000).mm == 1595
    assert settle(Sonar(*[10_000] * 3), dc=0, empty_mm=2000).air_dc == 0


def test_the_sensors_own_trouble_is_asked_for():
    sonar = Sonar(None, None, None)
    sonar.trouble = lambda: echo.DEAD
    assert settle(sonar, pings=3).reason == echo.DEAD


def test_the_sensor_is_powered_for_the_burst_only():
    sonar = Sonar(*[us(800)] * 3)
    settle(sonar)
    assert sonar.power == [1, 0]


def test_the_power_goes_off_when_a_ping_fails():
    sonar = Sonar(us(800), OSError(5))
    try:
        settle(sonar)
    except OSError:
        assert sonar.power == [1, 0]
        return
    raise AssertionError("the error was swallowed")
