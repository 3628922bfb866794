"""Every kind of fault, once, with the real firmware and a real broker: it shows, and it passes.

Below: what the parts of a chip do in a fault, with programs of a few lines.
"""

from __future__ import annotations

import errno
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim import fleet
from sim.faults import KINDS
from sim.run import BinRun, Wake
from sim.scenario import Scenario, load
from tests.contract.chip import JOINED, leads_to
from tests.contract.listener import mqtt

HOUR_MS = 3_600_000
TALKATIVE = "sample_s = 600, report_s = 600, silence_s = 1200"
ASKING = TALKATIVE + ", lease_s = 0, name_s = 0"  # for an address and a name each time
SAFE = ("hang",)  # three in a row: the node sleeps long, and measures again after a report
WITH_FLASH = 'sample_s = 600, report_s = 3600, silence_s = 7200, outbox = "flash"'


@dataclass(frozen=True)
class Seen:
    """A run of one bin; its fault holds from at_ms to to_ms."""

    scenario: Scenario
    bin: BinRun
    at_ms: int
    to_ms: int

    @property
    def inside(self) -> list[Wake]:
        return [w for w in self.bin.wakes if self.at_ms <= w.t_ms < self.to_ms]

    @property
    def outside(self) -> list[Wake]:
        return [w for w in self.bin.wakes if not self.at_ms <= w.t_ms < self.to_ms]

    def noted(self, *names: str) -> int:
        return sum(self.bin.troubles.get(name, 0) for name in names)

    def reasons(self) -> set[str]:
        """Of the readings taken inside."""
        return {d.reason for w, d in self._readings() if w in self.inside}

    def spread_mm(self) -> int:
        mm = [d.distance_mm for w, d in self._readings() if w in self.inside and d.distance_mm]
        return max(mm) - min(mm)

    def apart_mm(self) -> float:
        """Least difference of a distance inside from the one before; without any, no end of it."""
        before = [d.distance_mm for w, d in self._readings() if w.t_ms < self.at_ms]
        now = [d.distance_mm for w, d in self._readings() if w in self.inside]
        return min([abs(mm - before[-1]) for mm in now if mm], default=math.inf)

    def clock_off_s(self) -> list[float]:
        """How far the stamps of the readings were ahead of the true time."""
        start_s = self.scenario.run.start.timestamp()
        return [d.at_s - start_s - w.t_ms / 1000 for w, d in self._readings() if d.at_s]

    def _readings(self):
        wakes = {w.number: w for w in self.bin.wakes if w.number}
        return [(wakes[d.number], d) for d in self.bin.deliveries if d.number in wakes]


TALK = ("dns", "tcp", "tls", "mqtt", "send")  # connected, sending included


def most_ms(wakes: list[Wake], *phases: str) -> int:
    return max(sum(w.phases.get(phase, 0) for phase in phases) for w in wakes if w.radio)


def ends(wakes: list[Wake]) -> set[str]:
    return {w.end for w in wakes}


