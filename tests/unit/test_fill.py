"""Fill: what a distance means in a bin of known shape, and what it must not be made to mean."""

from smartbin import config, echo, fill

BIN = config.check({"empty_mm": 1200, "full_mm": 250})


def estimate(mm, spread_mm=0, reason=echo.OK, cfg=BIN):
    return fill.estimate(echo.Sounding(mm, spread_mm, 4, reason, 3, 3, 150), cfg)


def test_the_bins_own_marks_are_empty_half_and_full():
    assert estimate(1200).pct == 0
    assert estimate(725).pct == 50
    assert estimate(250).pct == 100


def test_fill_is_rounded_to_the_nearest():
    assert estimate(1195).pct == 1  # 0.53 %
    assert estimate(1196).pct == 0  # 0.42 %


def test_fill_stays_between_empty_and_full():
    assert estimate(1260) == (0, 0, 0)
    assert estimate(36).pct == 100
    assert estimate(36).hi == 100


def test_the_error_bar_is_that_of_the_mounting_and_the_distance():
    assert estimate(791) == (43, 42, 44)  # 13 mm either way
    assert estimate(1200) == (0, 0, 2)  # 16 mm


def test_the_error_bar_to_the_millimetre():
    shallow = config.check({"empty_mm": 1050, "full_mm": 950})  # 1 mm is 1 %
    assert estimate(1000, cfg=shallow) == (50, 35, 65)  # 10 mm and 1 / 200
    assert estimate(999, cfg=shallow) == (51, 37, 65)
    assert estimate(1000, 7, cfg=shallow) == (50, 32, 68)


def test_a_spread_burst_has_a_wider_error_bar():
    assert estimate(700, 0) == (53, 51, 54)  # 13 mm either way
    assert estimate(700, 60) == (53, 48, 57)  # 43 mm
    assert estimate(700, 300, echo.NOISY) == (53, 35, 70)  # 163 mm


def test_silence_is_never_a_number():
    for reason in range(len(echo.REASONS)):
        assert estimate(None, reason=reason) == (None, None, None)


def test_a_distance_that_is_not_the_wastes_gives_no_fill():
    for reason in (echo.NEAR, echo.FAR):
        for mm in (20, 250, 725, 1200, 1300):
            assert estimate(mm, reason=reason) == fill.NOTHING


def test_noise_gives_a_fill():
    assert estimate(725, reason=echo.NOISY).pct == 50


def test_a_bin_of_another_shape_reads_otherwise():
    assert estimate(725, cfg=config.check({"empty_mm": 800, "full_mm": 300})).pct == 15
    tight = config.check({"empty_mm": 300, "full_mm": 250})
    assert estimate(275, cfg=tight) == (50, 28, 72)
