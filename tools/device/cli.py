"""Hangs the commands for devices into `smartbin`."""

from __future__ import annotations

import typer

from tools.device.backup import backup_command, restore_command
from tools.device.console import console_command
from tools.device.decode import decode_command
from tools.device.deploy import deploy_command
from tools.device.doctor import doctor_command, notes_command
from tools.device.flash import flash_command

_COMMANDS = {
    "flash": flash_command,
    "deploy": deploy_command,
    "console": console_command,
    "doctor": doctor_command,
    "notes": notes_command,
    "backup": backup_command,
    "restore": restore_command,
    "decode": decode_command,
}


def add_to(app: typer.Typer) -> None:
    """Adds them all."""
    for name, command in _COMMANDS.items():
        app.command(name)(command)
