"""Whatever happens to a run, it ends, says why, and leaves no process behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.ear import Ear
from sim.scenario_table import Broker

LONG = "[run]\ndays = 4000\nbins = 4\n"
PATIENCE_S = 60
HEEDING = ("env", "--default-signal=INT")  # what a shell started in the background is deaf to it


@pytest.fixture
def long_run(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that would take hours, well under way."""
    yield from _started(tmp_path, LONG)


@pytest.fixture
def long_mosquitto_run(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    yield from _started(tmp_path, LONG + '[broker]\nkind = "mosquitto"\n')


def _started(tmp_path: Path, text: str) -> Iterator[subprocess.Popen[str]]:
    path = tmp_path / "long.toml"
    path.write_text(text)
    command = [*HEEDING, Path(sys.executable).with_name("smartbin"), "sim", "run", path]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        _until(lambda: len(_family(process.pid, "wakes.py")) == 4)
        yield process
    finally:
        for child in _family(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.kill()
        process.communicate()


def _until(condition) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _family(pid: int, word: str = "") -> list[int]:
    """Processes below pid whose command line contains the word."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                if stat[0] != "Z":
                    parents[int(entry.name)] = int(stat[1])
    found, todo = [], [pid]
    while todo:
        here = todo.pop()
        children = [child for child, parent in parents.items() if parent == here]
        todo += children
        found += children
    return [child for child in found if word in _command(child)]


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def _gone(pids: list[int]) -> bool:
    return not any(_command(pid) for pid in pids)


def test_ctrl_c_ends_it_and_all_its_processes(long_run) -> None:
    family = _family(long_run.pid)
    long_run.send_signal(signal.SIGINT)
    out, err = long_run.communicate(timeout=PATIENCE_S)
    assert long_run.returncode == 130
    assert "Traceback" not in out + err
    assert "stopped" in err.lower()
    _until(lambda: _gone(family))


def test_killed_outright_it_still_leaves_no_process(long_run) -> None:
    family = _family(long_run.pid)
    long_run.kill()
    long_run.communicate(timeout=PATIENCE_S)
    _until(lambda: _gone(family))


def test_a_killed_embedded_broker_ends_the_run_with_a_sentence(long_run) -> None:
    _ends_when_killed(long_run, "sim.broker")


def test_a_killed_mosquitto_ends_the_run_with_a_sentence(long_mosquitto_run) -> None:
    _ends_when_killed(long_mosquitto_run, "mosquitto -c")


def _ends_when_killed(process: subprocess.Popen[str], victim: str) -> None:
    family = _family(process.pid)
    (pid,) = _family(process.pid, victim)
    os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "broker" in err
    assert "gone" in err
    assert "Traceback" not in out + err
    _until(lambda: _gone(family))


def test_a_broker_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "nobody.toml"
    path.write_text('[run]\ndays = 1\n[broker]\nkind = "external"\nport = 9\n')
    command = [*HEEDING, Path(sys.executable).with_name("smartbin"), "sim", "run", path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "127.0.0.1:9" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_external_broker_serves_as_well(tmp_path: Path) -> None:
    with Ear(Broker(kind="mosquitto", user="city", password="for one test")) as broker:
        path = tmp_path / "external.toml"
        path.write_text(
            f'[run]\ndays = 0.5\nbins = 2\n[broker]\nkind = "external"\nport = {broker.port}\n'
            'user = "city"\npassword = "for one test"\n[expect]\n"readings.lost" = 0\n'
            '"readings.waiting" = 0\n"readings.delivered" = ">=90"\n'
        )
        command = [*HEEDING, Path(sys.executable).with_name("smartbin"), "sim", "run", path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
