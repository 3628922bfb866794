"""Knocking at a device, and the sentences where nobody answers or somebody leaves."""

from __future__ import annotations

import os
import select
import threading

import pytest

from tools.device import knock, talk
from tools.device.talk import DeviceError, Talk
from tools.errors import UserError

RAW = b"raw REPL; CTRL-B to exit\r\n"


class Line:
    """A raw prompt behind a pty: deaf to the first knocks, and then as MicroPython speaks."""

    def __init__(self, deaf=0):
        self.master, self.slave = os.openpty()
        os.set_blocking(self.slave, True)
        self.path = os.ttyname(self.slave)
        self.deaf = deaf
        self.asked = 0
        self.refusal, self.chatters, self.stopped = b"", False, False
        self.answers = {}
        self._code = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        import tty

        tty.setraw(self.slave)
        while not self.stopped:
            try:
                key = os.read(self.master, 1)
            except OSError:
                return
            self._hear(key)

    def _hear(self, key):
        if key == b"\x01":
            self.asked += 1
            self._code = b""
            while self.chatters:
                self._chat()
            os.write(self.master, RAW + b">" if self.asked > self.deaf else self.refusal)
        elif self.asked <= self.deaf or key == b"\x03":
            pass
        elif key == b"\x04":
            self._end()
        else:
            self._code += key
            if self._code.endswith(b"\x05A\x01"):
                self._code = b""

    def _chat(self):
        if select.select([], [self.master], [], 0.05)[1]:
            os.write(self.master, self.refusal)

    def _end(self):
        code, self._code = self._code.strip(b"\r"), b""
        if not code:
            os.write(self.master, b"OK\r\nMPY: soft reboot\r\n" + RAW + b">")
            return
        out, wrong = self.answers.get(code, (b"", b""))
        os.write(self.master, b"OK" + out + b"\x04" + wrong + b"\x04>")

    def close(self):
        self.stopped, self.chatters = True, False
        os.write(self.slave, b" ")  # its thread may wait for a key
        self._thread.join(10)
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def line():
    made = Line()
    yield made
    made.close()


@pytest.mark.parametrize("deaf", [0, 2])
def test_who_sleeps_is_knocked_at_again(line, deaf):
    line.deaf = deaf
    with knock.open_port(line.path, wait_s=8):
        assert line.asked == deaf + 1


def test_where_nobody_answers_it_says_what_to_do(line):
    line.deaf = 99
    with pytest.raises(DeviceError, match=r"no MicroPython answers\. .*hold its service button"):
        knock.open_port(line.path, wait_s=0.5)


def test_who_waits_is_told_what_to_press(line, monkeypatch, capsys):
    monkeypatch.setattr(knock, "_TELL_S", 0)
    line.deaf = 2
    with knock.open_port(line.path):
        pass
    assert capsys.readouterr().err.count("no answer yet. Hold its service button") == 1


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (b"I (23) wifi: another firmware\r\n", "something speaks there and gives no prompt"),
        (b"smartbin bank-7 0.1.0: press Enter", "no MicroPython answers"),
        (b"\0\xff\r\n", "no MicroPython answers"),
    ],
)
def test_what_is_heard_instead_says_what_to_do(line, says, sentence):
    line.deaf, line.refusal = 99, says
    with pytest.raises(DeviceError, match=sentence):
        knock.open_port(line.path, wait_s=0.5)


def test_a_bin_whose_prompt_is_shut_is_left_at_once(line):
    line.deaf, line.refusal = 3, b"The setting repl_lock keeps it shut."
    with pytest.raises(DeviceError, match="keeps MicroPython's prompt shut"):
        knock.open_port(line.path)
    assert line.asked == 1


def test_a_device_that_speaks_without_end_is_left(line):
    line.deaf, line.refusal = 99, b"tick " * 20
    line.chatters = True
    with pytest.raises(DeviceError, match="something speaks there"):
        knock.open_port(line.path, wait_s=0.5)


def test_a_device_that_takes_nothing_is_a_sentence(line, monkeypatch):
    monkeypatch.setattr(knock, "_WRITE_S", 0.5)
    with knock.open_port(line.path) as device:
        device.exec("pass")
        line.stopped = True
        with pytest.raises(DeviceError, match="fell silent"):
            device.exec("x" * 100_000)


def test_what_is_no_port_or_in_use_is_a_sentence(tmp_path):
    with pytest.raises(DeviceError, match="another program has it open"):
        knock.open_port(str(tmp_path / "none"))


class Told:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.codes = []

    def exec_raw(self, command, timeout=10):
        self.codes.append(command)
        answer = self.answers.pop(0) if self.answers else (b"", b"")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def exec_raw_no_follow(self, command):
        self.codes.append(command)

    def close(self):
        pass


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (b"OSError: 28", "here: the device answers: its file system is full."),
        (b"MemoryError: memory allocation failed", "it has not enough memory."),
        (b"ValueError: no", "here: the device answers: ValueError: no."),
    ],
)
def test_a_traceback_is_a_sentence(last, sentence):
    device = Talk("here", Told((b"", b"Traceback (most recent call last):\r\n" + last + b"\r\n")))
    with pytest.raises(DeviceError) as found:
        device.exec("x")
    assert sentence in str(found.value)


@pytest.mark.parametrize("error", [OSError(5, "gone"), talk.TransportError("timeout")])
def test_an_unplugged_cable_is_a_sentence(error):
    with pytest.raises(DeviceError, match="here: the device fell silent"):
        Talk("here", Told(error)).exec("x")


def test_a_visit_ends_as_a_nap_does():
    told = Told()
    Talk("here", told).leave()
    assert told.codes == ["import machine\nmachine.deepsleep(1000)"]


def test_a_visit_that_ends_in_a_refusal_sends_the_bin_to_work():
    told = Told()
    with pytest.raises(UserError, match="wrong board"), Talk("here", told):
        raise UserError("wrong board")
    assert told.codes == ["import machine\nmachine.deepsleep(1000)"]


def test_who_is_gone_or_was_left_is_not_left_again():
    told = Told(OSError(5, "gone"))
    with pytest.raises(DeviceError, match="fell silent"), Talk("here", told) as device:
        device.exec("x")
    assert told.codes == ["x"]
    told = Told()
    with Talk("here", told) as device:
        device.leave()
    assert len(told.codes) == 1


def test_put_tells_how_far_it_is():
    seen = []
    Talk("here", Told()).put("/a", bytes(2000), lambda done, total: seen.append((done, total)))
    assert seen == [(768, 2000), (1536, 2000), (2000, 2000)]
