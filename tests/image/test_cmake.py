"""MicroPython's own CMakeLists.txt takes each board's definition, up to where ESP-IDF takes over.

A stand-in for ESP-IDF's project.cmake writes down what it would have been given.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.image.test_definition import PORT
from tools import boards, image_rules

_PROJECT = """\
macro(project name)
    file(WRITE ${CMAKE_BINARY_DIR}/told "${IDF_TARGET}\\n${MICROPY_FROZEN_MANIFEST}\\n")
endmacro()
"""


class Told(NamedTuple):
    """What ESP-IDF is given: chip, manifest, and each key with the value that counts, the last."""

    chip: str
    manifest: Path
    config: dict[str, str]


@pytest.fixture
def configure(tmp_path: Path):
    if not PORT.is_dir():
        pytest.skip("MicroPython's source is not here: run `make vm32`")
    if not shutil.which("cmake"):
        pytest.skip("cmake is not installed here")
    idf = tmp_path / "idf"
    (idf / "tools" / "cmake").mkdir(parents=True)
    (idf / "tools" / "cmake" / "project.cmake").write_text(_PROJECT)

    def run(board: Path) -> Told:
        out = tmp_path / "out"
        words = [f"-DMICROPY_BOARD={board.name}", f"-DMICROPY_BOARD_DIR={board}"]
        command = ["cmake", "-S", PORT, "-B", out, *words]
        env = os.environ | {"IDF_PATH": str(idf)}
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        chip, manifest = (out / "told").read_text().splitlines()
        lines = (out / "sdkconfig.combined").read_text().splitlines()
        pairs = [line.partition("=") for line in lines if line.startswith("CONFIG_")]
        return Told(chip, Path(manifest), {key: value for key, _, value in pairs})

    return run


@pytest.mark.parametrize("name", boards.names())
def test_espidf_is_told_what_the_board_says(configure, name: str) -> None:
    board, folder = boards.load(name), boards.BOARDS / name
    told = configure(folder)
    assert told.chip == board.CHIP
    assert told.manifest.samefile(folder / "manifest.py")
    table = Path(told.config["CONFIG_PARTITION_TABLE_CUSTOM_FILENAME"].strip('"'))
    assert table.samefile(folder / "partitions.csv")
    sizes = [key for key, value in told.config.items() if "FLASHSIZE_" in key and value == "y"]
    assert sizes == [f"CONFIG_ESPTOOLPY_FLASHSIZE_{board.FLASH_MB}MB"]


@pytest.mark.parametrize("name", boards.names())
def test_what_a_product_relies_on_is_on_in_the_end(configure, name: str) -> None:
    config = configure(boards.BOARDS / name).config
    ours = image_rules.keys(boards.BOARDS / "common" / "sdkconfig.product")
    assert {key: config[key] for key in ours} == ours
    assert config["CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE"] == "y"
    assert config["CONFIG_BOOTLOADER_SKIP_VALIDATE_IN_DEEP_SLEEP"] == "y"
    assert "CONFIG_SPIRAM" not in config, "it costs time at every start"


def test_a_board_without_a_definition_is_refused(configure, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="Invalid MICROPY_BOARD specified"):
        configure(tmp_path / "idf")
