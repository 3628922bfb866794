"""Boards: read boards/NAME/board.py and the files beside it, and check them.

A board file is data and is read as data: nothing in it is executed.
"""

import ast
import csv
from pathlib import Path
from types import SimpleNamespace

from tools import image_rules
from tools.board_attributes import ATTRIBUTES, nearest
from tools.board_rules import label, notes, problems
from tools.errors import UserError

__all__ = ["ATTRIBUTES", "check", "find", "load", "names", "notes", "problems"]

BOARDS = Path(__file__).resolve().parent.parent / "boards"
BOM = ("count", "part", "type", "for")  # the columns of a bom.csv


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
    return found + _of_its_image(board, folder / "partitions.csv"), notes(board)


def _of_its_image(board: SimpleNamespace, table: Path) -> list[str]:
    """What is wrong with the partition table, where the board has one for a product image."""
    size = getattr(board, "FLASH_MB", None)
    if not (table.is_file() and isinstance(size, int)):
        return []
    try:
        rows = image_rules.rows(table)
    except UserError as e:
        return [str(e)]
    return [f"{label(board)}: {one}" for one in image_rules.problems(rows, size)]


def bom(where: str | Path) -> list[dict[str, str]]:
    """The parts of a board's bin: count, part, type, and the attribute that each is for.
    Raises UserError where there is no list or a row is not one."""
    page = path_of(where).with_name("bom.csv")
    if not page.is_file():
        raise UserError(f"{where} has no bom.csv; write it beside its board.py.")
    found = list(csv.DictReader(page.read_text(encoding="utf-8").splitlines()))
    for number, row in enumerate(found, 2):
        if list(row) != list(BOM) or None in row.values() or not row["count"].isdigit():
            raise UserError(f"{page}, line {number}: a row is {', '.join(BOM)}.")
    return found


def wiring(where: str | Path) -> list[list[str]]:
    """Heading and rows of a board's wiring table.  Raises UserError where there is none."""
    page = path_of(where).with_name("wiring.md")
    if not page.is_file():
        raise UserError(f"{where} has no wiring.md; write it beside its board.py.")
    return wiring_table(page.read_text(encoding="utf-8"))


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
