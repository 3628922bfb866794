"""docs/workshop.md: its table is one, its commands exist, its lines are the tested ones."""

from __future__ import annotations

import re
import shlex

import pytest
import typer

from sim import places
from tests.provision.test_broker import CERTIFICATES
from tests.tls.mosquitto import FOLDER
from tools.cli import app
from tools.provision import fleet, labels, make, plan

PAGE = (places.ROOT / "docs" / "workshop.md").read_text()
SHELL = [
    shlex.split(line)[1:]
    for text in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.S | re.M)
    for line in text.splitlines()
]


def block(kind):
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.S | re.M)
    return found


def test_the_table_is_one():
    rows, wrong = plan.parse(block("csv"))
    assert not wrong and [row.id for row in rows] == ["bin-001", "bin-002", "bin-003"]
    assert rows[0].settings == {"empty_mm": 950, "full_mm": 200} and not rows[2].settings


def test_the_brokers_lines_are_those_of_the_tests():
    assert block("conf") == CERTIFICATES.format(FOLDER)


def test_what_is_brought_to_the_broker_comes_where_it_looks():
    made = re.findall(r"install -d -o (\w+) -m 700 (\S+)$", block("bash"), re.M)
    brought = re.findall(r"install -o (\w+) -m 600 fleet/broker/\* (\S+)/$", block("bash"), re.M)
    assert made == brought == [("mosquitto", FOLDER)]


@pytest.mark.parametrize("words", SHELL, ids=" ".join)
def test_the_commands_and_options_exist(words):
    command = typer.main.get_command(app)
    context = command.make_context("smartbin", ["--help"], resilient_parsing=True)
    while hasattr(command, "commands"):
        command = command.get_command(context, words[0])
        assert command is not None, words
        words = words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_files_are_those_that_are_made(tmp_path):
    rows, _ = plan.parse(block("csv"))
    make.everything(rows, tmp_path, fleet.settled(None, host="broker.city.example"))
    made = {path.name for path in tmp_path.iterdir()} - {"bins", ".gitignore"}
    named = {name.rstrip("/") for name in re.findall(r"`([\w./]+)`", PAGE)}
    assert made <= named
    assert f"{labels.COLUMNS} by {labels.ROWS} labels, 70 x 37 mm" in PAGE
