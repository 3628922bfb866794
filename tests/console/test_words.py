"""Every sentence of the console is there in English and Korean, with the same places for facts."""

import ast
import importlib
import re

import pytest

from sim import places
from smartbin.console import reasons, refusals, troubles
from smartbin.errors import ConfigError

MODULES = sorted(
    path.stem for path in (places.FIRMWARE / "smartbin" / "console").glob("[a-z]*.py")
)
PLACE = re.compile(r"%[-+0 *]*\d*(?:\.\d+)?[sdx]")
HANGUL = re.compile("[가-힣]")


def pairs(value):
    """(English, Korean) wherever they lie in a table; those in troubles.py have a third part."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if not isinstance(value, tuple):
        return
    texts = value[:2]
    if (
        all(isinstance(text, str) for text in texts)
        and len(texts) == 2
        and HANGUL.search(texts[1])
    ):
        yield texts
    for part in value:
        yield from pairs(part)


@pytest.mark.parametrize("name", MODULES)
def test_both_languages_take_the_same_facts(name):
    module = importlib.import_module(f"smartbin.console.{name}")
    for value in vars(module).values():
        for english, korean in pairs(value):
            assert PLACE.findall(english) == PLACE.findall(korean), english


def refused(path):
    """The sentences of all ConfigErrors that a file raises."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ConfigError":
            yield ast.literal_eval(node.args[1])


def test_every_setting_that_is_refused_is_refused_in_both_languages():
    found = set()
    for name in ("config.py", "hw/desk.py", "console/settings.py"):
        found |= set(refused(places.FIRMWARE / "smartbin" / name))
    found.remove("%s is not a paper of at most %d bytes.")  # no command stores papers
    assert found == {english for english, _ in refusals._PAIRS}


def test_a_refusal_without_words_of_ours_is_told_in_english():
    unheard = ConfigError("pings", "%s is odd.", "pings")
    assert refusals.pair(unheard)[1] % unheard.facts == "pings is odd."


def test_the_sentences_are_found():

    assert len(list(pairs(troubles._WHY))) > 20
    assert len(list(pairs(reasons._REASONS))) > 15
