"""The schedule: when to speak, what an alarm may do, how long to be quiet after a failure, when to
wake next."""

from smartbin import clock, config, events, fill, memory, report, schedule
from smartbin.fill import NOTHING, Level

CFG = config.check({"bin_id": "a"})  # sample 900 s, report 3600 s, silence 21600 s
NOW = 636_422_400


def level(pct):
    return NOTHING if pct is None else Level(pct, pct, pct, fill.MEASURED)


def told(pct, ago_s=0):
    """A memory whose last report, ago_s ago, told pct."""
    mem = memory.Memory()
    schedule.spoke(level(pct), mem, NOW - ago_s)
    return mem


def due(pct, mem, cfg=CFG, now_s=NOW, asked=False):
    return schedule.due(level(pct), cfg, mem, now_s, asked, cfg.sample_s)


def failing(times, bin_id="a", cfg=None):
    mem = told(40)
    cfg = cfg or config.check({"bin_id": bin_id})
    for _ in range(times):
        schedule.failed(cfg, mem, NOW)
    return mem


def row(seq):
    return report.Reading(seq, 0, 0, None, None, None, None, 0, 0, 2, 0, 9, 15, 0, 0, 0)


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


def test_what_waits_in_flash_is_told_at_the_next_routine_moment():
    mem = told(40, 2700)
    mem.spilled = 1
    assert due(40, mem) is None
    assert due(40, mem, now_s=NOW + 900) == "backlog"


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
    """Whenever the first wake after it comes: up to one and a half periods later."""
    pairs = ((900, 21_600), (900, 22_050), (900, 22_051), (60, 60), (70, 100), (86_400, 130_000))
    for sample_s, silence_s in pairs:
        raw = {"sample_s": sample_s, "report_s": 30, "silence_s": silence_s}
        cfg = config.check(raw)
        waits = []
        for first_s in range(sample_s // 2 + 1, sample_s + sample_s // 2 + 1, 1 + sample_s // 50):
            wait_s = first_s
            while due(40, told(40, wait_s), cfg) is None:
                wait_s += sample_s
            waits.append(wait_s)
        assert max(waits) <= schedule.next_report_s(cfg) <= max(silence_s, *waits) + sample_s


# -- alarms ------------------------------------------------------------------------------------

FULL = [(events.FULL, 1)]


def raised(mem, news=FULL):
    return schedule.alarm(news, mem)


def alarmed(mem):
    raised(mem)
    return mem


def test_an_alarm_is_told_at_once():
    assert due(80, alarmed(told(79, 1))) == "alarm"
    assert due(80, alarmed(told(None, 1))) == "alarm"
    assert due(80, told(79, 1)) is None


def test_only_alarms_are_alarms():
    for i, row in enumerate(events.TABLE):
        mem = told(40)
        assert schedule.alarm([(i, 1)], mem) == bool(row[1])
        assert (mem.prompts, mem.alarmed) == ((3, 1) if row[1] else (0, 0))
        assert not schedule.alarm([(i, 0)], told(40)), "an end waits for the next report"
    assert not schedule.alarm([], told(40))


def test_other_news_wait_for_the_reporting_period():
    mem = told(40, 2700)
    mem.outbox.put(report.Reading(*(row(3)[:15] + (5,))))
    assert due(40, mem) is None
    assert due(40, mem, now_s=NOW + 900) == "news"


def test_an_alarm_stands_until_it_is_heard():
    mem = alarmed(told(40))
    assert (mem.alarmed, mem.prompts) == (1, 3)
    mem.prompts = 0  # all tries were in vain
    assert due(85, mem) == "alarm"
    assert not raised(mem, [])
    assert (mem.alarmed, mem.prompts) == (1, 0)
    raised(mem, [(events.FIRE, 1)])
    assert (mem.alarmed, mem.prompts) == (1, 3), "another one has tries of its own"


def test_an_alarm_is_over_when_it_was_heard():
    mem = alarmed(told(40))
    schedule.spoke(level(80), mem, NOW)
    assert (mem.alarmed, mem.prompts) == (0, 0)
    assert due(85, mem) is None
    assert due(95, mem, now_s=NOW + 3600) == "change"


def test_an_alarm_that_nobody_heard_stays_news_when_the_bin_is_emptied():
    mem = alarmed(told(40))
    mem.prompts = 0
    assert due(3, mem) == "alarm"


def test_an_alarm_gets_three_prompt_tries_and_then_joins_the_back_off():
    mem = alarmed(told(40))
    naps, now_s = [], NOW
    while due(90, mem, now_s=now_s) == "alarm" and len(naps) < 9:
        schedule.failed(CFG, mem, now_s)
        naps.append(nap_s(mem, now_s))
        now_s += naps[-1]
        mem.seq += 1
    assert len(naps) == 3
    assert 60 <= min(naps[:2]) <= max(naps[:2]) < 120, naps
    assert naps[2] > 225, "after the last of them it waits for its slot"
    assert (mem.prompts, mem.alarmed) == (0, 1)
    assert due(90, mem, now_s=mem.retry_s - 1) is None
    assert due(90, mem, now_s=mem.retry_s) == "alarm"


def test_an_alarm_does_not_wait_for_the_back_off_of_routine_news():
    mem = failing(12)
    assert due(90, mem) is None
    assert due(90, alarmed(mem)) == "alarm"


def test_no_two_bins_try_again_in_the_same_second():
    naps = set()
    for n in range(60):
        cfg = config.check({"bin_id": "bin-%d" % n})
        mem = told(40)
        raised(mem)
        naps.add(schedule.next_nap_ms(cfg, mem, NOW, Up(2000), cfg.sample_s))
    assert len(naps) > 30
    assert 60_000 <= min(naps) <= max(naps) < 120_000


# -- safe mode ---------------------------------------------------------------------------------


def test_three_unhealthy_boots_lead_to_safe_mode():
    mem = told(40)
    assert [schedule.safe(memory_ill(mem, ill)) for ill in range(5)] == [False] * 3 + [True] * 2


def memory_ill(mem, ill):
    mem.ill = ill
    return mem


def test_safe_mode_reports_and_sleeps_long():
    mem = memory_ill(told(40), 3)
    assert due(None, mem) == "safe"
    assert nap_s(mem) == 21_600
    mem.set_s = 0
    assert nap_s(mem) == 21_600


def test_an_installation_is_told_by_the_next_wake_but_for_a_back_off():
    mem = told(40)
    assert due(40, mem) is None
    mem.installed = 1
    assert due(40, mem) == "installed"
    mem.fails, mem.retry_s = 1, NOW + 60
    assert due(40, mem) is None


def test_one_acknowledged_report_ends_safe_mode():
    mem = memory_ill(told(40), 200)
    schedule.spoke(NOTHING, mem, NOW)
    assert not schedule.safe(mem)
    assert nap_s(mem) <= 1350


def test_safe_mode_backs_off_like_any_other():
    """A chip that is reset at each report would else report, and be reset, until it is empty."""
    mem = memory_ill(failing(4), 3)
    mem.prompts = 2
    assert due(None, mem, now_s=mem.retry_s - 1) is None
    assert due(None, mem, now_s=mem.retry_s) == "safe"
    assert due(None, mem, asked=True) == "asked"


# -- a wake that was cut short -----------------------------------------------------------------


def cut_short(times=1):
    mem = told(40)
    for _ in range(times):
        mem.radio = 1
        schedule.recover(CFG, mem, NOW)
    return mem


def test_a_wake_that_ended_with_its_radio_on_counts_as_a_failure():
    mem = cut_short()
    assert (mem.radio, mem.browned, mem.fails) == (0, 1, 1)
    assert mem.notes.since() == [("brownout", 1)]
    assert mem.notes.last[0][1:] == (1, NOW)
    assert due(40, mem, now_s=mem.retry_s - 1) is None


def test_the_third_start_without_a_report_is_not_tried_at_once():
    """Where the supply takes memory along, too, nothing else tells of it."""
    for starts in range(5):
        mem = memory.Memory()
        mem.starts = starts
        schedule.recover(CFG, mem, NOW)
        assert (due(40, mem) is None) == (starts >= 2)
        assert (mem.browned, mem.fails) == ((1, 1) if starts >= 2 else (0, 0))
        assert mem.notes.since() == []
        assert due(40, mem, asked=True) == "asked"


def test_a_wake_that_ended_well_is_nothing_to_recover_from():
    mem = told(40)
    schedule.recover(CFG, mem, NOW)
    assert (mem.browned, mem.fails, mem.notes.since()) == (0, 0, [])


def test_a_supply_that_gives_way_again_and_again_is_left_alone_for_longer():
    mem = cut_short(300)
    assert (mem.browned, mem.fails) == (255, 12)
    waits = [cut_short(n).retry_s - NOW for n in range(1, 9)]
    assert max(waits) > 5000
    for n, wait_s in enumerate(waits):
        assert 0 < wait_s <= min(21_600, 1800 << n)


def test_an_alarm_through_a_weak_supply_has_three_tries_too():
    mem = told(40)
    raised(mem)
    for left in (2, 1, 0):
        mem.radio = 1
        schedule.recover(CFG, mem, NOW)
        assert mem.prompts == left
    assert due(90, mem) is None


def test_each_report_that_arrives_gives_back_one_step_of_power():
    mem = cut_short(3)
    for left in (2, 1, 0, 0):
        schedule.spoke(level(40), mem, NOW)
        assert mem.browned == left


# -- after a report ----------------------------------------------------------------------------


def test_a_report_that_arrived_is_remembered():
    mem = failing(3)
    schedule.spoke(level(55), mem, NOW + 9)
    assert (mem.spoke_s, mem.told_pct, mem.fails, mem.retry_s) == (NOW + 9, 55, 0, 0)
    schedule.spoke(NOTHING, mem, NOW + 9)
    assert mem.told_pct is None


def test_a_report_that_failed_changes_nothing_that_was_told():
    mem = failing(3)
    assert (mem.spoke_s, mem.told_pct, mem.fails) == (NOW, 40, 3)


# -- back-off ----------------------------------------------------------------------------------


def waits(times, bins=200):
    """How long that many bins wait after so many failures."""
    return [failing(times, "bin-%d" % n).retry_s - NOW for n in range(bins)]


def test_a_wait_is_anything_from_a_second_to_its_ceiling():
    for times, ceiling_s in (
        (1, 1800),
        (2, 3600),
        (3, 7200),
        (4, 14_400),
        (5, 21_600),
        (99, 21_600),
    ):
        found = waits(times)
        assert 0 < min(found) < ceiling_s // 10
        assert ceiling_s * 9 // 10 < max(found) <= ceiling_s
        assert abs(sum(found) // len(found) - ceiling_s // 2) < ceiling_s // 10


def test_no_wait_is_longer_than_the_setting():
    for backoff_s in (60, 1000, 86_400):
        for sample_s in (30, 900, 21_600):
            raw = {"bin_id": "a", "backoff_s": backoff_s, "sample_s": sample_s}
            for n in range(1, 40):
                assert 0 < failing(n, cfg=config.check(raw)).retry_s - NOW <= backoff_s


def test_failures_are_not_counted_for_ever():
    assert failing(400).fails == failing(12).fails == 12


def test_the_longest_wait_is_reached_within_thirty_bits():
    slowest, longest = 2 * 86_400, 86_400  # the bounds of sample_s and backoff_s
    assert slowest << (failing(400).fails - 1) < 1 << 30
    assert 2 * 30 << (failing(400).fails - 1) >= longest


def test_no_two_bins_wait_alike():
    assert len(set(waits(6))) > 190


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
    assert mem.retry_s - NOW > 900
    for now_s in (NOW, NOW + 1, mem.retry_s - 1):
        assert due(40, mem, now_s=now_s) is None
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
    assert due(50, mem, now_s=NOW + 3600) == "change"


# -- the nap -----------------------------------------------------------------------------------


class Up:
    def __init__(self, spent_ms):
        self.spent = spent_ms

    def spent_ms(self):
        return self.spent


def nap_s(mem, now_s=NOW, cfg=CFG):
    mem.set_s = mem.set_s or NOW - 7
    return schedule.next_nap_ms(cfg, mem, now_s, Up(2000), cfg.sample_s) // 1000


def slot_s(cfg):
    """Where in its period that bin's slot lies."""
    return (NOW + nap_s(told(40), NOW, cfg)) % cfg.sample_s


def test_without_the_time_a_wake_that_ran_long_does_not_move_the_ones_after_it():
    for spent_ms in (0, 250, 15_000):
        nap_ms = schedule.next_nap_ms(CFG, memory.Memory(), NOW, Up(spent_ms), 900)
        assert nap_ms + spent_ms == 900_000


def test_a_nap_is_never_shorter_than_a_second():
    cfg = config.check({"sample_s": 30})
    for spent_ms in (29_000, 29_001, 1_000_000):
        assert schedule.next_nap_ms(cfg, memory.Memory(), NOW, Up(spent_ms), 30) == 1000


def test_with_the_time_every_wake_is_in_the_bins_own_slot():
    mem, now_s = told(40), NOW
    for late_s in (0, 1, 12, 100, 600, 3):
        now_s += nap_s(mem, now_s)
        assert now_s % 900 == slot_s(CFG)
        now_s += late_s


def test_no_second_wake_shortly_before_a_slot():
    slot = NOW + nap_s(told(40))
    for early_s in (1, 5, 60, 449, 450):
        assert nap_s(told(40), slot - early_s) == 900 + early_s
    for early_s in (451, 500, 899):
        assert nap_s(told(40), slot - early_s) == early_s
    assert nap_s(told(40), slot) == 900


def test_slots_are_spread_over_the_period_and_kept_by_their_bins():
    for sample_s in (60, 900, 21_600):
        ids = ["bin-%03d" % n for n in range(100)]
        fleet = [config.check({"bin_id": bin_id, "sample_s": sample_s}) for bin_id in ids]
        slots = [slot_s(cfg) for cfg in fleet]
        assert slots == [slot_s(cfg) for cfg in fleet]
        assert len(set(slots)) > (80 if sample_s > 60 else 40)
        assert 0 <= min(slots) < sample_s // 10
        assert sample_s * 9 // 10 < max(slots) < sample_s


def test_a_nap_is_as_long_as_the_chips_clock_must_count():
    mem = told(40)
    true_ms = nap_s(mem) * 1000
    for rate_ppm in (-50_000, 3000, 50_000):
        mem.rate_ppm = rate_ppm
        found = schedule.next_nap_ms(CFG, mem, NOW, Up(0), 900)
        assert found == clock.raw_ms(mem, true_ms)
        assert (found < true_ms) == (rate_ppm > 0)


def test_chance_is_from_nought_to_just_below():
    found = [schedule.chance(CFG, salt, 10) for salt in range(300)]
    assert set(found) == set(range(10))
    assert found == [schedule.chance(CFG, salt, 10) for salt in range(300)]
    assert schedule.chance(CFG, 3, 1) == 0


# -- how often to look -------------------------------------------------------------------------


def period_s(pct, mem=None, kind=fill.MEASURED, now_s=NOW, **raw):
    found = Level(pct, pct, pct, kind) if pct is not None else NOTHING
    return schedule.period_s(found, config.check(raw), mem or told(40), now_s)


def standing(*names):
    mem = told(40)
    for i in names:
        mem.events.raised |= 1 << i
    return mem


def test_an_empty_bin_is_looked_at_seldom_and_one_near_full_often():
    assert [period_s(pct) for pct in (0, 34, 35, 74, 75, 79)] == [3600, 3600, 900, 900, 300, 300]
    assert period_s(None) == 900


def test_what_fills_fast_is_looked_at_often():
    mem = told(40)
    mem.fill.tenths, mem.fill.rate = 600, 200_000  # 20 % in 2.4 hours
    assert period_s(60, mem) == 900
    mem.fill.rate = 480_000
    assert period_s(60, mem) == 300
    mem.fill.tenths = 340
    mem.fill.rate = 9_000_000
    assert period_s(34, mem) == 3600


def test_once_it_is_full_there_is_no_hurry():
    assert period_s(85, standing(events.FULL)) == 900


def test_two_readings_that_disagree_are_settled_soon_but_not_for_ever():
    for looks, wait_s in ((1, 300), (2, 300), (3, 900), (9, 900)):
        mem = told(10)
        mem.fill.looks = looks
        assert period_s(10, mem, fill.HELD) == wait_s
    assert period_s(10, mem, fill.MEASURED) == 3600, "quiet only when nothing is held back"


def test_a_low_battery_is_spared_and_a_fire_is_watched():
    for i in (events.LOW, events.CRITICAL):
        assert period_s(75, standing(i)) == 3600
    assert period_s(10, standing(events.FIRE, events.LOW)) == 300


def test_at_night_there_is_less_to_see():
    night = {"night_from_h": 22, "night_to_h": 5}
    hours = []
    for hour in range(24):
        mem = told(50)
        mem.set_s = NOW
        at_s = NOW - NOW % 86_400 + hour * 3600 + 1800
        hours.append(period_s(50, mem, now_s=at_s, **night))
        assert period_s(50, mem, now_s=at_s) == 900, "without one there is none"
        assert period_s(75, mem, now_s=at_s, **night) == 300
    assert hours == [3600] * 5 + [900] * 17 + [3600] * 2
    assert period_s(50, told(50), **night) == 900, "nor without the time"


def test_the_thermometer_is_looked_at_as_often_as_it_must():
    mem = standing(events.LOW)
    mem.events.lid_s = NOW - 900
    assert period_s(10, mem) == 900
    assert period_s(10, mem, fire_s=1800) == 1800
    assert period_s(75, told(40), fire_s=60) == 300, "a bin without one needs not"


def test_settings_that_are_slower_than_the_slow_one_win():
    assert period_s(10, sample_s=7200) == 7200
    assert period_s(75, sample_s=60) == 60
    assert period_s(10, sample_s=60, report_s=60, silence_s=600) == 400


def test_no_nap_between_two_looks_at_the_thermometer_is_much_longer_than_it_may():
    mem = told(40)
    mem.set_s = mem.events.lid_s = NOW
    naps = [schedule.nap_s(CFG, mem, NOW + s, 900) for s in range(900)]
    assert max(naps) <= 900 + 56 and min(naps) > 450
    mem.events.lid_s = 0
    assert max([schedule.nap_s(CFG, mem, NOW + s, 900) for s in range(900)]) == 1350


def test_a_slow_bin_speaks_before_its_promise_is_broken():
    """At the last wake before the moment that the last report named."""
    for wait_s in (900, 3600):
        last_s = 22_050 - wait_s
        mem = told(10, last_s - 1)
        assert schedule.due(level(10), CFG, mem, NOW, False, wait_s) is None
        mem = told(10, last_s)
        assert schedule.due(level(10), CFG, mem, NOW, False, wait_s) == "silence"


def test_slots_of_a_slow_period_are_slots_of_the_fast_ones():
    mem = told(40)
    mem.set_s = NOW
    slow = (NOW + schedule.nap_s(CFG, mem, NOW, 3600)) % 900
    assert slow == (NOW + schedule.nap_s(CFG, mem, NOW, 900)) % 900
    assert slow % 300 == (NOW + schedule.nap_s(CFG, mem, NOW, 300)) % 300
