"""Settings: every key, every bound, every sentence, and secrets that stay secret."""

from smartbin import config, sensors
from smartbin.errors import ConfigError

NUMBERS = [row for row in config.TABLE if not isinstance(row[1], str)]
TEXTS = [row for row in config.TABLE if isinstance(row[1], str)]

# Leaves every other setting the room that its own bounds give it.
ROOMY = {
    "empty_mm": 4000,
    "full_mm": 20,
    "sample_s": 30,
    "report_s": 30,
    "silence_s": 604_800,
    "awake_ms": 15_000,
    "link_ms": 1000,
    "mqtt_user": "bin",
    "mqtt_tls": 1,
}
HEX = ("wifi_pmk", "wifi_bssid", "mqtt_psk")


def with_room(name, value):
    raw = dict(ROOMY)
    raw[name] = value
    return raw


def refused(raw):
    """The key and the sentence of the refusal; neither where nothing is wrong."""
    try:
        config.check(raw)
    except ConfigError as e:
        return e.key, str(e)
    return None, ""


def test_the_defaults_are_settings_that_work():
    cfg = config.check({})
    assert list(cfg) == [row[1] for row in config.TABLE]
    assert (cfg.sample_s, cfg.silence_s, cfg.pings) == (900, 21_600, 15)


def test_a_setting_that_is_given_replaces_its_default_alone():
    cfg = config.check({"sample_s": 60, "bin_id": "bank-7_A"})
    assert (cfg.sample_s, cfg.bin_id) == (60, "bank-7_A")
    changed = [row[0] for i, row in enumerate(config.TABLE) if cfg[i] != row[1]]
    assert changed == ["bin_id", "sample_s"]


def test_every_number_may_have_its_lowest_and_its_highest_value():
    for name, _, low, high, _ in NUMBERS:
        for value in (low, high):
            assert getattr(config.check(with_room(name, value)), name) == value


def test_no_number_may_be_beyond_its_bounds():
    for name, _, low, high, unit in NUMBERS:
        for value in (low - 1, high + 1, -(1 << 40), 1 << 40):
            key, sentence = refused(with_room(name, value))
            assert key == name
            bounds = "%s is %d; it must be from %d to %d" % (name, value, low, high)
            assert sentence == bounds + (" " + unit if unit else "") + "."


def test_bounds_in_words():
    assert refused({"pings": 16}) == ("pings", "pings is 16; it must be from 3 to 15.")
    sentence = "sample_s is 29; it must be from 30 to 86400 s."
    assert refused({"sample_s": 29}) == ("sample_s", sentence)


def test_every_text_may_have_its_longest_length():
    for name, _, _, high, _ in TEXTS:
        if name not in ("sensor", "outbox", "language"):
            longest = ("a" if name in HEX else "x") * high
            cfg = config.check(with_room(name, longest))
            assert getattr(cfg, name) == longest
        key, sentence = refused(with_room(name, "x" * (high + 1)))
        assert (key, sentence) == (name, "%s may have at most %d bytes." % (name, high))


def test_a_text_is_measured_in_bytes():
    assert config.check({"wifi_ssid": "ü" * 16}).wifi_ssid == "ü" * 16
    assert refused({"wifi_ssid": "ü" * 17})[1] == "wifi_ssid may have at most 32 bytes."


def test_only_texts_are_texts():
    for name, _, _, _, _ in TEXTS:
        for value in (5, None, 1.5, True, [], {}, b"bytes"):
            assert refused({name: value}) == (name, "%s must be a text." % name)


def test_only_whole_numbers_are_numbers():
    for name, default, _, _, _ in NUMBERS:
        for value in (str(default), float(default), None, True, False, [], {}):
            assert refused({name: value}) == (name, "%s must be a whole number." % name)


def test_an_unknown_setting_is_refused():
    assert refused({"sleep_s": 60}) == ("sleep_s", "There is no setting named sleep_s.")
    assert refused({5: 60})[1] == "There is no setting named 5."
    assert refused({"": 60})[1] == "There is no setting named ."


def test_a_long_unknown_name_is_cut():
    assert refused({"n" * 40: 1})[1] == "There is no setting named %s." % ("n" * 40)
    assert refused({"n" * 41: 1})[1] == "There is no setting named %s...." % ("n" * 37)


def test_a_bin_id_can_stand_in_a_topic():
    for bin_id in ("", "a", "z", "A", "Z", "0", "9", "-", "_", "wyn-1510830", "B" * 24):
        assert config.check({"bin_id": bin_id}).bin_id == bin_id
    for bin_id in ("a b", "a/b", "#", "+", "$SYS", "bän", "a\n", "a\0", "a.b", "@", "[", "`", "{"):
        sentence = "bin_id may have letters, digits, - and _ only."
        assert refused({"bin_id": bin_id}) == ("bin_id", sentence)


def test_a_sensor_is_one_of_ours_or_the_boards():
    for sensor in ("",) + sensors.NAMES:
        assert config.check({"sensor": sensor}).sensor == sensor
    sentence = "sensor must be one of %s, or empty." % ", ".join(sensors.NAMES)
    assert refused({"sensor": "HC_SR04"}) == ("sensor", sentence)


def test_the_console_speaks_english_or_korean():
    for language in ("en", "ko"):
        assert config.check({"language": language}).language == language
    for language in ("EN", "kor", "deu"):
        assert refused({"language": language})[0] == "language"


