"""The schedule: when to speak, how long to be quiet after a failure, how long to nap."""

from smartbin import config, memory, report, schedule
from smartbin.fill import NOTHING, Level

CFG = config.check({"bin_id": "a"})  # sample 900 s, report 3600 s, silence 21600 s
NOW = 636_422_400


def level(pct):
    return NOTHING if pct is None else Level(pct, pct, pct)


def told(pct, ago_s=0):
    """A memory whose last report, ago_s ago, told pct."""
    mem = memory.Memory()
    schedule.spoke(level(pct), CFG, mem, NOW - ago_s)
    return mem


def due(pct, mem, cfg=CFG, now_s=NOW, asked=False):
    return schedule.due(level(pct), cfg, mem, now_s, asked)


def failing(times, bin_id="a", cfg=None):
    mem = told(40)
    cfg = cfg or config.check({"bin_id": bin_id})
    for _ in range(times):
        schedule.failed(cfg, mem, NOW)
    return mem


def row(seq):
    return report.Reading(seq, 0, 0, None, None, None, None, 0, 0, 2, 0, 9, 15)


# -- speak now? --------------------------------------------------------------------------------


def test_a_node_that_never_spoke_speaks():
    assert due(40, memory.Memory()) == "first"
    assert due(None, memory.Memory()) == "first"


def test_after_a_report_it_is_quiet():
    assert due(40, told(40)) is None
    assert due(40, told(40, 20_000)) is None
    assert due(None, told(None, 20_000)) is None


def test_who_asks_is_answered():
    assert due(40, told(40), asked=True) == "asked"
    assert due(40, failing(5), asked=True) == "asked"


def test_a_change_waits_for_the_reporting_period():
    assert due(50, told(40, 3600)) == "change"
    assert due(30, told(40, 3600)) == "change"
    assert due(50, told(40, 2700)) is None


def test_the_wake_nearest_to_the_moment_counts():
    assert due(50, told(40, 3149)) is None
    assert due(50, told(40, 3150)) == "change"
    assert due(40, told(40, 21_149)) is None
    assert due(40, told(40, 21_150)) == "silence"


def test_a_small_change_is_not_worth_a_report():
    assert due(49, told(40, 7200)) is None
    assert due(31, told(40, 7200)) is None
    assert due(41, told(40, 7200), config.check({"change_pct": 1})) == "change"


def test_to_lose_or_find_the_waste_is_a_change():
    assert due(None, told(40, 3600)) == "change"
    assert due(40, told(None, 3600)) == "change"
    assert due(0, told(None, 3600)) == "change"
    assert due(None, told(0, 3600)) == "change"
    assert due(None, told(None, 3600)) is None


def test_a_full_bin_is_reported_at_once():
    assert due(80, told(79, 1)) == "full"
    assert due(100, told(40, 900)) == "full"
    assert due(80, told(None, 1)) == "full"
    assert due(79, told(70, 1)) is None


def test_a_full_bin_is_reported_once():
    assert due(85, told(80, 900)) is None
    assert due(95, told(80, 3600)) == "change"


def test_silence_is_not_a_full_bin():
    assert due(None, told(79, 1)) is None


def test_a_long_silence_is_broken():
    assert due(40, told(40, 21_600)) == "silence"
    assert due(None, told(None, 21_600)) == "silence"


