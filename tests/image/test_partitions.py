"""Each board's partition table adds up, and each fault that one can have gives its sentence."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tools import boards, image_rules
from tools.errors import UserError

TABLE = boards.BOARDS / "firebeetle2_esp32e" / "partitions.csv"


@pytest.mark.parametrize("name", boards.names())
def test_a_shipped_table_adds_up(name: str) -> None:
    table = image_rules.rows(boards.BOARDS / name / "partitions.csv")
    assert image_rules.problems(table, boards.load(name).FLASH_MB) == []
    assert [row.name for row in table][:3] == ["nvs", "otadata", "phy_init"]


@pytest.mark.parametrize(
    ("row", "changes", "sentence"),
    [
        ("nvs", {"offset": 0x8000}, "nvs begins at 0x8000, before 0x9000"),
        ("nvs", {"size": 0x1000}, "nvs has 0x1000 bytes; give it 0x3000"),
        ("nvs", {"name": "settings"}, "a row nvs of data, nvs is missing"),
        ("nvs", {"size": 0x4800}, "nvs has 0x4800 bytes, no multiple of 0x1000"),
        ("otadata", {"size": 0x3000}, "otadata has 0x3000 bytes; give it 0x2000"),
        ("ota_0", {"offset": 0x11000}, "ota_0 begins at 0x11000, no multiple of 0x10000"),
        ("ota_0", {"subtype": "factory"}, "the programs must be two, ota_0 and ota_1"),
        ("ota_0", {"size": 0x170000}, "ota_0 and ota_1 differ in size"),
        ("ota_1", {"offset": 0x1B0000}, "ota_1 begins at 0x1b0000, inside ota_0"),
        ("vfs", {"size": 0x100000}, "vfs ends at 0x470000, beyond 4 MB of flash"),
        ("vfs", {"size": 0x80000}, "vfs has 0x80000 bytes; give it 0x90000"),
        ("vfs", {"subtype": "littlefs"}, "a row vfs of data, fat is missing"),
        ("vfs", {"name": "nvs"}, "nvs is there twice"),
    ],
)
def test_each_fault_gives_its_sentence(row: str, changes: dict, sentence: str) -> None:
    table = [replace(r, **changes) if r.name == row else r for r in image_rules.rows(TABLE)]
    found = image_rules.problems(table, 4)
    assert any(sentence in one for one in found), found
    assert all(one.endswith(".") for one in found)


def test_a_fault_in_a_table_is_one_of_the_board(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(TABLE.parent, folder)
    table = folder / "partitions.csv"
    table.write_text(table.read_text().replace("0x90000", "0x91000"))
    (problem,) = boards.check(folder)[0]
    assert "vfs ends at 0x401000, beyond 4 MB of flash" in problem
    table.write_text("nvs, data\n")
    (problem,) = boards.check(folder)[0]
    assert "line 1: a row is name" in problem
    table.unlink()
    assert boards.check(folder)[0] == []


def test_flash_that_is_too_small_is_told_apart() -> None:
    assert len(image_rules.problems(image_rules.rows(TABLE), 2)) == 2  # ota_1 and vfs


@pytest.mark.parametrize("line", ["nvs, data, nvs, 0x9000", "nvs, data, nvs, , 16K,"])
def test_a_row_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "partitions.csv"
    path.write_text(f"# one\n{line}\n")
    with pytest.raises(UserError, match="line 2: a row is name, type, subtype"):
        image_rules.rows(path)
