"""The clock: what time it is, how sure we are, how fast the chip's clock runs, and what a setting
changes."""

from smartbin import build, clock, config, outbox, report
from smartbin.errors import LinkError

NOON = 636_422_400  # 2020-03-02 00:00 in seconds since 2000
CFG = config.check({"clock_s": 3600})
DAY_S = 86_400


class Outbox:
    def __init__(self):
        self.asked = []

    def restamp(self, *asked):
        self.asked.append(asked)

    def stretch(self, *asked):
        pass


class Mem:
    """As much of a memory as the clock needs."""

    def __init__(self, **known):
        self.set_s = self.known_s = self.last_s = self.spoke_s = self.rate_ppm = self.learnt = 0
        self.doubt_s = 0
        self.outbox = Outbox()
        self.jumps = []
        for name, value in known.items():
            setattr(self, name, value)

    def moved(self, by_s):
        self.jumps.append(by_s)


class Node:
    """A chip whose clock says raw."""

    def __init__(self, raw_s):
        self.clock_s = raw_s

    def raw_s(self):
        return self.clock_s

    def set_clock(self, at_s):
        self.clock_s = at_s


def refused(node, mem, at_s):
    """Stage and reason with which a network time is refused, or None."""
    try:
        clock.adopt(node, mem, at_s)
    except LinkError as e:
        return e.stage, e.why
    return None


def synced(mem, node, slept_s, true_s):
    """The chip's clock has counted slept_s seconds; then it is set to true_s."""
    node.clock_s += slept_s
    clock.adopt(node, mem, true_s)


# -- what time it is ---------------------------------------------------------------------------


def test_the_names_are_a_wire_format():
    assert clock.NAMES == ("unknown", "estimated", "set")
    assert (clock.UNKNOWN, clock.ESTIMATED, clock.SET) == (0, 1, 2)


def test_unix_time_is_counted_from_1970():
    assert clock.unix(0, clock.SET) == 946_684_800
    assert clock.unix(NOON, clock.SET) == 1_583_107_200
    assert clock.unix(NOON, clock.ESTIMATED) == 1_583_107_200


def test_a_clock_that_was_never_set_has_no_time():
    assert clock.unix(NOON, clock.UNKNOWN) is None
    assert clock.unix(0, clock.UNKNOWN) is None


def test_a_clock_that_was_never_set_is_taken_as_it_is():
    assert clock.now(Mem(rate_ppm=50_000), 1000) == 1000


def test_the_time_since_it_was_set_is_corrected_by_the_rate():
    assert clock.now(Mem(set_s=NOON), NOON + 3600) == NOON + 3600
    assert clock.now(Mem(set_s=NOON, rate_ppm=10_000), NOON + 3600) == NOON + 3636
    assert clock.now(Mem(set_s=NOON, rate_ppm=-10_000), NOON + 3600) == NOON + 3564
    assert clock.now(Mem(set_s=NOON, rate_ppm=80_000), NOON) == NOON