# kind -> (amount or None, when, settings, what shows)
SHOWS: dict[str, tuple[float | None, str, str, Callable[[Seen], bool]]] = {
    "ap_down": (None, "2h", TALKATIVE, lambda s: s.noted("no_ap") > 0),
    "wrong_key": (None, "2h", TALKATIVE, lambda s: s.noted("bad_key") > 0),
    "weak_signal": (
        20,
        "2h",
        ASKING,
        lambda s: most_ms(s.inside, "dhcp") > 2 * most_ms(s.outside, "dhcp"),
    ),
    "dhcp_silent": (None, "2h", ASKING, lambda s: s.noted("join") > 0),
    "lease_taken": (
        None,
        "2h",
        TALKATIVE,
        lambda s: most_ms(s.inside, "dhcp") > 0 and not s.noted("stolen address"),
    ),
    "dns_dead": (None, "2h", ASKING, lambda s: s.noted("name") > 0),
    "dns_slow": (
        3,
        "2h",
        ASKING,
        lambda s: most_ms(s.inside, *TALK) > 3000 > most_ms(s.outside, *TALK),
    ),
    "time_server_wrong": (3000, "0s", TALKATIVE, lambda s: max(s.clock_off_s()) > 2900),
    "time_server_silent": (None, "0s", TALKATIVE, lambda s: s.noted("clock") > 0),
    "broker_down": (None, "2h", TALKATIVE, lambda s: s.noted("tcp") > 0),
    "broker_silent": (None, "2h", TALKATIVE, lambda s: s.noted("login") > 0),
    "connack_refused": (3, "2h", TALKATIVE, lambda s: s.noted("login") > 0),
    "puback_lost": (
        None,
        "2h",
        TALKATIVE,
        lambda s: s.noted("ack") > 0 and any(d.again for d in s.bin.deliveries),
    ),
    "puback_late": (
        3,
        "2h",
        TALKATIVE,
        lambda s: most_ms(s.inside, *TALK) > 3000 and not s.noted("ack"),
    ),
    "duplicate_session": (None, "2h", TALKATIVE, lambda s: s.noted("ack") > 0),
    "connection_reset": (None, "2h", TALKATIVE, lambda s: s.noted("ack", "login") > 0),
    "drip": (2, "2h", TALKATIVE, lambda s: s.noted("ack", "login") > 0),
    "packet_loss": (60, "2h", TALKATIVE, lambda s: most_ms(s.inside, *TALK) >= 1000),
    "flash_bad_block": (0.9, "2h", WITH_FLASH, lambda s: s.noted("flash") > 3),
    "flash_full": (None, "2h", WITH_FLASH, lambda s: s.noted("flash") > 0),
    "rtc_garbage": (None, "2h", TALKATIVE, lambda s: s.noted("memory") == 1),
    "nvs_erased": (None, "2h", TALKATIVE, lambda s: s.noted("settings") > 0),
    "settings_garbage": (None, "2h", TALKATIVE, lambda s: s.noted("settings") > 0),
    "power_cut": (
        None,
        "2h",
        TALKATIVE,
        lambda s: not s.inside and any(w.t_ms == s.to_ms for w in s.outside),
    ),
    "cut_at_write": (
        2,
        "2h",
        TALKATIVE,
        lambda s: ends(s.inside) == {"off"} and any(w.t_ms == s.to_ms for w in s.outside),
    ),
    "brownout": (None, "2h", TALKATIVE, lambda s: "brownout" in ends(s.inside)),
    "hang": (None, "2h", TALKATIVE, lambda s: "wdt" in ends(s.inside) and s.noted("reset") > 0),
    "crash": (None, "2h", TALKATIVE, lambda s: s.noted("crash") > 0),
    "sonar_silent": (None, "2h", TALKATIVE, lambda s: s.reasons() == {"silent"}),
    "sonar_stuck_high": (None, "2h", TALKATIVE, lambda s: s.reasons() == {"stuck"}),
    "sonar_stuck_low": (None, "2h", TALKATIVE, lambda s: s.reasons() == {"dead"}),
    "sonar_noise": (None, "2h", TALKATIVE, lambda s: not {"ok"} & s.reasons()),
    "blocked": (None, "2h", TALKATIVE, lambda s: "near" in s.reasons()),
    "wet": (100, "2h", TALKATIVE, lambda s: "near" in s.reasons()),
    "adc_nonsense": (None, "2h", TALKATIVE, lambda s: s.spread_mm() > 30),
    "fire": (None, "2h", TALKATIVE, lambda s: s.apart_mm() > 0),
    "tilt": (None, "2h", TALKATIVE, lambda s: s.reasons() == {"tilted"}),
    "lid_open": (None, "2h", TALKATIVE, lambda s: s.apart_mm() > 50),
    "clock_jump": (7200, "2h", TALKATIVE, lambda s: max(s.clock_off_s()) > 7000),
}


