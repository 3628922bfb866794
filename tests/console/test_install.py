"""install: the walk, the verdict on one screen, the record kept and told by the next report."""

import base64
import json

import pytest

from sim.device import line_of
from sim.ear import Ear
from sim.scenario_table import Broker
from smartbin import installed, sensors
from smartbin.console import line, verdict_words
from tests.console.talking import sit
from tests.contract.chip import leads_to, settings

FLOOR = 6993  # us; 1200 mm at 20 C
GOOD = {"width_mm": 600, "sensor": "hc_sr04"}
SILENT_US = 38_000
_PART = sensors.find("hc_sr04")
assert _PART is not None
HC_SR04 = {"sensor": line_of(_PART), "trigger_us": 10, "settle_us": 50_000}


@pytest.fixture
def ask(boot, tmp_path):
    """ask(typed, **changes) -> (Session, [message published on the report's topic])."""

    def once(typed=b"install\ry", echoes=None, nvs=None, **changes):
        told = {**HC_SR04, "nvs": nvs or settings(**GOOD), **changes}
        told["echoes"] = [FLOOR] * 200 if echoes is None else echoes
        with Ear(Broker()) as ear:
            told = {"net": leads_to(ear.port), **told}
            session = sit(boot, tmp_path, b"\r" + typed + b"\rsleep\r", **told)
            assert session.outcome["crash"] is None
            ear.drain()
            return session, [
                json.loads(m) for topic, m in ear.messages if topic.endswith("report")
            ]

    return once


def answer(session):
    """The lines between the command and the next prompt."""
    return session.screen.replace("\r\n", "\n").split("smartbin desk> ")[1].split("\n")[1:-1]


def record(session):
    kept = installed.unpack(base64.b64decode(session.nvs["install"]))
    assert kept is not None
    return kept


def test_a_good_mounting_is_fit_and_the_next_report_tells_it(ask):
    session, reports = ask()
    said = answer(session)
    assert "FIT: this sensor fits this bin, here." in said
    assert " 30 came back, 30 of them from 1200 mm." in said[2]
    assert " -60 dBm." in said[3]
    assert said[-1] == "The record is kept; the next report tells it."
    kept = record(session)
    assert (kept.grade, kept.reasons, kept.floor_mm, kept.heard) == (0, (), 1200, 30)
    assert kept.at_s is not None and kept.session_ms > 500
    assert [m["install"]["verdict"] for m in reports] == ["fit"]
    assert session.nvs["untold"] == 0


def test_a_bin_that_is_not_empty_is_not_measured(ask):
    session, reports = ask(b"install\rn")
    assert "Empty the bin first" in "".join(answer(session))
    assert "install" not in session.nvs
    assert [m["install"] for m in reports] == [None]


@pytest.mark.parametrize(
    ("echoes", "nvs", "reasons"),
    [
        ([FLOOR, SILENT_US], GOOD, ("silent",)),
        ([300, SILENT_US], GOOD, ("silent",)),
        ([6500], GOOD, ("floor",)),
        ([3000], GOOD, ("short",)),
        ([12_000], GOOD, ("far",)),
        ([FLOOR, FLOOR, 3500], GOOD, ("walls",)),
        ([FLOOR], {**GOOD, "width_mm": 0}, ("width",)),
        ([FLOOR], {**GOOD, "width_mm": 400}, ("beam",)),
        ([FLOOR], {**GOOD, "width_mm": 80}, ("narrow",)),
    ],
)
def test_what_is_wrong_is_said_with_what_to_change(ask, echoes, nvs, reasons):
    session, _ = ask(echoes=echoes * (300 // len(echoes)), nvs=settings(**nvs))
    assert record(session).reasons == reasons
    said = "\n".join(answer(session))
    for key in reasons:
        assert verdict_words.of(key)[1][0] in said


def test_a_sensor_that_is_not_there_and_a_broker_that_is_not_there(ask):
    session, reports = ask(echoes=[], nvs=settings(**GOOD, mqtt_host="nowhere.example"))
    said = "\n".join(answer(session))
    assert "DO NOT INSTALL HERE" in said
    assert "The name nowhere.example is not known here" in said
    assert record(session).reasons[1:] == ("session",)
    assert (reports, session.nvs["untold"]) == ([], 1)


def test_without_settings_for_the_broker_it_says_which(ask):
    session, _ = ask(nvs=settings(**GOOD, mqtt_host=""))
    assert "The setting mqtt_host is empty: config set mqtt_host VALUE." in "\n".join(
        answer(session)
    )


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_worst_fits_one_screen(ask, language):
    bad = {**GOOD, "width_mm": 100, "empty_mm": 4000, "language": language, "mqtt_host": "x.y"}
    bad |= {"sensor": "jsn_sr04t_v2", "full_mm": 20, "full_pct": 100}
    session, _ = ask(echoes=[5000, 5200, 3000] * 100, nvs=settings(**bad))
    said = answer(session)
    assert len(record(session).reasons) >= 4
    assert sum(1 + line.width(one) // 80 for one in said) <= 23, "and the prompt below"
    assert verdict_words.GRADES[2][language == "ko"] in said


def test_arguments_are_refused(ask):
    session, _ = ask(b"install now")
    assert "Usage: install" in "\n".join(answer(session))
    assert "install" not in session.nvs


def test_every_reason_has_words_that_fit_a_line_and_take_its_numbers():
    for i in (0, 1):
        for key, _ in installed.REASONS:
            what, change = verdict_words.of(key)
            places = what[i].replace("%%", "").count("%")
            told = what[i] % (("settings",) if key == "session" else (1100,) * places)
            assert line.width("! " + told) < 80, told
            assert line.width("    " + change[i]) < 80, change[i]
            assert places == what[1 - i].replace("%%", "").count("%")
