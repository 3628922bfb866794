"""The pages of docs/ that the code's own tables and tests write, so that the two cannot differ.

`python -m tools.pages` writes them; `--check` only says which are not up to date.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from tools import (
    board_drawing,
    boards_page,
    energy_page,
    events_page,
    faults_page,
    field_page,
    scenario_page,
    sensing_picture,
)

PAGES: tuple[Any, ...] = (  # each has PAGE, a path, and render(), its text
    scenario_page,
    faults_page,
    events_page,
    energy_page,
    field_page,
    sensing_picture,
    boards_page,
    *board_drawing.PAGES,
)


def main(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a page differs.")
    ] = False,
) -> None:
    """Write the pages of docs/ that come from the code."""
    stale = [page for page in PAGES if not up_to_date(page)]
    for page in stale:
        if check:
            print(f"{page.PAGE} differs from the code; run python -m tools.pages", file=sys.stderr)
        else:
            page.PAGE.parent.mkdir(exist_ok=True)
            page.PAGE.write_text(page.render(), encoding="utf-8")
    raise typer.Exit(1 if check and stale else 0)


def up_to_date(page: Any) -> bool:
    """Is the page what its module would write?"""
    return page.PAGE.is_file() and page.PAGE.read_text(encoding="utf-8") == page.render()


if __name__ == "__main__":
    typer.run(main)
