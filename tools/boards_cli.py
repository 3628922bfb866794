"""`smartbin boards`: list, check, wire, buy, draw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tools import board_drawing, boards
from tools.board_rules import label
from tools.errors import UserError

_WIDTH = 100  # columns

app = typer.Typer(
    no_args_is_help=True, help="The boards that the firmware knows: list, check, wire, buy, draw."
)


def _console() -> Console:
    return Console(width=_WIDTH, highlight=False, markup=False)


@app.command("list")
def list_boards() -> None:
    """The boards, with chip and current in deep sleep."""
    table = Table("name", "title", "chip")
    table.add_column("deep sleep", justify="right")
    for name in boards.names():
        board = boards.load(name)
        fields = [getattr(board, key, "?") for key in ("TITLE", "CHIP", "SLEEP_UA")]
        table.add_row(name, str(fields[0]), str(fields[1]), f"{fields[2]} uA")
    _console().print(table)


@app.command("check")
def check_boards(
    where: Annotated[list[str] | None, typer.Argument(help="names or paths to a board.py")] = None,
) -> None:
    """Check boards, all of them by default; exit code 1 if anything is wrong."""
    console, wrong = _console(), 0
    for one in where or boards.names():
        found, remarks = boards.check(one)
        wrong += len(found)
        for sentence in found:
            console.print(sentence, soft_wrap=True)
        for sentence in remarks:
            console.print(f"note: {sentence}", soft_wrap=True)
        if not found:
            console.print(f"{one}: no problems.", soft_wrap=True)
    if wrong:
        raise typer.Exit(1)


@app.command("wiring")
def wiring(name: Annotated[str, typer.Argument(help="a name or a path to board.py")]) -> None:
    """The wiring table of a board: which pin goes where, and why."""
    rows = boards.wiring(name)
    table = Table(*rows[0], show_lines=True)
    for row in rows[1:]:
        table.add_row(*row)
    _console().print(table)
    _console().print(
        f"Notes and quirks: {boards.path_of(name).parent.name}/wiring.md", soft_wrap=True
    )


@app.command("bom")
def bill_of_material(name: Annotated[str, typer.Argument(help="a name or a path")]) -> None:
    """What to buy for one bin with that board."""
    table = Table(*boards.BOM)
    for row in boards.bom(name):
        table.add_row(*(row[key] for key in boards.BOM))
    _console().print(table)


@app.command("drawing")
def drawing(
    name: Annotated[str, typer.Argument(help="a name or a path to board.py")],
    out: Annotated[Path | None, typer.Option(help="the SVG to write; else NAME.svg here")] = None,
) -> None:
    """Draw the wiring of a board, as SVG."""
    for wrong in boards.check(name)[0]:
        raise UserError(wrong)
    path = out or Path(f"{label(boards.load(name))}.svg")
    try:
        path.write_text(board_drawing.draw(name), encoding="utf-8")
    except OSError as e:
        raise UserError(f"{path} cannot be written: {e.strerror}.") from None
    _console().print(f"{path} is drawn.", soft_wrap=True)
