"""`socket` as on the ESP32: real bytes, virtual waits, timeouts that are not what they say."""

import errno

import pytest

from tests.contract.chip import JOINED, NEVER_MS, SELDOM_MS, leads_to

RTT_MS = 30
AIR = {"rtt_ms": RTT_MS, "join_ms": 10, "dhcp_ms": 10}

# A socket; waited(...) -> what came of a call, and how many ms it took.
OPEN = (
    JOINED
    + """
import socket
s = socket.socket()
broker = socket.getaddrinfo("broker.example", 1883)[0][-1]
def waited(function, *args):
    began = time.ticks_ms()
    try:
        found = function(*args)
        found = found.decode() if isinstance(found, bytes) else found
    except OSError as e:
        found = e.errno
    return found, time.ticks_ms() - began
"""
)
CONNECTED = OPEN + "s.connect(broker)\n"


def echo(data):
    return data


def silent(data):
    return b""


@pytest.fixture
def talk(run, listen):
    """talk(program, reply) -> Outcome of a program with a connected socket."""

    def once(program, reply=silent, wall_ms=None):
        wall_ms = wall_ms or (NEVER_MS if reply is silent else 5000)
        return run(CONNECTED + program, net=leads_to(listen(reply).port, wall_ms), air=AIR)

    return once


def test_bytes_go_out_and_come_back(talk):
    program = "s.write(b'ab'); s.send(b'cd'); s.sendall(b'ef'); say(s.read(6).decode())"
    assert talk(program, echo).said == "abcdef"


def test_an_answer_takes_a_round_trip_and_so_does_a_connection(talk):
    program = """
name, connection = waited(socket.getaddrinfo, "broker.example", 1883), waited(s2.connect, broker)
began = time.ticks_us(); s.write(b'a')
first, rest = s.read(1).decode(), waited(s.recv, 9)
say(name[1], connection[1], first, time.ticks_us() - began, rest)
"""
    name_ms, connection_ms, first, us, rest = talk(
        "s2 = socket.socket()" + program, lambda data: b"xyz"
    ).said
    assert (name_ms, connection_ms) == pytest.approx((RTT_MS, RTT_MS), abs=1)
    assert (first, us, rest) == ("x", RTT_MS * 1000, ["yz", 0])


@pytest.mark.parametrize(
    ("timeout", "waits_ms"), [(1, 1100), (0.25, 300), (0.1, 200), (3.99, 4000)]
)
def test_a_timeout_is_whole_polls_of_100_ms_and_one_more(talk, timeout, waits_ms):
    program = f"s.settimeout({timeout}); say(waited(s.read, 1), waited(s.recv, 1))"
    assert talk(program).said == [[errno.ETIMEDOUT, waits_ms]] * 2


@pytest.mark.parametrize(
    ("timeout", "waits_ms"), [(0.099, 100), (0.05, 100), (0.001, 100), (0, 0)]
)
def test_a_timeout_below_100_ms_behaves_as_non_blocking(talk, timeout, waits_ms):
    program = f"s.settimeout({timeout}); say(waited(s.read, 1), waited(s.recv, 1))"
    assert talk(program).said == [[None, waits_ms], [errno.EAGAIN, waits_ms]]


def test_setblocking_false_does_not_wait(talk):
    assert talk("s.setblocking(False); say(waited(s.read, 1))").said == [None, 0]


def test_setblocking_true_cancels_the_timeout(talk):
    program = "say(1); s.settimeout(1); s.setblocking(True); s.read(1); say(2)"
    found = talk(program)
    assert (found["how"], found.said) == ("hung", 1), "awake for ever"
    guarded = talk("machine.WDT(timeout=20_000)\n" + program)
    assert (guarded["how"], guarded.said) == ("wdt", 1)


def test_so_does_settimeout_none(talk):
    assert talk("s.settimeout(1); s.settimeout(None); s.read(1)")["how"] == "hung"


def test_the_watchdog_ends_a_long_wait_in_time(talk):
    found = talk("machine.WDT(timeout=5000); say(time.ticks_ms()); s.settimeout(60); s.read(1)")
    assert (found["how"], found["up_ms"]) == ("wdt", found.said + 5000)


def test_read_waits_for_all_of_it_and_a_timeout_loses_what_had_come(talk):
    program = "s.settimeout(1); s.write(b'a'); say(waited(s.read, 4), waited(s.recv, 4))"
    whole, rest = talk(program, lambda data: b"xy", SELDOM_MS).said
    assert whole[0] == errno.ETIMEDOUT
    assert rest[0] == errno.ETIMEDOUT, "the two bytes are gone"


