"""Fill: what a distance means in a bin of known shape, and what it must not be made to mean."""

from smartbin import config, echo, fill

BIN = config.check({"empty_mm": 1200, "full_mm": 250})  # 9.5 mm are 1 %
QUARTER = 900


def sounding(mm, quality=4, reason=echo.OK, spread_mm=0, heard=5, lid_dc=150):
    return echo.Sounding(mm, spread_mm, quality, reason, heard, 5, 150, lid_dc, None, 1)


def look(mm, cfg=BIN, **others):
    return fill.look(sounding(mm, **others), cfg)


class Mem:
    """A bin that looks once in a quarter of an hour."""

    def __init__(self, *pcts):
        self.fill = fill.State()
        self.at_s = 1_000_000
        for pct in pcts:
            self.sees(pct)

    def sees(self, pct, **others):
        """The Level told where the echo comes from waste of that level."""
        mm = None if pct is None else 1200 - pct * 95 // 10 - min(17, pct * 95 // 30)
        return self.hears(mm, **others)

    def hears(self, mm, **others):
        self.at_s += QUARTER
        return fill.estimate(sounding(mm, **others), BIN, self, self.at_s)


# -- one look ----------------------------------------------------------------------------------


def test_the_bins_own_marks_are_empty_and_full():
    assert look(1200).pct == 0
    assert look(1260).pct == 0
    assert look(233).pct == look(100).pct == 100


def test_what_answers_first_is_the_top_of_a_pile():
    assert look(725).pct == 48  # 17 mm of the depth, 1.8 %
    assert look(1183).pct == 2  # but not at the floor, which is flat
    assert look(1160).pct == 4


def test_the_error_bar_is_mounting_air_and_pile():
    assert look(725) == (48, 46, 50, fill.MEASURED)
    assert look(725, spread_mm=60) == (48, 43, 54, fill.MEASURED)
    assert look(725, spread_mm=60, quality=2) == (48, 40, 57, fill.MEASURED)


def test_a_lid_in_the_sun_and_no_thermometer_make_it_wider():
    assert look(725, lid_dc=550) == (48, 45, 52, fill.MEASURED)
    assert look(725, lid_dc=None).hi > look(725).hi


def test_silence_and_what_is_beyond_the_bin_are_no_number():
    for reason in range(len(echo.REASONS)):
        assert look(None, reason=reason) == fill.NOTHING
    assert look(1300, reason=echo.FAR) == fill.NOTHING


def test_the_blind_zone_is_at_least():
    cfg = config.check({"empty_mm": 700, "full_mm": 100})
    level = look(300, cfg, reason=echo.NEAR, quality=1)
    assert (level.pct, level.hi, level.kind) == (67, 100, fill.AT_LEAST)
    assert level.lo < 67


# -- the bin's shape ---------------------------------------------------------------------------


def shaped(text):
    return config.check({"empty_mm": 1200, "full_mm": 250, "volume": text})


def test_a_table_of_volume_bends_the_scale():
    curve = fill.curve_of(shaped("1200:0,700:40,250:100"))
    assert curve == [(1200, 0), (700, 40), (250, 100)]
    for mm, pct in ((1300, 0), (1200, 0), (950, 20), (700, 40), (475, 70), (250, 100), (9, 100)):
        assert fill.pct_of(mm, curve) == pct


def test_a_table_in_any_order_is_the_same_table():
    assert fill.curve_of(shaped("250:100,1200:0")) == [(1200, 0), (250, 100)]


class Settings:
    """As they might be after a hand edited them: config.check would not let these pass."""

    empty_mm, full_mm = 1200, 250

    def __init__(self, volume):
        self.volume = volume


def test_a_table_that_is_none_leaves_a_straight_scale():
    for text in (
        "",
        "x",
        "1200:0",
        "1200:0,250",
        "1200:0,1200:5",
        "1200:9,700:9,250:100",
        "1:2:3",
    ):
        assert fill.curve_of(Settings(text)) == [(1200, 0), (250, 100)]


# -- from wake to wake -------------------------------------------------------------------------


def test_the_first_look_is_believed():
    mem = Mem()
    assert mem.sees(50).pct == 50
    assert (mem.fill.pct, mem.fill.last_s, mem.fill.first_s) == (50, mem.at_s, mem.at_s)
    mem.sees(52)
    assert mem.fill.first_s == mem.at_s - QUARTER


def test_nothing_measured_changes_nothing():
    mem = Mem(50)
    was = mem.fill.pack()
    for reason in (echo.SILENT, echo.STUCK, echo.SAFE):
        assert mem.sees(None, reason=reason, lid_dc=None) == fill.NOTHING
    assert mem.fill.pack() == was


def test_a_small_rise_is_taken_and_a_small_fall_by_half():
    mem = Mem(50)
    assert mem.sees(54).pct == 54
    assert mem.sees(50).pct == 52
    level = mem.sees(50)
    assert level.pct == 51
    assert level.lo < 51 < level.hi


def test_a_bag_is_believed_at_once_where_the_echo_is_clean():
    assert Mem(50).sees(70).kind == fill.MEASURED
    mem = Mem(50)
    level = mem.sees(70, quality=2)
    assert (level.pct, level.kind) == (50, fill.HELD)
    assert level.lo < 50 and level.hi >= 70
    assert mem.sees(70, quality=2).pct == 70


