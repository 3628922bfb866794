"""The `smartbin` command: every sub-command hangs here, every error for people is printed here."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import Annotated

import typer

from sim.battery_cli import battery_command
from sim.cli import app as sim_app
from sim.errors import SimError
from tools.boards_cli import app as boards_app
from tools.device.cli import PANEL
from tools.device.cli import add_to as add_device_commands
from tools.errors import UserError
from tools.provision.cli import app as provision_app

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Simulate bins, and look after the boards under their lids.",
    epilog="First steps: smartbin sim run sim/scenarios/demo.toml, and smartbin boards list. "
    "Each command has a --help of its own.",
)
app.add_typer(sim_app, name="sim")
app.command("battery")(battery_command)
app.add_typer(boards_app, name="boards")
add_device_commands(app)
app.add_typer(provision_app, name="provision", rich_help_panel=PANEL)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(metadata.version("smartbin"))
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the command; what a person can put right is one sentence on stderr and exit code 2."""
    try:
        app()
    except (UserError, SimError) as error:
        print(f"smartbin: {error}", file=sys.stderr)
        sys.exit(2)
