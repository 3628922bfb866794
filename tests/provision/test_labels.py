"""The sheet of labels: A4, readable, and nothing on it that a passer-by may not know."""

from __future__ import annotations

import re
import zlib

import pytest
import segno

from tools.errors import UserError
from tools.provision import labels, plan


def rows(count, place="Market place, by the old oak"):
    head = "id,place,type,board\n"
    lines = (f'bin-{i:03d},"{place}",240 l,devkit_v1\n' for i in range(count))
    found, wrong = plan.parse(head + "".join(lines))
    assert not wrong
    return found


def drawn(pdf):
    """What the pages say to a printer, one text for each page."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    pages = [zlib.decompress(data) for data in streams if data[:1] == b"\x78"]
    return [text.decode("latin-1") for text in pages if b" re" in text]


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (24, 1), (25, 2), (200, 9)])
def test_twenty_four_on_a_page_of_a4(count, pages):
    pdf = labels.sheet(rows(count))
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [tuple(round(float(x)) for x in size) for size in set(sizes)] == [(595, 842)]
    assert len(drawn(pdf)) == pages


def test_the_code_says_id_and_place_and_is_drawn_as_it_is():
    (row,) = rows(1)
    assert labels.said(row) == "bin-000\nMarket place, by the old oak"
    matrix = segno.make_qr(labels.said(row), error="m").matrix
    (page,) = drawn(labels.sheet([row]))
    boxes = [
        tuple(map(float, b)) for b in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) -?([\d.]+) re", page)
    ]
    side = boxes[0][3]
    x0, top = min(b[0] for b in boxes), max(b[1] for b in boxes)
    dark = {
        (round((top - y) / side), round((x - x0) / side) + k)
        for x, y, wide, _ in boxes
        for k in range(round(wide / side))
    }
    wanted = {(r, c) for r, line in enumerate(matrix) for c, bit in enumerate(line) if bit}
    assert dark == wanted
    assert side * 25.4 / 72 > 0.5  # mm: a phone sees 0.3


def test_the_same_rows_are_the_same_bytes():
    assert labels.sheet(rows(3)) == labels.sheet(rows(3))


def test_the_longest_texts_stay_on_their_label():
    (row,) = rows(1, place="Wide " * 12)
    wide = plan.Row(2, "W" * 24, row.place, "W" * 24, row.board)
    (page,) = drawn(labels.sheet([wide]))
    lines = re.findall(r"([\d.]+) ([\d.]+) Td", page)
    assert max(float(x) for x, _ in lines) < labels.WIDTH_MM * 72 / 25.4
    assert len(lines) <= 8


def test_a_letter_that_the_font_lacks_is_a_sentence():
    labels.sheet(rows(1, place="Straße 5, Ελλάδα, Москва"))
    with pytest.raises(UserError, match=r"Line 2: the font DejaVuSans.ttf has no '강'.*--font"):
        labels.sheet(rows(1, place="강남역"))


def test_a_font_that_is_none_is_a_sentence(tmp_path):
    (tmp_path / "none.ttf").write_bytes(b"no font")
    for name in ("none.ttf", "missing.ttf"):
        with pytest.raises(UserError, match=f"The font .*{name} cannot be used"):
            labels.sheet(rows(1), tmp_path / name)
