"""docs/installation.txt: an installation as it is seen on a terminal of 80 columns and 24 lines.

`python -m tools.install_recording` makes it anew: a simulated bin behind a serial port, the real
`smartbin console` in tmux, keys as a technician types them.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sim import port
from tools.setup.places import ROOT

PAGE = ROOT / "docs" / "installation.txt"
_PATIENCE_S = 20.0
_LOOK_S = 0.1
_PROMPT = r"smartbin corner-1>$"

_BIN = """
[run]
title = "An empty bin at the kerb"
[bin]
id = "corner-1"
settings = { sensor = "hc_sr04" }
[waste]
rate_pct_day = 0.1
empty_at_pct = 1
[sound]
surface = "flat"
"""

# What is typed, and what the screen shows when that is done.
_STEPS = (
    ("", "press Enter for the console"),
    ("\n", _PROMPT),
    ("install\n", r"\(y/n\)$"),
    ("y", _PROMPT),
    ("config set width_mm 580\n", _PROMPT),
    ("install\n", r"\(y/n\)$"),
    ("y", _PROMPT),
    ("sleep\n", "works on by itself"),
)


def record() -> str:
    """The text of the whole installation.  AssertionError where a step does not end."""
    with tempfile.TemporaryDirectory(prefix="smartbin-record-") as name:
        scenario = Path(name) / "kerb.toml"
        scenario.write_text(_BIN)
        with port.open(scenario, pace=0.2) as bench, _Terminal(Path(name), bench.path) as seen:
            seen.wait("of a bin that listens")
            bench.power_cycle()
            for typed, until in _STEPS:
                seen.type(typed)
                seen.wait(until)
            screen = seen.everything().replace(bench.path, "PORT")
    return f"$ smartbin console --port PORT\n{screen}"


class _Terminal:
    """tmux of our own, with a terminal program on that port inside."""

    def __init__(self, folder: Path, path: str):
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", "/dev/null"]
        self._program = f"{Path(sys.executable).with_name('smartbin')} console --port {path}"
        self._seen = 0

    def __enter__(self) -> _Terminal:
        self._run("new-session", "-d", "-x", "80", "-y", "24", "-c", str(ROOT), self._program)
        return self

    def __exit__(self, *exc: object) -> None:
        self._run("kill-server")

    def type(self, text: str) -> None:
        self._seen = self._prompts()
        if text.rstrip("\n"):
            self._run("send-keys", "-l", text.rstrip("\n"))
        if text.endswith("\n"):
            self._run("send-keys", "Enter")

    def wait(self, until: str) -> None:
        """Until the last line is this, and a new one."""
        ends = time.monotonic() + _PATIENCE_S
        while time.monotonic() < ends:
            text = self.everything()
            if re.search(until, text.rstrip("\n")) and self._moved(until):
                return
            time.sleep(_LOOK_S)
        raise AssertionError(f"{until!r} was not shown:\n{self.everything()}")

    def everything(self) -> str:
        return self._run("capture-pane", "-p", "-S", "-").rstrip("\n") + "\n"

    def _moved(self, until: str) -> bool:
        return until != _PROMPT or self._prompts() > self._seen

    def _prompts(self) -> int:
        return self.everything().count("smartbin corner-1>")

    def _run(self, *words: str) -> str:
        done = subprocess.run([*self._tmux, *words], capture_output=True, text=True, check=False)
        return done.stdout


if __name__ == "__main__":
    PAGE.write_text(record(), encoding="utf-8")