@pytest.fixture
def meet(tmp_path: Path) -> Callable[[str], Seen]:
    """meet(kind) -> eight hours of one bin that is in that fault for one of them."""

    def once(kind: str) -> Seen:
        amount, at, firmware, _ = SHOWS[kind]
        path = tmp_path / "one.toml"
        path.write_text(
            f'[run]\ndays = 0.334\n[bin]\nid = "{kind}"\nsettings = {{ {firmware} }}\n'
            "[waste]\nrate_pct_day = 5\n[radio]\nrssi_sigma_db = 0\n"
            f'[[fault]]\nkind = "{kind}"\nat = "{at}"\nlasts = "1h"\n'
            + ("" if amount is None else f"amount = {amount}\n")
        )
        scenario = load(path)
        done = fleet.run(scenario)
        assert done.broken is None
        (fault,) = scenario.faults
        return Seen(scenario, done.bins[0], fault.at_ms, fault.at_ms + fault.lasts_ms)

    return once


def test_all_kinds_are_here():
    assert set(SHOWS) == set(KINDS)


@pytest.mark.parametrize("kind", SHOWS)
def test_a_fault_shows_and_passes(meet, kind):
    seen = meet(kind)
    assert SHOWS[kind][3](seen), (seen.bin.troubles, seen.inside)
    after = [w for w in seen.bin.wakes if w.t_ms >= seen.to_ms]
    assert len(after) > (0 if kind in SAFE else 5)
    assert ends(after) == {"deepsleep"}
    assert max(w.awake_ms for w in seen.bin.wakes) <= 20_200
    assert seen.bin.lost == 0, seen.bin.vanished
    assert kind in SAFE or all(w.taken for w in after), "it measures on"
    last = max(d.wake for d in seen.bin.deliveries if d.wake is not None)
    assert seen.bin.wakes[last].t_ms >= seen.to_ms, "and reports on"


@pytest.mark.parametrize("kind", ["sonar_stuck_high", "sonar_stuck_low", "sonar_silent"])
def test_a_reading_of_a_broken_sensor_is_a_reading(meet, kind):
    seen = meet(kind)
    assert seen.inside and all(w.taken == 1 for w in seen.inside)


# -- the parts of a chip in a fault ---------------------------------------------------------------

AIR = {"rtt_ms": 30, "join_ms": 10, "dhcp_ms": 10}
CONNECTED = (
    JOINED
    + """
import socket
s = socket.socket()
s.settimeout(9)
s.connect(socket.getaddrinfo("broker.example", 1883)[0][-1])
def waited(function, *args):
    began = time.ticks_ms()
    try:
        found = function(*args)
        found = list(found) if isinstance(found, bytes) else found
    except OSError as e:
        found = e.errno
    return found, time.ticks_ms() - began
"""
)
HELLO, REPORT = b"\x10\x02ab", b"\x32\x07\0\1t\0\5xy"
RECEIPT = [0x40, 2, 0, 5]


@pytest.fixture
def talk(run, listen):
    """talk(program, fault) -> what the program said, and the listener, which is a broker."""

    def once(program, fault, reply=None):
        one = listen(reply or mqtt())
        found = run(CONNECTED + program, net=leads_to(one.port), air=AIR, fault=fault)
        return found.said, one

    return once


SAY_BOTH = f"s.write({HELLO}); a = waited(s.recv, 9); s.write({REPORT}); say(a, waited(s.recv, 9))"


def test_a_healthy_broker_answers_at_once(talk):
    (hello, report), _ = talk(SAY_BOTH, {})
    assert (hello, report) == ([[0x20, 2, 0, 0], 30], [RECEIPT, 30])


def test_a_lost_receipt_is_a_report_that_arrived(talk):
    (_, report), one = talk(SAY_BOTH, {"puback_lost": 1})
    assert report == [errno.ETIMEDOUT, 9100]
    assert REPORT in b"".join(one.heard)


