"""Laws of the settings: a record within its bounds or one sentence; a secret is never told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartbin import config
from smartbin.errors import ConfigError

law = settings(deadline=None)  # a busy machine is no failure

NAMES = [row[0] for row in config.TABLE]
ROWS = {row[0]: row for row in config.TABLE}


def likely(name):
    """Mostly values that the setting may have."""
    _, default, low, high, _ = ROWS[name]
    if isinstance(default, str):
        words = st.sampled_from(["hc_sr04", "flash", default])
        return words | st.text("abz-_09", max_size=high) | st.text(max_size=high + 1)
    return st.integers(low, high) | st.integers(low - 2, high + 2)


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
odd = anything | st.lists(anything) | st.dictionaries(st.text(), anything)
tables = st.fixed_dictionaries({}, optional={name: likely(name) for name in NAMES})
pranks = st.dictionaries(st.sampled_from(NAMES) | st.text(), odd, max_size=4)


def checked(raw):
    """The record, or None and a sentence that was looked at."""
    try:
        return config.check(raw)
    except ConfigError as e:
        key, text = e.key, str(e)
    assert text[0].isupper() or text.startswith(key)
    assert text.endswith(".")
    assert len(text) <= 160
    return None


@law
@given(tables)
def test_a_record_is_within_its_bounds(raw):
    cfg = checked(raw)
    if cfg is not None:
        for name, default, low, high, _ in config.TABLE:
            value = getattr(cfg, name)
            assert type(value) is type(default)
            assert low <= (len(value.encode()) if isinstance(value, str) else value) <= high
            assert value == raw.get(name, default)


@law
@given(tables)
def test_a_record_holds_together(raw):
    cfg = checked(raw)
    if cfg is not None:
        assert cfg.empty_mm - cfg.full_mm >= 50
        assert max(cfg.sample_s, cfg.report_s) <= cfg.silence_s
        assert cfg.link_ms <= cfg.awake_ms
        assert cfg.mqtt_user or not cfg.mqtt_password
        assert cfg.outbox in ("rtc", "flash")


@law
@given(pranks)
def test_odd_settings_are_refused_with_a_sentence(raw):
    checked(raw)


@law
@given(pranks, tables)
def test_order_does_not_matter(odd, raw):
    raw = raw | odd
    back = dict(reversed(raw.items()))
    assert checked(raw) == checked(back)


@law
@given(st.text().filter(lambda name: name not in NAMES))
def test_an_unknown_setting_is_always_refused(name):
    with pytest.raises(ConfigError, match=r"^There is no setting named "):
        config.check({name: 1})


@law
@given(st.text("!§$=?", min_size=1, max_size=32), st.text("!§$=?", min_size=1, max_size=64))
def test_secrets_are_never_shown(key, password):
    cfg = config.check({"wifi_key": key, "mqtt_user": "u", "mqtt_password": password})
    shown = config.shown(cfg)
    assert [name for name, _ in shown] == NAMES
    assert not set("!§$=?") & set("".join(text for _, text in shown))


@law
@given(st.sampled_from(config.SECRETS), st.text("!§$=?", min_size=1), odd)
def test_a_refusal_tells_no_secret(name, secret, other):
    for value in (secret * 129, [secret], secret.encode(), {secret: other}):
        with pytest.raises(ConfigError) as refused:
            config.check({name: value, "mqtt_user": "u"})
        assert not set("!§$=?") & set(str(refused.value))
