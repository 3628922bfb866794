"""A terminal program on the simulated bin's serial port: the commands that measure and speak."""

import pytest

from sim import places, port
from tests.port.conftest import BENCH, NOBODY, terminal

PROMPT = "smartbin bin-001> "


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


def _opened(line):
    line.expect("press Enter for the console")
    line.send("\r")
    line.expect(PROMPT)

    def once(typed, end=PROMPT):
        line.send(typed)
        line.expect(end)
        return line.before

    return once


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("measure 2\r", "clear echo"),
        ("measure 99\r", "measure takes a number from 1 to 20."),
        ("calibrate\r", "Usage: calibrate empty|full"),
        ("wifi scan\r", "* city-bins"),
        ("wifi join\r", "Address 10.0.0.77"),
        ("wifi test\r", "8 looks: from "),
        ("wifi\r", "Usage: wifi scan|join|test"),
        ("mqtt test\r", "The broker has the test message, on smartbin/v1/bin-001/test."),
        ("mqtt\r", "Usage: mqtt test"),
        ("selftest\r", "All is well."),
        ("selftest now\r", "Usage: selftest"),
    ],
)
def test_a_command_and_its_answer(seat, typed, shown):
    assert shown in seat(typed)


def test_live_goes_on_until_enter(seat):
    seat("live\r", "Enter stops.")
    for _ in range(3):
        seat("", r"\[[#-]{30}\]")
    assert "There is no command" not in seat("\r")


def test_calibrate_asks(seat):
    assert "it would become" in seat("calibrate empty\r", "Set it")
    assert "Nothing was changed." in seat("n")


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
