"""The page of field failures has what the tests say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import field_page


def test_power_sleep_clocks_and_network_are_all_answered() -> None:
    assert set(range(15, 33)) <= set(field_page.answers())


def test_a_test_without_its_number_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text('def test_it():\n    """Something."""\n')
    with pytest.raises(ValueError, match="test_it"):
        field_page.answers(tmp_path)
