"""Which serial ports are meant."""

from __future__ import annotations

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
Every = Annotated[bool, typer.Option("--all", help="Every board that is plugged in.")]


def found() -> list[str]:
    """Ports with a USB device behind them, sorted; a computer's own ports hold no boards."""
    return sorted(port.device for port in list_ports.comports() if port.vid is not None)


def chosen(ports: list[str] | None, every: bool = False) -> list[str]:
    """The ports that were named, or all, or the only one there is.  Raises UserError."""
    if ports:
        named = list(dict.fromkeys(ports))
        for port in named:
            check(port)
        return named
    there = found()
    if not there:
        raise UserError(
            "No serial port is found: plug the board in with a cable that carries data, "
            "or name its port with --port."
        )
    if len(there) > 1 and not every:
        raise UserError(
            f"There are {len(there)} serial ports, {', '.join(there)}: "
            "name one or more with --port, or take them with --all."
        )
    return there


def one(ports: list[str] | None) -> str:
    """The one port that is meant.  Raises UserError."""
    meant = chosen(ports)
    if len(meant) > 1:
        raise UserError("This command takes one port at a time; name one with --port.")
    return meant[0]


def check(port: str) -> None:
    """Raises UserError where a port that was named is none.  A pty is one, a URL may be."""
    if "://" in port or not port.startswith(("/", ".")):
        return  # COM3, socket://...: who opens it will see
    path = Path(port)
    if not path.exists():
        there = ", ".join(found()) or "none"
        raise UserError(f"There is no port {port}; the serial ports found: {there}.")
    if not stat.S_ISCHR(path.stat().st_mode):
        raise UserError(f"{port} is a file and no serial port; name the port with --port.")
