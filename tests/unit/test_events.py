"""Events: raised once, released once, armed again; news wait until somebody has heard of them."""

from smartbin import config, echo, events, fill, memory
from smartbin.senses import Senses

CFG = config.check({})
NOW = 636_422_400
FINE = Senses(3600, 0, 0)


def level(pct, kind=fill.MEASURED):
    return fill.NOTHING if pct is None else fill.Level(pct, pct, pct, kind)


def sounding(reason=echo.OK, mm=700, lid_dc=None, quality=4):
    return echo.Sounding(mm, 0, quality, reason, 3, 3, 200, lid_dc, None, 1)


def judged(mem, pct=40, heard=None, senses=FINE, kind=fill.MEASURED, now_s=NOW):
    """The news of a wake, by name."""
    heard = heard or sounding()
    news = events.judge(level(pct, kind), heard, senses, CFG, mem, now_s)
    return [(events.NAMES[i], way) for i, way in news]


# -- the table ---------------------------------------------------------------------------------


def test_every_event_is_a_row_in_the_order_of_its_index():
    indices = (events.EMPTIED, events.PART, events.NEARLY, events.FULL, events.FIRE)
    indices += (events.TILTED, events.LID, events.BLOCKED, events.FAULT, events.LOW)
    assert indices + (events.CRITICAL,) == tuple(range(len(events.TABLE)))
    assert events.NAMES[events.FULL] == "full" and events.NAMES[events.CRITICAL][:8] == "battery_"


def test_a_row_says_what_it_takes():
    for name, alarm, need, calm in events.TABLE:
        assert alarm in (0, 1) and 1 <= need <= 255 and 0 <= calm <= 255
        assert (calm == 0) == (name in ("emptied", "part_emptied"))


def test_what_cannot_wait_is_an_alarm():
    alarms = [row[0] for row in events.TABLE if row[1]]
    assert alarms == ["full", "fire", "tilted", "blocked", "battery_critical"]


def test_the_code_of_news_fits_five_bits():
    assert 2 * len(events.TABLE) + 1 < 32


# -- raised once, released once, armed again ---------------------------------------------------

# For each state: a wake that shows it, and one that shows that it is over.
SHOWN = {
    "nearly_full": ({"pct": 75}, {"pct": 50}),
    "full": ({"pct": 85}, {"pct": 50}),
    "fire": ({"heard": sounding(lid_dc=700)}, {"heard": sounding(lid_dc=200)}),
    "tilted": ({"senses": Senses(3600, 1, 0)}, {}),
    "lid_open": ({"senses": Senses(3600, 0, 1)}, {}),
    "blocked": ({"heard": sounding(echo.NEAR, 30), "kind": fill.HELD}, {}),
    "sensor_fault": ({"heard": sounding(echo.DEAD, None), "pct": None}, {}),
    "battery_low": ({"senses": Senses(2800, 0, 0)}, {}),
    "battery_critical": ({"senses": Senses(2500, 0, 0)}, {}),
}


def of(name, news):
    return [way for what, way in news if what == name]


def test_every_state_of_the_table_is_tried():
    assert [name for name in events.NAMES if name in SHOWN] == list(events.NAMES[events.NEARLY :])


def test_each_is_raised_once_and_released_once_and_armed_again():
    for name, (shown, over) in SHOWN.items():
        mem, seen = memory.Memory(), []
        for wakes in (shown, over, shown, over):
            for _ in range(9):
                seen += of(name, judged(mem, **wakes))
        assert seen == [1, 0, 1, 0], name


def test_each_takes_the_evidence_that_the_table_says():
    for name, (shown, over) in SHOWN.items():
        _, _, need, calm = events.TABLE[events.NAMES.index(name)]
        need = 2 if name == "sensor_fault" else need  # dead counts 48
        mem = memory.Memory()
        assert [of(name, judged(mem, **shown)) for _ in range(need)] == [[]] * (need - 1) + [[1]]
        assert name in events.standing(mem.events)
        assert [of(name, judged(mem, **over)) for _ in range(calm)] == [[]] * (calm - 1) + [[0]]
        assert name not in events.standing(mem.events)


