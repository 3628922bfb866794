"""The heap at the console: what fills it, and who is blamed when it is full."""

from tests.console.talking import sit

FULL = """
import smartbin.hw.wire as _wire
def _full(*_):
    raise MemoryError
_wire.session = _full
"""
MODULES = """
import sys
from smartbin.hw import keys as _seen
class _Watched(_seen.Keys):
    def write(self, text):
        if text.startswith("smartbin desk>"):
            text += "<%d>" % len([m for m in sys.modules if m.startswith("smartbin.")])
        super().write(text)
_seen.Keys = _Watched
"""


def test_no_network_is_blamed_for_a_full_heap(boot, tmp_path):
    found = sit(boot, tmp_path, b"\rmqtt test\rinstall\rysleep\r", first=FULL)
    assert found.screen.count("Not enough memory for that; reboot, then try again.") == 2
    assert "name server" not in found.screen and "DO NOT INSTALL" not in found.screen


def test_what_a_command_has_loaded_leaves_with_it(boot, tmp_path):
    typed = b"\rstatus\rselftest\rconfig show\rhelp\rsleep\r"
    found = sit(boot, tmp_path, typed, first=MODULES)
    counts = {line.split(">")[1] for line in found.screen.split("\n") if "<" in line}
    assert len(counts) == 1, counts