def test_a_late_receipt_comes_so_much_later(talk):
    (hello, report), _ = talk(SAY_BOTH, {"puback_late": 2.5})
    assert (hello[1], report) == (30, [RECEIPT, 2530])


def test_a_receipt_later_than_the_timeout_may_still_be_waited_for(talk):
    said, _ = talk(SAY_BOTH + "; say(a, waited(s.recv, 9))", {"puback_late": 10})
    assert said[1] == [RECEIPT, 10_030 - 9100]


def test_a_session_refused(talk):
    (hello, rest), one = talk(SAY_BOTH, {"connack_refused": 4})
    assert (hello[0], rest[0]) == ([0x20, 2, 0, 4], [])
    assert one.heard == [], "it never came to the broker's ears"


def test_a_session_that_somebody_else_took(talk):
    (hello, report), one = talk(SAY_BOTH, {"duplicate_session": 1})
    assert (hello[0], report[0]) == ([0x20, 2, 0, 0], [])
    assert REPORT not in b"".join(one.heard)


def test_a_silent_broker_costs_the_whole_timeout(talk):
    (hello, _), one = talk(SAY_BOTH, {"broker_silent": 1})
    assert hello == [errno.ETIMEDOUT, 9100]
    assert one.heard == []


def test_what_drips_comes_byte_by_byte(talk):
    said, _ = talk(f"s.write({HELLO}); say([waited(s.recv, 9) for _ in range(4)])", {"drip": 0.5})
    assert said == [[[0x20], 30], [[2], 500], [[0], 500], [[0], 500]]


@pytest.mark.parametrize("after", range(18))
def test_a_connection_is_reset_after_so_many_bytes_both_ways(talk, after):
    program = f"""
out = [waited(s.write, {HELLO})[0], waited(s.recv, 9)[0]]
out += [waited(s.write, {REPORT})[0], waited(s.recv, 9)[0]]
say(out)
"""
    said, one = talk(program, {"connection_reset": after}, lambda data: bytes(4))
    heard = b"".join(one.heard)
    assert heard == (HELLO + REPORT)[: len(heard)]
    passed = sum(len(x) if isinstance(x, list) else x for x in said if x != errno.ECONNRESET)
    assert passed <= after
    assert (errno.ECONNRESET in said) == (after < 4 + 4 + 9 + 4)


def test_lost_packets_cost_repetitions(talk):
    program = (
        f"s.write({HELLO}); a = waited(s.recv, 9); s.write({REPORT}); say(a, waited(s.recv, 9))"
    )
    said, _ = talk(program, {"packet_loss": [0, 1000, 0, 3000]})
    assert [row[1] for row in said] == [30, 3030], "name, connection, CONNECT, PUBLISH"


def test_packets_of_tls_are_nobodys_business(talk):
    record = b"\x16\x02\0\1\0\5"
    program = f"s._secured = True; s.write({record}); say(waited(s.recv, 9))"
    fault = {"puback_lost": 1, "connack_refused": 5, "duplicate_session": 1}
    said, _ = talk(program, fault, lambda data: bytes(RECEIPT))
    assert said[0] == RECEIPT


@pytest.mark.parametrize(("kind", "ms"), [("dns_dead", 14_000), ("dns_slow", 4030)])
def test_no_timeout_bounds_a_question_for_a_name(run, kind, ms):
    program = """
import socket
began = time.ticks_ms()
error = raised(socket.getaddrinfo, "broker.example", 1883)
say(error, time.ticks_ms() - began)
"""
    found = run(JOINED + program, fault={kind: 4}, air=AIR).said
    assert found == ["OSError" if kind == "dns_dead" else None, ms]


