"""From a stock board to a first reading and a first message, by the README's own commands."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect

from tests.port.conftest import BENCH

SMARTBIN = str(Path(sys.executable).with_name("smartbin"))
PATIENCE_S = 40


@contextmanager
def bench(link: Path) -> Iterator[subprocess.Popen[str]]:
    words = [SMARTBIN, "sim", "console", str(BENCH), "--stock", "--link", str(link)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as one:
        try:
            assert one.stdout is not None
            assert one.stdout.readline()
            yield one
        finally:
            one.terminate()


def until_offered(one: subprocess.Popen[str], line: pexpect.spawn) -> None:
    """The service button; one that is pressed while the bin is awake is not noticed."""
    for _ in range(PATIENCE_S):
        one.send_signal(signal.SIGUSR2)
        if line.expect([r"\(60 s\)", pexpect.TIMEOUT], timeout=1) == 0:
            return
    raise AssertionError("The button opened no window.")


def test_from_a_stock_board_to_a_first_message(tmp_path: Path) -> None:
    link = tmp_path / "made" / "board"  # a folder that is not there yet
    with bench(link) as one:
        words = [SMARTBIN, "deploy", "--board", "firebeetle2_esp32e", "--port", str(link)]
        subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE_S)
        words = ["console", "--port", str(link)]
        line = pexpect.spawn(SMARTBIN, words, timeout=PATIENCE_S, encoding="utf-8")
        line.expect("listens")
        one.send_signal(signal.SIGUSR1)  # power off and on
        line.expect("press Enter for the console")
        for typed, shown in (
            ("", "> $"),
            ("measure", r"1 +\d+ mm .*> $"),
            ("config set wifi_ssid city-bins", "> $"),
            ("config set wifi_key", "wifi_key: $"),
            ("rain-on-the-lid", "> $"),
            ("config set mqtt_host broker.city.example", "> $"),
            ("mqtt test", "The broker has the test message"),
            ("sleep", "works on by itself"),
        ):
            line.send(f"{typed}\r")
            line.expect(shown)
        until_offered(one, line)
        line.send("\x1d")
        line.expect(pexpect.EOF)
