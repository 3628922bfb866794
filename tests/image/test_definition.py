"""Each board's MicroPython definition fits the board, and asks only for what there is.

What can be checked without ESP-IDF: against MicroPython's source as `make vm32` unpacked it.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from tools import boards, image_rules
from tools.errors import UserError
from tools.setup import vm32

COMMON = boards.BOARDS / "common"
PORT = vm32.SOURCE / "ports" / "esp32"

# Keys that no board of MicroPython sets: where ESP-IDF has them.
OF_IDF = {"CONFIG_BOOTLOADER_WDT_ENABLE": "components/bootloader/Kconfig.projbuild"}

# What MicroPython's frozen modules must not bring into a product.
UNWANTED = ("webrepl", "mip", "inisetup", "flashbdev", "upysh", "asyncio", "espnow", "requests")


@pytest.fixture
def port() -> Path:
    if not PORT.is_dir():
        pytest.skip("MicroPython's source is not here: run `make vm32`")
    return PORT


@functools.cache
def known_keys() -> frozenset[str]:
    """Every key that MicroPython's own boards set or mention."""
    texts = [path.read_text() for path in (PORT / "boards").rglob("sdkconfig*")]
    return frozenset(re.findall(r"CONFIG_\w+", "\n".join(texts)))


@pytest.mark.parametrize(
    "path", [COMMON, *map(boards.BOARDS.joinpath, boards.names())], ids=lambda p: p.name
)
def test_every_key_is_known(path: Path, port: Path) -> None:
    (file,) = path.glob("sdkconfig.*")
    unknown = image_rules.keys(file).keys() - known_keys() - OF_IDF.keys()
    assert unknown == set()


def test_keys_of_espidf_are_listed_only_where_needed(port: Path) -> None:
    assert not OF_IDF.keys() & known_keys()


@pytest.mark.parametrize("text", ["CONFIG_A", "A=y", "CONFIG_A=y\nCONFIG_A=n"])
def test_a_line_that_sets_nothing_or_twice_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sdkconfig.board"
    path.write_text(text)
    with pytest.raises(UserError, match=r"sdkconfig\.board, line"):
        image_rules.keys(path)


@pytest.mark.parametrize("name", boards.names())
def test_the_definition_is_that_of_the_board(name: str) -> None:
    board, folder = boards.load(name), boards.BOARDS / name
    config = image_rules.keys(folder / "sdkconfig.board")
    sizes = {k: v for k, v in config.items() if "FLASHSIZE" in k}
    assert [k for k, v in sizes.items() if v] == [f"CONFIG_ESPTOOLPY_FLASHSIZE_{board.FLASH_MB}MB"]
    cmake = (folder / "mpconfigboard.cmake").read_text()
    assert f"set(IDF_TARGET {board.CHIP})\n" in cmake
    assert "common/mpconfigboard.cmake" in cmake
    header = (folder / "mpconfigboard.h").read_text()
    assert '#include "../common/mpconfig.h"\n' in header
    assert (COMMON / "mpconfig.h").is_file()
    assert f'MICROPY_HW_BOARD_NAME               "{board.TITLE}"' in header
    assert f'MICROPY_HW_MCU_NAME                 "{board.CHIP.upper()}"' in header


@pytest.mark.parametrize("name", ["common", *boards.names()])
def test_what_is_left_out_can_be_left_out(name: str, port: Path) -> None:
    """A define that the port sets unasked would be a second one, and the compiler stops there."""
    (header,) = (boards.BOARDS / name).glob("mpconfig*.h")
    config = (port / "mpconfigport.h").read_text()
    for define in re.findall(r"#define (\w+)", header.read_text()):
        if not define.startswith("MICROPY_HW_BOARD_NAME") and "MCU_NAME" not in define:
            assert f"#ifndef {define}\n" in config, define


def test_the_files_that_are_included_exist(port: Path) -> None:
    text = (COMMON / "mpconfigboard.cmake").read_text()
    for path in re.findall(r"^    (boards/\S+)$", text, re.MULTILINE):
        assert (port / path).is_file(), path
    for path in re.findall(r"\.\./common/(\S+)", text):
        assert (COMMON / path).is_file(), path


def test_the_boot_module_neither_loops_nor_mounts() -> None:
    text = (COMMON / "_boot.py").read_text()
    assert compile(text, "_boot.py", "exec").co_names == ()  # names nothing, so does nothing
