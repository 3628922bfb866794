"""docs/field-guide.md and its Korean sister name what there is, and fit one printed page."""

from __future__ import annotations

import re

import pytest

from sim import places
from smartbin import config, installed
from smartbin.console import commands, verdict_words, window
from smartbin.sensors import NAMES as SENSORS
from tests.contract.test_led import NAMES
from tools import boards

GUIDES = [
    (places.ROOT / "docs" / name, i)
    for i, name in enumerate(("field-guide.md", "field-guide.ko.md"))
]
PAGE = 75  # lines of A4 at 9 points
LED = {  # what a person sees (tests/contract/test_led.py), in the words of each guide
    "blink": ("a short flash every two seconds", "2초마다 짧게 한 번"),
    "lit": ("steady", "계속 켜짐"),
    "one long": ("then one long", "이어서 길게 한 번"),
    "two short": ("then two short", "이어서 짧게 두 번"),
    "five quick": ("and five quick after these", "그 뒤에 빠르게 다섯 번"),
}

guides = pytest.mark.parametrize(("path", "language"), GUIDES, ids=["en", "ko"])


@guides
def test_it_fits_one_page(path, language) -> None:
    assert len(path.read_text().splitlines()) <= PAGE


@guides
def test_every_reason_is_there_once_and_in_one_order(path, language) -> None:
    rows = re.findall(r"^\| (`\w+`(?: `\w+`)*) \|", path.read_text(), re.M)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(key for key, _ in installed.REASONS)
    other = re.findall(r"^\| (`\w+`(?: `\w+`)*) \|", GUIDES[0][0].read_text(), re.M)
    assert rows == other


@guides
def test_what_it_tells_to_type_exists(path, language) -> None:
    text = path.read_text()
    block = re.search(r"```text\n(.*?)```", text, re.S)
    assert block
    inline = [t for t in re.findall(r"`([^`\n]+)`", text.replace(block[0], "")) if " " in t]
    for line in block[1].splitlines() + [t for t in inline if not t.startswith("smartbin ")]:
        row, args = commands.find(line.split())
        assert row is not None, line
        if row[0] == "config" and len(args) > 1:
            assert args[1] in {one[0] for one in config.TABLE}, line


@guides
def test_it_quotes_the_bin_word_by_word(path, language) -> None:
    text = path.read_text()
    for words in verdict_words.GRADES:
        head = re.split(r":| before", words[language])[0]
        assert f"| **{head}** |" in text
    offer = window._OFFER[language].split("%s: ")[1].split(" (")[0]
    assert offer in text


@guides
def test_it_tells_every_code_of_the_led_and_which_boards_have_none(path, language) -> None:
    text = path.read_text()
    assert LED.keys() == {"lit", *NAMES.values()}
    for words in LED.values():
        assert f"\n| {words[language]} |" in text
    for board in map(boards.load, boards.names()):
        assert (board.TITLE.split()[-1] in text) == (board.LED_PIN is None)


def test_sensors_that_it_names_are_ours() -> None:
    text = GUIDES[0][0].read_text()
    for name in re.findall(r"HC-SR04|A02YYUW|JSN-SR04T|MB7389", text):
        assert any(one.startswith(name.lower().replace("-", "_")) for one in SENSORS)
