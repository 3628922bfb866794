"""What the rest of the firmware may expect of each file in hw/, whatever the hardware does."""

import json

import pytest

from sim.surroundings import ntc_uv
from smartbin import config
from tests.contract.chip import BOARD, C3, DEVKIT, NODE, blob, settings
from tools import boards

# -- battery and air ------------------------------------------------------------------------------


@pytest.mark.parametrize("mv", [0, 1800, 2950, 3301, 4200])
@pytest.mark.parametrize("name", [BOARD, C3])
def test_battery_tells_millivolts_before_the_divider(run, name, mv):
    board = boards.load(name)
    top, bottom = board.BATTERY_DIVIDER
    uv = mv * 1000 * bottom // (top + bottom)
    adc = {str(board.BATTERY_ADC_PIN): [uv, uv, False]}
    found = run(NODE + "say(node.battery.read_mv())", name, adc=adc)
    assert found.said == pytest.approx(mv, abs=(top + bottom) / bottom)
    assert found["up_ms"] <= 70 + 1


def test_battery_knows_which_arm_of_the_divider_is_which(run):
    program = "from smartbin.hw.battery import Battery; b = Battery(machine.Pin(34), 1000, 330)\n"
    found = run(program + "say(b.read_mv())", adc={"34": [900_000, 900_000, False]})
    assert found.said == pytest.approx(900 * 1330 / 330, abs=5)


def test_a_board_may_be_unable_to_measure_its_battery(run):
    assert run(NODE + "say(node.battery.read_mv(), node.air.read_dc())", DEVKIT).said == [
        None,
        None,
    ]


AIR = NODE + "machine.Pin(board.RAIL_PIN, machine.Pin.OUT, value=1)\nsay(node.air.read_dc())"


def test_air_is_within_a_kelvin_from_minus_20_to_60_degrees(boot):
    chip = boot(AIR)
    for air_dc in range(-200, 601, 25):
        found = chip.wake(adc={"35": [ntc_uv(air_dc), ntc_uv(air_dc), True]}).said
        assert abs(found - air_dc) <= 10, (found, air_dc)


@pytest.mark.parametrize(
    ("uv", "why"),
    [(0, "shorted"), (3_300_000, "open"), (3_299_000, "as good as open"), (2000, "wet")],
)
def test_air_is_none_without_a_sound_ntc(run, uv, why):
    assert run(AIR, adc={"35": [uv, uv, True]}).said is None, why


def test_air_is_none_while_the_rail_is_off(run):
    assert (
        run(NODE + "say(node.air.read_dc())", adc={"35": [1_650_000, 1_650_000, True]}).said
        is None
    )


# -- nap ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reset_cause", "wake_reason", "cause"),
    [
        (1, 0, "power"),
        (2, 0, "reset"),
        (3, 0, "reset"),
        (4, 4, "timer"),
        (4, 2, "button"),
        (4, 7, "button"),
        (4, 0, "timer"),
        (5, 0, "reset"),
        (0, 0, "power"),
    ],
)
def test_nap_knows_why_we_woke(run, reset_cause, wake_reason, cause):
    program = "from smartbin.hw import nap; say(nap.cause())"
    assert run(program, reset_cause=reset_cause, wake_reason=wake_reason).said == cause


def test_nap_keeps_what_the_next_wake_recalls(boot):
    chip = boot("from smartbin.hw import nap; nap.keep(nap.recall() + b'x'); machine.deepsleep(1)")
    assert chip.wake(chip.wake(b"ab").rtc).rtc == b"abxx"


def test_nap_guards_against_a_hang(run):
    found = run(
        "import time\nfrom smartbin.hw import nap\nnap.guard(20_000)\nwhile True: time.sleep(1)"
    )
    assert (found["how"], found["up_ms"]) == ("wdt", 20_070)


@pytest.mark.parametrize("name", [BOARD, C3])
def test_nap_arms_the_service_button_in_the_way_of_the_chip(run, name):
    program = NODE + "from smartbin.hw import nap; nap.arm(node.service); machine.deepsleep(1000)"
    found = run(program, name)
    assert (found["how"], found["wake_pins"]) == ("deepsleep", [boards.load(name).SERVICE_PIN])


def test_nap_arms_nothing_on_a_board_without_a_button(run):
    assert run("from smartbin.hw import nap; nap.arm(None)")["wake_pins"] == []


# -- store and node -------------------------------------------------------------------------------

