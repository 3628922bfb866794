"""What a product image freezes: what the firmware imports, and nothing else.

Read by MicroPython's own tools/manifestfile.py and frozen by its makemanifest.py, from the source
that `make vm32` unpacked.  Debian's has no micropython-lib, so one module of it is a stand-in.
"""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sim import places
from smartbin.console import commands
from tests.image.test_definition import UNWANTED
from tools import boards
from tools.setup import vm32

TOOLS = vm32.SOURCE / "tools"
CROSS = vm32.SOURCE / "mpy-cross" / "build" / "mpy-cross"

# Modules in C of the ESP32 port that the firmware imports, and of every MicroPython.
BUILT_IN = {
    *("binascii", "collections", "errno", "esp32", "gc", "io", "json", "machine", "math"),
    *("micropython", "network", "os", "random", "select", "socket", "struct", "sys", "time"),
    *("tls", "vfs", "hashlib", "cryptolib", "usocket", "ustruct", "ubinascii", "_onewire", "re"),
    *("ussl", "deflate", "array", "uctypes"),
}


@pytest.fixture
def reader() -> ModuleType:
    path = TOOLS / "manifestfile.py"
    if not path.is_file():
        pytest.skip("MicroPython's source is not here: run `make vm32`")
    spec = importlib.util.spec_from_file_location("manifestfile", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A micropython-lib with the one module that we ask of it."""
    folder = tmp_path / "lib" / "micropython" / "drivers" / "bus" / "onewire"
    folder.mkdir(parents=True)
    (folder / "manifest.py").write_text('metadata(version="0.1.0")\nmodule("onewire.py")\n')
    (folder / "onewire.py").write_text("import _onewire\n")
    return tmp_path / "lib"


def frozen(reader: ModuleType, library: Path, manifest: Path) -> dict[str, Path]:
    """Name in the image -> file, as MicroPython's build resolves a manifest."""
    known = {
        "MPY_DIR": str(vm32.SOURCE),
        "PORT_DIR": str(vm32.SOURCE / "ports" / "esp32"),
        "BOARD_DIR": str(manifest.parent),
        "MPY_LIB_DIR": str(library),
    }
    found = reader.ManifestFile(reader.MODE_FREEZE, known)
    found.execute(str(manifest))
    files = {one.target_path: Path(one.full_path) for one in found.files()}
    assert len(files) == len(found.files()), "two modules of one name do not link"
    return files


def imports(path: Path) -> Iterator[str]:
    """Modules that a file names, those of a package by both of their possible names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def on_demand() -> set[str]:
    """Modules of the console, loaded by the name in its table when somebody types a command."""
    return {f"smartbin.console.{row[3]}" for row in commands.TABLE}


def modules(files: dict[str, Path]) -> set[str]:
    return {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in files}


@pytest.mark.parametrize("name", boards.names())
def test_an_image_freezes_what_it_imports_and_nothing_else(
    name: str, reader: ModuleType, library: Path
) -> None:
    files = frozen(reader, library, boards.BOARDS / name / "manifest.py")
    there = modules(files)
    asked = {one for path in files.values() for one in imports(path)} | on_demand()
    parents = {one.rpartition(".")[0] for one in asked | there} - {""}
    assert there - asked - parents == {"_boot", "main"}  # the port starts these by their names
    tops = {one.partition(".")[0] for one in asked}
    assert tops - there - parents - BUILT_IN == set()
    assert files["board.py"] == boards.BOARDS / name / "board.py"
    assert files["_boot.py"] == boards.BOARDS / "common" / "_boot.py"
    assert not there & set(UNWANTED)


def test_every_module_of_the_firmware_that_main_reaches_is_frozen(
    reader: ModuleType, library: Path
) -> None:
    files = frozen(reader, library, boards.BOARDS / boards.names()[0] / "manifest.py")
    for path in [*files.values()]:
        for one in imports(path):
            wanted = f"{one.replace('.', '/')}.py"
            if one.startswith("smartbin") and (places.FIRMWARE / wanted).is_file():
                assert wanted in files, f"{path.name} imports {one}"


def test_a_manifest_that_asks_for_more_is_noticed(
    reader: ModuleType, library: Path, tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.py"
    manifest.write_text(
        f'include("{boards.BOARDS}/common/manifest.py")\n'
        'module("webrepl.py")\nmodule("board.py")\n'
    )
    for name in ("webrepl.py", "board.py"):
        (tmp_path / name).write_text("")
    assert modules(frozen(reader, library, manifest)) & set(UNWANTED) == {"webrepl"}


def test_it_freezes(library: Path, tmp_path: Path) -> None:
    """Through MicroPython's own tools, up to the C file that an image is linked from."""
    header = vm32.BUILD / "genhdr" / "qstrdefs.preprocessed.h"
    if not (CROSS.is_file() and header.is_file()):
        pytest.skip("mpy-cross was not built here: run `make vm32`")
    (tmp_path / "genhdr").mkdir()
    (tmp_path / "genhdr" / header.name).write_bytes(header.read_bytes())
    out = tmp_path / "frozen_content.c"
    variables = (
        f"MPY_DIR={vm32.SOURCE}",
        f"PORT_DIR={vm32.SOURCE / 'ports' / 'esp32'}",
        f"MPY_LIB_DIR={library}",
    )
    command = [sys.executable, TOOLS / "makemanifest.py", "-o", out, "-b", tmp_path]
    command += [word for one in variables for word in ("-v", one)]
    command.append(boards.BOARDS / "xiao_esp32c3" / "manifest.py")
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    text = out.read_text()
    assert "smartbin_wake" in text and "umqtt_simple" in text and "onewire" in text
    assert "webrepl" not in text
