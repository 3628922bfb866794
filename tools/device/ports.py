"""Which serial ports are meant."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Annotated

import typer
from serial.tools import list_ports

from tools.errors import UserError

Ports = Annotated[
    list[str] | None,
    typer.Option("--port", help="A serial port; give it again for more.", metavar="PORT"),
]
One = Annotated[
    list[str] | None,  # of two, none is meant rather than the last
    typer.Option("--port", help="The device's serial port.", metavar="PORT"),
]
Every = Annotated[bool, typer.Option("--all", help="Every board that is plugged in.")]


_ASLEEP = (
    "A board with a USB port of its own (C3, S3, C6) has one only while it is awake: "
    "press reset, and run this again at once."
)


def found() -> list[str]:
    """Ports with a USB device behind them, sorted; a computer's own ports hold no boards."""
    return sorted(port.device for port in list_ports.comports() if port.vid is not None)


def chosen(ports: list[str] | None, every: bool = False, most: int | None = None) -> list[str]:
    """The ports that were named, or all, or the only one there is.  Raises UserError.

    most: how many ports the command can take at a time.
    """
    meant = list(dict.fromkeys(ports or found()))
    if not meant:
        raise UserError(
            "No serial port is found: plug the board in with a cable that carries data, "
            f"or name its port with --port. {_ASLEEP}"
        )
    if most and len(meant) > most:
        raise UserError(f"This takes one port at a time, not {', '.join(meant)}; --port names it.")
    if len(meant) > 1 and not (ports or every):
        raise UserError(
            f"There are {len(meant)} serial ports, {', '.join(meant)}: "
            "name one or more with --port, or take them with --all."
        )
    for port in meant:
        check(port)
    return meant


def one(ports: list[str] | None) -> str:
    """The one port that is meant.  Raises UserError."""
    return chosen(ports, most=1)[0]


def check(port: str) -> None:
    """Raises UserError where a port cannot be one that we may use.  A pty is one, a URL may be."""
    if "://" in port or os.name != "posix":
        return  # who opens it will see
    path = Path(port)
    if not port or not path.exists():
        there = ", ".join(found()) or "none"
        raise UserError(f"There is no port {port}; the serial ports found: {there}. {_ASLEEP}")
    if not stat.S_ISCHR(path.stat().st_mode):
        raise UserError(f"{port} is no serial port; name the port with --port.")
    if not os.access(path, os.R_OK | os.W_OK):
        raise UserError(
            f"{port} is there, but this user may not use it; on Linux join the group dialout "
            "(`sudo usermod -aG dialout $USER`), log out and in again."
        )


def shut(port: str) -> str:
    """The sentence for a port that check() found well and that does not open."""
    return f"{port} cannot be opened: another program has it open, or it is no serial port."
