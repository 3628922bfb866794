"""A terminal on a port."""

from __future__ import annotations

import os
import tty

import pexpect
import pytest

from tools.setup.places import ROOT

PROGRAM = str(ROOT / ".venv" / "bin" / "smartbin")


def plugged():
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_inheritable(slave, False)
    return master, os.ttyname(slave), slave


def pulled(master, slave):
    os.close(master)
    os.close(slave)


@pytest.fixture
def port():
    master, path, slave = plugged()
    yield master, path
    os.close(slave)


def opened(path):
    child = pexpect.spawn(PROGRAM, ["console", "--port", path], timeout=20, encoding="utf-8")
    child.expect(r"Ctrl-\] ends")
    return child


@pytest.fixture
def terminal(port):
    child = opened(port[1])
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


def test_a_port_that_goes_away_is_waited_for(tmp_path):
    """As a chip with a USB port of its own, that sleeps."""
    link = tmp_path / "port"
    master, path, slave = plugged()
    link.symlink_to(path)
    terminal = opened(str(link))
    link.unlink()
    pulled(master, slave)
    terminal.expect("gone: asleep, or unplugged")
    terminal.send("x")
    master, path, slave = plugged()
    link.symlink_to(path)
    terminal.expect("back again")
    os.write(master, b"press Enter")
    terminal.expect("press Enter")
    terminal.send("\r")
    assert os.read(master, 9) == b"\r"
    pulled(master, slave)
    terminal.expect("gone")
    terminal.send("\x1d")
    terminal.expect("closed")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_a_port_in_use_is_a_sentence(port, terminal):
    other = pexpect.spawn(PROGRAM, ["console", "--port", port[1]], timeout=20, encoding="utf-8")
    other.expect("another program has it open, or it is no serial port")
    other.expect(pexpect.EOF)