def test_an_address_needs_no_name_server(run):
    program = "import socket; say(socket.getaddrinfo('10.0.0.2', 1883)[0][-1])"
    assert run(JOINED + program, fault={"dns_dead": 1}).said == ["10.0.0.2", 1883]


# -- power ----------------------------------------------------------------------------------------

THREE_WRITES = """
import esp32
rtc = machine.RTC()
rtc.memory(b"a" * 100)
rtc.memory(b"b" * 100)
n = esp32.NVS("space"); n.set_i32("one", 1); n.set_i32("two", 2); n.commit()
rtc.memory(b"c" * 100)
machine.deepsleep(1000)
"""


@pytest.mark.parametrize(
    ("at", "rtc", "nvs"),
    [
        (1, b"a" * 50, None),
        (2, b"b" * 50 + b"a" * 50, None),
        (3, b"b" * 100, {"space": {}}),
        (4, b"b" * 100, {"space": {"one": 1}}),
        (5, b"c" * 50 + b"b" * 50, {"space": {"one": 1, "two": 2}}),
        (6, b"c" * 100, {"space": {"one": 1, "two": 2}}),
    ],
)
def test_power_goes_in_the_middle_of_the_nth_write(run, at, rtc, nvs):
    found = run(THREE_WRITES, fault={"cut_at_write": at}, nvs={})
    assert found["how"] == ("off" if at < 6 else "deepsleep")
    assert (found.rtc, found["nvs"], found["writes"]) == (rtc, nvs, min(at, 5))


TWO_BLOCKS = """
import esp32
part = esp32.Partition("vfs")
part.writeblocks(3, bytes(4096))
part.ioctl(6, 3)
part.writeblocks(3, b"12345678", 0)
machine.deepsleep(1000)
"""
BLANK, HALF = b"\xff", 2048


@pytest.mark.parametrize(
    ("at", "block"),
    [
        (1, BLANK * 4096),
        (2, bytes(HALF) + BLANK * HALF),
        (3, BLANK * HALF + bytes(HALF)),
        (4, b"1234" + BLANK * 4092),
    ],
)
def test_a_torn_write_of_flash_is_half_done(boot, tmp_path, at, block):
    flash = {"flash": [str(tmp_path / "flash"), 256 * 1024]}
    assert boot(TWO_BLOCKS).wake(fault={"cut_at_write": at}, **flash)["how"] == "off"
    read = "import esp32; b = bytearray(4096); esp32.Partition('vfs').readblocks(3, b); "
    found = boot(read + "machine.RTC().memory(bytes(b[:2048])); machine.deepsleep(1)").wake(
        **flash
    )
    rest = boot(read + "machine.RTC().memory(bytes(b[2048:])); machine.deepsleep(1)").wake(**flash)
    assert found.rtc + rest.rtc == block


def test_after_the_cut_nothing_more_is_kept(run):
    program = """
rtc = machine.RTC()
for i in range(9):
    try:
        rtc.memory(bytes([i]) * 4)
    except BaseException:
        pass
"""
    found = run(program, fault={"cut_at_write": 3})
    assert (found["how"], found.rtc) == ("off", b"\2\2\1\1")


def test_a_power_cut_ends_a_wake_in_its_middle(run):
    found = run("import time; say(1); time.sleep(5); say(2)", fault={"power_cut": 1500})
    assert (found["how"], found["up_ms"], found.said) == ("off", 1500, 1)


@pytest.mark.parametrize(("dbm", "how"), [(20, "brownout"), (16, "brownout"), (15, "deepsleep")])
def test_a_weak_supply_gives_way_at_full_power_only(run, dbm, how):
    program = f"""
import network
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.config(txpower={dbm})
wlan.connect("city-bins", "rain-on-the-lid")
machine.deepsleep(1000)
"""
    assert run(program, fault={"brownout": 16})["how"] == how


# -- our own code ---------------------------------------------------------------------------------


