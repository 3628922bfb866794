"""The product on the bench: its console, MicroPython's prompt behind it, its naps and wakes."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sim import port
from tests.port.conftest import BENCH, PATIENCE_S, Mpremote, terminal, until

OFFER = "press Enter for the console"


def test_a_key_opens_the_console_and_mpremote_gets_the_prompt_behind_it(product):
    with terminal(product.path) as line:
        line.expect(OFFER)
        line.send("\r")
        line.expect("smartbin bin-001> ")
    assert Mpremote(product.path)("exec", "print(6 * 7)") == "42\n"


def test_mpremote_needs_no_console_before(product):
    with terminal(product.path) as line:
        line.expect(OFFER)
    said = Mpremote(product.path)("exec", "import smartbin.build; print('there')")
    assert said == "there\n"


def test_what_a_person_sets_is_in_nvs_after_the_power_has_gone(product):
    with terminal(product.path) as line:
        line.expect(OFFER)
        line.send("\r")
        line.expect("> ")
        line.send("config set window_s 15\r")
        line.expect("smartbin bin-001> ")
        product.power_cycle()
        line.expect(OFFER + r" \(15 s\)")
    assert json.loads(base64.b64decode(product.nvs()["smartbin"]["settings"]))["window_s"] == 15


def test_a_bin_that_nobody_talks_to_reports_to_a_real_broker():
    with port.open(BENCH, nap_s=0.2, pace=0.02) as bench, terminal(bench.path) as line:
        line.expect(OFFER)
        line.send("\rsleep\r")
        until(lambda: bench.messages)
        topic, payload = bench.messages[0]
    assert topic == "smartbin/v1/bin-001/report"
    assert json.loads(payload)["bin"] == "bin-001"


def test_the_service_button_ends_a_nap(product):
    with terminal(product.path) as line:
        line.expect(OFFER)
        line.send("\rsleep\r")
    until(product.press_button)
    assert product.awake


def test_the_command_tells_where_the_port_is_and_all_ends_with_it(tmp_path):
    link = tmp_path / "bin"
    bench = _command(link)
    try:
        path = _first_line(bench)
        assert os.readlink(link) == path
        with terminal(str(link)) as line:
            line.expect(">>> ")
        children = _children(bench.pid)
        assert len(children) == 2  # broker and interpreter
        bench.send_signal(signal.SIGINT)
        assert bench.wait(PATIENCE_S) == 0
    finally:
        bench.kill()
        bench.communicate()
    assert not os.path.lexists(link)
    until(lambda: not _alive(children))


def test_nothing_outlives_a_command_that_is_killed(tmp_path):
    bench = _command(tmp_path / "bin")
    try:
        _first_line(bench)
        with terminal(str(tmp_path / "bin")) as line:
            line.expect(">>> ")
            line.send("while True: pass\r\r")
            time.sleep(0.2)
        children = _children(bench.pid)
    finally:
        bench.kill()
        bench.communicate()
    assert len(children) == 2
    until(lambda: not _alive(children))


def _command(link: Path) -> subprocess.Popen[str]:
    words = [Path(sys.executable).with_name("smartbin"), "sim", "console", BENCH, "--stock"]
    return subprocess.Popen(
        [*words, "--link", link],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "TMPDIR": str(link.parent),
        },  # a killed one leaves its flash
    )


def _first_line(bench: subprocess.Popen[str]) -> str:
    assert bench.stdout is not None
    return bench.stdout.readline().strip()


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(c) for task in tasks.iterdir() for c in (task / "children").read_text().split()]


def _alive(pids: list[int]) -> bool:
    return any(Path(f"/proc/{pid}").exists() for pid in pids)
