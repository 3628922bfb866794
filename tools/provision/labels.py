"""Labels for the lids: A4 sheets of 3 by 8 (70 x 37 mm), each with a QR code of id and place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import segno
from fontTools.ttLib import TTFont, TTLibError
from fpdf import FPDF

from tools.errors import UserError
from tools.provision.plan import Row

COLUMNS, ROWS = 3, 8
WIDTH_MM, HEIGHT_MM = 70.0, 37.0
_TOP_MM = (297 - ROWS * HEIGHT_MM) / 2
_QR_MM = 27.0  # the code with its margin; a phone reads that at arm's length
_GAP_MM = 4.0  # from the label's edge: sheets slip in a printer
_QUIET = 4  # modules of margin (ISO 18004)
_FONT = "label"


def said(row: Row) -> str:
    """What the QR code holds: the id, and below it the place.  Nothing else."""
    return f"{row.id}\n{row.place}"


def sheet(rows: Sequence[Row], font: Path | None = None) -> bytes:
    """The PDF.  The same rows give the same bytes.  Raises UserError where the font lacks a
    character."""
    path = font or _dejavu()
    _must_have(path, rows)
    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))  # else no two sheets would be equal
    pdf.set_auto_page_break(False)
    pdf.add_font(_FONT, fname=path)
    for number, row in enumerate(rows):
        if number % (COLUMNS * ROWS) == 0:
            pdf.add_page()
        _label(pdf, row, *_corner(number % (COLUMNS * ROWS)))
    return bytes(pdf.output())


def _corner(place: int) -> tuple[float, float]:
    return place % COLUMNS * WIDTH_MM, _TOP_MM + place // COLUMNS * HEIGHT_MM


def _label(pdf: FPDF, row: Row, x: float, y: float) -> None:
    _code(pdf, said(row), x + _GAP_MM, y + (HEIGHT_MM - _QR_MM) / 2)
    left = x + _GAP_MM + _QR_MM + 1
    width = x + WIDTH_MM - _GAP_MM - left
    pdf.set_xy(left, y + _GAP_MM + 2)
    _fitting(pdf, row.id, width, 15)
    pdf.cell(width, 6, row.id)
    pdf.set_font(_FONT, size=8)
    pdf.set_xy(left, y + _GAP_MM + 10)
    pdf.multi_cell(width, 3.4, row.place, align="L", max_line_height=3.4)
    pdf.set_xy(left, y + HEIGHT_MM - _GAP_MM - 4)
    _fitting(pdf, row.type, width, 7)
    pdf.cell(width, 3, row.type)


def _fitting(pdf: FPDF, text: str, width_mm: float, size: float) -> None:
    """Sets the largest font, up to that size, in which the text fits."""
    pdf.set_font(_FONT, size=size)
    wide = pdf.get_string_width(text) + 2 * pdf.c_margin
    if wide > width_mm:
        pdf.set_font(_FONT, size=size * width_mm / wide)


def _code(pdf: FPDF, text: str, x: float, y: float) -> None:
    """Squares rather than a picture: sharp on any printer."""
    matrix = segno.make_qr(text, error="m").matrix
    side = _QR_MM / (len(matrix) + 2 * _QUIET)
    for down, line in enumerate(matrix):
        for across, end in _runs(line):
            at = x + (_QUIET + across) * side, y + (_QUIET + down) * side
            pdf.rect(*at, (end - across) * side, side, style="F")


def _runs(line: Iterable[int]) -> list[tuple[int, int]]:
    """(first, end) of every run of dark modules: one rectangle has no hair lines in it."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(line):
        if dark and runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        elif dark:
            runs.append((place, place + 1))
    return runs


def _must_have(path: Path, rows: Sequence[Row]) -> None:
    try:
        with path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            known = font.getBestCmap() or {}
    except (OSError, TTLibError) as e:
        raise UserError(f"The font {path} cannot be used: {e}.") from None
    for row in rows:
        for character in row.id + row.place + row.type:
            if ord(character) not in known:
                raise UserError(
                    f"Line {row.line}: the font {path.name} has no {character!r} for the label; "
                    "give --font FILE.ttf that has it."
                )


def _dejavu() -> Path:
    """Latin, Greek and Cyrillic, from the library that draws our charts."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
