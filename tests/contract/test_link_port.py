"""hw/link: it joins, publishes, and has the radio off again in time, whatever it meets."""

import pytest

from sim.ear import Ear
from sim.scenario_table import Broker
from tests.contract.chip import NEVER_MS, NODE, SELDOM_MS, leads_to, settings
from tests.contract.listener import CONNACK, PUBACK, hang_up, mqtt, puback

LINK = (
    NODE
    + """
import network
from smartbin.deadline import Deadline
from smartbin.errors import LinkError
from smartbin.hw import store
from smartbin.memory import Memory
mem = Memory()
cfg = config.check(store.table(store.blob("settings")))
began = time.ticks_ms()
def speak(todo, awake_ms=cfg.awake_ms):
    why = None
    try:
        with node.link(cfg, mem, Deadline(time, awake_ms)) as link:
            todo(link)
    except LinkError as e:
        why = e.stage, e.why, e.waited_ms
    say(why, time.ticks_ms() - began, network.WLAN().active())
def publish(link, confirmed=False):
    link.publish(b"smartbin/v1/desk/report", b'{"v":1}', True, confirmed)
def confirm(link):
    publish(link, True)
"""
)
LINK_MS = 9500  # the default of link_ms
OFF_MS = 40  # one look at the driver, and switching it off


@pytest.fixture(scope="module")
def ear():
    with Ear(Broker()) as one:
        yield one


def test_link_joins_and_publishes_to_a_real_broker(run, ear):
    found = run(LINK + "speak(publish)", net=leads_to(ear.port))
    why, took_ms, on = found.said
    assert (why, on) == (None, False)
    assert took_ms < 3000
    assert ear.drain()
    assert ("smartbin/v1/desk/report", b'{"v":1}') in ear.messages


def test_link_says_hello_and_goodbye_in_one_piece_each(run, listen):
    listener = listen(mqtt())
    run(
        LINK + "speak(publish)",
        net=leads_to(listener.port),
        nvs=settings(mqtt_user="u", mqtt_password="p"),
    )
    assert listener.ended.wait(10)
    assert [piece[0] >> 4 for piece in listener.heard] == [1, 3, 14]


def test_link_publishes_twice_over_one_session(run, listen):
    listener = listen(mqtt())
    program = LINK + "def twice(link):\n    publish(link)\n    publish(link)\nspeak(twice)"
    assert run(program, net=leads_to(listener.port)).said[0] is None
    assert listener.ended.wait(10)
    assert [piece[0] >> 4 for piece in listener.heard] == [1, 3, 3, 14]


def back(packet: bytes) -> bytes:
    """The PUBACK, and the message once more, for its sender."""
    pid = 4 + packet[3]
    return puback(packet) + bytes([0x30, packet[1] - 2]) + packet[2:pid] + packet[pid + 2 :]


def granted(packet: bytes) -> bytes:
    return b"\x90\x03" + packet[2:4] + b"\1"


def test_link_hears_its_first_report_come_back(run, listen):
    listener = listen(mqtt(publish=back, subscribe=granted))
    found = run(LINK + "speak(confirm)", net=leads_to(listener.port))
    assert found.said[0] is None
    assert listener.ended.wait(10)
    assert [piece[0] >> 4 for piece in listener.heard] == [1, 8, 3, 14]


def test_link_hears_its_first_report_come_back_before_it_is_acknowledged(run, listen):
    listener = listen(mqtt(publish=lambda p: back(p)[4:] + puback(p), subscribe=granted))
    assert run(LINK + "speak(confirm)", net=leads_to(listener.port)).said[0] is None


OTHERS = b"\x30\x06\0\x01abcd"


@pytest.mark.parametrize("instead", [b"", OTHERS, OTHERS * 900, b"\xd0\0", b"\x30\x02\0\0"])
def test_link_knows_a_broker_that_passes_nothing_on(run, listen, instead):
    listener = listen(mqtt(publish=lambda p: puback(p) + instead, subscribe=granted))
    found = run(LINK + "speak(confirm)", net=leads_to(listener.port, NEVER_MS))
    (*why, _), took_ms, on = found.said
    assert (why, on) == (["publish", "acl"], False)
    assert took_ms <= 7000


def test_link_takes_an_empty_message_for_what_it_is(run, listen):
    empty = b"\x30\x19\0\x17smartbin/v1/desk/report" + b"\x30\x03\0\1a" + b"\x30\x02\0\0"
    listener = listen(mqtt(publish=lambda p: empty + puback(p)))
    assert run(LINK + "speak(publish)", net=leads_to(listener.port)).said[0] is None


