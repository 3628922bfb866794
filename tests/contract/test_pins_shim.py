"""`machine.Pin`, `time_pulse_us` and `ADC` as on the ESP32, with a sensor on the pins."""

import pytest

from tests.contract.chip import C3

ECHO_PIN = "26"  # of the board

# A sensor with power, and a ping; pins and figures as in the frame of the board.
SENSOR = """
import time, board
from machine import Pin, time_pulse_us
trigger, echo = Pin(board.SONAR_TRIG_PIN, Pin.OUT, value=0), Pin(board.SONAR_ECHO_PIN, Pin.IN)
rail = Pin(board.RAIL_PIN, Pin.OUT, value=1)
def ping(us=20):
    trigger.value(1); time.sleep_us(us); trigger.value(0)
"""


def test_a_pulse_has_its_width(run):
    found = run(
        SENSOR + "time.sleep_ms(50); ping(); say(time_pulse_us(echo, 1, 60_000))", echoes=[5831]
    )
    assert found.said == 5831
    assert found["pings"] == 1


def test_no_pulse_is_minus_2_after_one_timeout(run):
    found = run(
        SENSOR + "a = time.ticks_us(); say(time_pulse_us(echo, 1, 30_000), time.ticks_us() - a)"
    )
    assert found.said == [-2, 30_000]


def test_a_pulse_without_end_is_minus_1_and_each_phase_has_the_whole_timeout(run):
    program = (
        SENSOR
        + """
time.sleep_ms(50); ping()
a = time.ticks_us()
say(time_pulse_us(echo, 1, 500), time.ticks_us() - a, echo.value())
"""
    )
    us, took_us, line = run(program, echoes=[60_000]).said
    assert us == -1
    assert took_us > 500, "the wait for the pulse has a timeout of its own"
    assert line == 1, "the pulse is still there"


def test_a_pulse_that_has_begun_reads_short(run):
    program = (
        SENSOR
        + """
time.sleep_ms(50); ping(); time.sleep_us(450 + 831)
say(time_pulse_us(echo, 1, 60_000))
"""
    )
    assert run(program, echoes=[5831]).said == 5000


def test_a_pulse_that_is_over_never_comes(run):
    program = (
        SENSOR + "time.sleep_ms(50); ping(); time.sleep_ms(7); say(time_pulse_us(echo, 1, 9_000))"
    )
    assert run(program, echoes=[5831]).said == -2


def test_a_stuck_line_starts_at_once_and_never_ends(run):
    program = SENSOR + "say(echo.value(), time_pulse_us(echo, 1, 9_000))"
    assert run(program, held={ECHO_PIN: 1}).said == [1, -1]


@pytest.mark.parametrize(
    ("preparation", "why"),
    [
        ("time.sleep_ms(50); ping(5)", "the trigger is too short"),
        ("time.sleep_ms(10); ping()", "the sensor still settles"),
        ("time.sleep_ms(50); rail.value(0); ping()", "it has no power"),
    ],
)
def test_a_sensor_that_cannot_hear(run, preparation, why):
    found = run(SENSOR + f"{preparation}; say(time_pulse_us(echo, 1, 9_000))", echoes=[5831])
    assert (found.said, found["pings"]) == (-2, 0), why


def test_the_time_with_the_rail_on_is_sensing(run):
    found = run(SENSOR + "time.sleep_ms(100); rail.value(0); time.sleep_ms(30)")
    assert (found["phases"]["sense"], found["phases"]["cpu"]) == (100, 30)


def test_pulls_decide_what_an_open_input_reads(run):
    program = "P = machine.Pin; say(P(4, P.IN, P.PULL_UP)(), P(4, P.IN)(), P(4, P.OUT, value=1)())"
    assert run(program).said == [1, 0, 1]


# -- the converter --------------------------------------------------------------------------------

READ = "adc = machine.ADC(machine.Pin({pin}), atten=machine.ADC.ATTN_11DB)\n"
JOIN = """
import network, time
wlan = network.WLAN(); wlan.active(True)
"""


def test_adc2_is_refused_while_wifi_is_on_and_works_after_it(run):
    program = (
        READ.format(pin=27)
        + JOIN
        + "on = raised(adc.read_uv); wlan.active(False); say(on, raised(adc.read_uv))"
    )
    assert run(program).said == ["OSError", None]


def test_adc1_works_all_the_time_and_sees_the_radio_pull_the_battery_down(run):
    program = READ.format(pin=34) + "quiet = adc.read_uv()\n" + JOIN + "say(quiet, adc.read_uv())"
    found = run(program, adc={"34": [1_500_000, 1_400_000, False]})
    assert found.said == [1_500_000, 1_400_000]


def test_a_divider_on_the_rail_reads_nothing_without_it(run):
    program = (
        READ.format(pin=35) + SENSOR + "on = adc.read_uv(); rail.value(0); say(on, adc.read_uv())"
    )
    assert run(program, adc={"35": [1_650_000, 1_650_000, True]}).said == [1_650_000, 0]


def test_the_c3_has_no_adc2_to_lose(run):
    program = READ.format(pin=3) + JOIN + "say(adc.read_uv())"
    assert run(program, C3, adc={"3": [1_000_000, 900_000, False]}).said == 900_000
