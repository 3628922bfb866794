"""Laws of the echo: silence stays silence, and a distance is one that was heard."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smartbin import echo, family, fill, sensors

law = settings(deadline=None)  # a busy machine is no failure

microseconds = st.integers(1, 70_000)
bursts = st.lists(st.none() | microseconds, max_size=15)
steady = st.lists(st.sampled_from([None, 4000, 4050, 7000, 23_400, 60_000]), max_size=15)
airs = st.integers(-450, 1200)  # tenths of a degree: what a thermometer may answer
kinds = st.sampled_from([sensors.find(name) for name in sensors.NAMES])
troubles = st.sampled_from([None, echo.STUCK, echo.DEAD])


@st.composite
def ears(draw, sensor=kinds):
    last_mm = draw(st.none() | st.integers(0, 4000))
    lid_dc, scale_pm = draw(st.none() | airs), draw(st.integers(-60, 60))
    far_mm = draw(st.integers(315, 4400))
    return family.Ear(draw(sensor), draw(airs), lid_dc, scale_pm, last_mm, far_mm)


@law
@given(st.one_of(bursts, steady), ears(), troubles)
def test_a_distance_is_the_middle_of_echoes_that_were_heard(burst, ear, trouble):
    s = echo.judge(burst, ear, trouble)
    assert 0 <= s.heard <= s.pings == len(burst)
    assert s.heard <= sum(answer is not None for answer in burst)
    if s.mm is None:
        assert (s.quality, s.spread_mm) == (0, 0)
    else:
        assert s.heard >= (2 if ear.last_mm is None else 1)
        heard = [echo.judge([us, us, us], ear).mm for us in burst if us is not None]
        assert s.mm in heard
        assert 0 <= s.spread_mm <= max(m for m in heard if m) - min(m for m in heard if m)


@law
@given(st.lists(st.none(), max_size=15), ears(), troubles)
def test_silence_is_no_distance(burst, ear, trouble):
    s = echo.judge(burst, ear, trouble)
    assert (s.mm, s.second_mm, s.heard) == (None, None, 0)
    assert s.reason == (echo.SILENT if trouble is None else trouble)


@law
@given(st.one_of(bursts, steady), ears(), troubles)
def test_quality_and_reason_fit_the_distance(burst, ear, trouble):
    s = echo.judge(burst, ear, trouble)
    if s.mm is None:
        assert s.reason in (echo.SILENT, echo.NOISY, echo.EARLY, trouble)
    else:
        marks = {echo.OK: (3, 4), echo.NOISY: (1, 2), echo.NEAR: (1,), echo.FAR: (1,)}
        assert s.quality in {**marks, echo.SPLIT: (1, 2, 3)}[s.reason]
        assert (s.reason == echo.NEAR) == (s.mm <= family.near_mm(ear))
        assert s.reason != echo.FAR or s.mm > ear.far_mm


@law
@given(st.one_of(bursts, steady), ears(), troubles, st.randoms(use_true_random=False))
def test_the_order_of_the_pings_does_not_matter(burst, ear, trouble, rng):
    shuffled = rng.sample(burst, len(burst))
    assert echo.judge(shuffled, ear, trouble) == echo.judge(burst, ear, trouble)


@law
@given(microseconds, microseconds, airs, airs)
def test_a_longer_way_and_warmer_air_make_no_shorter_distance(one, other, cool_dc, warm_dc):
    (near, far), (cool, warm) = sorted((one, other)), sorted((cool_dc, warm_dc))
    assert echo.distance_mm(near, cool) <= echo.distance_mm(far, cool)
    assert echo.distance_mm(near, cool) <= echo.distance_mm(near, warm)


@law
@given(microseconds, ears())
def test_a_distance_fits_a_packed_row(us, ear):
    s = echo.judge([us] * 3, ear)
    assert s.mm is None or (isinstance(s.mm, int) and 0 <= s.mm <= 0xFFFF)


@law
@given(steady, airs, st.sampled_from([3, 5, 9, 15]), st.none() | st.integers(200, 4000))
def test_a_burst_that_ends_early_has_a_distance(burst, air_dc, pings, last_mm):
    """Fewer pings than allowed are spent only where three gave a distance."""
    node = Node(burst + [None] * 15, air_dc, last_mm)
    s = echo.settle(node, Settings(pings), node, node)
    assert 3 <= s.pings <= pings
    if s.pings < pings:
        assert s.mm is not None and s.heard >= 3


class Settings:
    empty_mm = 4000

    def __init__(self, pings):
        self.pings = pings


class Node:
    """Sensor, thermometer, memory and deadline in one."""

    sensor = sensors.find("hc_sr04")

    def __init__(self, burst, air_dc, last_mm):
        self._burst, self._air_dc = iter(burst), air_dc
        self.fill = fill.State()
        self.fill.mm = last_mm

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False

    def air_dc(self):
        return self._air_dc

    def left_ms(self):
        return 12_000

    def trouble(self):
        return None

    def ping(self):
        return next(self._burst)
