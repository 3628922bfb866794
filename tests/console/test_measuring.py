"""measure, live, calibrate: what a person sees, and what changes only when he says yes."""

import base64
import json
import re

import pytest

from tests.console.talking import sit
from tests.contract.chip import DEVKIT, SETTINGS, settings

NEAR_FLOOR = [6900] * 400  # us; 1.18 m at 20 C: an empty bin
SILENT = [60_000] * 400  # what this sensor's line shows where nothing comes back


@pytest.fixture
def ask(boot, tmp_path):
    """ask(typed, **changes) -> the Session of somebody who types that and leaves."""

    def once(typed, **changes):
        told = {"echoes": NEAR_FLOOR} | changes
        return sit(boot, tmp_path, b"\r" + typed + b"sleep\r", **told)

    return once


def stored(session):
    """The settings in NVS afterwards."""
    return json.loads(base64.b64decode(session.nvs["settings"]))


def lines(session):
    return session.screen.replace("\r\n", "\n").split("\n")


@pytest.mark.parametrize(("typed", "rows"), [(b"measure\r", 3), (b"measure 5\r", 5)])
def test_measure_shows_a_row_for_each_look(ask, typed, rows):
    found = lines(ask(typed))
    head = next(i for i, line in enumerate(found) if "distance" in line)
    table = found[head + 1 : head + 1 + rows]
    assert [line.split()[0] for line in table] == [str(n + 1) for n in range(rows)]
    assert all("mm" in line and line.endswith("clear echo") for line in table)
    assert all(len(line) < 80 for line in table)
    assert "smartbin desk>" in found[head + 1 + rows]


def test_measure_keeps_nothing(ask):
    session = ask(b"measure 9\r")
    assert stored(session) == SETTINGS
    assert session.outcome["crash"] is None


@pytest.mark.parametrize("wrong", [b"0", b"21", b"-1", b"x", b"1e3", b"3 4", b"9" * 40])
def test_measure_refuses_what_is_no_number_of_looks(ask, wrong):
    screen = ask(b"measure " + wrong + b"\r").screen
    assert "from 1 to 20" in screen or "Usage: measure" in screen
    assert "distance" not in screen


@pytest.mark.parametrize(
    ("changes", "why", "advice"),
    [
        ({"echoes": SILENT}, "no echo", "aim the sensor"),
        ({"echoes": []}, "no answer", "check its plug"),
        ({"held": {"26": 1}}, "line stuck", "check its wires"),
        ({"echoes": [200] * 400}, "too early", "dry the sensor"),
        ({"echoes": [1190] * 400}, "blind zone", "look for a rim"),
        ({"echoes": [9500] * 400}, "beyond the floor", "calibrate empty"),
        ({"echoes": [3000, 5000] * 200}, "two surfaces", "hangs in the beam"),
        ({"echoes": [5000, 5200, 5400, 5600] * 100}, "echoes differ", "fasten the sensor"),
    ],
)
def test_measure_says_what_is_wrong_and_what_to_do_once(ask, changes, why, advice):
    screen = ask(b"measure\r", **changes).screen
    assert why in screen
    assert screen.count(advice) == 1


def test_measure_speaks_korean(ask):
    screen = ask(b"measure 1\r", nvs=settings(language="ko"), echoes=SILENT).screen
    assert "반사음 없음" in screen
    assert "distance" not in screen


def test_live_writes_one_line_until_enter(ask):
    found = ask(b"live\r\r").screen
    bars = [part for part in found.split("\r") if part.startswith("[")]
    assert len(bars) == 1
    assert len(bars[0]) == 76
    assert re.search(r"\d% \(\d+-\d+\) +1\d\d\d mm 4/4 clear echo", bars[0].replace(" %", "%"))


def test_live_takes_no_other_key_for_enter(ask):
    found = ask(b"live\rabc q\r").screen
    assert "There is no command" not in found


def test_live_ends_by_itself(boot, tmp_path):
    session = sit(boot, tmp_path, b"\rlive\r", board=DEVKIT, echoes=NEAR_FLOOR * 40)
    assert "Five minutes are over." in session.screen
    assert session.outcome["crash"] is None
    bars = {len(part) for part in session.screen.split("\r") if part.startswith("[")}
    assert bars == {76}


def test_calibrate_sets_what_it_measured_when_somebody_says_yes(ask):
    session = ask(b"calibrate empty\ry", nvs=settings(empty_mm=900))
    kept = stored(session)
    assert 1150 < kept["empty_mm"] < 1220
    assert "The setting empty_mm is 900 mm now" in session.screen
    assert f"empty_mm is {kept['empty_mm']} mm now" in session.screen
    assert kept["wifi_key"] == "rain-on-the-lid"


def test_calibrate_tells_of_a_table_that_it_does_not_change(ask):
    table = "1200:0,600:70,250:100"
    session = ask(b"calibrate empty\ry", nvs=settings(empty_mm=900, volume=table))
    assert "Levels come from the table in volume" in session.screen
    assert "table in volume" not in ask(b"calibrate empty\ry", nvs=settings(empty_mm=900)).screen


@pytest.mark.parametrize("answer", [b"n", b"\r", b"\x03", b" ", b"x"])
def test_calibrate_sets_nothing_unless_somebody_says_yes(ask, answer):
    session = ask(b"calibrate empty\r" + answer)
    assert "Nothing was changed." in session.screen
    assert stored(session) == SETTINGS


def test_calibrate_full(ask):
    kept = stored(ask(b"calibrate full\ry", echoes=[2400] * 400))
    assert 390 < kept["full_mm"] < 430


@pytest.mark.parametrize(
    ("what", "changes", "why"),
    [
        (b"empty", {"echoes": SILENT}, "No echo came back"),
        (b"empty", {"echoes": []}, "does not answer"),
        (b"empty", {"echoes": [3000] * 3 + [6900] * 400}, "differ too much"),
        (b"full", {"echoes": NEAR_FLOOR}, "full_mm must be at least 50 below empty_mm."),
        (b"full", {"echoes": [1190] * 400}, "blind zone"),
    ],
)
def test_calibrate_sets_nothing_it_is_not_sure_of(ask, what, changes, why):
    session = ask(b"calibrate " + what + b"\ry\r", nvs=settings(empty_mm=1190), **changes)
    assert why in session.screen
    assert "Set it?" not in session.screen
    assert stored(session) == SETTINGS | {"empty_mm": 1190}


@pytest.mark.parametrize("wrong", [b"", b" half", b" empty full", b" EMPTY;", b" \xed\x95\x9c"])
def test_calibrate_refuses_other_words(ask, wrong):
    session = ask(b"calibrate" + wrong + b"\r")
    assert "Usage: calibrate empty|full" in session.screen
    assert stored(session) == SETTINGS
