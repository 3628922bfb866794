"""Every scenario of the project keeps what it promises, through the command that people type."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim import expect, places

SCENARIOS = sorted((places.ROOT / "sim" / "scenarios").glob("*.toml"))
WALL_CLOCK = ("wall_s", "wakes_per_s")


def smartbin(*words: object) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("smartbin"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


def summary_of(path: Path, tmp_path: Path, *words: object) -> dict:
    out = tmp_path / "summary.json"
    done = smartbin("sim", "run", path, "--json", out, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(out.read_text())


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.stem)
def test_what_the_scenario_expects_comes_true(path: Path, tmp_path: Path) -> None:
    found = summary_of(path, tmp_path)
    known = {name for name in expect.SUMMARY if "NAME" not in name}
    assert known <= {name for name, _ in expect.flatten(found)}, "docs/scenario.md lists these"


def test_the_demo_loses_nothing(tmp_path: Path) -> None:
    found = summary_of(places.ROOT / "sim/scenarios/demo.toml", tmp_path)
    readings = found["readings"]
    assert readings["taken"] >= 500
    assert readings["lost"] == 0
    assert readings["taken"] == readings["delivered"] + readings["dropped"]


def test_same_seed_same_summary_to_the_byte(tmp_path: Path) -> None:
    path = places.ROOT / "sim/scenarios/broker_down_overnight.toml"
    runs = [summary_of(path, tmp_path) for _ in range(2)]
    for found in runs:
        for key in WALL_CLOCK:
            del found[key]
    first, second = map(json.dumps, runs)
    assert first == second
    other = summary_of(path, tmp_path, "--seed", 2)
    assert json.dumps({k: v for k, v in other.items() if k not in WALL_CLOCK}) != first


def test_the_number_of_interpreters_changes_nothing(tmp_path: Path) -> None:
    text = (places.ROOT / "sim/scenarios/broker_down_overnight.toml").read_text()
    found = []
    for count in (1, 3):
        path = tmp_path / "some.toml"
        path.write_text(text.replace("[run]", f"[run]\ninterpreters = {count}"))
        one = summary_of(path, tmp_path)
        found.append({k: v for k, v in one.items() if k not in WALL_CLOCK})
    assert found[0] == found[1]


def test_an_expectation_that_fails_is_exit_1_and_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "hopeful.toml"
    path.write_text('[run]\ndays = 0.2\n[expect]\n"readings.taken" = ">=100000"\n')
    done = smartbin("sim", "run", path)
    assert done.returncode == 1
    assert "readings.taken" in done.stderr
    assert "100000" in done.stderr


def test_a_mistake_in_a_scenario_is_exit_2_and_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "typo.toml"
    path.write_text("[run]\ndayz = 1\n")
    done = smartbin("sim", "run", path)
    assert done.returncode == 2
    assert "dayz" in done.stderr
    assert "days" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_a_path_that_cannot_be_written_is_known_before_the_run(tmp_path: Path) -> None:
    done = smartbin("sim", "run", SCENARIOS[0], "--json", "/proc/none/summary.json")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_json_to_standard_output_is_nothing_but_json(tmp_path: Path) -> None:
    done = smartbin("sim", "run", places.ROOT / "sim/scenarios/mosquitto.toml", "--json", "-")
    assert done.returncode == 0
    assert json.loads(done.stdout)["broker"] == {"kind": "mosquitto"}
