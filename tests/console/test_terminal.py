"""The console as a technician has it: a terminal program on the simulated bin's serial port."""

from __future__ import annotations

import re

import pytest

from tests.port.conftest import product, stock, terminal

__all__ = ["product", "stock"]

PROMPT = "smartbin bin-001> "
SAYS = (
    ("help", "factory-reset"),
    ("help notes", "what went wrong"),
    ("status", "board firebeetle2_esp32e"),
    ("outbox", "No reading waits."),
    ("events", "none"),
    ("notes", "none"),
    ("config show", "wifi_key           (set)"),
    ("config get pings", "pings              15"),
    ("config set pings 9", "pings              9"),
    ("config set pings 99", "it must be from 3 to 15."),
    ("config set pings", "Usage: config"),
    ("config reset pings", "pings              15"),
    ("config export", '"mqtt_host"'),
    ("config set wifi_ssid \"no end", "has no end."),
    ("config set language ko", "language           ko"),
    ("nonsense", "명령이 없습니다"),
    ("config set language en", "language           en"),
    ("factory reset now", "Usage: factory-reset"),
    ("x" * 300, "The line is too long; nothing was done."),
    ("conf\x1b[Dt\x03", "^C"),
)  # fmt: skip


@pytest.mark.timeout(60)
def test_every_command_answers_and_the_prompt_comes_back(product):
    with terminal(product.path) as line:
        open_console(line)
        for text, answer in SAYS:
            line.send(text + ("" if text.endswith("\x03") else "\r"))
            line.expect(re.escape(answer))
            line.expect(PROMPT)
        line.send("config reset\r")
        line.expect(r"\(y/n\) ")
        line.send("n")
        line.expect("Nothing was changed.")


@pytest.mark.timeout(60)
def test_a_cable_that_is_pulled_in_the_middle_of_a_line_and_put_back(product):
    with terminal(product.path) as line:
        open_console(line)
        line.send("config set pin")
        line.expect("set pin")
    with terminal(product.path) as line:
        line.send("\x03")
        line.expect(PROMPT)
        line.send("config get pings\r")
        line.expect("pings              15")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("typed", "last"),
    [("sleep\r", "works on"), ("reboot\r", "starts anew"), ("factory-reset\ry", "as they")],
)  # fmt: skip
def test_the_ways_out(product, typed, last):
    with terminal(product.path) as line:
        open_console(line)
        line.send(typed)
        line.expect(last)


def open_console(line):
    line.expect("press Enter for the console")
    line.send("\r")
    line.expect(PROMPT)
