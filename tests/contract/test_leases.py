"""The DHCP server around a bin: leases that last, are renewed in one exchange, or are gone."""

import pytest

from tests.contract.chip import NEVER_MS, device, leads_to

TRUE_MS = 1_600_000_000_000
HOUR_MS = 3_600_000
AIR = {"channel": 1, "join_ms": 10, "dhcp_ms": 10, "rtt_ms": 20, "lease_s": 7200}
OURS = {"number": 77, "until_ms": TRUE_MS + HOUR_MS}
ACK, NAK = 5, 6

# ask() -> kind of the answer, address, lease in s; [] where nobody answers
START = """
import network, socket, struct, time
FIXED = ("10.0.0.77", "255.255.255.0", "10.0.0.1", "10.0.0.1")
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
def join(addresses=FIXED):
    if addresses:
        wlan.ifconfig(addresses)
    wlan.connect("city-bins", "rain-on-the-lid")
    while not wlan.isconnected():
        time.sleep_ms(5)
def ask(address=bytes((10, 0, 0, 77)), kind=3, more=b"", port=68):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("0.0.0.0", port))
    s.settimeout(1)
    head = b"\\1\\1\\6\\0" + b"abcd" + bytes(4) + address + bytes(12) + b"\\2" * 6 + bytes(202)
    options = b"\\x63\\x82\\x53\\x63" + bytes((53, 1, kind)) + more + b"\\xff"
    s.sendto(head + options, ("255.255.255.255", 67))
    try:
        a = s.recv(600)
    except OSError:
        return []
    assert a[0] == 2 and a[4:8] == b"abcd" and a[236:240] == b"\\x63\\x82\\x53\\x63"
    found, at = {}, 240
    while a[at] != 255:
        found[a[at]] = a[at + 2 : at + 2 + a[at + 1]]
        at += 2 + a[at + 1]
    lease = struct.unpack("!I", found[51])[0] if 51 in found else None
    return [found[53][0], ".".join([str(b) for b in a[16:20]]), lease]
def raised_by(function, *args):
    try:
        return function(*args) and None
    except OSError as e:
        return e.errno
"""


@pytest.fixture
def meet(run):
    """meet(program, lease) -> the Outcome of a wake of a bin that has that lease."""

    def once(program, lease=OURS, **changes):
        return run(START + program, true_ms=TRUE_MS, lease=lease, air=AIR, **changes)

    return once


def test_the_driver_asks_for_an_address_and_gets_it_for_a_time(meet):
    found = meet("join(None); say(wlan.ifconfig())", None)
    assert found.said == ["10.0.0.77", "255.255.255.0", "10.0.0.1", "10.0.0.1"]
    assert found["lease"]["number"] == 77
    assert found["lease"]["until_ms"] - TRUE_MS == pytest.approx(7_200_000, abs=1000)


def test_who_comes_back_in_time_gets_the_same_address(meet):
    assert meet("join(None); say(wlan.ifconfig()[0])").said == "10.0.0.77"


@pytest.mark.parametrize("gone", [{"until_ms": TRUE_MS - 1}, {"taken": True}])
def test_who_comes_too_late_gets_another_one(meet, gone):
    assert meet("join(None); say(wlan.ifconfig()[0])", OURS | gone).said == "10.0.0.78"


def test_one_exchange_renews_a_lease(meet):
    found = meet("join(); began = time.ticks_ms(); say(ask(), time.ticks_ms() - began)")
    assert found.said == [[ACK, "10.0.0.77", 7200], 20]
    assert found["lease"]["until_ms"] > TRUE_MS + 7_199_000


@pytest.mark.parametrize(
    "lease",
    [None, OURS | {"until_ms": TRUE_MS - 1}, OURS | {"taken": True}, OURS | {"number": 80}],
)
def test_an_address_that_is_not_ours_is_refused(meet, lease):
    found = meet("join(); say(ask())", lease)
    assert found.said == [NAK, "0.0.0.0", None]
    assert found["lease"] == lease and found["stolen"] == 0


@pytest.mark.parametrize(
    "asked",
    ["ask(bytes(4))", "ask(kind=1)", "ask(more=b'\\x36\\4\\x0a\\0\\0\\1')", "ask(port=1068)"],
)
def test_what_is_no_renewal_gets_no_answer(meet, asked):
    assert meet(f"join(); say({asked})").said == []


def test_a_silent_server_renews_nothing(run):
    silent = AIR | {"dhcp_ms": 1 << 40}
    found = run(START + "join(); say(ask())", true_ms=TRUE_MS, lease=OURS, air=silent)
    assert found.said == []


def test_the_port_belongs_to_the_driver_unless_the_address_is_fixed(meet):
    program = "join(None); s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    assert meet(program + "say(raised(s.bind, ('0.0.0.0', 68)))").said == "OSError"


TALK = """
join()
s = socket.socket()
s.settimeout(2)
say(raised_by(s.connect, ("10.0.0.2", 1883)), raised_by(socket.getaddrinfo, "broker.example", 1))
"""
TIMED_OUT, NO_NAME = 110, -202


@pytest.mark.parametrize(
    ("gone", "stolen"),
    [({"until_ms": TRUE_MS - 1}, True), ({"number": 80}, True), ({"taken": True}, False)],
)
def test_nothing_comes_back_to_an_address_that_somebody_else_has(meet, listen, gone, stolen):
    net = leads_to(listen(lambda data: data).port, NEVER_MS)
    found = meet(TALK, OURS | gone, net=net)
    assert found.said == [TIMED_OUT, NO_NAME]
    assert (found["stolen"] > 0) == stolen


def test_our_own_address_works(meet, listen):
    net = leads_to(listen(lambda data: data).port, NEVER_MS)
    found = meet(TALK, net=net)
    assert (found.said, found["stolen"]) == ([None, None], 0)


def test_an_address_from_outside_the_servers_own_is_nobodys_business(meet, listen):
    net = leads_to(listen(lambda data: data).port, NEVER_MS)
    found = meet(TALK.replace("join()", "join(('10.0.0.9',) + FIXED[1:])"), None, net=net)
    assert (found.said, found["stolen"]) == ([None, None], 0)


def test_a_lease_outlives_the_wake_and_a_theft_is_a_trouble(boot):
    program = """
if machine.wake_reason() == 0:
    join(None)
else:
    join()
    socket.getaddrinfo("broker.example", 1)
wlan.disconnect()
machine.deepsleep({})
"""
    twin = device()
    chip = boot(START + program.format(HOUR_MS))
    for _ in range(2):
        chip.live(twin)
    assert not twin.bin.troubles
    late = boot(START + program.format(25 * HOUR_MS))
    late.live(twin)
    late.live(twin)
    assert twin.bin.troubles["stolen address"] == 1


# -- small writes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at_once", "writes", "ms"), [(1, 2, 20), (0, 1, 20), (0, 2, 40), (0, 3, 40)]
)
def test_a_small_write_waits_for_the_receipt_of_the_one_before(meet, listen, at_once, writes, ms):
    program = f"""
join()
s = socket.socket()
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, {at_once})
s.connect(("10.0.0.2", 1883))
began = time.ticks_us()
for _ in range({writes}):
    s.write(b"a")
s.read({writes})
say((time.ticks_us() - began) // 1000)
"""
    found = meet(program, net=leads_to(listen(lambda data: data).port))
    assert found.said == pytest.approx(ms, abs=2)
