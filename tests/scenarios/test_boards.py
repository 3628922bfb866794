"""The simulator runs a short day on every board that we ship, and every reading arrives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.test_scenarios import summary_of
from tools import boards

DAY = """
[run]
days = 1
[board]
name = "{name}"
"""


@pytest.mark.parametrize("name", boards.names())
def test_a_short_day_on_every_board(name: str, tmp_path: Path) -> None:
    path = tmp_path / "day.toml"
    path.write_text(DAY.format(name=name))
    found = summary_of(path, tmp_path)
    readings = found["readings"]
    assert readings["taken"] >= 5, json.dumps(found)
    assert readings["delivered"] == readings["taken"]
