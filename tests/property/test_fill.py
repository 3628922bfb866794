"""Laws of the fill: it follows the waste, and is nothing where nothing was measured."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smartbin import config, echo, fill

law = settings(deadline=None)  # a busy machine is no failure

distances = st.integers(0, 6000)
spreads = st.integers(0, 6000)
lids = st.none() | st.integers(-450, 1200)
measured = st.sampled_from([echo.OK, echo.NOISY, echo.SPLIT])


@st.composite
def bins(draw):
    full_mm = draw(st.integers(20, 2000))
    empty_mm = draw(st.integers(max(300, full_mm + 50), 4000))
    return config.check({"empty_mm": empty_mm, "full_mm": full_mm})


@st.composite
def soundings(draw):
    """Anything that echo.py may say."""
    mm = draw(st.none() | distances)
    reason = draw(st.sampled_from([echo.OK, echo.NOISY, echo.SPLIT, echo.NEAR, echo.FAR]))
    quality, heard = draw(st.integers(1, 4)), draw(st.integers(2, 15))
    if mm is None:
        reason, quality, heard = echo.SILENT, 0, 0
    pings, air_dc = draw(st.integers(max(heard, 3), 15)), draw(st.integers(-450, 1200))
    spread_mm = draw(spreads)
    return echo.Sounding(mm, spread_mm, quality, reason, heard, pings, air_dc, draw(lids), None, 1)


def sounding(mm, spread_mm=0, reason=echo.OK):
    return echo.Sounding(mm, spread_mm, 3, reason, 3, 3, 150, 150, None, 1)


class Mem:
    def __init__(self):
        self.fill = fill.State()


@law
@given(distances, bins(), spreads, measured)
def test_a_fill_lies_in_its_error_bar_and_in_the_bin(mm, cfg, spread_mm, reason):
    level = fill.look(sounding(mm, spread_mm, reason), cfg)
    assert 0 <= level.lo <= level.pct <= level.hi <= 100


@law
@given(distances, distances, bins(), spreads)
def test_more_waste_never_reads_emptier(one, other, cfg, spread_mm):
    near, far = (fill.look(sounding(mm, spread_mm), cfg) for mm in sorted((one, other)))
    assert near.pct >= far.pct
    assert near.hi >= far.hi


@law
@given(distances, bins(), spreads, spreads)
def test_a_wider_spread_never_narrows_the_error_bar(mm, cfg, one, other):
    narrow, wide = (fill.look(sounding(mm, spread), cfg) for spread in sorted((one, other)))
    assert wide.lo <= narrow.lo
    assert wide.hi >= narrow.hi


@law
@given(st.floats(0, 100), bins())
def test_the_truth_of_a_level_surface_is_met_within_its_error_bar(truth, cfg):
    mm = round(cfg.empty_mm - truth * (cfg.empty_mm - cfg.full_mm) / 100)
    level = fill.look(sounding(mm), cfg)
    assert level.lo - 0.5 <= truth <= level.hi + 0.5


@law
@given(bins(), st.integers(0, len(echo.REASONS) - 1))
def test_no_distance_is_no_fill(cfg, reason):
    assert fill.look(sounding(None, 0, reason), cfg) == fill.NOTHING


@law
@given(st.lists(st.tuples(soundings(), st.integers(-5000, 100_000)), max_size=12), bins())
def test_whatever_comes_a_level_is_sound_and_the_state_survives_a_nap(wakes, cfg):
    mem, now_s = Mem(), 1_600_000_000
    for s, passed_s in wakes:
        now_s += passed_s
        was = mem.fill.pct
        level = fill.estimate(s, cfg, mem, now_s)
        unheard = s.mm is None or s.reason == echo.FAR
        assert (level.pct is None) == (unheard or (was is None and mem.fill.pct is None))
        if level.pct is not None:
            assert 0 <= level.lo <= level.pct <= level.hi <= 100
            assert mem.fill.pct == level.pct
            assert level.kind != fill.HELD or level.pct == was
        assert -60 <= mem.fill.scale_pm <= 60
        packed = mem.fill.pack()
        assert len(packed) == fill.STATE_SIZE
        mem.fill = fill.unpack(packed)
        assert mem.fill.pack() == packed


@law
@given(st.integers(40, 100), st.integers(0, 15), bins())
def test_an_emptying_takes_two_clean_looks(full, left, cfg):
    mem, depth = Mem(), cfg.empty_mm - cfg.full_mm
    for i, pct in enumerate((full, left, left)):
        found = fill.estimate(sounding(cfg.empty_mm - pct * depth // 100), cfg, mem, 1000 + i)
        fall = mem.fill.before is not None
        assert found.pct is not None and fall == (i == 2)