def test_link_reads_no_more_than_a_broker_of_ours_can_mean(run):
    program = """
from smartbin.hw.wire import Wire
wire = Wire(Deadline(time, 1000), None)
refused = [raised(wire.read, size) for size in (8193, 1 << 28, 1 << 70)]
say(refused, [wire.read(size) == b"" for size in (0, -1, -5000)])
"""
    assert run(LINK + program).said == [["OSError"] * 3, [True] * 3]


@pytest.mark.parametrize("retained", [True, False])
def test_link_retains_what_is_to_be_retained(run, listen, retained):
    listener = listen(mqtt())
    program = f"speak(lambda link: link.publish(b'topic', b'x', {retained}, False))"
    run(LINK + program, net=leads_to(listener.port))
    assert listener.heard[1][0] & 1 == retained


def test_link_tells_how_much_time_is_left(run, listen):
    listener = listen(mqtt())
    program = """
left = []
def todo(link):
    left.append(link.left_ms())
    publish(link)
    left.append(link.left_ms())
speak(todo)
say(left)
"""
    before, after = run(LINK + program, net=leads_to(listener.port)).said
    assert LINK_MS > before > after > LINK_MS - 3000


def test_link_sends_more_softly_after_each_supply_that_gave_way(run):
    program = """
told = []
real = network.WLAN.config
def config(self, *args, **kw):
    told.append(kw.get("txpower"))
    return real(self, *args, **kw)
network.WLAN.config = config
for mem.browned in (0, 1, 2, 3, 4, 255):
    speak(publish)
say([dbm for dbm in told if dbm])
"""
    assert run(LINK + program, air={"ap": False}).said == [17, 14, 11, 8, 8]


JOINS = [
    # what the radio meets, stage and reason, at most this long
    ({"ap": False}, ["join", "no_ap"], 5000),
    ({"ssid": "other"}, ["join", "no_ap"], 5000),
    ({"key": "other"}, ["join", "bad_key"], 6000),
    ({"join_ms": 60_000}, ["join", "join"], LINK_MS),
    ({"dhcp_ms": 60_000}, ["join", "join"], LINK_MS),
]


@pytest.mark.parametrize(("air", "reason", "longest_ms"), JOINS)
def test_link_ends_in_time_when_it_cannot_join(run, air, reason, longest_ms):
    (*why, waited_ms), took_ms, on = run(LINK + "speak(publish)", air=air).said
    assert (why, on) == (reason, False)
    assert waited_ms <= took_ms <= longest_ms + OFF_MS


def test_link_may_join_after_a_failure_that_the_driver_still_shows(run, listen):
    # Whoever believes the first 201 gives up on an access point that is there a second later.
    program = """
import twin
twin.s.frame["air"]["ap"] = False
def watch(self, status, failing):
    twin.s.frame["air"]["ap"] = time.ticks_ms() > 1000
    return real(self, status, failing)
from smartbin.hw.join import Station
real, Station._watch = Station._watch, watch
speak(publish)
"""
    listener = listen(mqtt())
    assert run(LINK + program, net=leads_to(listener.port)).said[0] is None


SESSIONS = [
    # what the broker answers to CONNECT and to PUBLISH, stage and reason
    ("silent", mqtt(b""), ["login", "login"]),
    ("half an answer", mqtt(CONNACK[:2]), ["login", "login"]),
    ("hangs up", mqtt(hang_up), ["login", "login"]),
    ("not authorised", mqtt(b"\x20\x02\0\x05"), ["login", "login"]),
    ("not a broker", mqtt(b"HTTP/1.1 400 Bad Request\r\n\r\n"), ["login", "login"]),
    ("no PUBACK", mqtt(publish=b""), ["publish", "ack"]),
    ("half a PUBACK", mqtt(publish=PUBACK + b"\0"), ["publish", "ack"]),
    ("PUBACK for another", mqtt(publish=b"\x40\x02\0\x07"), ["publish", "ack"]),
    ("hangs up at PUBLISH", mqtt(publish=hang_up), ["publish", "ack"]),
    ("babbles", mqtt(publish=b"\xff" * 40), ["publish", "ack"]),
    ("pings us", mqtt(publish=b"\xd0\0"), ["publish", "ack"]),
]


