"""The LED: what a person sees after power-on and the service button, and nobody in between."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sim import currents, places
from sim.ear import Ear
from sim.scenario_table import Broker
from smartbin import events, memory
from tests.contract.chip import BOARD, C3, DEVKIT, device, leads_to, settings

MAIN = places.MAIN.read_text()
BUTTON = {"reset_cause": 4, "wake_reason": 2}  # as the ESP32 says it
TIMER = {"reset_cause": 4, "wake_reason": 4}
NAMES = {
    (1, 200): "blink",
    (1, 2000): "one long",
    (2, 300): "two short",
    (5, 100): "five quick",
}
APART_MS = 900  # dark for longer: another code begins
WINDOW = ["blink"] * 4  # ten seconds; the fifth becomes the steady light
S3, C6 = "xiao_esp32s3", "xiao_esp32c6"
LEDS = {BOARD: (2, 1), DEVKIT: (2, 1), S3: (21, 0), C6: (15, 0)}


@pytest.fixture
def at(run, tmp_path):
    """at(board=, rtc=, ...) -> the Outcome of a start of main.py with flash and settings."""
    told = {"flash": [str(tmp_path / "flash"), 2 << 20], "nvs": settings()}
    return lambda board=BOARD, first="", **changes: run(first + MAIN, board, **told | changes)


def told(lamp):
    """What a person reads in the LED's changes: names of codes, "lit" for a steady light."""
    found, last_ms = [], -APART_MS
    for (from_ms, lit), (to_ms, _) in pairwise(lamp):
        if lit != 1:
            continue
        if from_ms == last_ms:
            found[-1][-1] += to_ms - from_ms
        elif from_ms - last_ms >= APART_MS:
            found.append([to_ms - from_ms])
        else:
            found[-1].append(to_ms - from_ms)
        last_ms = to_ms
    return [NAMES.get((len(code), code[0]), "lit") for code in found]


def remembering(**facts):
    """RTC memory of a bin that has been at work."""
    mem = memory.Memory(1, 1, 0)
    for name, value in facts.items():
        setattr(mem, name, value)
    return bytes(memory.save(mem))


def test_a_reading_that_is_kept_is_two_short(at):
    found = at()
    assert told(found["lamp"]) == [*WINDOW, "lit", "two short"]
    assert found["lamp"][-1][1] is None


def test_a_reading_that_arrives_is_one_long(at):
    with Ear(Broker()) as ear:
        assert told(at(net=leads_to(ear.port))["lamp"]) == [*WINDOW, "lit", "one long"]


def test_the_button_is_answered_at_once_and_the_window_comes_after_the_code(at):
    seen = told(at(rtc=remembering(spoke_s=1), **BUTTON)["lamp"])
    assert seen == ["lit", "two short", *["blink"] * 30]


@pytest.mark.parametrize("cause", [TIMER, {"reset_cause": 3, "wake_reason": 0}])
@pytest.mark.parametrize("board", [BOARD, C6])
def test_a_wake_that_nobody_sees_never_touches_the_pin(at, board, cause):
    assert at(board, rtc=remembering(), **cause)["lamp"] == []


def test_a_crash_in_a_wake_that_nobody_sees_does_not_either(at):
    broken = "import smartbin.fill\nsmartbin.fill.estimate = None\n"
    assert at(first=broken, rtc=remembering(), **TIMER)["lamp"] == []


def test_what_is_to_be_repaired_is_five_quick_beside_the_other_code(at):
    dead = at(echoes=[0] * 40, fault={"sonar_stuck_low": 1})
    assert told(dead["lamp"]) == [*WINDOW, "lit", "two short", "five quick"]
    with Ear(Broker()) as ear:
        weak = at(adc={"34": [1_400_000, 1_400_000, False]}, net=leads_to(ear.port))
    assert told(weak["lamp"]) == [*WINDOW, "lit", "one long", "five quick"]


def test_a_supply_that_gave_way_under_the_radio_is_to_be_repaired(at):
    found = at(rtc=remembering(radio=1))
    assert told(found["lamp"]) == ["lit", "two short", "five quick"]


def test_a_crash_is_to_be_repaired(at):
    broken = "import smartbin.fill\nsmartbin.fill.estimate = None\n"
    assert told(at(first=broken)["lamp"]) == [*WINDOW, "lit", "two short", "five quick"]


def test_evidence_of_one_wake_is_enough_for_a_person():
    past = events.State()
    assert not past.seen(events.FAULT)
    past.counts[events.FAULT] = 1
    assert past.seen(events.FAULT)
    past.raised = 1 << events.FAULT  # it stands, and the last look did not see it
    assert not past.seen(events.FAULT)
    past.counts[events.FAULT] = 0
    assert past.seen(events.FAULT)


@pytest.mark.parametrize("board", LEDS)
def test_the_led_lights_whichever_way_it_is_wired_and_nothing_drives_it_asleep(run, board):
    pin, lit = LEDS[board]
    program = (
        "import board\nfrom smartbin.hw import led\nsaid = []\n"
        "for level in (1, 0, 1, None):\n"
        f"    led.light(board, level); said.append(machine.Pin({pin}).value())\n"
        "say(said)"
    )
    found = run(program, board)
    assert found.said == [lit, 1 - lit, lit, 0]
    assert [level for _, level in found["lamp"]] == [1, 0, 1, None]


def test_a_board_without_an_led_takes_no_time_to_say_nothing(at):
    found = at(C3)
    assert (found["lamp"], found["phases"]["service"]) == ([], 10_000)


def test_the_nap_is_shorter_by_what_the_code_took(at):
    with_led, mute = at(), at(first="import board\nboard.LED_PIN = None\n")
    took_ms = with_led["phases"]["service"] - mute["phases"]["service"]
    assert took_ms == 2200
    assert mute["sleep_ms"] - with_led["sleep_ms"] == took_ms


def test_a_lit_led_costs_charge(boot):
    twin = device()
    wake = boot(MAIN).live(twin)
    chip_mc = wake.phases["service"] * currents.CHIPS["esp32"].cpu_ma / 1000
    lit_ms = (twin.charge_mc["service"] - chip_mc) * 1000 / currents.LED_MA
    assert lit_ms == pytest.approx(wake.awake_ms + 5 * 200 + 2 * 300, abs=200)
