"""`make image` says in one sentence what is missing, and else runs MicroPython's own build."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import image
from tools.setup.places import ROOT

BOARD = "xiao_esp32c3"


@pytest.fixture
def idf(tmp_path: Path) -> Path:
    folder = tmp_path / "esp idf"
    folder.mkdir()
    (folder / "export.sh").write_text("export IDF_PATH=here\n")
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source tree whose makefiles say what they were asked."""
    folder = tmp_path / "micropython"
    (folder / "ports" / "esp32" / "boards").mkdir(parents=True)
    (folder / "ports" / "esp32" / "boards" / "sdkconfig.base").write_text("")
    (folder / "mpy-cross").mkdir()
    (folder / "mpy-cross" / "Makefile").write_text("all:\n\t@echo cross\n")
    (folder / "ports" / "esp32" / "Makefile").write_text(
        "all:\n\t@test -n '$(IDF_PATH)'; mkdir -p $(BUILD); "
        "echo one > $(BUILD)/firmware.bin; echo two > $(BUILD)/micropython.bin\n"
        "submodules:\n\t@echo submodules of $(BOARD_DIR)\n"
    )
    return folder


def make(board: str, idf: object, source: object) -> subprocess.CompletedProcess[str]:
    words = ["--board", board, "--idf", str(idf), "--source", str(source)]
    command = [sys.executable, "-m", "tools.image", *words]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False
    )


def test_each_thing_that_is_missing_is_one_sentence(idf: Path, source: Path) -> None:
    for words, sentence in (
        (("", idf, source), "Say which board: make image BOARD=name, one of devkit_v1"),
        (("xiao", idf, source), "Say which board"),
        ((BOARD, "", source), "ESP-IDF is missing: install"),
        ((BOARD, source, source), "is no ESP-IDF, since it has no export.sh"),
        ((BOARD, idf, ""), "MicroPython's source is missing: fetch"),
        (
            (BOARD, idf, idf),
            "since it has no ports/esp32/boards/sdkconfig.base: fetch tag",
        ),
    ):
        done = make(*words)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert sentence in done.stderr


def test_a_path_that_make_cannot_take_is_named(idf: Path, source: Path) -> None:
    spaced = source.rename(source.with_name("micro python"))
    assert "has a space, as in" in (image.missing(BOARD, str(idf), str(spaced)) or "")


def test_the_library_that_is_frozen_must_be_there(
    idf: Path, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert image.missing(BOARD, str(idf), str(source)) is None
    monkeypatch.setattr(image.umqtt, "PLACE", tmp_path / "nowhere.py")
    assert "run `make setup`" in (image.missing(BOARD, str(idf), str(source)) or "")


def test_it_builds_with_the_boards_own_folder(
    idf: Path, source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(image, "_BUILD", tmp_path / "out")
    old = tmp_path / "out" / BOARD / "sdkconfig"
    old.parent.mkdir(parents=True)
    old.write_text("CONFIG_BT_ENABLED=y\n")
    image.build(BOARD, str(idf), str(source))
    assert (tmp_path / "out" / BOARD / "firmware.bin").read_text() == "one\n"
    assert not old.exists(), "ESP-IDF would not read our settings a second time"


def test_submodules_are_fetched_for_a_clone_only(source: Path) -> None:
    assert [step[-1] for step in image.steps(BOARD, str(source))].count("submodules") == 0
    (source / ".git").mkdir()
    assert [step[-1] for step in image.steps(BOARD, str(source))].index("submodules") == 2


def test_a_step_that_fails_is_said(idf: Path, source: Path) -> None:
    (source / "mpy-cross" / "Makefile").write_text("all:\n\t@false\n")
    done = make(BOARD, idf, source)
    assert done.returncode == 2
    assert f"The image of {BOARD} was not built: the step above ended with 2" in done.stderr