@pytest.mark.parametrize(
    ("reply", "reason"), [s[1:] for s in SESSIONS], ids=[s[0] for s in SESSIONS]
)
def test_link_ends_in_time_whatever_the_broker_does(run, listen, reply, reason):
    listener = listen(reply)
    found = run(LINK + "speak(publish)", net=leads_to(listener.port, SELDOM_MS))
    (*why, waited_ms), took_ms, on = found.said
    assert (why, on) == (reason, False)
    assert waited_ms <= LINK_MS
    assert took_ms <= LINK_MS + OFF_MS


def test_link_uses_its_time_on_a_silent_broker(run, listen):
    listener = listen(mqtt(b""))
    (*_, waited_ms), _, _ = run(
        LINK + "speak(publish)", net=leads_to(listener.port, NEVER_MS)
    ).said
    assert waited_ms > LINK_MS - 300


WAYS = [
    ({"names": {}}, ["name", "name"]),
    ({"up": False}, ["tcp", "tcp"]),
    ({"hosts": {}}, ["tcp", "tcp"]),
]


@pytest.mark.parametrize(("net", "reason"), WAYS)
def test_link_ends_in_time_when_there_is_no_way(run, net, reason):
    program = LINK + "speak(publish)"
    found = run(program, net=net)
    (*why, _), took_ms, on = found.said
    assert (why, on) == (reason, False)
    assert took_ms <= LINK_MS + OFF_MS


def test_link_is_refused_where_nobody_listens(run, closed_port):
    (*why, _), _, on = run(LINK + "speak(publish)", net=leads_to(closed_port)).said
    assert (why, on) == (["tcp", "tcp"], False)


def test_link_keeps_to_what_is_left_of_the_wake(run, listen):
    listener = listen(mqtt(b""))
    (*why, _), took_ms, _ = run(
        LINK + "speak(publish, 4000)", net=leads_to(listener.port, NEVER_MS)
    ).said
    assert why == ["login", "login"]
    assert took_ms <= 4000 + OFF_MS


def test_link_obeys_its_setting(run, listen):
    listener = listen(mqtt(b""))
    found = run(
        LINK + "speak(publish)", net=leads_to(listener.port, NEVER_MS), nvs=settings(link_ms=3000)
    )
    assert 2500 < found.said[1] <= 3000 + OFF_MS


def test_link_takes_a_message_that_it_never_asked_for(run, listen):
    unasked = b"\x30\x06\0\x01abcd" + b"\x31\x04\0\x01ab"
    listener = listen(mqtt(publish=lambda packet: unasked + puback(packet)))
    assert run(LINK + "speak(publish)", net=leads_to(listener.port)).said[0] is None


@pytest.mark.parametrize("error", ["ValueError('a bug')", "KeyboardInterrupt()", "MemoryError()"])
def test_link_switches_the_radio_off_whatever_is_raised_inside(run, listen, error):
    listener = listen(mqtt())
    program = f"""
def todo(link):
    publish(link)
    raise {error}
try:
    speak(todo)
except BaseException as e:
    say(type(e).__name__, network.WLAN().active())
"""
    name = error.split("(")[0]
    assert run(LINK + program, net=leads_to(listener.port)).said == [name, False]


@pytest.mark.parametrize("call", ["__init__", "active", "config", "connect", "status"])
def test_link_tells_a_driver_that_fails_as_a_join_that_fails(run, call):
    program = f"""
real = network.WLAN.{call}
def fails(self, *args, **kw):
    if args or kw or "{call}" not in ("active",):
        network.WLAN.{call} = real
        raise OSError("Wifi Unknown Error 0x0101")
    return real(self)
network.WLAN.{call} = fails
speak(publish)
"""
    found = run(LINK + program)
    assert found.said[0][:2] == ["join", "join"]
    assert found.said[2] is False


def test_link_knows_the_time(run):
    program = (
        LINK
        + """
told = []
speak(lambda link: told.append(link.network_time_s()))
say(told)
"""
    )
    assert run(program, true_ms=1_600_000_000_000).said == [1_600_000_002 - 946_684_800]


@pytest.mark.parametrize("net", [{"time": False}, {"names": {}}])
def test_link_is_soon_tired_of_a_time_server_that_does_not_answer(run, net):
    (*why, _), took_ms, on = run(LINK + "speak(lambda link: link.network_time_s())", net=net).said
    assert (why, on) == (["clock", "clock"], False)
    assert took_ms < 4000
