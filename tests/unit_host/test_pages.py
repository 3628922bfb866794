"""The pages that come from the code are what the code says."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from tools import faults_page, pages


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.PAGE.name)
def test_the_page_is_what_the_code_says(page):
    assert pages.up_to_date(page), "run python -m tools.pages"


def test_pages_are_checked_and_written(tmp_path, monkeypatch):
    app = typer.Typer()
    app.command()(pages.main)
    path = tmp_path / "faults.md"
    monkeypatch.setattr(faults_page, "PAGE", path)
    assert CliRunner().invoke(app, ["--check"]).exit_code == 1
    assert not path.exists()
    assert CliRunner().invoke(app, []).exit_code == 0
    assert CliRunner().invoke(app, ["--check"]).exit_code == 0
    path.write_text("older")
    assert CliRunner().invoke(app, ["--check"]).exit_code == 1
