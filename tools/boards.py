"""Boards: read boards/NAME/board.py, check it, print it.

A board file is data and is read as data: nothing in it is executed.
"""

import ast
import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tools.board_rules import ATTRIBUTES, label, nearest, notes, problems
from tools.errors import UserError

__all__ = ["ATTRIBUTES", "app", "check", "find", "load", "names", "notes", "problems"]

BOARDS = Path(__file__).resolve().parent.parent / "boards"
_WIDTH = 100  # columns
_BOM = ("count", "part", "type", "for")

app = typer.Typer(
    no_args_is_help=True, help="The boards that the firmware knows: list, check, wire, buy, draw."
)


def names() -> list[str]:
    """The boards that the project has, by folder name, sorted."""
    return sorted(path.parent.name for path in BOARDS.glob("*/board.py"))


def find(name: str) -> Path:
    """The board file of a board's name.  Raises UserError with the nearest name."""
    if name in names():
        return BOARDS / name / "board.py"
    hint = nearest(name, names())
    known = ", ".join(names())
    raise UserError(f"There is no board named {name}{hint}; the folders in boards/ are {known}.")


def path_of(where: str | Path) -> Path:
    """The board file meant by a name, a folder or a path to board.py.  Raises UserError."""
    path = Path(where)
    bare = path.suffix != ".py" and len(path.parts) == 1
    if str(where) in names() or (bare and not path.is_dir()):
        return find(str(where))
    path = path / "board.py" if path.is_dir() else path
    if not path.is_file():
        raise UserError(
            f"There is no board file {path}; give a board's name or a path to board.py."
        )
    return path


def load(where: str | Path) -> SimpleNamespace:
    """A board as attributes, unchecked, from its name, its folder or a path to board.py.
    Raises UserError where there is no such board or its file is not plain data."""
    path = path_of(where)
    try:
        lines = ast.parse(path.read_text(encoding="utf-8")).body
    except SyntaxError as e:
        raise UserError(f"{path}, line {e.lineno}: this is not Python ({e.msg}).") from None
    except (OSError, ValueError) as e:  # ValueError: not UTF-8, or a zero byte
        raise UserError(f"{path} cannot be read: {e}.") from None
    board = SimpleNamespace()
    for line in lines:
        name, value = _assignment(line, path)
        if hasattr(board, name):
            raise UserError(
                f"{path}, line {line.lineno}: {name} is given twice; keep one of them."
            )
        setattr(board, name, value)
    return board


def _assignment(line: ast.stmt, path: Path) -> tuple[str, object]:
    """(name, value) of a line such as `LED_PIN = 2`; raises UserError for any other line."""
    try:
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return name, ast.literal_eval(value)
            case _:
                pass
    except (ValueError, TypeError):
        pass
    raise UserError(
        f"{path}, line {line.lineno}: a board file is data only; "
        "write NAME = a number, a text, a tuple or None."
    )


def check(where: str | Path) -> tuple[list[str], list[str]]:
    """(problems, notes) of a board by name or path; a file that cannot be read is a problem."""
    try:
        path, board = path_of(where), load(where)
    except UserError as e:
        return [str(e)], []
    found, folder = problems(board), path.resolve().parent
    if folder.parent == BOARDS and label(board) != folder.name:
        found.append(f"{label(board)}: NAME must be that of the folder, {folder.name}.")
    return found, notes(board)


def bom(where: str | Path) -> list[dict[str, str]]:
    """The parts of a board's bin: count, part, type, and the attribute that each is for.
    Raises UserError where there is no list or a row is not one."""
    page = path_of(where).with_name("bom.csv")
    if not page.is_file():
        raise UserError(f"{where} has no bom.csv; write it beside its board.py.")
    found = list(csv.DictReader(page.read_text(encoding="utf-8").splitlines()))
    for number, row in enumerate(found, 2):
        if list(row) != list(_BOM) or None in row.values() or not row["count"].isdigit():
            raise UserError(f"{page}, line {number}: a row is {', '.join(_BOM)}.")
    return found


def _console() -> Console:
    return Console(width=_WIDTH, highlight=False, markup=False)


@app.command("list")
def list_boards() -> None:
    """The boards, with chip and current in deep sleep."""
    table = Table("name", "title", "chip")
    table.add_column("deep sleep", justify="right")
    for name in names():
        board = load(name)
        fields = [getattr(board, key, "?") for key in ("TITLE", "CHIP", "SLEEP_UA")]
        table.add_row(name, str(fields[0]), str(fields[1]), f"{fields[2]} uA")
    _console().print(table)


@app.command("check")
def check_boards(
    where: Annotated[list[str] | None, typer.Argument(help="names or paths to a board.py")] = None,
) -> None:
    """Check boards, all of them by default; exit code 1 if anything is wrong."""
    console, wrong = _console(), 0
    for one in where or names():
        found, remarks = check(one)
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
    page = path_of(name).with_name("wiring.md")
    if not page.is_file():
        raise UserError(f"{name} has no wiring.md; write it beside its board.py.")
    rows = wiring_table(page.read_text(encoding="utf-8"))
    table = Table(*rows[0], show_lines=True)
    for row in rows[1:]:
        table.add_row(*row)
    _console().print(table)
    _console().print(f"Notes and quirks: {page.parent.name}/wiring.md", soft_wrap=True)


@app.command("bom")
def bill_of_material(name: Annotated[str, typer.Argument(help="a name or a path")]) -> None:
    """What to buy for one bin with that board."""
    table = Table("count", "part", "type", "for")
    for row in bom(name):
        table.add_row(*(row[key] for key in _BOM))
    _console().print(table)


@app.command("drawing")
def drawing(
    name: Annotated[str, typer.Argument(help="a name or a path to board.py")],
    out: Annotated[Path | None, typer.Option(help="the SVG to write; else NAME.svg here")] = None,
) -> None:
    """Draw the wiring of a board, as SVG."""
    from tools import board_drawing

    path = out or Path(f"{label(load(name))}.svg")
    path.write_text(board_drawing.draw(name), encoding="utf-8")
    _console().print(f"{path} is drawn.", soft_wrap=True)


def wiring_table(markdown: str) -> list[list[str]]:
    """Heading and rows of the first table of a Markdown page.  Raises UserError without one."""
    rows: list[list[str]] = []
    for line in markdown.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("| ").split("|")])
        elif rows:
            break
    if len(rows) < 3:
        raise UserError("wiring.md has no table; begin it with | Board pin | Goes to | Why |.")
    return [rows[0], *rows[2:]]