def test_evidence_is_in_a_row_or_begins_anew():
    mem = memory.Memory()
    shown, over = SHOWN["lid_open"]
    for _ in range(5):
        assert judged(mem, **shown) == []
        assert judged(mem, **over) == []


def test_a_wake_that_cannot_tell_does_not_break_the_row():
    mem = memory.Memory()
    judged(mem, senses=Senses(2800, 0, 0))
    judged(mem, senses=Senses(None, 0, 0))
    assert of("battery_low", judged(mem, senses=Senses(2800, 0, 0))) == [1]


def test_a_day_of_silence_is_a_fault_of_the_sensor():
    mem = memory.Memory()
    news = [judged(mem, None, sounding(echo.SILENT, None)) for _ in range(96)]
    assert news == [[]] * 95 + [[("sensor_fault", 1)]]


def test_only_raised_alarms_are_alarms():
    assert events.alarms([(events.LID, 1), (events.FIRE, 1)])
    assert not events.alarms([(events.LID, 1), (events.FIRE, 0)])
    assert not events.alarms([])


def test_the_thermometer_is_remembered_with_its_time():
    mem = memory.Memory()
    judged(mem, heard=sounding(lid_dc=-50))
    assert (mem.events.lid_dc, mem.events.lid_s) == (-50, NOW)
    judged(mem, heard=sounding(), now_s=NOW + 900)
    assert (mem.events.lid_dc, mem.events.lid_s) == (None, NOW), "there is one, and it is silent"
    judged(mem, heard=sounding(lid_dc=10), now_s=0)
    assert mem.events.lid_s == 1, "0 says that there is none"


# -- emptied -----------------------------------------------------------------------------------


def fell(mem, before, pct, quality=4, senses=FINE, now_s=NOW):
    """A wake in which fill.py believes a fall."""
    mem.fill.before, mem.fill.emptied_s = before, now_s
    return judged(mem, pct, sounding(quality=quality), senses, fill.MEASURED, now_s)


def test_an_emptying_says_from_where_to_where():
    mem = memory.Memory()
    assert fell(mem, 83, 4) == [("emptied", 1)]
    assert events.emptying(mem.events) == (83, 4, "high", "level")
    assert events.standing(mem.events) == [], "a moment, not a state"
    assert judged(mem, 4, now_s=NOW + 900) == []


def test_what_is_left_tells_a_partial_emptying_apart():
    assert fell(memory.Memory(), 83, 20) == [("emptied", 1)]
    mem = memory.Memory()
    assert of("part_emptied", fell(mem, 83, 21)) == [1]
    assert events.emptying(mem.events) == (83, 21, "medium", "level")


def test_a_doubtful_echo_makes_a_doubtful_emptying():
    mem = memory.Memory()
    fell(mem, 83, 4, 2)
    assert events.emptying(mem.events)[2] == "low"


def test_the_lid_and_the_tilt_since_the_last_level_tell_more():
    for senses, trigger in (((3600, 0, 1), "lid"), ((3600, 1, 0), "tilt"), ((3600, 1, 1), "tilt")):
        mem = memory.Memory()
        judged(mem, None, sounding(echo.TILTED, None), Senses(*senses))
        judged(mem, 83, kind=fill.HELD)
        assert fell(mem, 83, 30)[0] == ("part_emptied", 1)
        assert events.emptying(mem.events) == (83, 30, "high", trigger)
        assert fell(mem, 83, 30, now_s=NOW + 900) == [("part_emptied", 1)]
        assert events.emptying(mem.events) == (83, 30, "medium", "level"), "told once"