def test_recv_takes_what_there_is(talk):
    assert talk("s.write(b'a'); say(s.recv(100).decode())", lambda data: b"xy").said == "xy"


def test_the_end_is_an_empty_answer_every_time(talk):
    program = "s.write(b'a'); say(*[s.recv(1).decode() for _ in range(3)], s.read().decode())"
    assert talk(program, lambda data: None).said == ["", "", "", ""]


def test_readinto_fills_a_buffer(talk):
    program = "b = bytearray(3); s.write(b'a'); n = s.readinto(b, 2); say(n, b.decode())"
    assert talk(program, lambda data: b"xyz").said == [2, "xy\0"]


def test_an_answer_that_is_under_way_is_not_there_yet(talk):
    program = "s.setblocking(False); s.write(b'a'); time.sleep_ms(29); early = s.read(1)\n"
    program += "time.sleep_ms(1); s.settimeout(1); say(early, s.read(1).decode())"
    assert talk(program, echo).said == [None, "a"]


# -- names, ways and their ends -------------------------------------------------------------------


def test_a_name_leads_where_the_scenario_says(run):
    program = JOINED + "import socket; say(socket.getaddrinfo('broker.example', 1883)[0])"
    assert run(program).said == [2, 1, 0, "", ["10.0.0.2", 1883]]
    program = JOINED + "import socket; say(socket.getaddrinfo('192.168.4.1', 80)[0][-1])"
    assert run(program).said == ["192.168.4.1", 80]


@pytest.mark.parametrize("name", ["nobody.example", "1.2.3", "1.2.3.999", ""])
def test_a_name_that_nobody_knows(run, name):
    program = f"""
import socket
try:
    socket.getaddrinfo({name!r}, 1883)
except OSError as e:
    say(e.errno)
"""
    assert run(JOINED + program).said == -202


def test_nobody_listens(run, closed_port):
    refused = [errno.ECONNREFUSED, RTT_MS]
    program = OPEN + "say(waited(s.connect, broker))"
    assert run(program, net=leads_to(closed_port), air=AIR).said == refused
    assert run(program, net={"up": False}, air=AIR).said == refused


def test_an_address_that_leads_nowhere_costs_the_whole_timeout(run):
    found = run(OPEN + "s.settimeout(2); say(waited(s.connect, broker))", air=AIR)
    assert found.said == [errno.ETIMEDOUT, RTT_MS + 2100]


def test_without_wifi_there_is_no_way(run):
    program = "import socket; s = socket.socket(); say(raised(s.connect, ('10.0.0.2', 1883)),"
    program += "raised(socket.getaddrinfo, 'broker.example', 1), raised(s.write, b'x'))"
    assert run(program).said == ["OSError"] * 3


@pytest.mark.parametrize("off", ["wlan.active(False)", "wlan.disconnect()"])
def test_a_connection_does_not_outlive_the_wifi(talk, off):
    found = talk(
        f"s.write(b'a'); {off}; say(waited(s.write, b'b')[0], waited(s.read, 1)[0])", echo
    )
    assert found.said == [errno.ECONNABORTED] * 2


def test_a_closed_socket_is_not_connected(talk):
    assert talk("s.close(); s.close(); say(waited(s.write, b'x')[0])").said == errno.ENOTCONN


def test_the_end_of_the_wake_ends_its_connections(run, listen):
    listener = listen(silent)
    run(CONNECTED + "s.write(b'a'); keep = s; machine.deepsleep(1)", net=leads_to(listener.port))
    assert listener.ended.wait(10)


ASK_THE_TIME = (
    JOINED
    + """
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
query = bytearray(48)
query[0], query[40:48] = 0x1B, b"question"
s.sendto(query, ("10.0.0.3", 123))
"""
)


def test_the_time_server_knows_the_true_time(run):
    program = """
a = s.recv(48)
say(a[0] & 7, a[24:32].decode(), struct.unpack_from("!I", a, 40)[0] - 2_208_988_800)
"""
    air = {"join_ms": 600, "dhcp_ms": 400, "rtt_ms": 20}
    found = run(ASK_THE_TIME + program, true_ms=1_600_000_000_000, air=air)
    assert found.said == [4, "question", 1_600_000_001], "1.09 s after the frame was made"


def test_a_time_server_may_say_nothing(run):
    found = run(ASK_THE_TIME + "say(raised(s.recv, 48))", net={"time": False})
    assert found.said == "OSError"