def test_an_outbox_is_in_rtc_memory_or_on_flash():
    for outbox in ("rtc", "flash"):
        assert config.check({"outbox": outbox}).outbox == outbox
    for outbox in ("RTC", "sdram", "ram"):
        assert refused({"outbox": outbox}) == ("outbox", "outbox must be rtc or flash.")


def test_a_bin_is_deeper_than_nothing():
    assert config.check({"empty_mm": 300, "full_mm": 250}).full_mm == 250
    sentence = "full_mm must be at least 50 below empty_mm."
    assert refused({"empty_mm": 300, "full_mm": 251}) == ("full_mm", sentence)
    assert refused({"empty_mm": 300, "full_mm": 2000}) == ("full_mm", sentence)


def test_nothing_is_slower_than_the_longest_silence():
    for name in ("sample_s", "report_s"):
        raw = {"sample_s": 60, "report_s": 60, "silence_s": 7200}
        raw[name] = 7200
        assert getattr(config.check(raw), name) == 7200
        raw[name] = 7201
        assert refused(raw) == (name, "%s must be no more than silence_s." % name)


def test_the_radio_is_on_no_longer_than_the_node_is_awake():
    assert config.check({"link_ms": 5000, "awake_ms": 5000}).link_ms == 5000
    sentence = "link_ms must be no more than awake_ms."
    assert refused({"link_ms": 5001, "awake_ms": 5000}) == ("link_ms", sentence)


def test_a_password_needs_a_user():
    assert config.check({"mqtt_user": "u", "mqtt_password": "p"}).mqtt_password == "p"
    assert config.check({"mqtt_user": "u"}).mqtt_password == ""
    sentence = "mqtt_password needs a mqtt_user."
    assert refused({"mqtt_password": "p"}) == ("mqtt_password", sentence)


def test_every_setting_is_shown_in_the_tables_order():
    shown = config.shown(config.check({"sample_s": 60}))
    assert [name for name, _ in shown] == [row[0] for row in config.TABLE]
    assert ("sample_s", "60") in shown
    assert ("ntp_host", "pool.ntp.org") in shown
    assert ("wifi_ssid", "") in shown


def test_a_secret_is_never_shown():
    raw = {"wifi_key": "rain-on-the-lid", "mqtt_user": "u", "mqtt_password": "hunter2"}
    shown = dict(config.shown(config.check(raw)))
    assert (shown["wifi_key"], shown["mqtt_password"]) == ("(set)", "(set)")
    assert "rain-on-the-lid" not in str(shown) and "hunter2" not in str(shown)
    shown = dict(config.shown(config.check({})))
    assert (shown["wifi_key"], shown["mqtt_password"]) == ("(empty)", "(empty)")


def test_a_refusal_tells_no_secret():
    for secret in ("swordfish" * 15, b"swordfish", ["swordfish"]):
        for name in config.SECRETS:
            key, sentence = refused({name: secret, "mqtt_user": "u"})
            assert key == name
            assert "swordfish" not in sentence
    assert "swordfish" not in refused({"mqtt_password": "swordfish"})[1]


def test_every_setting_has_a_unit_and_a_default_within_its_bounds():
    for name, default, low, high, unit in config.TABLE:
        size = len(default) if isinstance(default, str) else default
        assert low <= size <= high
        assert unit in ("", "mm", "s", "h", "ms", "mV", "%", "dB", "0.1 C")
        endings = {"%": "_pct", "mV": "_mv", "dB": "_db", "0.1 C": "_dc"}
        assert not unit or name.endswith(endings.get(unit, "_" + unit))


def test_bounds_that_others_have_set():
    bounds = {row[0]: row[2:4] for row in config.TABLE}
    assert bounds["wifi_ssid"][1] == 32  # IEEE 802.11
    assert bounds["wifi_key"][1] == 64  # WPA2: 63 characters, or 64 hexadecimal digits
    assert bounds["mqtt_port"] == (1, 65_535)
    assert bounds["pings"] == (3, 15)  # a packed row has four bits for them
    assert bounds["awake_ms"][1] <= 15_000  # the watchdog barks at 20 s
    assert bounds["silence_s"][1] <= 7 * 86_400


def test_numbers_fit_a_small_integer():
    for _, _, _, high, _ in NUMBERS:
        assert high < 1 << 30
    assert 1000 * 86_400 < 1 << 30  # the longest nap in milliseconds


def test_keys_and_addresses_are_hex_digits_of_the_right_number():
    for name, good in (("wifi_pmk", 64), ("wifi_bssid", 12), ("mqtt_psk", 32), ("mqtt_psk", 64)):
        assert getattr(config.check({name: "0aF9" * (good // 4), "mqtt_tls": 1}), name)
        for bad in ("a" * (good - 1), "g" * good, "a" * (good - 2) + "0x"):
            key, sentence = refused({name: bad, "mqtt_tls": 1})
            assert key == name and sentence.endswith(" hex digits, or empty.")


def test_a_shared_key_is_never_there_for_nothing():
    assert refused({"mqtt_psk": "ab" * 16}) == ("mqtt_psk", "mqtt_psk needs mqtt_tls = 1.")


def test_every_lever_is_a_setting_with_a_default_that_saves():
    cfg = config.check({})
    assert (cfg.hint, cfg.nodelay, cfg.doze, cfg.leave, cfg.talk) == (1, 1, 1, 1, 0)
    assert (cfg.lease_s, cfg.name_s, cfg.tx_margin_db) == (86_400, 86_400, 12)
    assert (cfg.wifi_pmk, cfg.wifi_bssid, cfg.mqtt_psk) == ("", "", "")