def test_a_leap_wants_many_looks():
    mem = Mem(20)
    for _ in range(11):
        assert mem.sees(90).kind == fill.HELD
    assert mem.fill.looks == 11
    assert mem.sees(90).pct == 90
    assert (mem.fill.looks, mem.fill.jump, mem.fill.base) == (0, None, 20)


def test_a_leap_that_another_surface_confirms_is_believed_sooner():
    mem = Mem(20)
    assert mem.sees(80).kind == fill.HELD
    assert mem.sees(84).kind == fill.HELD
    assert mem.sees(88).pct == 88


def test_the_blind_zone_is_believed_at_once_by_nobody_who_knows_nothing():
    mem = Mem()
    for _ in range(2):
        assert mem.hears(240, reason=echo.NEAR, quality=1) == fill.NOTHING
        assert mem.fill.pct is None
    assert mem.hears(240, reason=echo.NEAR, quality=1).kind == fill.AT_LEAST


def test_the_larger_a_rise_the_more_looks_it_wants():
    for pct, quality, looks in ((53, 4, 1), (54, 4, 2), (60, 4, 2), (54, 2, 12), (61, 4, 12)):
        mem = Mem(20)
        for _ in range(looks - 1):
            assert mem.sees(pct, quality=quality).kind == fill.HELD
        assert mem.sees(pct, quality=quality).pct == pct


def test_a_leap_into_the_blind_zone_may_be_frost():
    mem = Mem(20)
    for _ in range(79):
        assert mem.hears(240, reason=echo.NEAR, quality=1).kind == fill.HELD
    assert mem.hears(240, reason=echo.NEAR, quality=1).kind == fill.AT_LEAST
    mem = Mem(86)
    mem.hears(240, reason=echo.NEAR, quality=1)
    assert mem.hears(240, reason=echo.NEAR, quality=1).kind == fill.AT_LEAST


def test_two_families_make_a_rise_doubtful():
    mem = Mem(50)
    for _ in range(11):
        assert mem.sees(70, quality=3, reason=echo.SPLIT).kind == fill.HELD
    assert mem.sees(70, quality=3, reason=echo.SPLIT).pct == 70


def test_a_jump_that_changes_its_mind_starts_again():
    mem = Mem(20)
    assert mem.sees(80).kind == fill.HELD
    assert mem.sees(60).kind == fill.HELD
    assert mem.fill.looks == 1
    assert mem.sees(22).kind == fill.MEASURED
    assert (mem.fill.looks, mem.fill.jump) == (0, None)


def test_an_emptying_is_believed_at_the_second_look():
    mem = Mem(80)
    assert mem.sees(2).kind == fill.HELD
    assert (mem.fill.pct, mem.fill.emptied_s) == (80, 0)
    assert mem.sees(2).pct == 3
    assert (mem.fill.emptied_s, mem.fill.before) == (mem.at_s, 80)


def test_a_first_deposit_between_the_two_looks_does_not_hide_an_emptying():
    mem = Mem(90)
    assert mem.sees(1).kind == fill.HELD
    assert mem.sees(30).pct == 30
    assert mem.fill.before == 90


def test_a_poor_echo_of_a_fall_wants_four_looks_but_the_floor_two():
    mem = Mem(80)
    for _ in range(3):
        assert mem.sees(30, quality=2).kind == fill.HELD
    assert mem.sees(30, quality=2).pct == 30
    mem = Mem(80)
    mem.sees(3, quality=2)
    assert mem.sees(3, quality=2).pct == 4
    mem = Mem(80)
    mem.sees(3, quality=2, heard=2)
    assert mem.sees(3, quality=2, heard=2).kind == fill.HELD


def test_settling_is_no_emptying():
    mem = Mem(60, 40, 40)
    assert mem.fill.pct == 40
    assert mem.fill.emptied_s == 0


def test_a_fold_that_goes_is_no_emptying():
    mem = Mem(30, 60)
    assert mem.fill.base == 30
    assert mem.sees(30).pct == 30
    assert (mem.fill.emptied_s, mem.fill.base) == (0, None)


def test_a_rise_upon_a_rise_was_no_fold():
    mem = Mem(30, 60, 65)
    assert mem.fill.base is None
    assert mem.sees(30).kind == fill.HELD


def test_a_fold_over_the_floor_hides_no_emptying():
    mem = Mem(3, 33)
    assert mem.sees(2).kind == fill.HELD
    assert mem.sees(2).pct == 3
    assert mem.fill.before == 33


def test_the_floor_of_an_emptied_bin_calibrates():
    mem = Mem(80)
    mem.hears(1212)
    mem.hears(1212)
    assert mem.fill.scale_pm == -5


def test_the_blind_zone_is_followed_too():
    mem = Mem(97)
    level = mem.hears(240, reason=echo.NEAR, quality=1)
    assert (level.pct, level.hi, level.kind) == (100, 100, fill.AT_LEAST)
    assert mem.hears(240, reason=echo.NEAR, quality=1).kind == fill.AT_LEAST