def test_a_crowded_outbox_is_emptied():
    mem = told(40)
    mem.seq = memory.ROOM
    for seq in range(memory.ROOM * 3 // 4 - 1):
        mem.outbox.put(row(seq))
    assert due(40, mem) is None
    mem.outbox.put(row(40))
    assert due(40, mem) == "crowded"


def test_a_clock_that_goes_back_breaks_the_silence():
    assert due(40, told(40, -1)) == "silence"
    assert due(40, told(40), now_s=3) == "silence"


def test_a_clock_that_jumps_ahead_breaks_the_silence():
    assert due(40, told(40), now_s=NOW + 10_000_000) == "silence"


def test_the_promise_in_a_report_is_kept():
    pairs = ((900, 21_600), (900, 22_050), (900, 22_051), (60, 60), (70, 100), (86_400, 130_000))
    for sample_s, silence_s in pairs:
        raw = {"sample_s": sample_s, "report_s": 30, "silence_s": silence_s}
        cfg = config.check(raw)
        wait_s = sample_s
        while due(40, told(40, wait_s), cfg) is None:
            wait_s += sample_s
        assert schedule.next_report_s(cfg) == max(wait_s, silence_s)


def test_the_promise_is_the_longest_silence_where_wakes_meet_it():
    assert schedule.next_report_s(CFG) == 21_600
    assert schedule.next_report_s(config.check({"sample_s": 900, "silence_s": 22_100})) == 22_500


# -- after a report ----------------------------------------------------------------------------


def test_a_report_that_arrived_is_remembered():
    mem = failing(3)
    schedule.spoke(level(55), CFG, mem, NOW + 9)
    assert (mem.spoke_s, mem.told_pct, mem.fails, mem.retry_s) == (NOW + 9, 55, 0, 0)
    schedule.spoke(NOTHING, CFG, mem, NOW + 9)
    assert mem.told_pct is None


def test_a_report_that_failed_changes_nothing_that_was_told():
    mem = failing(3)
    assert (mem.spoke_s, mem.told_pct, mem.fails) == (NOW, 40, 3)


# -- back-off ----------------------------------------------------------------------------------


def test_the_first_wait_is_about_one_nap():
    assert NOW + 450 <= failing(1).retry_s < NOW + 900


def test_each_wait_is_longer_until_the_longest():
    waits = [failing(n).retry_s - NOW for n in range(1, 17)]
    for n in range(4):  # the fifth would be 14400 s at most, the sixth is cut
        assert 450 << n <= waits[n] < 900 << n
        assert waits[n] < waits[n + 1]
    assert 10_800 <= min(waits[5:]) <= max(waits) < 21_600


def test_no_wait_is_longer_than_the_setting():
    for backoff_s in (60, 1000, 86_400):
        cfg = config.check({"bin_id": "a", "backoff_s": backoff_s})
        for n in range(1, 40):
            assert 0 < failing(n, cfg=cfg).retry_s - NOW <= backoff_s


def test_failures_are_not_counted_for_ever():
    assert failing(400).fails == failing(16).fails == 16


def test_no_two_bins_wait_alike():
    waits = {failing(6, "bin-%d" % n).retry_s for n in range(100)}
    assert len(waits) > 95
    assert max(waits) - min(waits) > 9000  # of the 10800 s that chance may add


def test_a_bin_does_not_wait_alike_twice():
    mem = failing(16)
    waits = set()
    for seq in range(20):
        mem.seq = seq
        schedule.failed(CFG, mem, NOW)
        waits.add(mem.retry_s)
    assert len(waits) > 18


def test_the_same_failure_waits_the_same_time():
    assert failing(3).retry_s == failing(3).retry_s


def test_nothing_is_said_during_the_wait():
    mem = failing(4)
    wait_s = mem.retry_s - NOW
    for now_s in (NOW, NOW + 1, mem.retry_s - 1):
        assert due(40, mem, now_s=now_s) is None
        assert due(100, mem, now_s=now_s) is None
    assert wait_s > 3600
    assert due(100, mem, now_s=mem.retry_s) == "full"
    mem.spoke_s = 0
    assert due(40, mem, now_s=mem.retry_s - 1) is None
    assert due(40, mem, now_s=mem.retry_s) == "first"


def test_a_clock_that_goes_back_does_not_prolong_the_wait():
    mem = failing(4)
    assert due(40, mem, now_s=3) == "silence"
    assert due(40, mem, now_s=mem.retry_s - CFG.backoff_s) is None
    assert due(40, mem, now_s=mem.retry_s - CFG.backoff_s - 1) == "silence"


def test_a_clock_that_jumps_ahead_ends_the_wait():
    assert due(40, failing(4), now_s=NOW + 1_000_000) == "silence"


def test_a_wait_that_nobody_failed_for_is_none():
    mem = told(40)
    mem.retry_s = NOW + 600
    assert due(100, mem) == "full"


# -- the nap -----------------------------------------------------------------------------------


class Up:
    def __init__(self, spent_ms):
        self.spent = spent_ms

    def spent_ms(self):
        return self.spent


def test_a_wake_that_ran_long_does_not_move_the_ones_after_it():
    for spent_ms in (0, 250, 15_000):
        assert schedule.next_nap_ms(CFG, Up(spent_ms)) + spent_ms == 900_000


def test_a_nap_is_never_shorter_than_a_second():
    cfg = config.check({"sample_s": 30})
    assert schedule.next_nap_ms(cfg, Up(29_000)) == 1000
    assert schedule.next_nap_ms(cfg, Up(29_001)) == 1000
    assert schedule.next_nap_ms(cfg, Up(1_000_000)) == 1000
