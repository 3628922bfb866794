"""Laws of the fill: it follows the waste, and is nothing where nothing was measured."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smartbin import config, echo, fill

law = settings(deadline=None)  # a busy machine is no failure

distances = st.integers(0, 6000)
spreads = st.integers(0, 6000)
measured = st.sampled_from([echo.OK, echo.NOISY])


@st.composite
def bins(draw):
    full_mm = draw(st.integers(20, 2000))
    empty_mm = draw(st.integers(max(300, full_mm + 50), 4000))
    return config.check({"empty_mm": empty_mm, "full_mm": full_mm})


def estimate(mm, cfg, spread_mm=0, reason=echo.OK):
    return fill.estimate(echo.Sounding(mm, spread_mm, 3, reason, 3, 3, 150), cfg)


@law
@given(distances, bins(), spreads, measured)
def test_a_fill_lies_in_its_error_bar_and_in_the_bin(mm, cfg, spread_mm, reason):
    level = estimate(mm, cfg, spread_mm, reason)
    assert 0 <= level.lo <= level.pct <= level.hi <= 100


@law
@given(distances, distances, bins(), spreads)
def test_more_waste_never_reads_emptier(one, other, cfg, spread_mm):
    near, far = (estimate(mm, cfg, spread_mm) for mm in sorted((one, other)))
    assert near.pct >= far.pct
    assert near.hi >= far.hi


@law
@given(distances, bins(), spreads, spreads)
def test_a_wider_spread_never_narrows_the_error_bar(mm, cfg, one, other):
    narrow, wide = (estimate(mm, cfg, spread) for spread in sorted((one, other)))
    assert wide.lo <= narrow.lo
    assert wide.hi >= narrow.hi


@law
@given(st.floats(0, 100), bins())
def test_the_truth_is_met_within_a_per_cent(truth, cfg):
    depth = cfg.empty_mm - cfg.full_mm
    mm = round(cfg.empty_mm - truth * depth / 100)
    level = estimate(mm, cfg)
    assert abs(level.pct - truth) <= 0.5 + 50 / depth + 1e-9  # rounded to per cent, and to mm
    assert level.lo - 0.5 <= truth <= level.hi + 0.5


@law
@given(bins(), spreads, st.integers(0, len(echo.REASONS) - 1))
def test_no_distance_is_no_fill(cfg, spread_mm, reason):
    assert estimate(None, cfg, spread_mm, reason) == (None, None, None)


@law
@given(distances, bins(), spreads, st.sampled_from([echo.NEAR, echo.FAR]))
def test_a_doubtful_distance_is_no_fill(mm, cfg, spread_mm, reason):
    assert estimate(mm, cfg, spread_mm, reason) == (None, None, None)


@law
@given(bins())
def test_the_marks_of_the_bin_are_its_ends(cfg):
    assert estimate(cfg.empty_mm, cfg).pct == 0
    assert estimate(cfg.full_mm, cfg).pct == 100
