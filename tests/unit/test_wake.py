"""One wake, top to bottom, on a node without hardware: what is kept, said, forgotten, and when."""

from smartbin import clock, config, echo, events, memory, message, report, sensors, spent
from smartbin.errors import LinkError
from smartbin.senses import Senses
from smartbin.wake import wake

CFG = config.check({"bin_id": "bank-7"})  # sample 900 s, report 3600 s, silence 21600 s
NOW = 636_422_400
WRAP = 1 << 30
HALF = [4225] * 30  # echo times of 725 mm at 20 C: half full
FULL = [1748] * 30  # 300 mm
MOST = [3263] * 30  # 560 mm
FLOOR = [6993] * 30  # 1200 mm


class Sonar:
    sensor = sensors.find("hc_sr04")

    def __init__(self, node):
        self.node = node

    def __enter__(self):
        self.node.log.append("sonar on")
        return self

    def __exit__(self, *exc):
        self.node.log.append("sonar off")
        return False

    def ping(self):
        self.node.pings += 1
        self.node.now_ms += 60
        return self.node.echoes[self.node.pings - 1]

    def trouble(self):
        return self.node.trouble

    def air_dc(self):
        return self.node.lid_dcs.pop(0) if len(self.node.lid_dcs) > 1 else self.node.lid_dcs[0]


class Link:
    rssi_dbm = -67

    def __init__(self, node):
        self.node = node

    def __enter__(self):
        self.node.log.append("link on")
        self.step("enter")
        return self

    def __exit__(self, *exc):
        self.node.log.append("link off")
        return False

    def network_time_s(self):
        self.node.log.append("time")
        self.step("time")
        return self.node.true_s

    def left_ms(self):
        return 9000

    def publish(self, topic, payload, retained, confirmed):
        self.node.log.append("publish")
        self.node.confirmed.append(confirmed)
        self.step("publish")
        header, readings = message.decode(payload)
        self.node.heard.append((topic, header, readings))

    def step(self, name):
        """Takes a second; raises what the node was told to fail with here."""
        self.node.now_ms += 1000
        if name in self.node.faults:
            raise self.node.faults[name]


