"""Settings and papers as a computer on the serial port reads and writes them."""

import base64
import json
from hashlib import sha256

import pytest

from tests.contract.chip import KEY, SETTINGS, settings

SIZE = 2 << 20
CA = b"-----BEGIN CERTIFICATE-----"


@pytest.fixture
def ask(run, tmp_path):
    """ask(program) -> the Outcome of a chip on which it calls the desk."""

    def once(program, **changes):
        flash = [str(tmp_path / "flash"), SIZE]
        program = "from smartbin.hw import desk\n" + program
        return run(program, **{"flash": flash, "nvs": settings(), **changes})

    return once


def printed(data):
    return sha256(data).hexdigest()[:16]


def test_what_is_read_holds_no_secret(ask):
    told = json.loads(ask("say(desk.read())").said)
    assert told["settings"] == {k: v for k, v in SETTINGS.items() if k != "wifi_key"}
    assert told["fingerprints"] == {"wifi_key": printed(KEY.encode())}
    assert KEY not in json.dumps(told)
    assert (told["notes"], told["boot"]) == ({}, 0)


def test_what_is_written_is_read_back_and_kept(ask):
    told = {"pings": 5, "volume": "1200:0,250:100", "mqtt_user": "u", "mqtt_password": "p"}
    text = json.dumps({**SETTINGS, **told})
    found = ask(f"say(desk.write({text!r}, {{'ca': {CA!r}}}))")
    told = json.loads(found.said)
    assert told["settings"]["pings"] == 5
    assert told["fingerprints"]["ca"] == printed(CA)
    assert told["fingerprints"]["mqtt_password"] == printed(b"p")
    kept = found["nvs"]["smartbin"]
    assert base64.b64decode(kept["ca"]) == CA
    assert json.loads(base64.b64decode(kept["settings"])) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "papers", "error"),
    [
        ('{"pings": 99}', {}, "ConfigError"),
        ('{"pongs": 9}', {}, "ConfigError"),
        ('{"volume": "1200-0,250-100"}', {}, "ConfigError"),
        ('{"volume": "1200:100,250:0"}', {}, "ConfigError"),
        ('{"volume": "1200:0"}', {}, "ConfigError"),
        ('{"pings": 5', {}, "ValueError"),
        ("{}", {"ca": b"x" * 2000}, "ConfigError"),
        ("{}", {"ca": b"x", "diary": b"x"}, "ConfigError"),
        ('{"pings": 99}', {"ca": b"x"}, "ConfigError"),
    ],
)
def test_what_cannot_be_used_changes_nothing(ask, text, papers, error):
    found = ask(f"say(raised(desk.write, {text!r}, {papers!r}))")
    assert found.said == error
    assert found["nvs"] is None


def test_a_store_that_forgets_is_found_out(ask):
    deaf = "from smartbin.hw import store\nstore.put_blob = lambda key, data: None\n"
    assert ask(deaf + "say(raised(desk.write, '{}'))").said == "OSError"


def test_forgotten_is_forgotten_in_flash_as_well(ask):
    ask(f"desk.write('{{\"pings\": 5}}', {{'ca': {CA!r}}})\nsay(0)")
    again = "from smartbin.hw.flash import Flash\nflash = Flash(None)\n"
    again += "before = flash.copy('ca')\ndesk.forget()\n"
    found = ask(again + "say(str(before), str(flash.copy('ca')), desk.stored())")
    assert found.said == [str(CA), "b''", {}]


WORN = """
from smartbin.hw.flash import Flash
def worn(*args):
    raise OSError(5)
"""


def test_what_flash_will_not_copy_is_a_setting_all_the_same(ask):
    found = ask(WORN + "Flash._write = worn\ndesk.put({'pings': 5})\nsay(desk.stored())")
    assert found.said == {"pings": 5}


def test_what_flash_will_not_forget_is_not_said_to_be_forgotten(ask):
    deaf = "desk.put({'pings': 5})\nFlash.drop = lambda self, name: False\n"
    found = ask(WORN + deaf + "say(raised(desk.forget), desk.stored())")
    assert found.said == ["OSError", {"pings": 5}]
