"""What each command of the core says to good and to bad input, and what it changes."""

import base64
import json

import pytest

from smartbin import config
from smartbin.console import commands, line
from tests.console.talking import sit
from tests.contract.chip import SETTINGS, settings

SECRETS = ("rain-on-the-lid", "passw0rd-of-mqtt")


@pytest.fixture
def at(boot, tmp_path):
    return lambda typed, *args, **kw: sit(boot, tmp_path, typed, *args, **kw)


@pytest.fixture
def answer(at):
    """answer(line, ...) -> what stands between that line and the next prompt."""

    def ask(text, *args, more="", **kw):
        screen = at(f"\r{text}\r{more}sleep\r".encode(), *args, **kw).screen
        return screen.split(f"> {text}\r\n", 1)[1].split("\r\nsmartbin ", 1)[0]

    return ask


def kept(session):
    return json.loads(base64.b64decode(session.nvs["settings"]))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_help_fits_a_screen(answer, language):
    rows = answer("help", settings(language=language)).split("\r\n")
    assert len(rows) <= 23
    assert max(line.width(row) for row in rows) <= 79
    assert all(any(row.split()[0] == name for row in rows) for name, *_ in commands.TABLE)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_status_fits_a_screen_and_knows_the_bin(answer, language):
    rows = answer("status", settings(language=language)).split("\r\n")
    assert len(rows) <= 23
    assert max(line.width(row) for row in rows) <= 79
    assert rows[0].startswith("desk, smartbin 0.1.0, ")
    assert {"en": "15 min", "ko": "15분"}[language] in rows[6]


def test_a_bin_that_has_lived_tells_of_it(boot, tmp_path):
    first = sit(boot, tmp_path, b"", air={"ap": False})
    typed = b"\rstatus\routbox\rnotes\revents\rsleep\r"
    told = {"reset_cause": 4, "wake_reason": 2, "rtc": first.outcome.rtc}
    nvs = {"smartbin": {**settings()["smartbin"], **first.nvs}}
    second = sit(boot, tmp_path, typed, nvs, air={"ap": False}, **told)
    assert "troubles     no_ap 2" in second.screen
    assert "2 of 46 readings" in second.screen
    assert "no_ap        2 times since the last report" in second.screen
    rows = second.screen.split("reading  time")[1].split("\r\n")[1:3]
    assert [row.split()[0] for row in rows] == ["0", "1"]
    assert all(len(row.split()) == 6 for row in rows)


@pytest.mark.parametrize(
    "text",
    ["status now", "outbox 1", "events x", "notes 3", "sleep 5", "reboot now", "repl x",
     "factory-reset all", "config", "config get", "config set pings", "config export x",
     "config reset pings x", "config frob"],
)  # fmt: skip
def test_wrong_arguments_are_a_usage_line(answer, text):
    if text == "config":
        assert answer(text).startswith("bin_id")
    else:
        assert answer(text).startswith(f"Usage: {text.split()[0]}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stauts", "There is no command stauts; try help."),
        ('config get "pings', 'A quote (") has no end.'),
        ("config get pungs", "There is no setting named pungs."),
        ("config set pungs 3", "There is no setting named pungs."),
        ("config set pings many", "pings must be a whole number."),
        ("config set pings 3.5", "pings must be a whole number."),
        ("config set pings 99999999999999999999", "pings must be a whole number."),
        ("config set pings 2", "pings is 2; it must be from 3 to 15."),
        ("config set full_mm 1190", "full_mm must be at least 50 below empty_mm."),
        ("config set bin_id no/slash", "bin_id may have letters, digits, - and _ only."),
        ("config set language fr", "language must be en or ko."),
        ("config set wifi_ssid " + "x" * 33, "wifi_ssid may have at most 32 bytes."),
        ("config set mqtt_password x", "mqtt_password needs a mqtt_user."),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(at, text, sentence):
    found = at(f"\r{text}\rsleep\r".encode())
    assert f"{text}\r\n{sentence}\r\n" in found.screen
    assert kept(found) == SETTINGS if "settings" in found.nvs else True