class Node:
    """A node that logs what is done to it.  `heard` is what the broker acknowledged."""

    trouble = None
    asked = False
    moves = False

    def __init__(self, echoes=HALF, true_s=NOW, **faults):
        self.echoes = echoes
        self.faults = faults
        self.log = []
        self.heard = []
        self.confirmed = []
        self.kept = []
        self.pings = 0
        self.now_ms = WRAP - 500  # the ticks wrap during each wake
        self.meter = spent.Meter(2.3, 40, 0.8, 120, 11.6)
        self.clock_s = 5
        self.true_s = true_s
        self.ticks = self
        self.lid_dcs = [200]
        self.mv, self.tilted, self.lid_open = 3594, None, None

    def ticks_ms(self):
        return self.now_ms % WRAP

    def ticks_diff(self, end, start):
        return ((end - start + WRAP // 2) % WRAP) - WRAP // 2

    def senses(self):
        self.log.append("senses")
        return Senses(self.mv, self.tilted, self.lid_open)

    def sonar(self, cfg):
        return Sonar(self)

    def link(self, cfg, mem, up):
        return Link(self)

    def raw_s(self):
        return self.clock_s

    def set_clock(self, at_s):
        self.clock_s = at_s

    def secure(self, mem):
        self.log.append("secure")
        return self.moves

    def acknowledged(self, mem):
        self.log.append("acknowledged")

    def keep(self, mem):
        self.log.append("keep")
        self.kept.append(bytes(memory.save(mem)))

    def sleeps(self, s):
        """The next wake, s seconds later."""
        self.clock_s += s
        self.true_s += s
        self.meter = spent.Meter(2.3, 40, 0.8, 120, 11.6)
        self.pings = 0
        del self.log[:]


def failure(stage, why, waited_ms=740):
    return LinkError(stage, why, waited_ms, OSError(113))


def quiet(echoes=HALF):
    """A node and a memory whose clock is set and whose last report has just arrived."""
    node, mem = Node(echoes), memory.Memory(77, 3, 40)
    wake(node, CFG, mem)
    node.sleeps(900)
    return node, mem


# -- the order of things -----------------------------------------------------------------------


def test_the_reading_is_kept_before_the_radio_is_on():
    node = Node()
    wake(node, CFG, memory.Memory())
    measure = ["senses", "sonar on", "sonar off", "keep", "secure"]
    speak = ["keep", "link on", "time", "keep", "publish", "acknowledged", "link off", "keep"]
    assert node.log == measure + speak


def test_what_is_kept_first_holds_the_reading_and_what_is_kept_last_does_not():
    node, mem = Node(), memory.Memory(77, 3, 40)
    wake(node, CFG, mem)
    first, before, timed, last = [memory.load(image) for image in node.kept]
    assert (len(timed.outbox), timed.set_s, timed.radio) == (1, NOW, 1), "no clock without it"
    assert (len(first.outbox), first.seq, first.spoke_s, first.radio) == (1, 41, 0, 0)
    assert (len(before.outbox), before.radio) == (1, 1), "a start that finds this was cut short"
    assert (len(last.outbox), last.seq, last.told_pct, last.radio) == (0, 41, mem.fill.pct, 0)
    assert (last.acked, first.acked) == (41, 40)


def test_a_wake_without_news_leaves_the_radio_alone():
    node, mem = quiet()
    wake(node, CFG, mem)
    assert node.log == ["senses", "sonar on", "sonar off", "keep", "secure"]
    assert len(mem.outbox) == 1


def test_what_moved_to_flash_is_kept_as_moved():
    node, mem = quiet()
    node.moves = True
    wake(node, CFG, mem)
    assert node.log == ["senses", "sonar on", "sonar off", "keep", "secure", "keep"]


def test_every_reading_has_the_next_number():
    node, mem = quiet()
    for _ in range(3):
        wake(node, CFG, mem)
        node.sleeps(900)
    assert mem.seq == 44
    assert [r.seq for r in mem.outbox.readings(mem.seq)] == [41, 42, 43]


# -- what is said ------------------------------------------------------------------------------


def test_the_message_says_what_was_measured():
    node = Node()
    wake(node, CFG, memory.Memory(77, 3, 40))
    ((topic, header, readings),) = node.heard
    assert topic == b"smartbin/v1/bank-7/report"
    now = report.Bin((), (), None, None, None, 20)
    assert header == report.Header("bank-7", 77, 3, 3594, -67, 22_050, 0, None, [], now, 9, None)
    (r,) = readings
    assert (r.seq, r.mm, r.quality, r.air_c) == (40, 725, 4, 20)
    assert 45 < r.pct < 53


def test_an_acknowledged_message_carries_all_that_was_kept():
    node, mem = quiet()
    for _ in range(23):
        wake(node, CFG, mem)
        node.sleeps(900)
    assert len(node.heard) == 1
    wake(node, CFG, mem)  # six hours since the last report
    _, _, readings = node.heard[1]
    assert [r.seq for r in readings] == list(range(41, 65))
    assert (len(mem.outbox), mem.seq, mem.spoke_s) == (0, 65, node.clock_s)


def test_silence_gives_no_fill_but_a_reason():
    node, mem = Node([None] * 30), memory.Memory()
    wake(node, CFG, mem)
    _, header, (r,) = node.heard[0]
    assert (r.pct, r.lo, r.hi, r.mm) == (None, None, None, None)
    assert (r.quality, r.reason, r.heard, r.pings) == (0, echo.SILENT, 0, 15)
    assert header.notes == [("sonar", 1)]
    assert mem.told_pct is None


def test_a_dead_sensor_is_noted_with_its_reason():
    node, mem = Node([None] * 30), memory.Memory()
    node.trouble = echo.DEAD
    wake(node, CFG, mem)
    assert node.heard[0][2][0].reason == echo.DEAD
    assert [row[1] for row in mem.notes.last] == [echo.DEAD]


def test_a_full_bin_is_told_at_once():
    node, mem = quiet(MOST)
    node.echoes = FULL
    wake(node, CFG, mem)
    _, header, readings = node.heard[1]
    assert readings[-1].pct > 80 and readings[-1].alarm == 1
    assert header.state.standing == ("nearly_full", "full")
    assert [row for row in header.state.news if row[0] == "full"] == [("full", 1, mem.seq - 1)]
    assert (mem.told_pct, mem.alarmed, mem.prompts) == (readings[-1].pct, 0, 0)
    node.sleeps(300)
    wake(node, CFG, mem)
    assert len(node.heard) == 2, "and once"


def test_a_jump_that_nobody_believes_yet_is_looked_at_again_soon():
    node, mem = quiet()
    node.echoes = FULL
    assert wake(node, CFG, mem) <= 450_000
    assert len(node.heard) == 1
    for _ in range(2):
        node.sleeps(300)
        wake(node, CFG, mem)
    assert node.heard[1][1].state.standing == ("blocked",), "an item, for it came at once"
    assert wake(node, CFG, mem) > 450_000, "but not for ever"


def test_an_emptied_bin_says_from_where_to_where():
    node, mem = quiet()
    node.echoes, node.lid_open = FLOOR, 1
    wake(node, CFG, mem)
    node.lid_open = 0
    for _ in range(8):
        node.sleeps(900)
        wake(node, CFG, mem)
    now = node.heard[-1][1].state
    before, after, sure, trigger, seq, at = now.emptied
    assert 45 < before < 53 and after <= 5
    assert (sure, trigger) == ("high", "lid")
    assert ("emptied", 1, seq) in now.news and now.standing == ()
    assert at == clock.unix(NOW + 900 * (seq - 40), 2)


def test_a_hot_lid_is_looked_at_twice_in_the_wake():
    node, mem = quiet()
    node.lid_dcs = [650, 200]
    wake(node, CFG, mem)
    assert node.log.count("sonar on") == 2 and len(node.heard) == 1, "one look was wrong"
    node.sleeps(900)
    node.lid_dcs = [650]
    wake(node, CFG, mem)
    assert node.log.count("sonar on") == 2
    assert (node.heard[1][1].state.standing, node.heard[1][1].state.lid_c) == (("fire",), 65)


def test_a_bin_that_lies_is_told_and_not_measured():
    node, mem = quiet()
    node.tilted = 1
    wake(node, CFG, mem)
    _, header, readings = node.heard[1]
    assert (node.pings, readings[-1].pct, readings[-1].reason) == (0, None, echo.TILTED)
    assert header.state.standing == ("tilted",)
    assert header.state.last == (mem.fill.pct, 900)
    assert header.state.lid_c == 20, "it may burn where it lies"


def test_events_and_level_outlive_a_nap():
    node, mem = quiet()
    node.tilted = 1
    wake(node, CFG, mem)
    mem = memory.load(node.kept[-1])
    assert events.standing(mem.events) == ["tilted"]
    node.sleeps(900)
    node.tilted = 0
    node.asked = True
    wake(node, CFG, mem)
    assert node.heard[2][1].state.news == (("tilted", 0, 42),)


def test_who_pushes_the_button_is_answered():
    node, mem = quiet()
    node.asked = True
    wake(node, CFG, mem)
    assert len(node.heard) == 2


# -- failure -----------------------------------------------------------------------------------


def test_without_an_acknowledgement_nothing_is_forgotten():
    node, mem = Node(publish=failure("publish", "ack", 9000)), memory.Memory(77, 3, 40)
    wake(node, CFG, mem)
    assert node.heard == []
    assert [r.seq for r in mem.outbox.readings(mem.seq)] == [40]
    assert (mem.spoke_s, mem.told_pct) == (0, None)
    assert node.log[-2:] == ["link off", "keep"]
    assert len(memory.load(node.kept[-1]).outbox) == 1


def test_a_failure_is_counted_noted_and_backed_off():
    for stage, why, step in (
        ("join", "no_ap", "enter"),
        ("join", "bad_key", "enter"),
        ("name", "name", "publish"),
        ("tcp", "tcp", "publish"),
        ("login", "login", "publish"),
        ("publish", "ack", "publish"),
    ):
        faults = {step: failure(stage, why)}
        node, mem = Node(**faults), memory.Memory()
        wake(node, CFG, mem)
        assert mem.notes.since() == [(why, 1)]
        assert mem.notes.last[0][1:] == (740, node.clock_s)
        assert mem.fails == 1
        assert 0 < mem.retry_s - node.clock_s <= 1800
        kept = memory.load(node.kept[-1])
        assert (kept.fails, kept.retry_s, len(kept.outbox)) == (1, mem.retry_s, 1)
        assert kept.notes.since() == [(why, 1)]


def test_a_link_that_does_not_come_up_is_a_failure_like_another():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory()
    nap_ms = wake(node, CFG, mem)
    assert node.log[-3:] == ["keep", "link on", "keep"]
    assert mem.radio == 0
    assert (len(mem.outbox), mem.fails, mem.set_s) == (1, 1, 0)
    assert 890_000 < nap_ms < 900_000


def test_there_is_no_radio_during_the_back_off():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory(77, 3, 40)
    for n in range(20):
        before = mem.fails
        retry_s = mem.retry_s
        wake(node, CFG, mem)
        tried = "link on" in node.log
        assert tried == (n == 0 or node.clock_s >= retry_s)
        assert mem.fails == before + tried
        node.sleeps(900)
    assert 3 <= mem.fails <= 9
    assert len(mem.outbox) == 20


def test_after_an_outage_all_is_told_and_forgotten():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory(77, 3, 40)
    wake(node, CFG, mem)
    node.sleeps(900)
    wake(node, CFG, mem)
    node.sleeps(900)
    node.faults = {}
    node.asked = True
    wake(node, CFG, mem)
    _, header, readings = node.heard[0]
    assert [r.seq for r in readings] == [40, 41, 42]
    assert header.notes == [("no_ap", 2)]
    assert (len(mem.outbox), mem.fails, mem.retry_s) == (0, 0, 0)
    assert mem.notes.since() == []


def test_what_a_long_outage_drops_is_told():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory()
    for _ in range(memory.ROOM + 4):
        wake(node, CFG, mem)
        node.sleeps(900)
    node.faults = {}
    node.asked = True
    wake(node, CFG, mem)
    _, header, readings = node.heard[0]
    assert (header.lost, len(readings)) == (5, memory.ROOM)
    assert [r.seq for r in readings] == list(range(5, memory.ROOM + 5))


def test_an_alarm_of_a_long_outage_is_not_dropped():
    node, mem = Node(FULL, enter=failure("join", "no_ap")), memory.Memory()
    wake(node, CFG, mem)
    node.echoes = HALF
    for _ in range(memory.ROOM + 4):
        node.sleeps(900)
        wake(node, CFG, mem)
    first = mem.outbox.readings(mem.seq)[0]
    assert (first.seq, first.alarm, mem.outbox.lost, mem.alarmed) == (0, 1, 5, 1)


def test_a_full_bin_that_cannot_be_told_is_tried_again_within_minutes():
    node, mem = quiet(MOST)
    node.echoes, node.faults = FULL, {"enter": failure("join", "no_ap")}
    naps_ms = [wake(node, CFG, mem)]
    for _ in range(2):
        node.sleeps(naps_ms[-1] // 1000)
        naps_ms.append(wake(node, CFG, mem))
        assert "link on" in node.log
    node.sleeps(naps_ms[-1] // 1000)
    assert 60_000 <= min(naps_ms[:2]) <= max(naps_ms[:2]) < 120_000
    assert naps_ms[2] > 225_000
    wake(node, CFG, mem)
    assert [r.alarm for r in mem.outbox.readings(mem.seq)][-4:] == [1, 0, 0, 0]
    node.faults, node.asked = {}, True
    node.sleeps(60)
    wake(node, CFG, mem)
    assert (mem.alarmed, len(mem.outbox)) == (0, 0) and mem.told_pct > 80


def test_a_start_that_finds_the_radio_on_leaves_it_off():
    node, mem = Node(), memory.Memory()
    mem.radio = 1
    wake(node, CFG, mem)
    assert "link on" not in node.log
    assert (mem.radio, mem.browned, mem.fails, mem.notes.since()) == (0, 1, 1, [("brownout", 1)])
    kept = memory.load(node.kept[-1])
    assert (kept.radio, kept.browned, kept.retry_s) == (0, 1, mem.retry_s)


def test_in_safe_mode_nothing_is_measured_and_much_is_told():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory(77, 3, 40)
    mem.ill = 3
    assert wake(node, CFG, mem) == 21_600_000
    assert node.pings == 0 and "link on" in node.log
    node.sleeps(21_600)
    node.faults = {}
    wake(node, CFG, mem)
    _, header, readings = node.heard[0]
    assert [(r.seq, r.reason, r.mm, r.pings) for r in readings] == [
        (40, echo.SAFE, None, None),
        (41, echo.SAFE, None, 0),
    ]
    assert ("no_ap", 1) in header.notes
    node.sleeps(900)
    wake(node, CFG, mem)
    assert (mem.ill, node.pings) == (0, 3)


def test_the_first_report_of_a_boot_must_be_heard_back():
    node, mem = quiet()
    node.asked = True
    wake(node, CFG, mem)
    assert node.confirmed == [True, False]


def test_an_error_of_our_own_comes_out_with_the_reading_kept():
    node, mem = Node(publish=ZeroDivisionError()), memory.Memory()
    try:
        wake(node, CFG, mem)
    except ZeroDivisionError:
        assert node.log[-1] == "link off"
        assert len(memory.load(node.kept[0]).outbox) == len(mem.outbox) == 1
        return
    raise AssertionError("the error was swallowed")


# -- the clock ---------------------------------------------------------------------------------


def test_a_reading_from_before_the_clock_was_set_is_told_as_estimated():
    node, mem = Node(), memory.Memory()
    wake(node, CFG, mem)
    (r,) = node.heard[0][2]
    assert (r.at_s, r.stamp) == (NOW, 1)
    assert (mem.set_s, mem.spoke_s, node.clock_s) == (NOW, NOW, NOW)


def test_earlier_readings_are_counted_back_from_when_the_clock_is_set():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory()
    for _ in range(3):
        wake(node, CFG, mem)
        assert [r.stamp for r in mem.outbox.readings(mem.seq)] == [0] * len(mem.outbox)
        node.sleeps(900)
    node.faults = {}
    node.asked = True
    wake(node, CFG, mem)
    found = [(r.at_s, r.stamp) for r in node.heard[0][2]]
    assert found == [(NOW + 900 * n, 1) for n in range(4)]


def test_readings_after_the_clock_was_set_are_sure():
    node, mem = quiet()
    wake(node, CFG, mem)
    (r,) = mem.outbox.readings(mem.seq)
    assert (r.at_s, r.stamp) == (NOW + 900, 2)


def test_a_clock_that_is_set_is_not_asked_for_again_until_it_is_due():
    node, mem = quiet()
    node.asked = True
    wake(node, CFG, mem)
    assert "time" not in node.log
    node.sleeps(CFG.clock_s)
    wake(node, CFG, mem)
    assert "time" in node.log
    assert mem.set_s == node.true_s


def test_a_report_can_do_without_the_time():
    node, mem = Node(time=failure("clock", "clock", 1500)), memory.Memory()
    wake(node, CFG, mem)
    _, header, (r,) = node.heard[0]
    assert (r.at_s, r.stamp) == (None, 0)
    assert header.notes == [("clock", 1)]
    assert (mem.fails, mem.set_s, len(mem.outbox)) == (0, 0, 0)
    assert mem.notes.last[0][1] == 1500


def test_the_time_stays_known_when_the_report_fails():
    node, mem = Node(publish=failure("tcp", "tcp")), memory.Memory()
    wake(node, CFG, mem)
    (r,) = mem.outbox.readings(mem.seq)
    assert (r.at_s, r.stamp, mem.set_s) == (NOW, 1, NOW)
    assert NOW < mem.retry_s <= NOW + 1800


def test_the_rate_of_the_sleep_clock_is_learnt_and_used():
    """Its clock counts 19 for every 20 seconds that pass."""
    node, mem = quiet()
    node.asked = True
    for _ in range(4):
        node.clock_s += 20_520
        node.true_s += 21_600
        wake(node, config.check({"bin_id": "bank-7", "clock_s": 20_000}), mem)
        node.pings = 0
    assert (mem.learnt, mem.set_s) == (4, node.true_s)
    assert 51_000 < mem.rate_ppm < 53_000
    node.clock_s += 3420
    wake(node, CFG, mem)
    assert abs(mem.last_s - (mem.set_s + 3600)) <= 5


def test_an_unbelievable_time_is_noted_and_not_taken():
    node, mem = Node(true_s=5), memory.Memory()
    mem.known_s = NOW
    wake(node, CFG, mem)
    assert (mem.set_s, mem.known_s) == (0, NOW)
    assert node.heard[0][1].notes == [("clock", 1)]


def test_a_clock_that_lost_its_time_has_none_until_it_is_set_again():
    node, mem = quiet()
    wake(node, CFG, mem)  # one reading with a time, not told yet
    node.sleeps(900)
    node.clock_s, node.faults = 3, {"time": failure("clock", "clock")}
    node.asked = True
    wake(node, CFG, mem)
    sure, unknown = node.heard[-1][2]
    assert (sure.at_s, sure.stamp) == (NOW + 900, clock.SET)
    assert (unknown.at_s, unknown.stamp) == (None, clock.UNKNOWN)
    assert mem.spoke_s == 3, "and the schedule counts in the new time"
    node.sleeps(900)
    node.asked = False
    wake(node, CFG, mem)
    assert "link on" not in node.log
    node.sleeps(900)
    node.asked, node.faults = True, {}
    wake(node, CFG, mem)
    found = [(r.at_s, r.stamp) for r in node.heard[-1][2]]
    assert found == [(node.clock_s - 900, 1), (node.clock_s, 1)]
    assert mem.set_s == node.true_s


# -- the nap -----------------------------------------------------------------------------------


def test_without_a_time_a_long_wake_does_not_move_the_next_one():
    lost = failure("clock", "clock")
    for node in (
        Node(time=lost),
        Node(enter=failure("join", "join")),
        Node([None] * 30, time=lost),
    ):
        began_ms = node.now_ms
        nap_ms = wake(node, CFG, memory.Memory())
        assert node.now_ms - began_ms > 1000
        assert nap_ms == 900_000 - (node.now_ms - began_ms)


def test_with_a_time_every_wake_is_in_the_same_slot():
    node, mem = quiet()
    slots = set()
    for late_s in (0, 2, 100, 600):
        node.sleeps(wake(node, CFG, mem) // 1000)
        slots.add(node.clock_s % 900)
        node.sleeps(late_s)
    assert len(slots) == 1


def test_a_sensor_that_eats_the_time_does_not_keep_the_node_awake():
    class Slow(Sonar):
        def ping(self):
            self.node.now_ms += 3000

    node, mem = Node(), memory.Memory()
    node.sonar = lambda cfg: Slow(node)
    wake(node, CFG, mem)
    (r,) = node.heard[0][2]
    assert (r.pings, r.reason) == (4, echo.SILENT)


# -- charge ------------------------------------------------------------------------------------


def test_what_a_wake_spends_is_booked_before_its_report_and_forgotten_with_it():
    node, mem = Node(), memory.Memory(77, 3, 40)
    wake(node, CFG, mem)
    assert node.heard[0][1].spent_mc == 9, "start and three pings of 60 ms"
    assert memory.load(node.kept[-1]).spent_mc < 1


def test_a_wake_without_a_report_adds_to_what_was_spent():
    node, mem = quiet()
    wake(node, CFG, mem)
    before = mem.spent_mc
    node.sleeps(900)
    wake(node, CFG, mem)
    added = memory.load(node.kept[-1]).spent_mc - before
    assert abs(added - (2.3 + 180 * 0.040 + 900 * 0.0116)) < 0.1, "start, three pings, a nap"
