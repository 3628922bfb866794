"""`machine` as on the ESP32: sleeps and resets, RTC memory, pins, pulses, converter, watchdog."""

import pytest

from tests.contract.chip import C3

AWAKE_FOR_EVER = "awake"


# -- deep sleep -----------------------------------------------------------------------------------


def test_deepsleep_ends_the_wake(run):
    found = run("say(1); machine.deepsleep(900_000); say(2)")
    assert (found["how"], found["sleep_ms"], found.said) == ("deepsleep", 900_000, 1)


@pytest.mark.parametrize(
    ("argument", "error"),
    [
        ("900.0", "TypeError"),
        ("None", "TypeError"),
        ("'900'", "TypeError"),
        ("1 << 31", "OverflowError"),
        ("-(1 << 31) - 1", "OverflowError"),
    ],
)
def test_arguments_that_deepsleep_refuses(run, argument, error):
    found = run(f"say(raised(machine.deepsleep, {argument}))")
    assert (found.said, found["how"]) == (error, AWAKE_FOR_EVER)


@pytest.mark.parametrize("argument", ["", "-1", "-(1 << 31)"])
def test_without_a_time_or_with_a_negative_one_no_timer_ends_the_sleep(run, argument):
    found = run(f"machine.deepsleep({argument})")
    assert (found["how"], found["sleep_ms"]) == ("deepsleep", None)


def test_the_longest_deepsleep(run):
    assert run("machine.deepsleep((1 << 31) - 1)")["sleep_ms"] == (1 << 31) - 1


@pytest.mark.parametrize(
    "swallow",
    [
        "try: machine.deepsleep(1000)\nexcept BaseException: pass\n",
        "try: machine.deepsleep(1000)\nfinally: raise ValueError('too late')\n",
        "try: machine.deepsleep(1000)\nfinally: raise SystemExit\n",
    ],
)
def test_nothing_runs_on_after_deepsleep_whatever_is_caught(run, swallow):
    found = run(f"say(1)\n{swallow}\nsay(2)\n")
    assert (found["how"], found["crash"], found.said) == ("deepsleep", None, 1)


def test_and_no_time_passes_any_more(run):
    program = (
        "import time\ntry: machine.deepsleep(1000)\nexcept BaseException: pass\ntime.sleep(60)"
    )
    assert run(program)["up_ms"] == 70


def test_light_sleep_comes_back_and_is_booked_as_such(run):
    found = run("machine.lightsleep(2000); say('back')")
    assert found.said == "back"
    assert found["phases"]["light"] == 2000


# -- resets and errors ----------------------------------------------------------------------------


def test_an_uncaught_error_leaves_the_node_awake(run):
    found = run("{}['nothing there']")
    assert (found["how"], found["sleep_ms"]) == (AWAKE_FOR_EVER, None)
    assert found["crash"] == "KeyError('nothing there',)"


def test_so_does_a_main_that_just_ends(run):
    found = run("pass")
    assert (found["how"], found["crash"]) == (AWAKE_FOR_EVER, None)


def test_the_story_of_a_long_error_is_cut_short(run):
    assert len(run("raise ValueError('x' * 2000)")["crash"]) == 500
    assert run("raise ValueError('x' * 100_000)")["crash"] == "ValueError", "no memory for more"


@pytest.mark.parametrize(
    ("program", "how"),
    [
        ("machine.reset()", "reset"),
        ("machine.soft_reset()", "soft_reset"),
        ("import sys; sys.exit()", "soft_reset"),
    ],
)
def test_a_reset_ends_the_wake(run, program, how):
    found = run(f"{program}; say(1)")
    assert (found["how"], found["crash"], found.rtc) == (how, None, b"")


def test_causes_are_the_numbers_of_the_port(run):
    program = (
        "say([getattr(machine, n + '_RESET') for n in ('PWRON','HARD','WDT','DEEPSLEEP','SOFT')])"
    )
    assert run(program).said == [1, 2, 3, 4, 5]
    assert run("say(machine.reset_cause(), machine.wake_reason())").said == [1, 0]


# -- the watchdog ---------------------------------------------------------------------------------


def test_the_watchdog_bites_in_virtual_time_to_the_millisecond(run):
    found = run("import time; machine.WDT(timeout=3000); time.sleep(3600)")
    assert (found["how"], found["up_ms"]) == ("wdt", 70 + 3000)


def test_the_watchdog_cannot_be_caught(run):
    program = """
        import time
        machine.WDT(timeout=1000)
        for _ in range(5):
            try:
                time.sleep_ms(700)
            except BaseException:
                say("caught, but the chip is off")
        machine.deepsleep(1000)
    """
    found = run(program)
    assert (found["how"], found["sleep_ms"], found["up_ms"]) == ("wdt", None, 1070)
    assert found.rtc == b""


def test_a_fed_watchdog_is_quiet_and_a_new_one_changes_the_timeout(run):
    program = """
        import time
        dog = machine.WDT(timeout=1000)
        for _ in range(5):
            time.sleep_ms(900)
            dog.feed()
        machine.WDT(timeout=8000)
        time.sleep_ms(7900)
        say("alive")
        machine.deepsleep(1000)
    """
    found = run(program)
    assert (found["how"], found.said) == ("deepsleep", "alive")


def test_the_watchdog_also_ends_the_prompt_after_an_uncaught_error(run):
    found = run("machine.WDT(timeout=20_000); 1/0")
    assert (found["how"], found["up_ms"]) == ("wdt", 20_070)
    assert found["crash"].startswith("ZeroDivisionError")


def test_there_is_no_watchdog_until_somebody_makes_one(run):
    assert run("import time; time.sleep(7200); say('alive')").said == "alive"


@pytest.mark.parametrize("timeout", [0, -5])
def test_a_watchdog_needs_a_time(run, timeout):
    assert run(f"say(raised(machine.WDT, timeout={timeout}))").said == "ValueError"


# -- RTC memory and clock -------------------------------------------------------------------------


def test_rtc_memory_comes_back_as_it_is(boot):
    chip = boot("m = machine.RTC(); m.memory(bytes(reversed(m.memory()))); machine.deepsleep(1)")
    assert chip.wake(b"\0\xff\n abc").rtc == b"cba \n\xff\0"
    assert chip.wake(bytes(2048)).rtc == bytes(2048)


def test_rtc_memory_has_a_length_and_no_checksum(run):
    program = (
        "r = machine.RTC(); say(raised(r.memory, bytes(2049)), raised(r.memory, bytes(2048)))"
    )
    assert run(program).said == ["ValueError", None]
    damaged = bytes(range(256)) * 8
    assert run("r = machine.RTC(); r.memory(bytes(r.memory()))", rtc=damaged).rtc == damaged


def test_setting_the_clock_moves_time_and_lasts(run):
    program = """
        import time
        machine.RTC().datetime((2021, 2, 28, 6, 23, 59, 59, 500_000))
        time.sleep_ms(600)
        say(machine.RTC().datetime(), time.ticks_ms())
    """
    found = run(program)
    assert found.said == [[2021, 3, 1, 0, 0, 0, 0, 100_000], 670]
    assert found["clock_ms"] == 667_872_000_100


# -- pins and pulses ------------------------------------------------------------------------------

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
    assert (found["phases"]["sense"], found["phases"]["other"]) == (100, 30)


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
