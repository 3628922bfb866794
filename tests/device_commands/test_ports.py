"""Which ports are meant, and the sentences where that is not clear."""

from __future__ import annotations

import os
import signal
import sys

import pexpect
import pytest

from tools.device import crowd, ports
from tools.errors import UserError


@pytest.fixture
def plugged(monkeypatch):
    """What is found may be used."""

    def those(*names):
        monkeypatch.setattr(ports, "found", lambda: list(names))
        check = ports.check
        monkeypatch.setattr(ports, "check", lambda port: port in names or check(port))

    return those


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
    with pytest.raises(UserError, match="file is no serial port"):
        ports.chosen([str(tmp_path / "file")])


def test_a_name_without_its_folder_and_a_port_asleep_are_told(plugged):
    plugged("/dev/ttyUSB0")
    for mistyped in ("ttyUSB0", ""):
        with pytest.raises(UserError, match=r"found: /dev/ttyUSB0\..* only while it is awake"):
            ports.chosen([mistyped])


def test_a_port_that_this_user_may_not_use_says_what_to_do(pty, monkeypatch):
    monkeypatch.setattr(ports.os, "access", lambda path, how: False)
    with pytest.raises(UserError, match="join the group dialout"):
        ports.chosen([pty])


def test_a_command_for_one_port_never_speaks_of_all(plugged, pty):
    plugged("/dev/ttyUSB0", "/dev/ttyUSB1")
    for named in (None, [pty, "socket://there:1"]):
        with pytest.raises(UserError, match=r"one port at a time, not .*, .*; --port") as told:
            ports.one(named)
        assert "--all" not in str(told.value)
    assert ports.one([pty, pty]) == pty


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


def test_an_error_of_ours_on_one_port_is_told_and_the_others_work(capsys):
    with pytest.raises(crowd.typer.Exit):
        crowd.each(["a", "b"], lambda port, step: {"b": "done."}[port])
    said = capsys.readouterr()
    assert said.out == "b: done.\n"
    assert "a: an error in this program (KeyError); report it." in said.err


def test_ctrl_c_ends_at_once_and_says_which_are_not_done():
    code = (
        "import threading, time\nfrom tools.device import crowd\nfast = []\n"
        "def work(port, step):\n"
        "    if port == 'fast':\n"
        "        fast.append(threading.current_thread())\n"
        "        return 'done.'\n"
        "    while not fast:\n        time.sleep(0.01)\n"
        "    fast[0].join()\n"
        "    print('begun', flush=True)\n"
        "    time.sleep(60)\n"
        "try:\n    crowd.each(['slow', 'slower', 'fast'], work)\n"
        "except crowd.typer.Exit as end:\n    raise SystemExit(end.exit_code)\n"
    )
    child = pexpect.spawn(
        sys.executable,
        ["-c", code],
        encoding="utf-8",
        timeout=10,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's & ignores it
    )
    child.expect("begun.*begun")
    child.sendcontrol("c")
    child.expect("slow: stopped before the end; run it again.*slower: stopped.*fast: done")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