def test_a_setting_is_set_shown_and_reset(at):
    typed = b'\rconfig set pings 7\rconfig set wifi_ssid "two words"\rconfig reset pings\r'
    found = at(typed + b"config get wifi_ssid\rsleep\r")
    assert "\r\npings                7\r\n" in found.screen
    assert "\r\npings                15\r\n" in found.screen
    assert "\r\nwifi_ssid            two words\r\n" in found.screen
    assert config.check(kept(found)) == config.check({**SETTINGS, "wifi_ssid": "two words"})


def test_what_was_mistyped_comes_back_to_be_corrected(at):
    assert "board " in at(b"\rstauts\r\x1b[A" + b"\x7f" * 4 + b"atus\rsleep\r").screen


def test_a_mistyped_line_with_a_secret_does_not(at):
    found = at(b"\rconfg set wifi_key summer-coat\r\x1b[A\rsleep\r")
    assert found.screen.count("summer") == 1


def test_korean_is_a_setting(at):
    found = at(b"\rconfig set language ko\rhelp me\rfoo\rsleep\r")
    assert "foo 명령이 없습니다." in found.screen
    assert "이제 스스로 동작합니다." in found.screen


def test_no_answer_holds_a_secret(at):
    nvs = settings(mqtt_user="u", mqtt_password=SECRETS[1])
    typed = (
        b"\rconfig show\rconfig get wifi_key\rconfig get mqtt_password\rconfig export\rstatus\r"
    )
    found = at(typed + b"notes\rsleep\r", nvs)
    assert "(set)" in found.screen
    assert not [secret for secret in SECRETS if secret in found.screen]


def test_a_secret_is_typed_unseen_and_no_arrow_brings_it_back(at):
    typed = b"\rconfig set wifi_key\rwinter-9-coat\rconfig set wifi_key summer-coat\r\x1b[A\r"
    found = at(typed + b"sleep\r")
    assert "winter" not in found.screen
    assert found.screen.count("summer") == 1
    assert kept(found)["wifi_key"] == "summer-coat"


def test_a_secret_of_which_nothing_is_typed_stays(at):
    found = at(b"\rconfig set wifi_key\r\rconfig get wifi_key\rsleep\r")
    assert "Nothing was changed." in found.screen
    assert "wifi_key             (set)" in found.screen


def test_settings_travel_without_their_secrets(at):
    sent = at(b"\rconfig set pings 5\rconfig export\rsleep\r").screen
    told = sent.split("config export\r\n")[1].split("\r\n")[0]
    assert "wifi_key" not in told
    found = at(b"\rconfig import\r" + told.encode() + b"\rsleep\r", settings(near_pct=60))
    assert "4 settings taken" in found.screen
    assert kept(found) == {**SETTINGS, "pings": 5}


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        (b"{", "That is no line of config export"),
        (b'{"pings": 5', "That is no line of config export"),
        (b"[1]", "That is no line of config export"),
        (b'{"pings": "5"}', "pings must be a whole number."),
        (b'{"pongs": 5}', "There is no setting named pongs."),
        (b'{"wifi_key": "00000000"}', "wifi_key is a secret"),
        (b"x" * 2000, "That line is too long"),
        (b"{}\x03", "Nothing was changed."),
    ],
)
def test_what_is_no_export_is_not_imported(at, pasted, sentence):
    found = at(b"\rconfig import\r" + pasted + b"\rsleep\r")
    assert sentence in found.screen
    assert "settings" not in found.nvs or kept(found) == SETTINGS


def test_factory_reset_asks(at):
    assert "Nothing was changed." in at(b"\rfactory reset\rnsleep\r").screen
    found = at(b"\rfactory-reset\ry")
    assert kept(found) == {}
    assert found.nvs["boot"] == 1
    assert found.outcome["sleep_ms"] == 1000


def test_a_full_store_is_a_sentence_and_the_old_settings_stay(at):
    fails = "import smartbin.hw.store as st\ndef put_blob(key, data):\n    raise OSError(28)\n"
    found = at(
        b"\rconfig set pings 7\rconfig get pings\rsleep\r",
        first=fails + "st.put_blob = put_blob\n",
    )
    assert "The device failed at that" in found.screen
    assert "\r\npings                15\r\n" in found.screen
