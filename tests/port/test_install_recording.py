"""docs/installation.txt is what a technician sees, in tmux, with the real `smartbin console`."""

from __future__ import annotations

import re
import shutil

import pytest

from tools import install_recording

# What a busy computer, or another draw of the air, may change.
_MAY_DIFFER = r"after \d+ ms|-\d+ dBm|\d+ mV|\d+ came back, \d+ of them from \d+ mm"


def fixed(text: str) -> list[str]:
    return re.sub(_MAY_DIFFER, "...", text).splitlines()


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_the_recording_is_what_the_bin_says_today() -> None:
    said = install_recording.record()
    assert fixed(said) == fixed(install_recording.PAGE.read_text())
    assert "FIT: this sensor fits this bin, here." in said.splitlines()
    assert all(len(line) <= 80 for line in said.splitlines())
