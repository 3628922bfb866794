"""A table with a fault is told line by line, and makes nothing."""

from __future__ import annotations

import unicodedata

import pytest
from typer.testing import CliRunner

from smartbin import config
from smartbin.errors import ConfigError
from tests.provision.conftest import TABLE
from tools.cli import app
from tools.errors import UserError
from tools.provision import plan

HEAD = "id,place,type,board"
GOOD = "bin-001,Market place,240 l,devkit_v1"


def test_a_good_table_is_read():
    rows, wrong = plan.parse(TABLE)
    assert not wrong
    assert [row.id for row in rows] == ["bin-001", "bin-002"]
    assert rows[0].settings == {"empty_mm": 950} and rows[1].settings == {}
    assert rows[1].place == "Market place 2, by the well" and rows[1].line == 3


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_what_spreadsheets_write_is_read(tmp_path, mark, end):
    """A mark in front, their separators and ends of lines, rows and columns of nothing."""
    table = tmp_path / "bins.csv"
    lines = [
        "",
        f"{HEAD},empty_mm,,",
        ",,,,,,",
        f"{GOOD},,,",
        GOOD.replace("001", "002") + ",950",
        "",
    ]
    text = end.join(lines).replace("id,place", "ID, Place ").replace(",", mark)
    table.write_bytes(b"\xef\xbb\xbf" + text.encode())
    one, two = plan.read(table)
    assert (one.line, one.id, one.place, one.settings) == (4, "bin-001", "Market place", {})
    assert (two.line, two.id, two.settings) == (5, "bin-002", {"empty_mm": 950})


def test_letters_that_were_taken_apart_are_put_together():
    apart = unicodedata.normalize("NFD", "서울역 1번 출구")
    (row,), _ = plan.parse(f"{HEAD}\nbin-001,{apart},240 l,devkit_v1")
    assert row.place == "서울역 1번 출구" != apart


def test_an_id_is_what_a_bin_takes():
    (row,), _ = plan.parse(f"{HEAD}\n{'x' * 24},a,b,devkit_v1")
    assert config.check({"bin_id": row.id})
    with pytest.raises(ConfigError):
        config.check({"bin_id": row.id + "x"})


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        (HEAD, ",Market place,240 l,devkit_v1", "Line 2: id is empty; it begins"),
        (HEAD, "-1,Market place,240 l,devkit_v1", "Line 2: id is -1; it begins"),
        (HEAD, "bin 1,Market place,240 l,devkit_v1", "Line 2: id is bin 1; it begins"),
        (HEAD, "수거함-1,Market place,240 l,devkit_v1", "Line 2: id is 수거함-1; it begins"),
        (HEAD, f"{'x' * 25},Market place,240 l,devkit_v1", f"Line 2: id is {'x' * 25}; it"),
        (HEAD, "City,Market place,240 l,devkit_v1", "Line 2: City is a user of the broker"),
        (HEAD, "bin-001,,240 l,devkit_v1", "Line 2: place is empty."),
        (HEAD, f"bin-001,{'x' * 61},240 l,devkit_v1", "Line 2: place has 61 characters"),
        (HEAD, "bin-001,Market place,240 l,devkit", "there is no board named devkit (did you"),
        (HEAD, "bin-001,Market place,240 l", "Line 2: 3 cells under 4 headings"),
        (HEAD, f"{GOOD},more", "Line 2: 5 cells under 4 headings"),
        (HEAD, 'bin-001,"Market" place,240 l,devkit_v1', "Line 2: a quotation mark is out"),
        (HEAD, 'bin-001,"Market place,240 l,devkit_v1', "Line 2: a quotation mark is out"),
        (HEAD, 'bin-001,"a\nb",240 l,devkit_v1', "Line 2: place has a line break"),
        (f"{HEAD},", f"{GOOD},more", "Line 2: 5 cells under 4 headings"),
        (f"id,,{HEAD[3:]}", "bin-001,,a,b,devkit_v1", "Line 1: a column has no name"),
        (f"{HEAD},empty_mm", f"{GOOD},1_000", "Line 2: empty_mm is 1_000; it must be"),
        (f"{HEAD},empty_mm", f"{GOOD},1 m", "Line 2: empty_mm is 1 m; it must be a whole number."),
        (f"{HEAD},empty_mm", f"{GOOD},99", "Line 2: empty_mm is 99; it must be from 300 to 4000"),
        (f"{HEAD},volume", f"{GOOD},{'1' * 80}", "Line 2: volume may have at most 71 bytes."),
        (f"{HEAD},sensor", f"{GOOD},sonar", "Line 2: sensor must be one of"),
        (f"{HEAD},emty_mm", f"{GOOD},950", "Line 1: there is no setting named emty_mm (did you"),
        (f"{HEAD},mqtt_password", f"{GOOD},123456", "Line 1: mqtt_password is made here"),
        (f"{HEAD},id", f"{GOOD},x", "Line 1: the column id is there twice."),
        ("id,place,type", "a,b,c", "Line 1: the column board is missing."),
    ],
)
def test_a_fault_is_a_sentence_with_its_line(head, row, said):
    _, wrong = plan.parse(f"{head}\n{row}\n")
    assert any(said in sentence for sentence in wrong), wrong
    assert all(sentence.startswith("Line ") and sentence.endswith(".") for sentence in wrong)


def test_the_same_id_twice_names_both_lines():
    _, wrong = plan.parse(f"{HEAD}\n{GOOD}\n{GOOD.upper()}\n".replace("DEVKIT_V1", "devkit_v1"))
    assert wrong == ["Line 3: BIN-001 is in line 2 already."]


def test_every_faulty_row_is_told():
    _, wrong = plan.parse(f"{HEAD}\n{GOOD}\nx,,240 l,nope\n,y,z,devkit_v1\n")
    assert [s.partition(":")[0] for s in wrong] == ["Line 3", "Line 3", "Line 4"]


@pytest.mark.parametrize("text", ["", "\n\n", HEAD, f'{HEAD}\n"open'])
def test_a_table_without_bins_is_a_sentence(text):
    rows, wrong = plan.parse(text)
    assert not rows and wrong and wrong[0].endswith(".")


def test_what_cannot_be_read_is_a_sentence(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        plan.read(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"id,place\n1,Stra\xdfe\n")
    with pytest.raises(UserError, match="not UTF-8"):
        plan.read(tmp_path / "latin.csv")


def test_every_secret_is_made_and_never_read_from_a_table():
    assert set(config.SECRETS) <= set(plan.MADE) <= {row[0] for row in config.TABLE}


def test_nothing_is_made_where_one_row_is_bad(tmp_path):
    table, out = tmp_path / "bins.csv", tmp_path / "out"
    table.write_text(f"{HEAD}\n{GOOD}\nbin-002,here,240 l,nope\n")
    told = ["provision", "make", str(table), "--out", str(out), "--host", "broker.example"]
    found = CliRunner().invoke(app, told)
    assert isinstance(found.exception, UserError)
    assert "Line 3" in str(found.exception) and "Nothing was made" in str(found.exception)
    assert not out.exists()
