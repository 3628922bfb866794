"""`machine` as on the ESP32: sleeps and resets, watchdog, RTC memory and clock."""

import pytest

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
    assert run("raise ValueError('x' * 1_200_000)")["crash"] == "ValueError", "no memory for more"


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
