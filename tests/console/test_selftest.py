"""selftest: one line for each part, and for each that is ill what to do."""

import pytest

from tests.console.talking import sit
from tests.contract.chip import BOARD, DEVKIT, settings

PARTS = [
    "battery",
    "thermometer",
    "tilt contact",
    "lid contact",
    "sensor line",
    "flash",
    "NVS",
    "clock",
]
TILT_PIN, ECHO_PIN = "13", "26"


@pytest.fixture
def lines(boot, tmp_path):
    """lines(**changes) -> {part: (mark, text)} and the last line."""

    def once(first="", board=BOARD, **changes):
        told = {"echoes": [6900] * 100} | changes
        session = sit(
            lambda program, board=board: boot(program, board),
            tmp_path,
            b"\rselftest\rsleep\r",
            first=first,
            **told,
        )
        assert session.outcome["crash"] is None
        said = session.screen.replace("\r\n", "\n").split("smartbin desk> ")[1].split("\n")[1:-1]
        rows = {row[:14].strip(): (row[16:20].strip(), row[22:]) for row in said[:-1]}
        return rows, said[-1]

    return once


def test_a_sound_bin_is_well(lines):
    rows, last = lines()
    assert list(rows) == PARTS
    assert {mark for mark, _ in rows.values()} == {"ok", "-"}
    assert rows["clock"][0] == "-"
    assert last == "All is well."


def test_what_a_board_has_not_is_no_fault(lines):
    rows, last = lines(board=DEVKIT)
    assert [name for name in PARTS if rows[name] == ("-", "this board has none")] == PARTS[:4]
    assert last == "All is well."


BROKEN_FLASH = """
import smartbin.hw.flash
def broken(*args): raise OSError(5)
smartbin.hw.flash.Flash.copy = broken
"""
FORGETFUL = """
import smartbin.hw.store
smartbin.hw.store.put = lambda **numbers: None
"""


@pytest.mark.parametrize(
    ("part", "changes", "text"),
    [
        ("battery", {"adc": {"34": [1_400_000, 1_400_000, False]}}, "is low: change it soon"),
        ("battery", {"adc": {"34": [1_250_000, 1_250_000, False]}}, "change it now"),
        (
            "thermometer",
            {"adc": {"35": [3_300_000, 3_300_000, True]}},
            "no answer: check its plug",
        ),
        ("tilt contact", {"held": {TILT_PIN: 1}}, "says the bin leans"),
        ("lid contact", {"held": {"17": 1}}, "says the lid is open"),
        ("sensor line", {"held": {ECHO_PIN: 1}}, "does not move"),
        ("sensor line", {"echoes": []}, "does not answer"),
        ("flash", {"first": BROKEN_FLASH}, "does not keep what is written"),
        ("NVS", {"first": FORGETFUL}, "does not keep what is written"),
        ("clock", {"nvs": settings(ntp_host="")}, "ntp_host is empty"),
    ],
)
def test_a_part_that_is_ill_says_what_to_do(lines, part, changes, text):
    rows, last = lines(**changes)
    mark, said = rows[part]
    assert (mark, text in said) == ("!!", True)
    assert len(said) < 80
    ill = [name for name in rows if rows[name][0] == "!!"]
    assert ill == [part]
    assert last == "To be looked at: 1 of 8."


def test_silence_is_no_fault_of_the_line(lines):
    rows, _ = lines(echoes=[60_000] * 100)
    assert rows["sensor line"] == ("ok", "0 of 15 pings heard, no echo")
