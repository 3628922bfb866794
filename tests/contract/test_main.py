"""main.py: the watchdog is armed first, and every path from every exception ends asleep."""

import pytest

from sim import places
from smartbin import memory
from tests.contract.chip import settings

MAIN = places.MAIN.read_text()
HANG_MS = 20_000
WINDOW_MS = 10_000  # of the console, before the wake; the watchdog is fed meanwhile
TELLING_MS = 10_000  # a wake, and the LED that tells of it: the watchdog is fed between them
LAST_RESORT_MS = 3_600_000
SIZE = 2 << 20

# What may fail in a wake, in the order in which it comes.
PLACES = (
    "smartbin.hw.node.assemble",
    "smartbin.hw.nap.cause",
    "smartbin.hw.shelf.Shelf.recall",
    "smartbin.hw.nap.recall",
    "smartbin.hw.shelf.Shelf.settings",
    "smartbin.hw.battery.Battery.read_mv",
    "smartbin.clock.check",
    "smartbin.hw.sonar.Sonar.ping",
    "smartbin.hw.air.Ntc.read_dc",
    "smartbin.report.reading",
    "smartbin.hw.shelf.Shelf.secure",
    "smartbin.hw.shelf.Shelf.keep",
    "smartbin.memory.save",
    "smartbin.schedule.due",
    "smartbin.hw.link.Link.publish",
    "smartbin.schedule.failed",
    "smartbin.schedule.next_nap_ms",
    "smartbin.hw.led.show",
    "smartbin.hw.nap.arm",
)
ERRORS = (
    "OSError(5)",
    "ValueError('a bug')",
    "MemoryError()",
    "KeyboardInterrupt()",
    "SystemExit()",
    "BaseException('of no kind')",
)
TAKES_A_NOTE = PLACES[4:10]

RAISE = """
def raises(*args, **kw):
    raise {error}
"""
HANG = """
import time
def raises(*args, **kw):
    while True:
        time.sleep(1)
"""
SPOIL = """
import sys
path = "{place}".split(".")
for n in range(len(path) - 1, 0, -1):
    try:
        __import__(".".join(path[:n]))
        break
    except ImportError:
        pass
owner = sys.modules[".".join(path[:n])]
for name in path[n:-1]:
    owner = getattr(owner, name)
setattr(owner, path[-1], raises)
"""


def spoilt(place, how=HANG):
    return how + SPOIL.format(place=place) + MAIN


@pytest.fixture
def live(run, tmp_path):
    """live(program, **changes of the frame) -> the Outcome of a wake with flash and settings."""

    def once(program, **changes):
        told = {"flash": [str(tmp_path / "flash" / "0"), SIZE], "nvs": settings(), **changes}
        return run(program, **told)

    return once


def test_a_wake_without_trouble_ends_asleep(live):
    found = live(MAIN)
    assert found["how"] == "deepsleep"
    assert found["sleep_ms"] > 60_000
    mem = memory.load(found.rtc)
    assert dict(mem.notes.since()).keys() == {"tcp"}
    assert (mem.seq, mem.ill, mem.notes.text) == (1, 0, b"")


def test_a_node_that_is_new_has_no_settings_and_nothing_wrong(live):
    new = memory.load(live(MAIN, nvs={}).rtc)
    assert (new.boot, "settings" in dict(new.notes.since())) == (1, False)
    spoilt = {"smartbin": {"settings": "e3s=", "boot": 3}}
    assert dict(memory.load(live(MAIN, nvs=spoilt).rtc).notes.since())["settings"] >= 1


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("place", PLACES)
def test_every_exception_ends_asleep(live, place, error):
    found = live(spoilt(place, RAISE.format(error=error)))
    assert (found["how"], found["crash"]) == ("deepsleep", None)
    assert 1000 <= found["sleep_ms"] <= LAST_RESORT_MS
    assert not found["rail"]
    mem = memory.load(found.rtc)
    if place in TAKES_A_NOTE:
        assert found["sleep_ms"] == LAST_RESORT_MS
        assert dict(mem.notes.since())["crash"] == 1
        assert mem.notes.text.startswith(error.split("(")[0].encode())
        assert (mem.ill, mem.radio) == (1, 0)


@pytest.mark.parametrize("place", PLACES)
def test_every_hang_ends_in_the_watchdog(live, place):
    found = live(spoilt(place))
    assert found["how"] in ("wdt", "deepsleep")  # asleep where nobody came to that place
    assert found["up_ms"] <= WINDOW_MS + TELLING_MS + HANG_MS + 100


def test_the_watchdog_is_armed_before_anything_is_imported(live):
    program = """
import sys, time
class Slow:
    def __getattr__(self, name):
        while True:
            time.sleep(1)
sys.modules["board"] = Slow()
"""
    found = live(program + MAIN)
    assert found["how"] == "wdt"
    assert found["up_ms"] <= HANG_MS + 100
    assert live("import sys\nsys.modules['board'] = None\n" + MAIN)["how"] == "deepsleep"


@pytest.mark.parametrize("error", ["OSError(1)", "MemoryError()"])
def test_a_watchdog_that_cannot_be_armed_is_no_reason_to_stay_awake(live, error):
    found = live(spoilt("machine.WDT", RAISE.format(error=error)))
    assert (found["how"], found["sleep_ms"]) == ("deepsleep", LAST_RESORT_MS)


def test_last_words_that_cannot_be_said_are_no_reason_to_stay_awake(live):
    rude = "class Rude:\n    def __repr__(self):\n        raise ValueError\n"
    found = live(spoilt("smartbin.hw.node.assemble", rude + RAISE.format(error="OSError(Rude())")))
    assert (found["how"], found["sleep_ms"]) == ("deepsleep", LAST_RESORT_MS)


@pytest.mark.parametrize(("nap_ms", "sleep_ms"), [(-5, 1000), (0, 1000), (1 << 40, 86_400_000)])
def test_no_nap_is_shorter_than_a_second_or_longer_than_a_day(live, nap_ms, sleep_ms):
    lazy = f"def raises(*args):\n    return {nap_ms}\n"
    assert live(spoilt("smartbin.wake.wake", lazy))["sleep_ms"] == sleep_ms


def test_a_crash_in_every_wake_comes_to_safe_mode_and_reports(boot, tmp_path):
    chip = boot(spoilt("smartbin.hw.sonar.Sonar.ping", RAISE.format(error="ValueError('a bug')")))
    told = {"flash": [str(tmp_path / "flash" / "0"), SIZE], "nvs": settings()}
    rtc, naps, radio = b"", [], []
    for _ in range(4):
        found = chip.wake(rtc, reset_cause=4, wake_reason=4, air={"ap": False}, **told)
        rtc = found.rtc
        naps.append(found["sleep_ms"])
        radio.append(found["radio"])
    assert naps == [LAST_RESORT_MS] * 3 + [6 * LAST_RESORT_MS]
    assert radio == [False] * 3 + [True]
    assert memory.load(rtc).ill == 3