def test_a_hang_lasts_until_the_watchdog_bites(run):
    program = "import time; say(1); time.sleep(1); say(2); time.sleep(1); say(3)"
    found = run("machine.WDT(timeout=5000); " + program, fault={"hang": 1500})
    assert (found["how"], found["up_ms"], found.said) == ("wdt", 5070, 2)
    assert run(program, fault={"hang": 1500})["how"] == "hung", "without one, for ever"


def test_a_crash_comes_once_out_of_a_driver(run):
    program = """
import time
try:
    time.sleep(1)
    say("never")
except RuntimeError:
    at = time.ticks_ms()
    time.sleep(1)
    say(at, time.ticks_ms())
"""
    assert run(program, fault={"crash": 300}).said == [300, 1300]


# -- flash ----------------------------------------------------------------------------------------

FILES = """
import os, vfs, esp32
part = esp32.Partition("vfs")
def mounted():
    vfs.mount(vfs.VfsLfs2(part), "/flash")
if machine.reset_cause() == machine.PWRON_RESET:
    vfs.VfsLfs2.mkfs(part)
    mounted()
    for name in ("old", "other"):
        with open("/flash/" + name, "w") as f:
            f.write("x" * 3000)
    machine.deepsleep(1000)
mounted()
def error(function, *args):
    try:
        function(*args)
    except OSError as e:
        return e.errno
def fill(name):
    with open("/flash/" + name, "w") as f:
        f.write("y" * 3000)
"""


@pytest.fixture
def worn(boot, tmp_path):
    """worn(program, fault) -> what it said, on a file system that was made in good days."""
    flash = {"flash": [str(tmp_path / "flash"), 256 * 1024]}

    def once(program, fault):
        chip = boot(FILES + program)
        chip.wake(**flash)
        return chip.wake(reset_cause=4, fault=fault, **flash).said

    return once


def test_a_full_file_system_takes_no_file_and_gives_up_old_ones(worn):
    program = (
        "say(error(fill, 'new'), error(os.remove, '/flash/old'), len(open('/flash/other').read()))"
    )
    assert worn(program, {"flash_full": 1}) == [28, None, 3000]
    assert worn(program, {})[0] is None


def test_bad_blocks_fail_and_what_stands_can_be_read(worn):
    program = "say([error(fill, str(i)) for i in range(4)], len(open('/flash/old').read()))"
    errors, size = worn(program, {"flash_bad_block": 0.99})
    assert set(errors) == {errno.EIO} and size == 3000
    assert worn(
        "say(error(part.ioctl, 6, 9), part.ioctl(6, 9), part.ioctl(6, 8))", {"flash_bad_block": 9}
    ) == [None, -errno.EIO, 0]


@pytest.mark.parametrize(
    ("line", "ms"),
    [
        ("part.ioctl(6, 3)", 45),
        ("part.ioctl(6, 3); part.writeblocks(3, bytes(256), 0)", 46),
        ("part.writeblocks(3, bytes(4096), 0)", 11),
        ("n = esp32.NVS('s'); n.set_i32('a', 1); n.set_i32('b', 1); n.commit()", 1),
    ],
)
def test_writing_flash_takes_time(run, tmp_path, line, ms):
    flash = [str(tmp_path / "flash"), 256 * 1024]
    found = run(f"import esp32; part = esp32.Partition('vfs'); {line}", flash=flash)
    assert found["phases"]["flash"] == ms
    assert found["up_ms"] == pytest.approx(70 + ms, abs=1)


def test_a_line_that_is_stuck_was_asked(run):
    ask = "import board; r = machine.Pin(board.RAIL_PIN, machine.Pin.OUT, value={}); "
    ask += "e = machine.Pin(board.SONAR_ECHO_PIN, machine.Pin.IN); say(e.value())"
    for rail, asked in ((1, True), (0, False)):
        found = run(ask.format(rail), fault={"sonar_stuck_high": 1})
        assert (found.said, found["asked"], found["pings"]) == (1, asked, 0)
