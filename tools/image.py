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

from tools import boards
from tools.errors import UserError
from tools.setup import umqtt
from tools.setup.places import ROOT

_BUILD = ROOT / "build" / "image"
_RESULTS = ("firmware.bin", "micropython.bin")
_IDF = "one that MicroPython's ports/esp32/README.md names (5.5.1 for 1.28)"
_SOURCE = "tag v1.28.0 of micropython/micropython with git"


def missing(board: str, idf: str, source: str) -> str | None:
    """What keeps an image from being built, in one sentence; None where nothing does."""
    known = ", ".join(boards.names())
    if board not in boards.names():
        return f"Say which board: make image BOARD=name, one of {known}."
    if not idf:
        return f"ESP-IDF is missing: install {_IDF}, and say where: IDF=folder."
    if not (Path(idf) / "export.sh").is_file():
        return f"{idf} is no ESP-IDF, since it has no export.sh: install {_IDF}."
    if not source:
        return (
            f"MicroPython's source is missing: fetch {_SOURCE}, and say where: "
            "MICROPYTHON_SRC=folder."
        )
    if not (Path(source) / "ports" / "esp32" / "boards" / "sdkconfig.base").is_file():
        return (
            f"{source} is not MicroPython's source, since it has no "
            f"ports/esp32/boards/sdkconfig.base: fetch {_SOURCE}."
        )
    spaced = [one for one in (Path(source).resolve(), ROOT) if " " in str(one)]
    if spaced:
        return f"make cannot build where a path has a space, as in {spaced[0]}: move the folder."
    if not umqtt.PLACE.is_file():
        return "The MQTT library that is frozen in is missing: run `make setup`."
    return None


def steps(board: str, source: str) -> list[list[str]]:
    """The commands that build it, to be run after ESP-IDF's export.sh."""
    folder, out = Path(source).resolve(), _BUILD / board
    port = ["make", "-C", str(folder / "ports" / "esp32")]
    ours = [f"BOARD_DIR={boards.BOARDS / board}", f"BUILD={out}"]
    cloned = (folder / ".git").exists()  # a released archive brings its submodules along
    return [
        ["rm", "-f", str(out / "sdkconfig")],  # or ESP-IDF keeps what an earlier build was asked
        ["make", "-C", str(folder / "mpy-cross")],
        *([[*port, *ours, "submodules"]] if cloned else []),
        [*port, *ours],
    ]


def script(board: str, idf: str, source: str) -> str:
    """The same as one script for bash, which stops at the first step that fails."""
    export = f". {shlex.quote(str(Path(idf).resolve() / 'export.sh'))}"
    return "\n".join(["set -e", export, *(shlex.join(step) for step in steps(board, source))])


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


def main() -> None:
    """The sentence to stderr, as the smartbin command does."""
    try:
        typer.run(build)
    except UserError as error:
        print(f"make image: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
