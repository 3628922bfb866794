"""A terminal program on the simulated bin's serial port: the commands that measure and speak."""

import re

import pytest

from sim import places, port
from tests.port.conftest import BENCH, NOBODY, terminal

PROMPT = "smartbin bin-001> "
WELL = (
    ("measure", "clear echo"),
    ("measure 2", "clear echo"),
    ("wifi scan", "* city-bins"),
    ("wifi join", "Address 10.0.0.77"),
    ("wifi test", "8 looks: from "),
    ("mqtt test", "The broker has the test message, on smartbin/v1/bin-001/test."),
    ("selftest", "All is well."),
    ("install\ry", "The record is kept; the next report tells it."),
    ("install\r\ny", "The record is kept; the next report tells it."),
    ("install\rn", "Empty the bin first"),
    ("live", "Enter stops."),
    ("calibrate empty", "it would become"),
    ("calibrate full", "it would become"),
)
WRONG = (
    ("measure 99", "measure takes a number from 1 to 20."),
    ("calibrate", "Usage: calibrate empty|full"),
    ("wifi", "Usage: wifi scan|join|test"),
    ("mqtt", "Usage: mqtt test"),
    ("selftest now", "Usage: selftest"),
)


@pytest.fixture(scope="module")
def seat():
    """seat(typed) -> what is shown until the next prompt; a bin with a broker behind it."""
    with port.open(BENCH, nap_s=0.2, pace=0.02) as bench, terminal(bench.path) as line:
        yield _opened(line)


@pytest.fixture
def lonely():
    """The same where nobody listens at the broker."""
    where = {"broker": NOBODY, "nap_s": 0.2, "pace": 0.02}
    with port.open(BENCH, **where) as bench, terminal(bench.path) as line:
        yield _opened(line)


@pytest.fixture(scope="module")
def slow():
    """The same in half of real time, so that there is time to press a key."""
    where = {"broker": NOBODY, "nap_s": 0.2, "pace": 0.5}
    with port.open(BENCH, **where) as bench, terminal(bench.path) as line:
        yield _opened(line)


def _opened(line):
    line.expect("press Enter for the console")
    line.send("\r")
    line.expect(PROMPT)

    def once(typed, end=PROMPT):
        line.send(typed)
        line.expect(end)
        return line.before

    return once


@pytest.mark.parametrize(("typed", "shown"), WELL[:-3] + WRONG)
def test_a_command_and_its_answer(seat, typed, shown):
    assert shown in seat(typed + "\r")


def test_live_goes_on_until_enter(seat):
    seat("live\r", "Enter stops.")
    for _ in range(3):
        seat("", r"\[[#-]{20}\]")
    assert "There is no command" not in seat("\r")


@pytest.mark.parametrize("answer", ["n", "n\r\n", "\r"])
@pytest.mark.parametrize(("typed", "shown"), [row for row in WELL if "calibrate" in row[0]])
def test_calibrate_asks(seat, typed, shown, answer):
    assert shown in seat(typed + "\r", "Set it")
    assert "Nothing was changed." in seat(answer)


@pytest.mark.parametrize("key", ["\r", "\r\n", "\x03", "never mind\r"])
@pytest.mark.parametrize(
    ("typed", "begun"),
    [("measure 20\r", " 2  "), ("selftest\r", "selftest\r\n"), ("install\r\ny\r\n", "pings ...")],
)
def test_enter_or_ctrl_c_stops_what_takes_long(slow, typed, begun, key):
    slow(typed, begun)
    assert re.search(r"Stopped after \d+ of \d+; nothing was kept.\r\n$", slow(key))


def test_a_broker_that_is_down_is_named(lonely):
    assert "TCP failed after" in lonely("mqtt test\r", "Nobody listens at")


@pytest.mark.mosquitto
def test_all_the_way_over_tls_to_a_real_mosquitto():
    tls = places.ROOT / "sim" / "scenarios" / "tls.toml"
    with port.open(tls, nap_s=0.2, pace=0.02) as bench, terminal(bench.path) as line:
        said = _opened(line)("mqtt test\r")
    steps = [row.rsplit(maxsplit=2)[0] for row in said.split("\r\n") if row.endswith(" ms")]
    way = ["radio on", "let in", "address", "clock", "name", "TCP", "TLS", "login", "publish"]
    assert [step.strip() for step in steps] == way
    assert "The broker has the test message" in said
