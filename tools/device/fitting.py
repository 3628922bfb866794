"""Can the interpreter of this board run what `smartbin deploy` would bring?"""

from __future__ import annotations

from tools import boards
from tools.device.talk import DeviceError, Talk

_MPY = 6, 3  # the format that our mpy-cross writes

_FACTS = """
import sys
mpy = getattr(sys.implementation, '_mpy', 0)
path, sys.path[:] = sys.path[:], ['.frozen']
try:
    import smartbin
    frozen = 1
except ImportError:
    frozen = 0
sys.path[:] = path
print(mpy & 255, mpy >> 8 & 3, frozen, getattr(sys.implementation, '_machine', '?'))
"""


def check(device: Talk, board: str) -> None:
    """Raises DeviceError where this interpreter cannot run what we would bring."""
    major, minor, frozen, machine = device.exec(_FACTS).strip().split(" ", 3)
    if int(frozen):
        raise DeviceError(
            f"{device.port}: this board runs a product image, with the firmware inside; "
            "renew it with `smartbin flash`."
        )
    if (int(major), int(minor)) != _MPY:
        raise DeviceError(
            f"{device.port}: its MicroPython reads modules of format {major}.{minor}, ours are "
            f"{_MPY[0]}.{_MPY[1]}; flash the official image of version 1.25 or later."
        )
    chip = boards.load(board).CHIP
    if "ESP32" in machine and not is_chip(machine, chip):
        raise DeviceError(
            f"{device.port}: this is a {machine}, and the board {board} has an {chip}; "
            "name the right board with --board."
        )


def is_chip(machine: str, chip: str) -> bool:
    """Is sys.implementation._machine ("Generic ESP32C3 module with ESP32C3") of that chip?"""
    last = machine.replace("-", "").lower().split()[-1]
    return last == chip.replace("_", "") or (chip == "esp32" and last in ("esp32", "esp32spiram"))
