"""What a bin learns from wake to wake: its air, the speed of sound over its floor, its pace."""

from smartbin import config, echo, past

BIN = config.check({"empty_mm": 1200, "full_mm": 250})
HOUR = 3600


def floor(mm, quality=4, lid_dc=200):
    return echo.Sounding(mm, 0, quality, echo.OK, 3, 3, 200, lid_dc, None, 1)


def test_a_new_bin_knows_nothing():
    state = past.State()
    assert (state.pct, state.mm, state.ambient_cc, state.before) == (None, None, None, None)
    assert state.rate == state.scale_pm == state.looks == state.emptied_s == 0


def test_a_state_survives_a_nap():
    for state in (past.State(), taught()):
        packed = state.pack()
        assert len(packed) == past.STATE_SIZE <= 40
        again = past.unpack(packed)
        assert again.__dict__ == state.__dict__


def taught():
    state = past.State()
    state.tenths, state.lo, state.hi, state.mm, state.last_s = 421, 38, 47, 803, 1_000_000_000
    state.jump, state.looks, state.base, state.before = 90, 3, 12, 88
    state.ambient_cc, state.warm_s, state.scale_pm = -1234, 1_000_000_100, -10
    state.rate, state.first_s, state.emptied_s = 500_000, 900_000_000, 950_000_000
    return state


def test_per_cent_are_rounded():
    state = past.State()
    for tenths, pct in ((0, 0), (4, 0), (5, 1), (994, 99), (1000, 100)):
        state.tenths = tenths
        assert state.pct == pct


def test_the_way_of_the_sound_is_half_as_hot_as_the_lid():
    state = past.State()
    assert state.air_dc(None) == echo.MILD_DC
    assert state.air_dc(300) == 300
    past.warm(state, 200, 0)
    assert state.air_dc(600) == 400
    assert state.air_dc(200) == 200


def test_the_air_follows_the_cold_at_once_and_the_sun_slowly():
    state = past.State()
    past.warm(state, None, 0)
    assert state.ambient_cc is None
    past.warm(state, 200, 0)
    past.warm(state, 360, HOUR)
    assert state.ambient_cc == 2200
    past.warm(state, 120, HOUR + 1800)
    assert state.ambient_cc == 1700
    past.warm(state, -50, 90 * HOUR)
    assert state.ambient_cc == -500
    past.warm(state, 100, 0)  # a clock that was set back
    assert state.ambient_cc == -500


def test_the_floor_tells_the_speed_of_sound():
    for mm, scale_pm in ((1200, 0), (1205, -3), (1190, 1), (1160, 4)):
        state = past.State()
        past.calibrate(floor(mm), BIN, state)
        assert state.scale_pm == scale_pm


def test_a_correction_stays_within_physics():
    state = past.State()
    for _ in range(30):
        past.calibrate(floor(1260), BIN, state)
    assert state.scale_pm == -10
    for _ in range(30):
        past.calibrate(floor(1150, lid_dc=None), BIN, state)
    assert state.scale_pm == 60


def test_a_poor_echo_and_a_strange_floor_teach_nothing():
    state = past.State()
    past.calibrate(floor(1210, quality=2), BIN, state)
    past.calibrate(floor(1000), BIN, state)
    past.calibrate(floor(1300), BIN, state)
    assert state.scale_pm == 0


def test_the_rate_follows_what_comes():
    state = past.State()
    for i in range(1, 200):
        past.pace(state, 10, i * HOUR)  # 1 % an hour
        state.last_s = i * HOUR
    assert 23_000 < state.rate <= 24_000  # thousandths of a per cent a day
    past.pace(state, -50, 200 * HOUR)
    assert 22_000 < state.rate < 24_000
    was = state.rate
    past.pace(state, 100, state.last_s)  # no time passed
    past.pace(state, 100, state.last_s - 5)
    assert state.rate == was
