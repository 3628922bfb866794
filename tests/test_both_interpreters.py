"""The unit tests of the firmware's core again: the same files, under MicroPython.

Once with the modules as files, on this computer's interpreter; once with the frozen ones, on one
whose numbers and pointers are as wide as on the chip (`make vm32`), where that has been built.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tools.errors import SetupError
from tools.setup import interpreter, vm32

UNIT = Path(__file__).parent / "unit"
FIRMWARE = Path(__file__).parents[1] / "firmware"
FILES = sorted(UNIT.glob("test_*.py"))
PATIENCE_S = 60


def under_micropython(
    path: Path, program: Path | None = None, modules: str = f"{FIRMWARE}:.frozen"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program or interpreter.find(), UNIT / "run.py", path],
        env={**os.environ, "MICROPYPATH": modules},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def ran(done: subprocess.CompletedProcess[str]) -> int:
    told = re.search(r": (\d+) tests, \d+ failed\n\Z", done.stdout)
    assert told, done.stdout
    return int(told[1])


def written(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    path = folder / "test_sample.py"
    path.write_text(text)
    return under_micropython(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_unit_tests_pass_under_micropython(path: Path, request: pytest.FixtureRequest) -> None:
    passed_all(under_micropython(path), path, request)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_they_pass_with_narrow_numbers_and_frozen_modules(
    path: Path, request: pytest.FixtureRequest
) -> None:
    try:
        program = vm32.find()
    except SetupError as error:
        pytest.skip(str(error))
    passed_all(under_micropython(path, program, ".frozen"), path, request)


def passed_all(
    done: subprocess.CompletedProcess[str], path: Path, request: pytest.FixtureRequest
) -> None:
    assert done.returncode == 0, f"\n{done.stdout}"
    here = pytest.Module.from_parent(request.session, path=path).collect()
    assert ran(done) == len(list(here)), "the two interpreters do not find the same tests"


def test_every_module_above_the_wake_has_unit_tests() -> None:
    modules = {path.stem for path in (FIRMWARE / "smartbin").glob("*.py")}
    tested = {path.stem.removeprefix("test_") for path in FILES}
    plain = {"__init__", "build", "errors", "senses"}
    assert modules - tested <= plain, "these hold nothing to test"


def test_the_runner_shows_a_failure_and_goes_on(tmp_path: Path) -> None:
    a, b, c = (
        "def test_a():\n    assert 1 == 2\n",
        "def test_b():\n    {}['b']\n",
        "def test_c(): 0\n",
    )
    done = written(tmp_path, a + b + c)
    assert done.returncode == 1
    assert ran(done) == 3
    assert "FAILED test_sample.test_a\nTraceback" in done.stdout
    assert "line 2, in test_a\nAssertionError" in done.stdout
    assert "line 4, in test_b\nKeyError: b" in done.stdout
    assert "test_c" not in done.stdout


@pytest.mark.parametrize("text", ["", "def helper():\n    pass\n"])
def test_a_file_that_runs_nothing_is_a_failure(tmp_path: Path, text: str) -> None:
    done = written(tmp_path, text)
    assert ran(done) == 0
    assert done.returncode == 1


def test_a_file_that_cannot_be_imported_is_a_failure(tmp_path: Path) -> None:
    done = written(tmp_path, "import no_such_module\n")
    assert done.returncode == 1
    assert "ImportError: no module named 'no_such_module'" in done.stdout
