"""Which ports are meant, and the sentences where that is not clear."""

from __future__ import annotations

import os

import pytest

from tools.device import crowd, ports
from tools.errors import UserError


@pytest.fixture
def plugged(monkeypatch):
    return lambda *names: monkeypatch.setattr(ports, "found", lambda: list(names))


@pytest.fixture
def pty():
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_the_only_port_is_meant(plugged):
    plugged("/dev/ttyUSB0")
    assert ports.chosen(None) == ["/dev/ttyUSB0"]


def test_of_several_one_must_be_named_or_all(plugged):
    plugged("/dev/ttyUSB0", "/dev/ttyUSB1")
    with pytest.raises(UserError, match=r"2 serial ports, /dev/ttyUSB0, /dev/ttyUSB1: name one"):
        ports.chosen(None)
    assert len(ports.chosen(None, every=True)) == 2


@pytest.mark.parametrize("every", [False, True])
def test_without_any_it_says_what_to_do(plugged, every):
    plugged()
    with pytest.raises(UserError, match="plug the board in with a cable that carries data"):
        ports.chosen(None, every)


def test_a_named_port_is_looked_at(plugged, pty, tmp_path):
    plugged("/dev/ttyUSB0")
    assert ports.chosen([pty, pty]) == [pty]
    with pytest.raises(UserError, match=r"no port /dev/none; the serial ports found: /dev/tty"):
        ports.chosen(["/dev/none"])
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is a file and no serial port"):
        ports.chosen([str(tmp_path / "file")])
    with pytest.raises(UserError, match="one port at a time"):
        ports.one([pty, "socket://there:1"])


def test_one_device_that_fails_keeps_no_other_from_its_work(capsys):
    def work(port, step):
        step(1, 2)
        if port == "b":
            raise UserError("b: it broke.")
        return "done."

    with pytest.raises(crowd.typer.Exit) as ended:
        crowd.each(["a", "b", "c"], work)
    assert ended.value.exit_code == 2
    said = capsys.readouterr()
    assert said.out == "a: done.\nc: done.\n"
    assert said.err == "smartbin: b: it broke.\n"
