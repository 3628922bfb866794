"""`time` as on the ESP32: epoch 2000, whole seconds, ticks that wrap; only waiting takes time."""

import datetime
import random

import pytest

WRAP = 1 << 30
EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def test_the_epoch_is_2000(run):
    found = run("import time; say(time.gmtime(0), time.mktime((2000, 1, 1, 0, 0, 0, 0, 0)))")
    assert found.said == [[2000, 1, 1, 0, 0, 0, 5, 1], 0]  # a Saturday, counted from Monday


def test_time_is_a_whole_number(run):
    found = run("import time; say(time.time(), time.time_ns())", clock_ms=1_500_000_900, boot_ms=0)
    assert found.said == [1_500_000, 1_500_000_900_000_000]
    assert [type(n) for n in found.said] == [int, int]


def test_gmtime_and_mktime_agree_with_the_calendar(run):
    stamps = [0, 5_097_599, 5_097_600, 5_184_000, *random.Random(1).sample(range(1 << 31), 30)]
    program = f"""
        import time
        fields = [time.gmtime(s) for s in {stamps}]
        say([[t, time.mktime(t)] for t in fields])
    """
    assert run(program).said == [[_fields(s), s] for s in stamps]


def _fields(stamp):
    when = EPOCH + datetime.timedelta(seconds=stamp)
    clock = (when.hour, when.minute, when.second, when.weekday())
    return [when.year, when.month, when.day, *clock, when.timetuple().tm_yday]


@pytest.mark.parametrize("zone", ["America/New_York", "EST5EDT", "Asia/Kolkata"])
def test_the_time_zone_of_this_computer_does_not_matter(run, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    program = """
        import time
        machine.RTC().datetime((2020, 7, 1, 2, 12, 30, 15, 0))
        say(time.time(), time.gmtime())
    """
    assert run(program).said == [646_921_815, [2020, 7, 1, 12, 30, 15, 2, 183]]


@pytest.mark.parametrize("unit", ["ms", "us"])
def test_ticks_wrap_at_2_to_the_30(run, unit):
    program = f"""
        import time
        time.sleep_ms({WRAP // (1 if unit == "ms" else 1000) - 100})
        before = time.ticks_{unit}()
        time.sleep_ms(200)
        after = time.ticks_{unit}()
        say(before, after, time.ticks_diff(after, before))
    """
    before, after, gone = run(program).said
    assert after < before < WRAP
    assert gone == 200 * (1 if unit == "ms" else 1000)


def test_ticks_diff_and_add_go_round(run):
    program = """
        import time
        say(time.ticks_add((1 << 30) - 1, 2), time.ticks_add(0, -1),
            time.ticks_diff(1, (1 << 30) - 1), time.ticks_diff(1 << 29, 0))
    """
    assert run(program).said == [1, WRAP - 1, 2, -(1 << 29)]


def test_ticks_start_anew_at_each_wake(boot):
    chip = boot("import time; say(time.ticks_ms()); time.sleep(5)")
    assert [chip.wake().said, chip.wake().said] == [70, 70]


def test_time_passes_only_while_somebody_waits(run):
    program = """
        import time
        began = time.ticks_us()
        for _ in range(5000): pass
        still = time.ticks_diff(time.ticks_us(), began)
        time.sleep(1.5); time.sleep_ms(20); time.sleep_us(3); time.sleep_ms(-5)
        say(still, time.ticks_diff(time.ticks_us(), began))
    """
    found = run(program)
    assert found.said == [0, 1_520_003]
    assert found["up_ms"] == 70 + 1520


def test_the_clock_goes_on_with_the_ticks(run):
    program = "import time; a = time.time(); time.sleep_ms(90_500); say(time.time() - a)"
    found = run(program, clock_ms=5_000_600, boot_ms=0)
    assert found.said == 91
    assert found["clock_ms"] == 5_091_100


@pytest.mark.parametrize("call", ["sleep_ms(0.5)", "sleep_us(2.0)", "mktime((2000, 1, 1))"])
def test_what_the_chip_refuses(run, call):
    assert run(f"import time; say(raised(lambda: time.{call}))").said == "TypeError"
