"""Each setting and each event has a meaning, and nothing else has."""

from smartbin import config, events, meanings


def test_every_setting_has_a_meaning():
    assert set(meanings.SETTINGS) == {row[0] for row in config.TABLE}
    assert all(meanings.SETTINGS.values())


def test_every_event_has_a_beginning_and_an_end():
    assert set(meanings.EVENTS) == set(events.NAMES)
    for raised, over in meanings.EVENTS.values():
        assert raised and over
