"""Laws of the echo: silence stays silence, and a distance is one that was heard."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smartbin import echo, sensors

law = settings(deadline=None)  # a busy machine is no failure

microseconds = st.integers(1, 70_000)
bursts = st.lists(st.none() | microseconds, max_size=9)
steady = st.lists(st.sampled_from([None, 4000, 4050, 23_400, 60_000]), max_size=9)
airs = st.integers(-450, 1200)  # tenths of a degree: what a thermometer may answer
kinds = st.sampled_from([sensors.find(name) for name in sensors.NAMES])
floors = st.integers(300, 4000)
troubles = st.sampled_from([None, echo.STUCK, echo.DEAD])


@law
@given(bursts, airs, kinds, floors, troubles)
def test_a_distance_is_one_that_most_pings_heard(burst, air_dc, sensor, empty_mm, trouble):
    s = echo.judge(burst, air_dc, sensor, empty_mm, trouble)
    heard = [echo.distance_mm(us, air_dc) for us in burst if us is not None]
    heard = [mm for mm in heard if mm <= sensor.range_mm]
    assert (s.heard, s.pings, s.air_dc) == (len(heard), len(burst), air_dc)
    assert (s.mm is not None) == (2 * len(heard) > len(burst))
    if s.mm is not None:
        assert s.mm in heard
        assert s.spread_mm == max(heard) - min(heard)
        assert 2 * sum(mm <= s.mm for mm in heard) >= len(heard)
        assert 2 * sum(mm >= s.mm for mm in heard) >= len(heard)


@law
@given(bursts, airs, kinds, floors, troubles)
def test_quality_and_reason_fit_the_distance(burst, air_dc, sensor, empty_mm, trouble):
    s = echo.judge(burst, air_dc, sensor, empty_mm, trouble)
    if s.mm is None:
        assert (s.quality, s.spread_mm) == (0, 0)
        assert s.reason == (trouble or echo.SILENT if not s.heard else echo.SILENT)
    else:
        marks = {echo.OK: (3, 4), echo.NOISY: (2,), echo.NEAR: (1,), echo.FAR: (1,)}
        assert s.quality in marks[s.reason]
        assert (s.reason == echo.NEAR) == (s.mm <= sensor.blind_mm + 15)
        assert s.reason != echo.FAR or s.mm > empty_mm


@law
@given(bursts, airs, kinds, floors, troubles, st.randoms(use_true_random=False))
def test_the_order_of_the_pings_does_not_matter(burst, air_dc, sensor, empty_mm, trouble, rng):
    shuffled = rng.sample(burst, len(burst))
    facts = (air_dc, sensor, empty_mm, trouble)
    assert echo.judge(shuffled, *facts) == echo.judge(burst, *facts)


@law
@given(microseconds, microseconds, airs, airs)
def test_a_longer_way_and_warmer_air_make_no_shorter_distance(one, other, cool_dc, warm_dc):
    (near, far), (cool, warm) = sorted((one, other)), sorted((cool_dc, warm_dc))
    assert echo.distance_mm(near, cool) <= echo.distance_mm(far, cool)
    assert echo.distance_mm(near, cool) <= echo.distance_mm(near, warm)


@law
@given(microseconds, airs)
def test_a_distance_fits_a_packed_row(us, air_dc):
    mm = echo.distance_mm(us, air_dc)
    assert isinstance(mm, int)
    assert 0 <= mm <= 0xFFFF


@law
@given(steady, airs, st.sampled_from([3, 5, 9]))
def test_a_burst_that_ends_early_has_a_distance(burst, air_dc, pings):
    """Fewer pings than allowed are spent only where three in a row gave a distance."""
    sonar = Sonar(burst + [None] * 9, air_dc)
    s = echo.settle(sonar, sonar, Settings(pings), sonar)
    assert 3 <= s.pings <= pings
    if s.pings < pings:
        mms = [echo.distance_mm(us, air_dc) for us in sonar.last(3)]
        assert max(mms) - min(mms) <= 20
        assert s.mm is not None


class Settings:
    empty_mm = 4000

    def __init__(self, pings):
        self.pings = pings


class Sonar:
    """Sensor, thermometer and deadline in one."""

    sensor = sensors.find("hc_sr04")

    def __init__(self, burst, air_dc):
        self._burst = burst
        self._air_dc = air_dc
        self._pings = 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False

    def read_dc(self):
        return self._air_dc

    def left_ms(self):
        return 12_000

    def trouble(self):
        return None

    def ping(self):
        self._pings += 1
        return self._burst[self._pings - 1]

    def last(self, n):
        return self._burst[self._pings - n : self._pings]
