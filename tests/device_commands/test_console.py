"""A terminal on a port."""

from __future__ import annotations

import os
import tty

import pexpect
import pytest

from tools.setup.places import ROOT

PROGRAM = str(ROOT / ".venv" / "bin" / "smartbin")


@pytest.fixture
def port():
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(slave)


@pytest.fixture
def terminal(port):
    child = pexpect.spawn(PROGRAM, ["console", "--port", port[1]], timeout=20, encoding="utf-8")
    child.expect(r"Ctrl-\] ends")
    yield child
    child.close(force=True)


def test_keys_and_answers_pass_and_ctrl_c_goes_to_the_device(port, terminal):
    os.write(port[0], b"smartbin bank-7 > ")
    terminal.expect("bank-7 >")
    terminal.send("status\r")
    assert os.read(port[0], 7) == b"status\r"
    terminal.sendcontrol("c")
    assert os.read(port[0], 1) == b"\x03"
    terminal.send("ab\x1d")
    terminal.expect("closed")
    terminal.expect(pexpect.EOF)
    assert os.read(port[0], 2) == b"ab"
    terminal.close()
    assert terminal.exitstatus == 0


def test_a_port_that_goes_away_ends_it_with_a_sentence(port, terminal):
    os.close(port[0])
    terminal.expect("the port went away; check the cable")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 2
