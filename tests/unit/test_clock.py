"""The clock: what time it is, how sure we are, and what happens when it is set."""

from smartbin import clock, config

NOON = 636_422_400  # 2020-03-02 00:00 in seconds since 2000
CFG = config.check({"clock_s": 3600})


class Outbox:
    def __init__(self):
        self.asked = []

    def restamp(self, *asked):
        self.asked.append(asked)


class Mem:
    """As much of a memory as the clock needs."""

    def __init__(self, set_s=0, spoke_s=0):
        self.set_s = set_s
        self.spoke_s = spoke_s
        self.outbox = Outbox()


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


def test_a_stamp_is_sure_once_the_clock_was_set():
    assert clock.stamp(Mem()) == clock.UNKNOWN
    assert clock.stamp(Mem(set_s=NOON)) == clock.SET


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


def test_only_this_firmwares_lifetime_is_believed():
    first, last = 631_152_000, 0x7FFF_FFFF  # 2020-01-01, 2068-01-19
    assert clock.believable(first) and clock.believable(last) and clock.believable(NOON)
    for at_s in (-1, 0, first - 1, last + 1, 0xFFFF_FFFF):
        assert not clock.believable(at_s)


def test_setting_the_clock_gives_earlier_readings_a_time():
    mem = Mem()
    clock.moved(mem, NOON - 30, NOON)
    assert mem.outbox.asked == [(clock.UNKNOWN, NOON - 30, clock.ESTIMATED)]
    assert mem.set_s == NOON


def test_the_first_setting_moves_the_last_report_along():
    mem = Mem(spoke_s=20)
    clock.moved(mem, NOON, NOON + 50)
    assert mem.spoke_s == NOON + 20


def test_a_later_setting_leaves_the_last_report_where_it_was():
    mem = Mem(set_s=NOON, spoke_s=NOON + 40)
    clock.moved(mem, -13, NOON + 3600)
    assert mem.spoke_s == NOON + 40
    assert mem.set_s == NOON + 3600


def test_a_node_that_never_spoke_has_not_spoken_when_the_clock_is_set():
    mem = Mem()
    clock.moved(mem, NOON, NOON + 50)
    assert mem.spoke_s == 0
