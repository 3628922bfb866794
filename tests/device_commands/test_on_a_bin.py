"""The commands, end to end, on a simulated bin behind a pty: a board with the official image."""

from __future__ import annotations

import os
import stat
import time

import pytest
import serial
from typer.testing import CliRunner

import sim.port
from smartbin import build
from tools.cli import app
from tools.device import deploy, inside, knock, ports, tree
from tools.device.talk import DeviceError, Talk
from tools.setup.places import ROOT

SCENARIO = ROOT / "tests" / "contract" / "quiet.toml"
BOARD = "firebeetle2_esp32e"
NEWER = "9.9.9"


@pytest.fixture(scope="module")
def older():
    return tree.of(BOARD)


@pytest.fixture(scope="module")
def newer(older, tmp_path_factory):
    """The same firmware with another number in its banner."""
    source = tmp_path_factory.mktemp("newer") / "build.py"
    text = tree.listed()["smartbin/build.py"].read_text(encoding="utf-8")
    source.write_text(text.replace(f'"{build.VERSION}"', f'"{NEWER}"'), encoding="utf-8")
    compiled = tree._compile("smartbin/build.py", source, source.with_suffix(".mpy"))
    return {**older, "smartbin/build.mpy": compiled}


@pytest.fixture
def bin_():
    with sim.port.open(SCENARIO, stock=True, nap_s=0.5) as port:
        yield port


def version_that_starts(port):
    """What the banner says after a loss of power."""
    with serial.Serial(port.path, timeout=0.2) as line:
        port.power_cycle()
        heard, until_s = b"", time.monotonic() + 8
        while b"press Enter" not in heard and time.monotonic() < until_s:
            heard += line.read(64)
    assert b"press Enter" in heard, heard
    return heard.partition(b": press Enter")[0].rpartition(b" ")[2].decode()


def command(port, *words):
    """What a command prints, run right after somebody pressed reset; its exit code."""
    port.power_cycle()
    done = CliRunner().invoke(app, [*words, "--port", port.path])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output, done.exit_code


def opened(port):
    port.power_cycle()
    return knock.open_port(port.path)


def test_from_a_stock_board_to_a_bin_and_its_doctor(bin_, tmp_path):
    assert "stands in /app/A and runs" in command(bin_, "deploy", "--board", BOARD)[0]
    assert version_that_starts(bin_) == build.VERSION
    assert "nothing was written" in command(bin_, "deploy", "--board", BOARD)[0]
    with opened(bin_) as device:
        inside.write(
            device, {"bin_id": "bank-7", "wifi_key": "rain-on-it"}, {"ca": b"\0\xff" * 99}
        )
    said, code = command(bin_, "doctor", "--board", BOARD)
    assert code == 1
    assert "bin: bank-7" in said
    assert "wifi_ssid is empty" in said
    assert "not those of this clone" not in said
    assert "rain-on-it" not in said
    file = tmp_path / "bank-7.json"
    assert "settings, secrets and ca of bank-7" in command(bin_, "backup", str(file))[0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with opened(bin_) as device:
        inside.write(device, {"bin_id": "bank-8"}, {"ca": b"another", "cert": b"old"})
    said, code = command(bin_, "restore", str(file))
    assert (code, "this device is bank-8, the backup is of bank-7" in said) == (2, True)
    said, code = command(bin_, "restore", str(file), "--over")
    assert (code, "this is bank-7 now" in said) == (0, True)
    with opened(bin_) as device:
        told = inside.desk(device)
    assert told and told["settings"] == {"bin_id": "bank-7"}
    assert set(told["fingerprints"]) == {"wifi_key", "ca"}


@pytest.mark.slow
def test_all_boards_on_the_hub_at_once_and_a_dead_one_among_them(bin_, monkeypatch):
    master, slave = os.openpty()  # nobody answers there
    with sim.port.open(SCENARIO, stock=True, nap_s=0.5) as other:
        there = [bin_.path, os.ttyname(slave), other.path]
        monkeypatch.setattr(ports, "found", lambda: there)
        monkeypatch.setattr(knock.open_port, "__defaults__", (3,))
        done = CliRunner().invoke(app, ["deploy", "--board", BOARD, "--all"])
        assert done.exit_code == 2
        assert [line.split(":")[0] for line in done.stdout.splitlines()] == there[::2]
        assert f"smartbin: {there[1]}: no MicroPython answers" in done.stderr
        assert version_that_starts(bin_) == version_that_starts(other) == build.VERSION
    os.close(master)
    os.close(slave)


class Cable:
    """A transport that is pulled out in the middle of the operation after so many."""

    def __init__(self, transport, most):
        self._transport, self.left = transport, most

    def exec_raw(self, command, timeout=10):
        self.left -= 1
        if self.left < 0:
            code = command.encode()
            self._transport.serial.write(code[: len(code) // 2])
            self._transport.close()
            raise OSError(5, "unplugged")
        return self._transport.exec_raw(command, timeout)

    def close(self):
        self._transport.close()


def brought(port, files, most):
    """Was the version brought before the cable came out?"""
    with opened(port) as device:
        try:
            deploy.bring(Talk(port.path, Cable(device._transport, most)), files)
        except DeviceError as error:
            return "fell silent" not in str(error)
    return True


def half_way(device, older):
    """An old deploy has left most files in the other folder, which saves the test a minute."""
    for folder in deploy._folders("/app/B", older):
        device.folder(folder)
    for path in sorted(older)[16:]:
        device.exec(f"data = open('/app/A/{path}', 'rb').read()")
        device.exec(f"with open('/app/B/{path}', 'wb') as f:\n f.write(data)")


@pytest.mark.slow
def test_deploy_cut_at_twenty_places_leaves_a_working_bin_each_time(bin_, older, newer):
    with opened(bin_) as device:
        deploy.bring(device, older)
        half_way(device, older)
    starts = [version_that_starts(bin_)]
    for most in range(4, 60):
        done = brought(bin_, newer, most)
        starts.append(version_that_starts(bin_))
        if done:
            break
    assert len(starts) > 21
    assert set(starts) == {build.VERSION, NEWER}
    assert starts == sorted(starts)  # the old one up to the switch, then the new one