SETTINGS = """
mem = node.shelf.recall()
cfg = node.shelf.settings()
say(cfg.empty_mm, cfg.bin_id, dict(mem.notes.since()).get("settings", 0))
"""
RUBBISH = [
    b"",
    b"\0" * 40,
    b"null",
    b"[1, 2]",
    b'"text"',
    b"7",
    b"\xff\xfe\xfd",
    b"{",
    b'{"empty_mm": 2000',
    b'{"empty_mm"',
    b'{"empty_mm": 2000, "bin_id": "}',
    b'{"empty_mm": 2000}}',
    b'{"empty_mm": {"mm": 2000}',
    b"[" * 900,
    b'{"empty_mm": "many"}',
    b'{"empty_mm": 1200.5}',
    b'{"empty_mm": true}',
    b'{"empty_mm": [1]}',
    b'{"empty_mm": 99999999999999999999}',
    b'{"no_such_setting": 1}',
    b'{"bin_id": "a/b"}',
    b'{"bin_id": "' + b"x" * 25 + b'"}',
    b'{"full_mm": 1199}',
    b'{"mqtt_password": "p"}',
    b'{"sensor": "sonar 9000"}',
    b'{"bin_id": "' + b"x" * 3000 + b'"}',
    json.dumps({"bin_id": "a", "wifi_key": "\u20ac" * 22}).encode(),
]


@pytest.mark.parametrize("stored", RUBBISH, ids=range(len(RUBBISH)))
def test_settings_that_cannot_be_used_are_noted_and_the_defaults_stand_in(run, stored):
    found = run(NODE + SETTINGS, nvs={"smartbin": {"settings": blob(stored)}})
    assert found.said[0] == config.check({}).empty_mm
    assert found.said[2] == (stored != b"")  # nothing at all: the node is new


def test_settings_that_are_nowhere_are_the_defaults_and_noted_unless_the_node_is_new(run):
    cases = (({}, 0), ({"smartbin": {"boot": 3}}, 1), ({"other": {"settings": "e30="}}, 0))
    for nvs, noted in cases:
        assert run(NODE + SETTINGS, nvs=nvs).said[::2] == [1200, noted]


def test_settings_of_another_kind_in_nvs_are_none(run):
    assert run(NODE + SETTINGS, nvs={"smartbin": {"settings": 7}}).said[0] == 1200


def test_stored_settings_count(run):
    found = run(NODE + SETTINGS, nvs=settings(empty_mm=2000, bin_id="kerb-7"))
    assert found.said == [2000, "kerb-7", 0]


def test_a_bin_without_a_name_takes_the_chips_number(run):
    found = run(NODE + SETTINGS, nvs=settings(bin_id=""), mac=blob(b"\1\2\3\xab\xcd\xef"))
    assert found.said[1] == "sb-010203abcdef"


def test_numbers_are_kept_with_a_commit(run):
    found = run(
        "from smartbin.hw import store; store.put(boot=3, seq=9); say(store.number('seq'))", nvs={}
    )
    assert (found.said, found["nvs"]) == (9, {"smartbin": {"boot": 3, "seq": 9}})
    assert run("from smartbin.hw import store; say(store.number('none'))").said == 0


def test_a_number_in_nvs_is_one_that_can_grow_or_none(run):
    program = "from smartbin.hw import store; say(store.number('seq'))"
    most = (1 << 31) - 1
    for stored, number in (
        (-1, 0),
        (-(1 << 31), 0),
        (0x7FFE_FFFF, 0x7FFE_FFFF),
        (most, 0),
        ("e30=", 0),
    ):
        assert run(program, nvs={"smartbin": {"seq": stored}}).said == number


CLOCK = NODE + "before = node.raw_s(); node.set_clock({at_s}); say(before, node.raw_s())"


@pytest.mark.parametrize("at_s", [636_422_400, 636_249_599, 636_336_000 - 1, 2_000_000_000])
def test_the_node_tells_and_sets_the_chips_clock(run, at_s):
    found = run(CLOCK.format(at_s=at_s), clock_ms=5_000_000)
    assert found.said == [5000, at_s]
    assert found["clock_ms"] // 1000 == at_s


@pytest.mark.parametrize("name", [BOARD, C3, DEVKIT])
def test_every_board_can_be_assembled(run, name):
    found = run(NODE + "say(node.cause, node.asked, node.service is None)", name)
    assert found.said == ["power", False, boards.load(name).SERVICE_PIN is None]
