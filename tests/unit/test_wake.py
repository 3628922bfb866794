"""One wake, top to bottom, on a node without hardware: what is kept, said, forgotten, and when."""

from smartbin import config, echo, memory, report, sensors
from smartbin.errors import LinkError
from smartbin.wake import wake

CFG = config.check({"bin_id": "bank-7"})  # sample 900 s, report 3600 s, silence 21600 s
NOW = 636_422_400
WRAP = 1 << 30
HALF = [4225] * 9  # echo times of 725 mm at 20 C: half full
FULL = [1748] * 9  # 300 mm


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

    def publish(self, topic, payload):
        self.node.log.append("publish")
        self.step("publish")
        header, readings = report.decode(payload)
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

    def __init__(self, echoes=HALF, true_s=NOW, **faults):
        self.echoes = echoes
        self.faults = faults
        self.log = []
        self.heard = []
        self.kept = []
        self.pings = 0
        self.now_ms = WRAP - 500  # the ticks wrap during each wake
        self.clock_s = 5
        self.true_s = true_s
        self.ticks = self.battery = self.air = self

    def ticks_ms(self):
        return self.now_ms % WRAP

    def ticks_diff(self, end, start):
        return ((end - start + WRAP // 2) % WRAP) - WRAP // 2

    def read_mv(self):
        self.log.append("battery")
        return 3594

    def read_dc(self):
        return 200

    def sonar(self, cfg):
        return Sonar(self)

    def link(self, cfg, up):
        return Link(self)

    def now_s(self):
        return self.clock_s

    def set_clock(self, at_s):
        by_s = at_s - self.clock_s
        self.clock_s = at_s
        return by_s

    def keep(self, mem):
        self.log.append("keep")
        self.kept.append(memory.save(mem))

    def sleeps(self, s):
        """The next wake, s seconds later."""
        self.clock_s += s
        self.true_s += s
        self.pings = 0
        del self.log[:]


def failure(stage, why, waited_ms=740):
    return LinkError(stage, why, waited_ms, OSError(113))


def quiet():
    """A node and a memory whose clock is set and whose last report has just arrived."""
    node, mem = Node(), memory.Memory(3, 40)
    wake(node, CFG, mem)
    node.sleeps(900)
    return node, mem


# -- the order of things -----------------------------------------------------------------------


def test_the_reading_is_kept_before_the_radio_is_on():
    node = Node()
    wake(node, CFG, memory.Memory())
    measure = ["battery", "sonar on", "sonar off", "keep"]
    assert node.log == measure + ["link on", "time", "publish", "link off", "keep"]


def test_what_is_kept_first_holds_the_reading_and_what_is_kept_last_does_not():
    node = Node()
    wake(node, CFG, memory.Memory(3, 40))
    first, last = [memory.load(image) for image in node.kept]
    assert (len(first.outbox), first.seq, first.spoke_s) == (1, 41, 0)
    assert (len(last.outbox), last.seq, last.told_pct) == (0, 41, 50)


def test_a_wake_without_news_leaves_the_radio_alone():
    node, mem = quiet()
    wake(node, CFG, mem)
    assert node.log == ["battery", "sonar on", "sonar off", "keep"]
    assert len(mem.outbox) == 1


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
    wake(node, CFG, memory.Memory(3, 40))
    ((topic, header, readings),) = node.heard
    assert topic == b"smartbin/v1/bank-7/report"
    assert header == report.Header("bank-7", 3, 3594, -67, 21_600, 0, [])
    (r,) = readings
    assert (r.seq, r.pct, r.mm, r.quality, r.air_c) == (40, 50, 725, 4, 20)


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
    node, mem = Node([None] * 9), memory.Memory()
    wake(node, CFG, mem)
    _, header, (r,) = node.heard[0]
    assert (r.pct, r.lo, r.hi, r.mm) == (None, None, None, None)
    assert (r.quality, r.reason, r.heard, r.pings) == (0, echo.SILENT, 0, 9)
    assert header.notes == [("sonar", 1)]
    assert mem.told_pct is None


def test_a_dead_sensor_is_noted_with_its_reason():
    node, mem = Node([None] * 9), memory.Memory()
    node.trouble = echo.DEAD
    wake(node, CFG, mem)
    assert node.heard[0][2][0].reason == echo.DEAD
    assert [row[1] for row in mem.notes.last] == [echo.DEAD]


def test_a_full_bin_is_told_at_once():
    node, mem = quiet()
    node.echoes = FULL
    wake(node, CFG, mem)
    _, _, readings = node.heard[1]
    assert readings[-1].pct == 95
    assert mem.told_pct == 95


def test_who_pushes_the_button_is_answered():
    node, mem = quiet()
    node.asked = True
    wake(node, CFG, mem)
    assert len(node.heard) == 2


# -- failure -----------------------------------------------------------------------------------


def test_without_an_acknowledgement_nothing_is_forgotten():
    node, mem = Node(publish=failure("publish", "ack", 9000)), memory.Memory(3, 40)
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
        assert node.clock_s + 450 <= mem.retry_s < node.clock_s + 900
        kept = memory.load(node.kept[-1])
        assert (kept.fails, kept.retry_s, len(kept.outbox)) == (1, mem.retry_s, 1)
        assert kept.notes.since() == [(why, 1)]


def test_a_link_that_does_not_come_up_is_a_failure_like_another():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory()
    nap_ms = wake(node, CFG, mem)
    assert node.log[-2:] == ["link on", "keep"]
    assert (len(mem.outbox), mem.fails, mem.set_s) == (1, 1, 0)
    assert 890_000 < nap_ms < 900_000


def test_there_is_no_radio_during_the_back_off():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory(3, 40)
    for n in range(20):
        before = mem.fails
        retry_s = mem.retry_s
        wake(node, CFG, mem)
        tried = "link on" in node.log
        assert tried == (n == 0 or node.clock_s >= retry_s)
        assert mem.fails == before + tried
        node.sleeps(900)
    assert 4 <= mem.fails <= 8
    assert len(mem.outbox) == 20


def test_after_an_outage_all_is_told_and_forgotten():
    node, mem = Node(enter=failure("join", "no_ap")), memory.Memory(3, 40)
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
    assert NOW < mem.retry_s < NOW + 900


# -- the nap -----------------------------------------------------------------------------------


def test_a_long_wake_does_not_move_the_next_one():
    for node in (Node(), Node(publish=failure("publish", "ack")), Node([None] * 9)):
        began_ms = node.now_ms
        nap_ms = wake(node, CFG, memory.Memory())
        assert node.now_ms - began_ms > 1000
        assert nap_ms == 900_000 - (node.now_ms - began_ms)


def test_a_quiet_wake_naps_until_the_next_measurement():
    node, mem = quiet()
    assert wake(node, CFG, mem) == 900_000 - 3 * 60


def test_a_sensor_that_eats_the_time_does_not_keep_the_node_awake():
    class Slow(Sonar):
        def ping(self):
            self.node.now_ms += 3000

    node, mem = Node(), memory.Memory()
    node.sonar = lambda cfg: Slow(node)
    wake(node, CFG, mem)
    (r,) = node.heard[0][2]
    assert (r.pings, r.reason) == (4, echo.SILENT)
