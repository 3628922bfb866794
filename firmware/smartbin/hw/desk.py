# The stored settings and papers, as the console and a computer on the serial port change them.
# Needs no node: a computer calls read() and write() from MicroPython's own prompt.
import json
from binascii import hexlify
from hashlib import sha256

from smartbin import build, config, fill, memory
from smartbin.errors import ConfigError
from smartbin.hw import nap, store
from smartbin.hw.flash import Flash

PAPERS = ("ca", "cert", "key")


def stored():
    """The settings that differ from their defaults, as they are in NVS; {} where unreadable."""
    data = store.blob("settings")
    try:
        return store.table(data) if data else {}
    except ValueError:
        return {}


def put(raw):
    """Check these settings and keep them: NVS, read back, and the copy in flash.

    ConfigError where they cannot be used, OSError where storage fails; then the old ones stay.
    """
    _keep("settings", _checked(raw))


def forget():
    """Settings and papers are as they were when the device was made; numbers go on."""
    for name in ("settings",) + PAPERS:
        _forget(name)
    store.put_blob("settings", b"{}")  # none at all would be a fault


def read():
    """JSON for a computer: settings without secrets, fingerprints of those and of the papers,
    what was counted since the last report, how often the power came on."""
    raw = stored()
    prints = {name: _print(raw[name].encode()) for name in config.SECRETS if raw.get(name)}
    for name in PAPERS:
        data = store.blob(name)
        if data:
            prints[name] = _print(data)
    plain = {name: raw[name] for name in raw if name not in config.SECRETS}
    facts = {"version": build.VERSION, "settings": plain, "fingerprints": prints}
    mem = memory.load(nap.recall())
    facts["notes"] = dict(mem.notes.since()) if mem else {}
    facts["boot"] = store.number("boot")
    return json.dumps(facts)


def write(settings, papers=None):
    """Settings as JSON and papers by name, all of them: what is not named is at its default or
    gone.  papers None: they stay.

    Returns what read() then says.  ConfigError with a sentence where something cannot be used;
    then nothing has changed.
    """
    data = _checked(store.table(settings.encode()))
    told = papers or {}
    for name in told:
        if name not in PAPERS or len(told[name]) > store.ROOM:
            raise ConfigError(name, "%s is not a paper of at most %d bytes.", name, store.ROOM)
    for name in () if papers is None else PAPERS:
        if name in told:
            _keep(name, told[name])
        else:
            _forget(name)
    _keep("settings", data)
    return read()


def _checked(raw):
    _shaped(config.check(raw).volume)
    data = json.dumps(raw).encode()
    spare = store.ROOM - len(data)
    if spare < 0:
        raise ConfigError("", "All settings together are too long by %d bytes.", -spare)
    return data


def _shaped(text):
    """A wake makes do without a table of volume that is none; who stores one is told."""
    odd = config.check({"empty_mm": 3999, "full_mm": 21, "volume": text})
    if text and fill.curve_of(odd) == [(3999, 0), (21, 100)]:
        raise ConfigError("volume", "volume must be mm:pct,... from empty to full, or empty.")


def _keep(name, data):
    store.put_blob(name, data)
    if store.blob(name) != data:
        raise OSError(5)
    try:
        _flash().copy(name, data)
    except OSError:  # the bin works without; at the next power-on shelf.py tries again
        pass


def _forget(name):
    flash = _flash()
    if flash.copy(name) and not flash.drop(name):  # the copy first: it would come back
        raise OSError(5)
    store.drop(name)


def _flash():
    return Flash(_nobody)


def _nobody():
    """Told where the file system was made anew."""


def _print(data):
    return hexlify(sha256(data).digest()[:8]).decode()
