"""When the console opens, how it closes, and what its window costs where nobody comes."""

import base64
import json

import pytest

from sim import energy, places
from smartbin import memory
from tests.console.talking import sit
from tests.contract.chip import blob, device, settings

WINDOW_MS = 10_000
KEPT_MS = 2200  # in which the LED tells that nothing was delivered
IDLE_MS = 300_000
CPU_MA = 40  # of the ESP32
BUTTON = {"reset_cause": 4, "wake_reason": 2}  # as the ESP32 says it
TIMER = {"reset_cause": 4, "wake_reason": 4}
OFFER = "smartbin desk 0.1.0: press Enter for the console (%d s)\r\n"


@pytest.fixture
def at(boot, tmp_path):
    """at(typed, ...) -> the Session of a start at which somebody types that."""
    return lambda typed, *args, **kw: sit(boot, tmp_path, typed, *args, **kw)


def test_nobody_comes_and_the_bin_works(at):
    found = at(b"")
    assert found.screen == OFFER % 10
    assert found.outcome["how"] == "deepsleep"
    assert found.outcome["phases"]["service"] == WINDOW_MS + KEPT_MS
    assert found.mem.seq == 1


def test_in_a_run_of_the_simulator_nobody_types_and_the_window_costs_its_time(boot, tmp_path):
    chip = boot(places.MAIN.read_text())
    told = {"flash": [str(tmp_path / "flash"), 2 << 20], "nvs": settings()}
    first = chip.wake(**told)
    assert first["phases"]["service"] == WINDOW_MS + KEPT_MS
    assert energy.GROUPS["service"] == "service"
    assert "service" not in chip.wake(first.rtc, **told, **TIMER)["phases"]


def test_the_window_costs_charge_and_counts_as_no_time_awake(boot):
    twin = device()
    wake = boot(places.MAIN.read_text()).live(twin)
    service_ms = WINDOW_MS + KEPT_MS
    assert wake.phases["service"] == service_ms
    assert wake.awake_ms == pytest.approx(sum(wake.phases.values()) - service_ms, abs=20)
    assert twin.charge_mc["service"] == pytest.approx(service_ms * CPU_MA / 1000, rel=0.05)


def test_a_sleeping_bin_that_wakes_offers_nothing(at):
    assert at(b"\rstatus\r", **TIMER).screen == ""


def test_a_brown_out_at_the_radio_is_no_visitor(at):
    mem = at(b"").mem
    assert at(b"", rtc=bytes(memory.save(mem))).screen == OFFER % 10
    mem.radio = 1
    found = at(b"\rsleep\r", rtc=bytes(memory.save(mem)))
    assert (found.screen, found.mem.seq) == ("", 2)


def test_the_button_reports_first_and_then_offers_a_minute(at):
    found = at(b"", **BUTTON)
    assert found.screen == OFFER % 60
    assert found.outcome["phases"]["service"] == 60_000 + KEPT_MS
    assert found.outcome["radio"]
    assert found.outcome["sleep_ms"] > 60_000


def test_after_a_session_by_the_button_the_bin_wakes_in_a_second(at):
    found = at(b"\rsleep\r", **BUTTON)
    assert (found.outcome["how"], found.outcome["sleep_ms"]) == ("deepsleep", 1000)


@pytest.mark.parametrize(("window_s", "ms"), [(0, 0), (3, 3000)])
def test_the_window_is_a_setting(at, window_s, ms):
    found = at(b"", settings(window_s=window_s))
    assert found.outcome["phases"]["service"] == ms + KEPT_MS


@pytest.mark.parametrize("noise", [b"\x00" * 300, b"\xff\xf0\x80" * 100])
def test_noise_opens_nothing(at, noise):
    assert at(noise).screen == OFFER % 10


@pytest.mark.parametrize("key", [b"\r", b"\n", b" ", b"x", b"\x03", b"\x01"])
def test_a_key_opens_it(at, key):
    assert "smartbin desk> " in at(key).screen


def test_it_closes_when_nobody_has_typed_for_five_minutes_and_the_bin_works(at):
    found = at(b"\rsta")
    assert "Nobody is there: the console closes.\r\n" in found.screen
    assert found.outcome["phases"]["service"] == IDLE_MS + KEPT_MS
    assert (found.outcome["how"], found.outcome["crash"]) == ("deepsleep", None)
    assert found.mem.seq == 1


