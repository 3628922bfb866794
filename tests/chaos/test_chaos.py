"""Random faults from 30 seeds, and every promise is kept; `make chaos` tries a thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim import chaos

SEEDS = 30
SMARTBIN = Path(sys.executable).with_name("smartbin")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_whatever_goes_wrong_every_promise_is_kept(seed):
    verdict = chaos.judge(chaos.plan(seed))
    assert not verdict.broken, f"{verdict.broken}\n{chaos.toml(verdict.plan)}"


def test_the_same_seed_is_the_same_run():
    one, other = (chaos.judge(chaos.plan(17, days=0.5)) for _ in range(2))
    assert one.plan == other.plan and one.figures == other.figures and one.broken == other.broken


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_command_says_in_numbers_what_it_has_tried(tmp_path, jobs):
    path = tmp_path / "chaos.json"
    words = ["--seeds", "3", "--first", "40", "--days", "0.2", "--bins", "1", "--jobs", str(jobs)]
    done = subprocess.run(
        [SMARTBIN, "sim", "chaos", *words, "--json", path],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(path.read_text())
    assert (found["seeds"], found["first"], found["failed"]) == (3, 40, [])
    assert 0 < found["delivered"] <= found["taken"] <= found["wakes"]
    assert "3 seeds in" in done.stdout and "every promise was kept" in done.stdout
