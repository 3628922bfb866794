# Settings: every key, default and bound of the product is in this table and nowhere else.
from collections import namedtuple

from smartbin import sensors
from smartbin.errors import ConfigError

# name, default, lowest, highest, unit, meaning.  For texts the bounds are lengths in bytes.
TABLE = (
    ("bin_id", "", 0, 24, "", "name of this bin in topics; empty: made from the chip's number"),
    ("sensor", "", 0, 24, "", "kind of ultrasonic sensor; empty: the board's own"),
    ("empty_mm", 1200, 300, 4000, "mm", "from the sensor to the floor of the empty bin"),
    ("full_mm", 250, 20, 2000, "mm", "from the sensor to the waste when the bin counts as full"),
    ("volume", "", 0, 71, "", "mm:pct,mm:pct up to 8 points: fill by distance; empty: a cylinder"),
    ("pings", 15, 3, 15, "", "most pings in one reading; it stops earlier when they agree"),
    ("sample_s", 900, 30, 86_400, "s", "from one measurement to the next"),
    ("fast_s", 300, 30, 86_400, "s", "the same near full, or when two readings disagree"),
    ("slow_s", 3600, 30, 86_400, "s", "the same of a quiet bin, at night, on a low battery"),
    ("night_from_h", 0, 0, 23, "h", "hour (UTC) at which the night begins"),
    ("night_to_h", 0, 0, 23, "h", "hour (UTC) at which it ends; the same hour: no night"),
    ("report_s", 3600, 30, 604_800, "s", "least time between two routine reports"),
    ("silence_s", 21_600, 60, 604_800, "s", "longest time without a report"),
    ("change_pct", 10, 1, 100, "%", "change of the fill that is worth a report"),
    ("near_pct", 70, 5, 100, "%", "fill that counts as nearly full"),
    ("full_pct", 80, 10, 100, "%", "fill that is reported at once when it is reached"),
    ("release_pct", 10, 1, 50, "%", "how far below these a fill must fall to end them"),
    ("emptied_pct", 25, 5, 100, "%", "least drop of the fill that is an emptying"),
    ("fire_dc", 600, 300, 1000, "0.1 C", "temperature of the lid that is a fire"),
    ("fire_rise_dc", 100, 30, 500, "0.1 C", "rise of it within fire_s that is a fire"),
    ("fire_s", 900, 60, 86_400, "s", "longest time between two looks at the thermometer"),
    ("battery_low_mv", 2900, 500, 20_000, "mV", "battery that is low"),
    ("battery_critical_mv", 2600, 500, 20_000, "mV", "battery that may fail any time"),
    ("outbox", "rtc", 3, 5, "", "rtc, or flash: then even a loss of power costs no reading"),
    ("backoff_s", 21_600, 60, 86_400, "s", "longest wait after failed reports"),
    ("awake_ms", 12_000, 2000, 15_000, "ms", "longest wake, whatever happens"),
    ("link_ms", 9500, 1000, 14_000, "ms", "longest time with the radio on"),
    ("wifi_ssid", "", 0, 32, "", "name of the Wi-Fi network"),
    ("wifi_key", "", 0, 64, "", "passphrase of the Wi-Fi network"),
    ("mqtt_host", "", 0, 64, "", "name or address of the MQTT broker"),
    ("mqtt_port", 1883, 1, 65_535, "", "port of the MQTT broker"),
    ("mqtt_tls", 0, 0, 1, "", "1: TLS; the broker's certificate is checked against the stored CA"),
    ("mqtt_user", "", 0, 64, "", "user at the broker; empty: none"),
    ("mqtt_password", "", 0, 128, "", "password at the broker"),
    ("ntp_host", "pool.ntp.org", 0, 64, "", "time server; empty: the clock is never set"),
    ("clock_s", 14_400, 600, 2_592_000, "s", "from one look at the time server to the next"),
)
SECRETS = ("wifi_key", "mqtt_password")

Config = namedtuple("Config", [row[0] for row in TABLE])


def check(raw):
    """One checked record from a dictionary of settings; what is not named has its default.

    Raises ConfigError with a sentence.
    """
    names = [row[0] for row in TABLE]
    for key in raw:
        if key not in names:
            raise ConfigError(key, "There is no setting named %s." % _shown(key))
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
    name, default, low, high, unit, _ = row
    if isinstance(default, str):
        if not isinstance(value, str):
            raise ConfigError(name, "%s must be a text." % name)
        if not low <= len(value.encode()) <= high:
            raise ConfigError(name, "%s may have at most %d bytes." % (name, high))
    elif not isinstance(value, int) or isinstance(value, bool):
        raise ConfigError(name, "%s must be a whole number." % name)
    elif not low <= value <= high:
        facts = (name, value, low, high, unit)
        raise ConfigError(name, ("%s is %d; it must be from %d to %d %s" % facts).strip() + ".")
    return value


def _together(cfg):
    for c in cfg.bin_id:
        if not ("a" <= c <= "z" or "A" <= c <= "Z" or "0" <= c <= "9" or c in "_-"):
            raise ConfigError("bin_id", "bin_id may have letters, digits, - and _ only.")
    if cfg.sensor and sensors.find(cfg.sensor) is None:
        raise ConfigError(
            "sensor", "sensor must be one of %s, or empty." % ", ".join(sensors.NAMES)
        )
    _less(cfg, "full_mm", "empty_mm", 49)
    _less(cfg, "sample_s", "silence_s", -1)
    _less(cfg, "report_s", "silence_s", -1)
    _less(cfg, "link_ms", "awake_ms", -1)
    if cfg.outbox not in ("rtc", "flash"):
        raise ConfigError("outbox", "outbox must be rtc or flash.")
    if cfg.mqtt_password and not cfg.mqtt_user:
        raise ConfigError("mqtt_password", "mqtt_password needs a mqtt_user.")


def _less(cfg, small, large, gap):
    if getattr(cfg, small) + gap >= getattr(cfg, large):
        need = "at least %d below" % (gap + 1) if gap > 0 else "no more than"
        raise ConfigError(small, "%s must be %s %s." % (small, need, large))