def test_noise_keeps_it_open_for_a_quarter_of_an_hour_at_most(at):
    slow = "_plain = _Typed.read\n_Typed.read = lambda self, ms: "
    slow += "(twin.during('service', 20_000_000 // 2), _plain(self, ms))[1]\n"
    found = at(b"\r" + b"x" * 3000, first=slow)
    assert "Nobody is there" in found.screen
    assert 900_000 <= found.outcome["up_ms"] < 930_000


ENDLESS = """
_plain = _Typed.read
def _read(self, ms):
    if self.at < len(self.keys):
        return _plain(self, ms)
    twin.during("service", 50_000)
    return 7
_Typed.read = _read
"""


@pytest.mark.timeout(60)
def test_noise_without_an_end_holds_up_no_command(at):
    found = at(b"\rmeasure\r", first=ENDLESS, echoes=[6900] * 100)
    assert "Nobody is there" in found.screen
    assert 900_000 <= found.outcome["up_ms"] < 990_000


@pytest.mark.parametrize("enter", [b"\r", b"\n", b"\r\n"])
def test_an_enter_is_one_enter_whatever_the_terminal_sends_for_it(at, enter):
    screen = at(enter.join([b"", b"events", b"config reset", b"n", b"sleep", b""])).screen
    assert screen.count("smartbin desk> ") == 3
    assert "There is no command" not in screen


def test_reboot_is_a_nap_of_a_second(at):
    found = at(b"\rreboot\r")
    assert (found.outcome["how"], found.outcome["sleep_ms"]) == ("deepsleep", 1000)
    assert not found.outcome["asked"]  # the sensor


def test_a_locked_prompt_stays_shut(at):
    found = at(b"\r\x01repl\rsleep\r", settings(repl_lock=1))
    assert found.screen.count("keeps MicroPython's prompt shut") == 2
    assert found.outcome["how"] == "deepsleep"


@pytest.mark.parametrize("keys", [b"\r\x01", b"\r\x03\r\x01", b"\rrepl\r"])
def test_an_open_one_ends_main_and_the_watchdog_ends_the_prompt(at, keys):
    """What programs send that want the prompt is Ctrl-C, Enter, Ctrl-A."""
    found = at(keys)
    assert found.outcome["crash"] is None
    assert (found.outcome["how"], found.outcome["asked"]) == ("wdt", False)
    assert 300_000 <= found.outcome["up_ms"] < 301_000


def test_whoever_comes_often_makes_the_bin_no_sicker(at):
    mem, ill = at(b"").mem, []
    for _ in range(4):
        mem = at(b"\r\x01", rtc=bytes(memory.save(mem)), **BUTTON).mem
        ill.append(mem.ill)
        mem.ill += 1  # as the start after the watchdog's reset does
    assert ill == [0] * 4


def test_ctrl_c_drops_a_line_and_nothing_else(at):
    found = at(b"\rreboot\x03\x03\x03\rconfig get pings\rsleep\r")
    assert "pings                15" in found.screen
    assert found.outcome["asked"]


def test_what_was_set_counts_in_the_wake_that_follows(at):
    found = at(b"\rconfig set wifi_ssid elsewhere\rsleep\r")
    assert dict(found.mem.notes.since()).keys() == {"no_ap"}
    kept = json.loads(base64.b64decode(found.nvs["settings"]))
    assert kept["wifi_ssid"] == "elsewhere"


def test_a_command_that_fails_inside_is_noted_and_the_console_goes_on(at):
    broken = "import smartbin.console.about as a\ndef bad(desk, args):\n    return 1 // 0\n"
    found = at(b"\rstatus\rconfig get pings\rsleep\r", first=broken + "a.status = bad\n")
    assert "That failed inside the firmware: ZeroDivisionError. It is noted.\r\n" in found.screen
    assert "pings                15" in found.screen
    assert dict(found.mem.notes.since())["crash"] == 1


def test_settings_that_cannot_be_read_still_open_the_console(at):
    found = at(b"\rconfig set bin_id kerb-7\rsleep\r", {"smartbin": {"settings": blob(b"{oops")}})
    assert "smartbin kerb-7> " in found.screen
