"""The console as a technician has it: a terminal program on the simulated bin's serial port."""

from __future__ import annotations

import contextlib
import re

import pytest

from smartbin.console import commands, line
from smartbin.errors import ConsoleError
from tests.console import test_parts_on_the_port as parts
from tests.port.conftest import product, stock, terminal

__all__ = ["product", "stock"]

PROMPT = "smartbin bin-001> "
WELL = (
    ("help", "factory-reset"),
    ("help notes", "what went wrong"),
    ("help config", "config set NAME VALUE"),
    ("?", "factory-reset"),
    ("status", "board firebeetle2_esp32e"),
    ("outbox", "No reading waits."),
    ("events", "none"),
    ("notes", "none"),
    ("config", "language             en"),
    ("config show", "wifi_key             (set)"),
    ("config show wifi", "wifi_ssid            city-bins"),
    ("config get pings", "pings                15"),
    ("config set pings 9", "pings                9"),
    ("config reset pings", "pings                15"),
    ("config export", '"mqtt_host"'),
    ('config import\r{"bin_id": "bin-001"}', "1 settings taken; this is bin-001 now."),
    ("config set language ko", "language             ko"),
    ("config set pings 99", "범위는 3~15입니다."),
    ("config set language en", "language             en"),
    ("conf\x1b[Dt\x03", "^C"),
)  # fmt: skip
WRONG = (
    ("nonsense", "There is no command nonsense; try help."),
    ("help nonsense", "There is no command nonsense; try help."),
    ("status now", "Usage: status"),
    ("outbox 3", "Usage: outbox"),
    ("events x", "Usage: events"),
    ("notes all", "Usage: notes"),
    ("config frob", "Usage: config show|get"),
    ("config show x y", "Usage: config show [PREFIX]"),
    ("config show frob", "No setting begins with frob."),
    ("config get", "Usage: config get NAME"),
    ("config set pings", 'Usage: config set NAME VALUE|"TWO WORDS"'),
    ("config set pings 99", "it must be from 3 to 15."),
    ("config set volume 1200-0", "volume must be mm:pct,..."),
    ("config set wifi_ssid \"no end", "has no end."),
    ("config reset a b", "Usage: config reset [NAME]"),
    ("config export x", "Usage: config export"),
    ("config import\r{", "That is no line of config export"),
    ("install now", "Usage: install"),
    ("live 3", "Usage: live"),
    ("sleep 5", "Usage: sleep"),
    ("reboot now", "Usage: reboot"),
    ("factory reset now", "Usage: factory-reset"),
    ("repl x", "Usage: repl"),
    ("x" * 300, "The line is too long; nothing was done."),
)  # fmt: skip
ENDS = (
    ("sleep\r", "works on"),
    ("exit\r", "works on"),
    ("reboot\r", "starts anew"),
    ("factory-reset\ry", "as they were when the device was made"),
    ("repl\r", "raw REPL; CTRL-B to exit"),
)


def called(rows):
    """Every command that these lines call, with its first argument and without."""
    found = set()
    for typed, *_ in rows:
        with contextlib.suppress(ConsoleError):
            row, args = commands.find(line.words(typed.split("\r")[0]) or [""])
            found |= {row[0], " ".join([row[0], *args[:1]])}
    return found


def test_every_command_is_tried_with_good_and_with_bad_input():
    good = called(WELL + ENDS + parts.WELL)
    for name, usage, *_ in commands.TABLE:
        ways = usage.split("|") if "|" in usage else []
        assert {name, *[f"{name} {way}" for way in ways]} <= good
    bad = called([row for row in WRONG + parts.WRONG if row[1] != "has no end."])
    assert {row[0] for row in commands.TABLE} - {"help"} <= bad


@pytest.mark.timeout(60)
def test_commands_answer_and_the_prompt_comes_back(product):
    with terminal(product.path) as seat:
        open_console(seat)
        for typed, answer in WELL + WRONG:
            seat.send(typed + ("" if typed.endswith("\x03") else "\r"))
            seat.expect(re.escape(answer))
            seat.expect(PROMPT)
        seat.send("config reset\r")
        seat.expect(r"\(y/n\) ")
        seat.send("n")
        seat.expect("Nothing was changed.")


@pytest.mark.timeout(60)
def test_a_terminal_that_ends_its_lines_in_cr_and_lf(product):
    with terminal(product.path) as seat:
        open_console(seat, "\r\n")
        for typed, answer in (
            ("config set wifi_key\r\n", "wifi_key: "),
            ("winter-9-coat\r\n", r"wifi_key             \(set\)"),
            ("config import\r\n", "Paste one line"),
            ('{"bin_id": "bin-001", "pings": 7}\r\n', "2 settings taken"),
            ("config reset\r\n", r"\(y/n\) "),
            ("n\r\n", "Nothing was changed.\r\n" + PROMPT),
            ("config get pings\r\n", "pings                7\r\n" + PROMPT),
        ):
            seat.send(typed)
            seat.expect(answer)


@pytest.mark.timeout(60)
def test_a_cable_that_is_pulled_in_the_middle_of_a_line_and_put_back(product):
    with terminal(product.path) as seat:
        open_console(seat)
        seat.send("config set pin")
        seat.expect("set pin")
    with terminal(product.path) as seat:
        seat.send("\x03")
        seat.expect(PROMPT)
        seat.send("config get pings\r")
        seat.expect("pings                15")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("typed", "last"), ENDS)
def test_the_ways_out(product, typed, last):
    with terminal(product.path) as seat:
        open_console(seat)
        seat.send(typed)
        seat.expect(last)


def open_console(seat, key="\r"):
    seat.expect("press Enter for the console")
    seat.send(key)
    seat.expect(PROMPT)
