"""Hangs the commands for devices into `smartbin`."""

from __future__ import annotations

import typer

from tools.device.backup import backup_command, restore_command
from tools.device.console import console_command
from tools.device.decode import decode_command
from tools.device.deploy import deploy_command
from tools.device.doctor import doctor_command, notes_command
from tools.device.flash import flash_command

PANEL = "A board on a serial port"

# In the order in which a board meets them, each with a line to try.
_COMMANDS = {
    "flash": (flash_command, "--board devkit_v1 --image ESP32_GENERIC.bin --all"),
    "deploy": (deploy_command, "--board devkit_v1 --port /dev/ttyUSB0 --port /dev/ttyUSB1"),
    "console": (console_command, "--port /dev/ttyUSB0"),
    "doctor": (doctor_command, "--board devkit_v1"),
    "notes": (notes_command, "--port /dev/ttyUSB0"),
    "backup": (backup_command, "bin-001.json"),
    "restore": (restore_command, "bin-001.json --port /dev/ttyUSB0"),
}


def add_to(app: typer.Typer) -> None:
    """Adds them all."""
    for name, (command, example) in _COMMANDS.items():
        epilog = f"Example: smartbin {name} {example}"
        app.command(name, epilog=epilog, rich_help_panel=PANEL)(command)
    app.command(
        "decode", epilog="Example: mosquitto_sub -C 3 -v -t 'smartbin/#' | smartbin decode -"
    )(decode_command)
