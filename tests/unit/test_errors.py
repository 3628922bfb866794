"""An error carries what is known about it: who handles it needs no text to look into."""

from smartbin.errors import ConsoleError


def test_a_console_error_is_told_in_either_language():
    e = ConsoleError(("There is no %s.", "%s 없음."), "foo")
    assert str(e) == "There is no foo."
    assert e.pair[1] % e.facts == "foo 없음."