def test_a_nap_is_longer_or_shorter_by_the_rate():
    assert clock.raw_ms(Mem(), 900_000) == 900_000
    for rate_ppm in (-80_000, -3000, 1, 50_000, 80_000):
        raw_ms = clock.raw_ms(Mem(rate_ppm=rate_ppm), 900_000)
        assert abs(raw_ms * (1_000_000 + rate_ppm) // 1_000_000 - 900_000) <= 2


# -- how sure ----------------------------------------------------------------------------------


def test_a_stamp_is_sure_for_two_days_after_the_clock_was_set():
    mem = Mem(set_s=NOON)
    assert clock.stamp(Mem(), NOON) == clock.UNKNOWN
    for after_s, stamp in ((0, clock.SET), (172_799, clock.SET), (172_800, clock.ESTIMATED)):
        assert clock.stamp(mem, NOON + after_s) == stamp
    assert clock.stamp(mem, NOON + 400 * DAY_S) == clock.ESTIMATED


def test_a_time_before_the_clock_was_set_is_unknown_and_not_set():
    for at_s in (0, 5, NOON - 1):
        assert clock.stamp(Mem(set_s=NOON), at_s) == clock.UNKNOWN


def test_a_stamp_never_runs_back_after_a_correction():
    mem = Mem(set_s=NOON)
    assert clock.never_back(mem, NOON + 50) == NOON + 50
    assert clock.never_back(mem, NOON + 20) == NOON + 50
    assert clock.never_back(mem, NOON + 50) == NOON + 50
    assert clock.never_back(mem, NOON + 51) == NOON + 51
    assert mem.last_s == NOON + 51


def test_a_stamp_does_not_wait_for_days_that_never_were():
    mem = Mem(set_s=NOON, last_s=NOON + 172_800)
    assert clock.never_back(mem, NOON) == NOON
    assert mem.last_s == NOON


def test_a_clock_without_a_time_may_start_again():
    mem = Mem(last_s=5000)
    assert clock.never_back(mem, 7) == 7
    assert mem.last_s == 7


# -- when to ask -------------------------------------------------------------------------------


def test_a_clock_that_was_never_set_is_due():
    assert clock.due(Mem(), 5, CFG)


def test_a_set_clock_is_due_after_its_time():
    mem = Mem(set_s=NOON)
    assert not clock.due(mem, NOON, CFG)
    assert not clock.due(mem, NOON + 3599, CFG)
    assert clock.due(mem, NOON + 3600, CFG)


def test_a_clock_that_went_back_is_due():
    assert clock.due(Mem(set_s=NOON), NOON - 1, CFG)
    assert clock.due(Mem(set_s=NOON), 7, CFG)


def test_without_a_time_server_it_is_never_due():
    cfg = config.check({"ntp_host": ""})
    assert clock.due(Mem(), 5, config.check({}))
    assert not clock.due(Mem(), 5, cfg)
    assert not clock.due(Mem(set_s=NOON), 7, cfg)


# -- what to believe ---------------------------------------------------------------------------


def test_only_this_firmwares_lifetime_is_believed():
    first, last = build.BUILT_S, 0x7FFF_FFFF
    for at_s in (first, NOON, last):
        assert clock.believable(Mem(), 5, at_s)
    for at_s in (-1, 0, first - 1, last + 1, 0xFFFF_FFFF):
        assert not clock.believable(Mem(), 5, at_s)


def test_no_time_before_the_last_one_that_was_right_is_believed_at_once():
    mem = Mem(known_s=NOON)
    assert clock.believable(mem, 5, NOON) and clock.believable(mem, 5, NOON + 1)
    assert not clock.believable(mem, 5, NOON - 1)


def test_no_time_before_this_build_is_ever_believed():
    mem = Mem(known_s=5)
    assert not any(clock.believable(mem, 5, build.BUILT_S - 1) for _ in range(9))


def test_what_contradicts_us_is_believed_when_it_is_said_twice():
    """One wrong answer, once believed, is not to keep the right time out for ever."""
    node, mem = Node(5), Mem(known_s=NOON + 10 * DAY_S)
    assert refused(node, mem, NOON) == ("clock", "clock")
    node.clock_s += 900
    assert refused(node, mem, NOON + 895) is None
    assert (mem.set_s, mem.known_s, mem.doubt_s) == (NOON + 895, NOON + 895, 0)


def test_two_doubtful_times_that_differ_are_both_refused():
    node, mem = Node(5), Mem(known_s=NOON + 10 * DAY_S)
    for at_s in (NOON, NOON + 3606, NOON - DAY_S, NOON):
        assert refused(node, mem, at_s) == ("clock", "clock")


def test_a_right_time_in_between_ends_the_doubt():
    node, mem = Node(NOON), Mem(set_s=NOON, known_s=NOON)
    assert refused(node, mem, NOON + DAY_S) == ("clock", "clock")
    assert refused(node, mem, NOON + 1) is None
    assert refused(node, mem, NOON + DAY_S) == ("clock", "clock")
    assert mem.known_s == NOON + 1


def test_one_time_that_was_wrong_is_not_known():
    """Only our own clock, or a second answer, makes one; a loss of power keeps what is known."""
    node, mem = Node(5), Mem()
    clock.adopt(node, mem, NOON + 365 * DAY_S)
    assert mem.known_s == 0
    assert refused(node, mem, NOON) == ("clock", "clock")
    assert refused(node, mem, NOON + 5) is None
    assert (mem.set_s, mem.known_s) == (NOON + 5, NOON + 5)


def test_an_unbelievable_time_changes_nothing_and_says_so():
    mem, node = Mem(known_s=NOON), Node(77)
    for at_s in (0, NOON - 1, 1 << 31, NOON - 8000):
        assert refused(node, mem, at_s) == ("clock", "clock")
    assert (node.clock_s, mem.set_s, mem.known_s, mem.outbox.asked) == (77, 0, NOON, [])


# -- setting it --------------------------------------------------------------------------------


def test_setting_the_clock_gives_earlier_readings_a_time():
    mem, node = Mem(), Node(30)
    clock.adopt(node, mem, NOON)
    assert mem.outbox.asked == [(clock.UNKNOWN, NOON - 30, clock.ESTIMATED)]
    assert (mem.set_s, mem.known_s, node.clock_s) == (NOON, 0, NOON)
    assert (mem.learnt, mem.rate_ppm) == (0, 0)


def test_readings_are_counted_back_from_the_first_network_time():
    mem = Mem(outbox=outbox.Outbox(9))
    for seq, at_s, stamp in ((0, 100, 0), (1, 1000, 0), (2, NOON, 2)):
        rest = (None, None, None, None, 0, 0, 2, 0, 9, 15, 0, 0, 0)
        mem.outbox.put(report.Reading(seq, at_s, stamp, *rest))
    clock.adopt(Node(1900), mem, NOON)
    found = [(r.at_s, r.stamp) for r in mem.outbox.readings(3)]
    assert found == [(NOON - 1800, 1), (NOON - 900, 1), (NOON, 2)]


def test_the_first_setting_moves_the_last_report_along():
    mem = Mem(spoke_s=20)
    clock.was_set(mem, NOON, NOON + 50)
    assert mem.spoke_s == NOON + 20


def test_a_later_setting_leaves_the_last_report_where_it_was():
    mem = Mem(set_s=NOON, spoke_s=NOON + 40)
    clock.adopt(Node(NOON + 3613), mem, NOON + 3600)
    assert mem.spoke_s == NOON + 40
    assert (mem.set_s, mem.known_s, mem.outbox.asked) == (NOON + 3600, NOON + 3600, [])


def test_a_node_that_never_spoke_has_not_spoken_when_the_clock_is_set():
    mem = Mem()
    clock.was_set(mem, NOON, NOON + 50)
    assert mem.spoke_s == 0


# -- its rate ----------------------------------------------------------------------------------


def test_a_rate_is_learnt_from_two_network_times():
    mem, node = Mem(), Node(5)
    clock.adopt(node, mem, NOON)
    synced(mem, node, 20_000, NOON + 21_000)
    assert (mem.rate_ppm, mem.learnt) == (50_000, 1)
    assert clock.now(mem, node.clock_s + 20_000) == NOON + 42_000


def test_a_rate_that_changes_is_followed_by_the_share_of_a_day_that_tells_it():
    mem, node = Mem(), Node(5)
    clock.adopt(node, mem, NOON)
    synced(mem, node, 20_000, NOON + 21_000)
    synced(mem, node, 21_600, NOON + 42_600)
    assert (mem.rate_ppm, mem.learnt) == (37_500, 2)
    synced(mem, node, DAY_S, NOON + 42_600 + DAY_S + 864)
    assert (mem.rate_ppm, mem.learnt) == (10_000, 3)
    synced(mem, node, 2 * DAY_S, NOON + 42_600 + 3 * DAY_S + 864)
    assert (mem.rate_ppm, mem.learnt) == (0, 4)


def test_until_its_rate_is_known_a_clock_is_due_after_an_hour():
    cfg = config.check({"clock_s": DAY_S})
    for learnt, wait_s in ((0, 3600), (1, DAY_S)):
        mem = Mem(set_s=NOON, learnt=learnt)
        assert not clock.due(mem, NOON + wait_s - 1, cfg)
        assert clock.due(mem, NOON + wait_s, cfg)


def waiting(*stamps):
    box = outbox.Outbox(9)
    rest = (None, None, None, None, 0, 0, 2, 0, 9, 15, 0, 0, 0)
    for seq, at_s in enumerate(stamps):
        box.put(report.Reading(seq, at_s, clock.SET, *rest))
    return box


def test_readings_since_the_last_setting_are_put_right():
    node = Node(NOON)
    mem = Mem(set_s=NOON, outbox=waiting(NOON - 50, NOON + 1000, NOON + 2000), last_s=NOON + 2000)
    synced(mem, node, 4000, NOON + 3800)
    found = [r.at_s - NOON for r in mem.outbox.readings(3)]
    assert found == [-50, 950, 1900]
    assert mem.last_s == NOON + 1800
    synced(mem, node, 4000, NOON + 7600)
    assert [r.at_s - NOON for r in mem.outbox.readings(3)] == found


def test_no_reading_comes_to_lie_before_one_that_has_been_told():
    box = waiting(NOON + 20_050, NOON + 40_000)
    mem = Mem(set_s=NOON, outbox=box, spoke_s=NOON + 20_000, last_s=NOON + 40_000)
    synced(mem, Node(NOON), 40_000, NOON + 38_000)
    assert [r.at_s - NOON for r in mem.outbox.readings(2)] == [20_000, 38_000]
    assert clock.never_back(mem, NOON + 38_001) == NOON + 38_001


def test_a_short_stretch_says_nothing():
    for slept_s, learnt in ((1799, 0), (1800, 1)):
        mem, node = Mem(), Node(5)
        clock.adopt(node, mem, NOON)
        synced(mem, node, slept_s, NOON + slept_s)
        assert (mem.learnt, mem.set_s) == (learnt, NOON + slept_s)


def test_a_jump_is_not_learnt():
    for true_s in (NOON + 3600 + 3 * DAY_S, NOON + 1800, NOON + 3600 + 289, NOON + 3600 - 289):
        mem, node = Mem(set_s=NOON, rate_ppm=700, learnt=1), Node(NOON)
        node.clock_s += 3600
        if refused(node, mem, true_s):
            clock.adopt(node, mem, true_s)
        assert (mem.rate_ppm, mem.learnt, mem.set_s) == (700, 1, true_s)


def test_the_fastest_and_the_slowest_oscillator_are_learnt():
    for by_s in (288, -288):
        mem, node = Mem(), Node(5)
        clock.adopt(node, mem, NOON)
        synced(mem, node, 3600, NOON + 3600 + by_s)
        assert mem.rate_ppm == by_s * 1_000_000 // 3600


def test_a_clock_that_started_again_teaches_nothing():
    mem = Mem(set_s=NOON, rate_ppm=700, learnt=3)
    clock.learn(mem, 40, NOON + 900)
    assert (mem.rate_ppm, mem.learnt) == (700, 3)


def test_lessons_are_not_counted_for_ever():
    mem, node = Mem(learnt=255), Node(NOON)
    mem.set_s = NOON
    synced(mem, node, 3600, NOON + 3600)
    assert mem.learnt == 255


# -- a clock that started again under a memory that did not ------------------------------------


def test_a_clock_in_the_past_makes_the_time_unknown_again():
    mem = Mem(set_s=NOON, last_s=NOON + 900, spoke_s=NOON + 5, known_s=NOON, rate_ppm=9, learnt=1)
    clock.check(mem, 4)
    assert (mem.set_s, mem.last_s, mem.spoke_s) == (0, 0, 0)
    assert (mem.known_s, mem.rate_ppm, mem.learnt) == (NOON, 9, 1), "these stay true"
    assert clock.stamp(mem, clock.now(mem, 4)) == clock.UNKNOWN
    assert clock.due(mem, clock.now(mem, 4), CFG)


def test_a_clock_that_goes_on_is_left_alone():
    for raw_s in (NOON - 60, NOON, NOON + 1, NOON + 400 * DAY_S):
        mem = Mem(set_s=NOON, last_s=NOON + 900, spoke_s=NOON + 5)
        clock.check(mem, raw_s)
        assert (mem.set_s, mem.last_s, mem.spoke_s) == (NOON, NOON + 900, NOON + 5)
        assert mem.outbox.asked == []
    mem = Mem(last_s=1000)
    clock.check(mem, 1000)
    assert mem.last_s == 1000


def test_readings_that_never_had_a_time_are_not_put_into_the_future():
    """Two starts without a network, then one with: every reading lies before now, in its order."""
    mem, node = Mem(outbox=outbox.Outbox(9)), Node(0)
    rest = (None, None, None, None, 0, 0, 2, 0, 9, 15, 0, 0, 0)
    for seq, raw_s in ((0, 900), (1, 1800), (2, 5), (3, 905)):
        clock.check(mem, raw_s)
        mem.outbox.put(report.Reading(seq, clock.never_back(mem, raw_s), 0, *rest))
    node.clock_s = 910
    clock.adopt(node, mem, NOON)
    found = [r.at_s for r in mem.outbox.readings(4)]
    assert found == sorted(found)
    assert found[2:] == [NOON - 905, NOON - 5]
    assert NOON - 910 <= found[0] <= found[1] <= NOON - 905
