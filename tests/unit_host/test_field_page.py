"""The page of field failures has what the tests say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import field_page


def test_every_number_has_a_test_or_a_reason_why_not() -> None:
    answered = set(field_page.answers())
    assert answered | set(field_page.OPEN) == set(field_page.ALL)
    assert not answered & set(field_page.OPEN)
    assert set(range(1, 33)) <= answered


def test_what_is_left_to_the_installation_check_is_named_in_its_row() -> None:
    lines = [line for line in field_page.render().splitlines() if line.startswith("| ")]
    rows = {line.split(" ")[1]: line for line in lines}
    check = field_page.mounted()
    assert set(check) == {2, 3, 8, 9, 12}
    for number, answer in check.items():
        assert f"Left to `install`: {answer.complaint}. {answer.ours}" in rows[str(number)]
        assert answer.test.rpartition("::")[2] in rows[str(number)]


def test_a_test_without_its_number_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text('def test_it():\n    """Something."""\n')
    with pytest.raises(ValueError, match="test_it"):
        field_page.answers(tmp_path)
    (tmp_path / "test_some.py").write_text('def test_it():\n    """At the mounting, some."""\n')
    assert field_page.answers(tmp_path) == {}
    with pytest.raises(ValueError, match="test_it"):
        field_page.mounted(tmp_path)
