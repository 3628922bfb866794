# Settings: every key, default and bound of the product is in this table and nowhere else; what
# each is for stands in meanings.py.
from collections import namedtuple

from smartbin import sensors
from smartbin.errors import ConfigError

# name, default, lowest, highest, unit.  For texts the bounds are lengths in bytes.
TABLE = (
    ("bin_id", "", 0, 24, ""),
    ("sensor", "", 0, 24, ""),
    ("empty_mm", 1200, 300, 4000, "mm"),
    ("full_mm", 250, 20, 2000, "mm"),
    ("width_mm", 0, 0, 10_000, "mm"),
    ("volume", "", 0, 71, ""),
    ("pings", 15, 3, 15, ""),
    ("sample_s", 900, 30, 86_400, "s"),
    ("fast_s", 300, 30, 86_400, "s"),
    ("slow_s", 3600, 30, 86_400, "s"),
    ("night_from_h", 0, 0, 23, "h"),
    ("night_to_h", 0, 0, 23, "h"),
    ("report_s", 3600, 30, 604_800, "s"),
    ("silence_s", 21_600, 60, 604_800, "s"),
    ("change_pct", 10, 1, 100, "%"),
    ("near_pct", 70, 5, 100, "%"),
    ("full_pct", 80, 10, 100, "%"),
    ("release_pct", 10, 1, 50, "%"),
    ("emptied_pct", 25, 5, 100, "%"),
    ("fire_dc", 600, 300, 1000, "0.1 C"),
    ("fire_rise_dc", 100, 30, 500, "0.1 C"),
    ("fire_s", 900, 60, 86_400, "s"),
    ("battery_low_mv", 2900, 500, 20_000, "mV"),
    ("battery_critical_mv", 2600, 500, 20_000, "mV"),
    ("doze", 1, 0, 1, ""),
    ("talk", 0, 0, 1, ""),
    ("outbox", "rtc", 3, 5, ""),
    ("backoff_s", 21_600, 60, 86_400, "s"),
    ("awake_ms", 12_000, 2000, 15_000, "ms"),
    ("link_ms", 9500, 1000, 14_000, "ms"),
    ("wifi_ssid", "", 0, 32, ""),
    ("wifi_key", "", 0, 64, ""),
    ("wifi_pmk", "", 0, 64, ""),
    ("wifi_bssid", "", 0, 12, ""),
    ("hint", 1, 0, 1, ""),
    ("lease_s", 86_400, 0, 604_800, "s"),
    ("tx_margin_db", 12, 0, 60, "dB"),
    ("leave", 1, 0, 1, ""),
    ("mqtt_host", "", 0, 64, ""),
    ("name_s", 86_400, 0, 2_592_000, "s"),
    ("nodelay", 1, 0, 1, ""),
    ("mqtt_port", 1883, 1, 65_535, ""),
    ("mqtt_tls", 0, 0, 1, ""),
    ("mqtt_user", "", 0, 64, ""),
    ("mqtt_password", "", 0, 128, ""),
    ("mqtt_psk", "", 0, 64, ""),
    ("ntp_host", "pool.ntp.org", 0, 64, ""),
    ("clock_s", 14_400, 600, 2_592_000, "s"),
    ("window_s", 10, 0, 60, "s"),
    ("language", "en", 0, 8, ""),
    ("repl_lock", 0, 0, 1, ""),
)
SECRETS = ("wifi_key", "wifi_pmk", "mqtt_password", "mqtt_psk")
# Digits that a setting must have where it is not empty.
_DIGITS = (("wifi_pmk", (64,)), ("wifi_bssid", (12,)), ("mqtt_psk", tuple(range(32, 65, 2))))
_HEX = "0123456789abcdef"

Config = namedtuple("Config", [row[0] for row in TABLE])


def check(raw):
    """One checked record from a dictionary of settings; what is not named has its default.

    Raises ConfigError with a sentence.
    """
    names = [row[0] for row in TABLE]
    for key in raw:
        if key not in names:
            raise ConfigError(key, "There is no setting named %s.", _shown(key))
    cfg = Config(*[_value(row, raw.get(row[0], row[1])) for row in TABLE])
    _together(cfg)
    return cfg


def shown(cfg):
    """(name, value as text) of every setting; a secret shows only whether it is there."""
    return [
        (row[0], _secret(cfg[i]) if row[0] in SECRETS else str(cfg[i]))
        for i, row in enumerate(TABLE)
    ]


def _secret(value):
    return "(set)" if value else "(empty)"


def _shown(value):
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _value(row, value):
    name, default, low, high, unit = row
    if isinstance(default, str):
        if not isinstance(value, str):
            raise ConfigError(name, "%s must be a text.", name)
        if not low <= len(value.encode()) <= high:
            raise ConfigError(name, "%s may have at most %d bytes.", name, high)
    elif not isinstance(value, int) or isinstance(value, bool):
        raise ConfigError(name, "%s must be a whole number.", name)
    elif not low <= value <= high:
        facts = (name, value, low, high, unit and " " + unit)
        raise ConfigError(name, "%s is %d; it must be from %d to %d%s.", *facts)
    return value


def _together(cfg):
    for c in cfg.bin_id:
        if not ("a" <= c <= "z" or "A" <= c <= "Z" or "0" <= c <= "9" or c in "_-"):
            raise ConfigError("bin_id", "bin_id may have letters, digits, - and _ only.")
    if cfg.sensor and sensors.find(cfg.sensor) is None:
        names = ", ".join(sensors.NAMES)
        raise ConfigError("sensor", "sensor must be one of %s, or empty.", names)
    _less(cfg, "full_mm", "empty_mm", 49)
    _less(cfg, "sample_s", "silence_s", -1)
    _less(cfg, "report_s", "silence_s", -1)
    _less(cfg, "link_ms", "awake_ms", -1)
    _either(cfg, "outbox", "rtc", "flash")
    _either(cfg, "language", "en", "ko")
    for name, lengths in _DIGITS:
        _hex(name, getattr(cfg, name), lengths)
    if cfg.mqtt_psk and not cfg.mqtt_tls:
        raise ConfigError("mqtt_psk", "mqtt_psk needs mqtt_tls = 1.")
    if cfg.mqtt_password and not cfg.mqtt_user:
        raise ConfigError("mqtt_password", "mqtt_password needs a mqtt_user.")


def _either(cfg, name, *choices):
    if getattr(cfg, name) not in choices:
        raise ConfigError(name, "%s must be %s or %s.", name, *choices)


def _hex(name, value, lengths):
    if value and (len(value) not in lengths or [c for c in value.lower() if c not in _HEX]):
        many = "%d" % lengths[0] if len(lengths) == 1 else "32, 34, ... 64"
        raise ConfigError(name, "%s must be %s hex digits, or empty.", name, many)


def _less(cfg, small, large, gap):
    if getattr(cfg, small) + gap < getattr(cfg, large):
        return
    if gap < 0:
        raise ConfigError(small, "%s must be no more than %s.", small, large)
    raise ConfigError(small, "%s must be at least %d below %s.", small, gap + 1, large)