def test_a_level_with_the_lid_open_keeps_the_trigger():
    mem = memory.Memory()
    judged(mem, 83, senses=Senses(3600, 0, 1))
    fell(mem, 83, 4)
    assert events.emptying(mem.events)[3] == "lid"


def test_an_emptying_of_before_is_not_told_again():
    mem = memory.Memory()
    assert judged(mem, 40, now_s=0) == [], "nor one of a bin that never had any"
    mem.fill.before, mem.fill.emptied_s = 83, NOW - 900
    assert judged(mem, 4) == []
    mem.fill.emptied_s = NOW
    assert judged(mem, None) == []


# -- news that wait ----------------------------------------------------------------------------


def test_news_wait_for_a_reading_and_go_one_by_one():
    mem = memory.Memory()
    judged(mem, 85, senses=Senses(3600, 1, 0))
    assert mem.events.waiting() == [(2, 1), (3, 1), (5, 1)]
    assert [events.told_of(mem.events.pop()) for _ in range(3)] == [(2, 1), (3, 1), (5, 1)]
    assert (mem.events.waiting(), mem.events.pop()) == ([], 0)


def test_beginnings_go_before_ends():
    state = events.State()
    state.push(events.FULL, 0)
    state.push(events.CRITICAL, 1)
    assert [events.told_of(state.pop()) for _ in range(2)] == [
        (events.CRITICAL, 1),
        (events.FULL, 0),
    ]


def test_what_ended_before_anybody_heard_of_it_is_two_news():
    state = events.State()
    state.push(events.FULL, 1)
    state.push(events.FULL, 0)
    assert state.waiting() == [(events.FULL, 1), (events.FULL, 0)]
    state.push(events.FULL, 1)
    assert state.waiting() == [(events.FULL, 1)], "and what goes on is one"


def test_every_code_comes_back():
    for i in range(len(events.TABLE)):
        for way in (0, 1):
            state = events.State()
            state.push(i, way)
            assert events.told_of(state.pop()) == (i, way)


# -- time to full ------------------------------------------------------------------------------


def past(pct, rate, watched_h):
    state = fill.State()
    state.tenths = None if pct is None else 10 * pct
    state.rate, state.first_s = rate, NOW - 3600 * watched_h
    return state


def test_the_time_to_full_follows_the_rate():
    assert events.full_in(CFG, past(40, 40_000, 100), NOW) == (24, "high")
    assert events.full_in(CFG, past(79, 33_000, 100), NOW) == (0, "high")
    assert events.full_in(CFG, past(95, 33_000, 100), NOW) == (0, "high")
    assert events.full_in(CFG, past(0, 1, 100), NOW) == (9999, "high")


def test_its_reliability_grows_with_the_time_watched():
    found = [events.full_in(CFG, past(40, 40_000, h), NOW)[1] for h in (0, 5, 6, 47, 48, 999)]
    assert found == ["low", "low", "medium", "medium", "high", "high"]


def test_nobody_tells_when_a_bin_that_does_not_fill_is_full():
    assert events.full_in(CFG, past(40, 0, 100), NOW) is None
    assert events.full_in(CFG, past(None, 40_000, 100), NOW) is None


# -- the image ---------------------------------------------------------------------------------


def test_a_state_is_packed_into_its_size_and_comes_back():
    state = events.State()
    for lid_dc in (None, 0, -400, 1200):
        state.lid_dc = lid_dc
        packed = state.pack()
        assert len(packed) == events.STATE_SIZE == 24
        assert vars_of(events.unpack(packed)) == vars_of(state)
        state.raised, state.up, state.down = 0x7FF, 0x555, 0x2AA
        state.lid_s, state.before, state.after, state.why = 0xFFFF_FFFF, 100, 99, 0x3F
        for i in range(events.NEARLY, len(events.TABLE)):
            state.counts[i] = 20 * i


def vars_of(state):
    facts = (state.raised, state.up, state.down, state.lid_dc, state.lid_s)
    return facts, (state.before, state.after, state.why), bytes(state.counts)
