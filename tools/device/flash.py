"""`smartbin flash`: an image onto the chip, by esptool; the wrong chip is refused first.

Nothing is downloaded: the image is a file of yours.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tools import boards
from tools.device import crowd, ports
from tools.device.talk import DeviceError, Step
from tools.errors import UserError

_MAGIC = 0xE9  # first byte of an image (esptool documentation, "Firmware Image Format")
# Byte 12 of its header says the chip; a first-stage loader of the ESP32 lies at 4 KiB.
_CHIPS = {0: "esp32", 2: "esp32s2", 5: "esp32c3", 9: "esp32s3", 13: "esp32c6"}
_STARTS = {"esp32": 0x1000, "esp32s2": 0x1000}
_BAUD = "460800"

_PLAIN = "Official images of MicroPython are published per board by its project, as .bin files: "
NEEDED = (
    _PLAIN + "take version 1.25 or later for the generic board of the chip, or make a product "
    "image with `make image`, and give its path."
)
Run = Callable[[list[str], Callable[[str], None]], tuple[int, str]]


def chip_of(image: Path) -> str:
    """The chip that an image is for.  Raises UserError where it is no whole image."""
    try:
        with image.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise UserError(f"{image} cannot be read: {error.strerror}. {NEEDED}") from None
    if len(head) < 16 or head[0] != _MAGIC or head[12] not in _CHIPS:
        raise UserError(f"{image} is no image for an ESP32 of any kind. {NEEDED}")
    return _CHIPS[head[12]]


def suits(image: Path, board: str) -> str:
    """The board's chip, where the image is for it.  Raises UserError."""
    if not board or image == Path():  # `make flash` without one of them
        raise UserError("Say which board and which image: make flash BOARD=name IMAGE=file.bin.")
    wanted, chip = boards.load(board).CHIP, chip_of(image)
    if chip != wanted:
        raise UserError(f"{image.name} is for an {chip}, and {board} has an {wanted}. {NEEDED}")
    return chip


def write(port: str, image: Path, board: str, step: Step, run: Run, erase: bool = False) -> str:
    """Names the chip, refuses the wrong one, writes the image; a sentence of what was done."""
    wanted = suits(image, board)
    code, said = run([*_tool(port), "chip-id"], lambda line: None)
    there = named(said)
    if "Could not open" in said:
        raise DeviceError(ports.shut(port))
    if code or not there:
        raise DeviceError(
            f"{port}: no chip answers: hold BOOT, press reset, let go of BOOT, and try again. "
            f"esptool says: {_last(said)}"
        )
    if there != wanted:
        raise DeviceError(
            f"{port}: this chip is an {there}, and {board} has an {wanted}; nothing was written."
        )
    tail = ["write-flash", *(["--erase-all"] if erase else [])]
    at = hex(_STARTS.get(wanted, 0))
    command = [*_tool(port), "--chip", wanted, "--baud", _BAUD, *tail, at, str(image)]
    code, said = run(command, lambda line: _follow(line, step))
    if code or "Hash of data verified" not in said:
        raise DeviceError(
            f"{port}: the image was not written whole; run this again. esptool says: {_last(said)}"
        )
    return f"{there}: {image.name} is written and verified."


def named(said: str) -> str:
    """The chip in what esptool says ("ESP32-C3 (QFN32)"), as boards name it; "" for none."""
    found = re.search(r"(?:Chip type:|Chip is|Connected to)\s+(ESP32(?:-?[SCHP]\d+)?)", said)
    return found[1].replace("-", "").lower() if found else ""


def _follow(line: str, step: Step) -> None:
    """A percentage in what esptool says moves the bar."""
    found = re.search(r"(\d+(?:\.\d+)?)\s?%", line)
    if found:
        step(int(float(found[1])), 100)


def _last(said: str) -> str:
    """The error in what esptool says; a link to its manual may follow it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["nothing"])[-1].rstrip(".") + "."


def _tool(port: str) -> list[str]:
    return [sys.executable, "-m", "esptool", "--port", port]


def run_tool(command: list[str], heard: Callable[[str], None]) -> tuple[int, str]:
    """Exit code and all that it said; every line is heard as it comes."""
    said = ""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as tool:
        assert tool.stdout
        for piece in tool.stdout:
            for line in piece.decode(errors="replace").replace("\r", "\n").splitlines():
                heard(line)
                said += line + "\n"
    return tool.returncode, said


def flash_command(
    board: Annotated[
        str, typer.Option(help="A board's name (`smartbin boards list`), or a board.py.")
    ],
    image: Annotated[Path, typer.Option(help="The .bin file: official or product image.")],
    port: ports.Ports = None,
    every: ports.Every = False,
    erase: Annotated[
        bool, typer.Option("--erase", help="Erase all of the flash first: files go, too.")
    ] = False,
) -> None:
    """Write an image to boards; the wrong chip is refused.

    It covers the settings that a board has: `smartbin backup` keeps them.
    """
    suits(image, board)
    crowd.each(
        ports.chosen(port, every),
        lambda where, step: write(where, image, board, step, run_tool, erase),
    )
