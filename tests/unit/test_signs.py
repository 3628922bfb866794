"""Signs: what one wake says for or against an event, and where it says nothing at all."""

from smartbin import config, echo, events, fill, signs
from smartbin.senses import Senses

CFG = config.check({})  # near 70, full 80, release 10 %; fire 60 C or 10 K in 900 s
NOW = 636_422_400
KNOWS_NOTHING = Senses(None, None, None)
AT = {name: i for i, name in enumerate(events.NAMES[events.NEARLY :])}


def level(pct, kind=fill.MEASURED):
    return fill.NOTHING if pct is None else fill.Level(pct, pct, pct, kind)


def sounding(reason=echo.OK, mm=700, lid_dc=None):
    return echo.Sounding(mm, 0, 4, reason, 3, 3, 200, lid_dc, None, 1)


def seen(name, pct=None, kind=fill.MEASURED, heard=None, senses=KNOWS_NOTHING, state=None):
    heard = heard or sounding(echo.SILENT, None)
    found = signs.of(level(pct, kind), heard, senses, CFG, state or events.State(), NOW)
    assert len(found) == len(AT)
    return found[AT[name]]


def test_a_wake_that_knows_nothing_says_nothing():
    heard = sounding(echo.SAFE, None)
    found = signs.of(fill.NOTHING, heard, KNOWS_NOTHING, CFG, events.State(), NOW)
    assert found == (None,) * 9


def test_its_blocked_is_the_tables():
    assert signs.BLOCKED == events.BLOCKED


# -- the level ---------------------------------------------------------------------------------


def test_a_level_is_full_from_its_mark_on_and_no_more_below_the_release():
    for name, mark in (("nearly_full", 70), ("full", 80)):
        assert [seen(name, pct) for pct in (100, mark)] == [1, 1]
        assert [seen(name, pct) for pct in (mark - 1, mark - 9)] == [None, None]
        assert [seen(name, pct) for pct in (mark - 10, 0)] == [0, 0]


def test_silence_says_nothing_about_the_level():
    assert seen("full") is None and seen("nearly_full") is None


def test_a_lower_bound_can_only_say_full():
    assert seen("full", 90, fill.AT_LEAST) == 1
    assert seen("full", 20, fill.AT_LEAST) is None


def test_a_level_that_is_held_back_says_nothing():
    for pct in (5, 95):
        assert seen("full", pct, fill.HELD) is None


def test_what_is_seen_through_an_open_lid_is_not_the_level():
    for pct in (5, 95):
        assert seen("full", pct, senses=Senses(None, None, 1)) is None
        assert seen("full", pct, senses=Senses(None, None, 0)) is not None


# -- blocked -----------------------------------------------------------------------------------


def test_an_echo_from_near_that_nobody_believes_is_an_item():
    for mm in (30, 250, 487):  # of 1200, the upper quarter
        assert seen("blocked", 40, fill.HELD, sounding(echo.NEAR, mm)) == 1
        assert seen("blocked", 95, fill.MEASURED, sounding(echo.OK, mm)) == 0
        assert seen("blocked", 95, fill.AT_LEAST, sounding(echo.NEAR, mm)) == 0
    assert seen("blocked", 40, fill.HELD, sounding(echo.OK, 488)) == 0
    assert seen("blocked", 90, fill.HELD, sounding(echo.OK, 480)) == 0, "a fall is none"
    assert seen("blocked", None, fill.MEASURED, sounding(echo.FAR, 1400)) == 0
    assert seen("blocked") is None


def standing(i=events.BLOCKED):
    state = events.State()
    state.raised = 1 << i
    return state


def test_blocked_is_not_full():
    for kind, sign in ((fill.HELD, None), (fill.MEASURED, 1), (fill.AT_LEAST, 1)):
        assert seen("full", 85, kind, sounding(echo.NEAR, 30), state=standing()) is sign
    assert seen("full", 85, state=standing()) is None, "what was it that said so?"
    assert seen("full", 85) == 1


# -- fire --------------------------------------------------------------------------------------


def looked(lid_dc, ago_s):
    state = events.State()
    state.lid_dc, state.lid_s = lid_dc, NOW - ago_s
    return state


def burns(lid_dc, state=None):
    return signs.burns(sounding(lid_dc=lid_dc), CFG, state or events.State(), NOW)


def test_a_lid_that_is_hot_burns():
    assert burns(600) and burns(1100)
    assert not burns(599) and not burns(-250) and not burns(None)


def test_a_lid_that_rises_fast_burns():
    for ago_s in (1, 300, 900):
        assert burns(300, looked(200, ago_s))
        assert not burns(299, looked(200, ago_s))
        assert not burns(100, looked(200, ago_s))


def test_over_a_longer_time_it_must_have_risen_more():
    assert burns(400, looked(200, 1800))
    assert not burns(390, looked(200, 1800))


def test_a_look_of_long_ago_or_of_a_clock_that_jumped_tells_no_rate():
    for ago_s in (1801, 40_000, 0, -5):
        assert not burns(500, looked(200, ago_s))
        assert burns(600, looked(200, ago_s))
    assert not burns(500, looked(None, 300))


def test_the_fire_is_out_when_it_is_cool():
    assert seen("fire", heard=sounding(lid_dc=650)) == 1
    assert seen("fire", heard=sounding(lid_dc=501)) is None
    assert seen("fire", heard=sounding(lid_dc=500)) == 0
    assert seen("fire") is None


# -- the sensor, the battery, tilt and lid -----------------------------------------------------


def test_a_broken_sensor_counts_more_than_silence():
    for reason in (echo.STUCK, echo.DEAD, echo.EARLY):
        assert seen("sensor_fault", heard=sounding(reason, None)) == 48
    for reason in (echo.SILENT, echo.NOISY):
        assert seen("sensor_fault", heard=sounding(reason, None)) == 1
    for reason in (echo.SAFE, echo.TILTED):
        assert seen("sensor_fault", heard=sounding(reason, None)) is None
    for reason in (echo.OK, echo.NEAR, echo.FAR, echo.NOISY):
        assert seen("sensor_fault", heard=sounding(reason, 700)) == 0


def test_a_battery_recovers_a_little_above_its_mark():
    for name, mark in (("battery_low", 2900), ("battery_critical", 2600)):
        found = [seen(name, senses=Senses(mark + mv, None, None)) for mv in (0, 1, 99, 100)]
        assert found == [1, None, None, 0]
        assert seen(name) is None


def test_tilt_and_lid_are_as_they_are_felt():
    for felt in (None, 0, 1):
        assert seen("tilted", senses=Senses(None, felt, None)) is felt
        assert seen("lid_open", senses=Senses(None, None, felt)) is felt
