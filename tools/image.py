"""`make image BOARD=name IDF=folder MICROPYTHON_SRC=folder`: a product image of one board.

It needs an installed ESP-IDF and MicroPython's source, which `make setup` does not fetch: they are
gigabytes.  Where one is missing it says so in a sentence.  build/image/BOARD then has firmware.bin
for an empty chip (`smartbin flash`) and micropython.bin for the update of a slot.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from tools import boards, image_rules
from tools.errors import UserError
from tools.setup import umqtt
from tools.setup.places import ROOT

_BUILD = ROOT / "build" / "image"
_RESULTS = ("firmware.bin", "micropython.bin")
_IDF = "an ESP-IDF that MicroPython's ports/esp32/README.md names (5.5.1 for 1.28)"
_SOURCE = "it by git clone --branch v1.28.0, and say where"


def missing(board: str, idf: str, source: str) -> str | None:
    """What keeps an image from being built, in one sentence; None where nothing does."""
    known = ", ".join(boards.names())
    if board not in boards.names():
        return f"Say which board: make image BOARD=name, one of {known}."
    if not idf:
        return f"ESP-IDF is missing: install {_IDF} and say where, IDF=folder."
    if not (Path(idf) / "export.sh").is_file():
        return f"{idf} is no ESP-IDF, since it has no export.sh: give IDF={_IDF}."
    if not source:
        return f"MicroPython's source is missing: fetch {_SOURCE}, MICROPYTHON_SRC=folder."
    if not (Path(source) / "ports" / "esp32" / "boards" / "sdkconfig.base").is_file():
        return (
            f"{source} is not MicroPython's source: it has no ports/esp32/boards/sdkconfig.base."
        )
    if not umqtt.PLACE.is_file():
        return "The MQTT library that is frozen in is missing: run `make setup`."
    return None


def steps(board: str, source: str) -> list[list[str]]:
    """The commands that build it, to be run after ESP-IDF's export.sh."""
    folder = Path(source).resolve()
    port = ["make", "-C", str(folder / "ports" / "esp32")]
    ours = [f"BOARD_DIR={boards.BOARDS / board}", f"BUILD={_BUILD / board}"]
    cloned = (folder / ".git").exists()  # a released archive brings its submodules along
    return [
        ["make", "-C", str(folder / "mpy-cross")],
        *([[*port, *ours, "submodules"]] if cloned else []),
        [*port, *ours],
    ]


def script(board: str, idf: str, source: str) -> str:
    """The same as one script for bash, which stops at the first step that fails."""
    export = f". {shlex.quote(str(Path(idf).resolve() / 'export.sh'))}"
    return "\n".join(["set -e", export, *(shlex.join(step) for step in steps(board, source))])


def too_big(board: str, size: int) -> str | None:
    """A sentence where a program of that many bytes does not fit a slot of the board."""
    table = image_rules.rows(boards.BOARDS / board / "partitions.csv")
    slot = min(row.size for row in table if row.type == "app")
    if size <= slot:
        return None
    return f"The image of {board} has {size} bytes and a slot {slot}: {size - slot} too many."


def build(
    board: Annotated[str, typer.Option()] = "",
    idf: Annotated[str, typer.Option()] = "",
    source: Annotated[str, typer.Option()] = "",
) -> None:
    """Build a product image; what is missing for that is one sentence and exit code 2."""
    wanting = missing(board, idf, source)
    if wanting:
        raise UserError(wanting)
    apart = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["bash", "-c", script(board, idf, source)], env=apart, check=False)
    if done.returncode:
        raise UserError(
            f"The image of {board} was not built: the step above ended with {done.returncode}; "
            f"put that right, or remove {_BUILD / board} and try again."
        )
    for name in _RESULTS:
        print(f"{_BUILD / board / name}: {(_BUILD / board / name).stat().st_size} bytes")
    wrong = too_big(board, (_BUILD / board / "micropython.bin").stat().st_size)
    if wrong:
        raise UserError(wrong)


def main() -> None:
    """The sentence to stderr, as the smartbin command does."""
    try:
        typer.run(build)
    except UserError as error:
        print(f"make image: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
