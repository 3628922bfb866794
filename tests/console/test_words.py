"""Every sentence of the console is there in English and Korean, with the same places for facts."""

import importlib
import re

import pytest

from sim import places

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


def test_the_sentences_are_found():
    from smartbin.console import reasons, troubles

    assert len(list(pairs(troubles._WHY))) > 20
    assert len(list(pairs(reasons._REASONS))) > 15
