"""What a device with our firmware tells a computer; hw/desk.py on the device does the work."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tools.device.talk import DeviceError, Talk

# A raw prompt runs no main.py: the version that /app/current names must be found.
_FIND = """
import sys
try:
    sys.path.insert(0, '/app/' + open('/app/current').read(1))
except OSError:
    pass
"""
_DESK = """
try:
    from smartbin.hw import desk
except ImportError:
    print('none')
else:
    print(desk.read())
"""
_CHIP = """
import gc, machine, os, sys, time
from binascii import hexlify
gc.collect()
s = os.statvfs('/')  # no blocks: a product image mounts nothing there
print(getattr(sys.implementation, '_machine', '?'))
print('.'.join(str(n) for n in sys.implementation.version[:3]))
print(gc.mem_free(), s[0] * s[3] if s[2] else -1, int(time.time()))
print(hexlify(machine.RTC().memory()).decode())
"""
_PIECE = 512  # bytes at a time
_NOTHING = "no smartbin firmware is on this board; put it there with `smartbin deploy`."


@dataclass(frozen=True)
class Facts:
    """One look into a device; desk: as hw/desk.py's read() tells, None without our firmware."""

    machine: str
    micropython: str
    heap_b: int
    room_b: int  # -1: no file system for files of anybody's
    clock_s: int
    image: bytes  # of RTC memory
    desk: dict[str, Any] | None


def find(device: Talk) -> None:
    """Lets the device import our modules."""
    device.exec(_FIND)


def desk(device: Talk) -> dict[str, Any] | None:
    """Settings without secrets, fingerprints, version; None without our firmware."""
    find(device)
    told = device.exec(_DESK).strip()
    return None if told == "none" else json.loads(told)


def look(device: Talk) -> Facts:
    """Reads all that doctor wants to know."""
    told = desk(device)
    lines = device.exec(_CHIP).splitlines()
    heap, room, clock_s = map(int, lines[2].split())
    image = bytes.fromhex(lines[3]) if len(lines) > 3 else b""
    return Facts(lines[0], lines[1], heap, room, clock_s, image, told)


def write(device: Talk, settings: dict[str, Any], papers: dict[str, bytes]) -> dict[str, Any]:
    """Settings, secrets among them, and papers onto the device; what it then reads back.

    Raises DeviceError, with a sentence of the device's where it refuses them.
    """
    if desk(device) is None:
        raise DeviceError(f"{device.port}: {_NOTHING}")
    device.exec("papers = {}")
    for name, data in papers.items():
        _bring(device, f"papers[{name!r}]", data)
    _bring(device, "text", json.dumps(settings))
    told = device.exec(
        "try:\n print(desk.write(text, papers))\nexcept Exception as e:\n print('refused', e)"
    ).strip()
    if told.startswith("refused"):
        raise DeviceError(f"{device.port}: {told.removeprefix('refused').strip()}")
    return json.loads(told)


def _bring(device: Talk, name: str, data: bytes | str) -> None:
    """Into a variable there, piece by piece: never into a file, as it may be a secret."""
    device.exec(f"{name} = {data[:0]!r}")
    for at in range(0, len(data), _PIECE):
        device.exec(f"{name} += {data[at : at + _PIECE]!r}")


def none_there(device: Talk) -> DeviceError:
    return DeviceError(f"{device.port}: {_NOTHING}")
