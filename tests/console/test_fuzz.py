"""Ten thousand lines of noise, of slips and of wrong arguments: no crash, no hang, nothing set."""

from __future__ import annotations

import random

import pytest

from sim.ear import Ear
from sim.scenario_table import Broker
from smartbin import config
from smartbin.console import commands, line
from smartbin.errors import ConfigError, ConsoleError
from tests.console.talking import sit
from tests.contract.chip import SETTINGS, leads_to, settings

LINES = 10_000
CHUNK = 5000  # lines of one session
ENDS = ("sleep", "reboot", "factory-reset")
SLOW = ("wifi", "mqtt", "install", "selftest", "live", "measure", "calibrate")
SENSIBLE = [
    b"wifi scan", b"wifi join", b"wifi test", b"mqtt test", b"selftest", b"live\r", b"measure 2",
    b"install\rn", b"install\ry", b"calibrate empty\rn", b"calibrate full\r\x03",
]  # fmt: skip
EACH = 6  # sensible lines of a session, in the middle of the others: they take long
CHANGES = ("reset", "import")
NAMES = [row[0] for row in commands.TABLE] + [row[0] for row in config.TABLE]
WORDS = [*NAMES, "show", "get", "set", "export", "-1", "0", "9" * 30, '"', "%s", "%d", "{}", "y"]


def noise(rng):
    return bytes(rng.randrange(256) for _ in range(rng.randrange(1, 40)))


def slip(rng):
    text = bytearray(rng.choice(NAMES).encode())
    for _ in range(rng.randrange(1, 4)):
        text[rng.randrange(len(text)) :][:1] = bytes([rng.randrange(256)])
        text.insert(rng.randrange(len(text) + 1), rng.randrange(256))
    return bytes(text)


def wrong(rng):
    start = rng.choice([*SLOW, "config set", "config get", "config", "help", "notes"])
    return " ".join([start, *rng.choices(WORDS, k=rng.randrange(4))]).encode()


def pasted(rng):
    return bytes(rng.choice(b'abc {}":,0 \x1b[A\x7f') for _ in range(300))


def harmless(data):
    """Would a sound console neither end, nor take long, nor set anything?"""
    one = line.Line()
    texts = []
    for key in data + b"\r":
        _, end = one.take(key)
        if end:
            texts += [one.text()] if end == line.ENTER else []
            one.clear()
    return all(_harmless(line.words(text) or []) for text in texts)


def _harmless(words):
    try:
        row, args = commands.find(words or [""])
    except ConsoleError:
        return True
    if row[0] != "config":
        return row[0] not in ENDS + SLOW or (row[0] in SLOW and len(args) > 1)
    if args[:1] == ["set"]:
        return len(args) != 3 or not _settable(*args[1:])
    return not (args and args[0] in CHANGES)


def _settable(name, text):
    default = {row[0]: row[1] for row in config.TABLE}.get(name)
    try:
        config.check({**SETTINGS, name: text if isinstance(default, str) else int(text)})
    except (ConfigError, ValueError):
        return False
    return default is not None


def lines(seed, count):
    rng = random.Random(seed)
    kinds = (noise, slip, wrong, wrong, pasted)
    found = [b"\x03" + data + b"\r" for data in SENSIBLE * EACH]
    while len(found) < count:
        data = rng.choice(kinds)(rng)
        if harmless(data):
            found.append(b"\x03" + data + b"\r")
    rng.shuffle(found)
    return b"".join(found)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(LINES // CHUNK))
def test_lines_without_sense_do_no_harm(boot, tmp_path, seed):
    with Ear(Broker()) as ear:
        told = {"echoes": [6900] * 20_000, "net": leads_to(ear.port)}
        found = sit(boot, tmp_path, b"\r" + lines(seed, CHUNK), settings(repl_lock=1), **told)
    for answer in ("The broker has the test message", "The record is kept", "it would become"):
        assert found.screen.count(answer) >= EACH
    assert "failed inside the firmware" not in found.screen
    assert "Not enough memory" not in found.screen
    assert found.screen.rstrip().endswith("Nobody is there: the console closes.")
    assert found.screen.count("smartbin desk> ") > CHUNK
    assert (
        "settings" not in found.nvs
        or found.nvs["settings"] == settings(repl_lock=1)["smartbin"]["settings"]
    )
    assert (found.outcome["how"], found.outcome["crash"]) == ("deepsleep", None)
    assert found.mem.notes.text == b""
