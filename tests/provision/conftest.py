"""Folders as `smartbin provision make` leaves them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.provision import make, plan

TABLE = """\
id,place,type,board,empty_mm
bin-001,Market place 1,240 l,devkit_v1,950
bin-002,"Market place 2, by the well",240 l,xiao_esp32c3,
"""
HOST = "broker.city.example"
SSID, PASSPHRASE = "City", "correct horse battery"
Run = Callable[..., list[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """run(table, told=..., **more) -> what a run into tmp_path/out says."""

    def once(table: str = TABLE, told: dict[str, object] | None = None, **more: object):
        rows, wrong = plan.parse(table)
        assert not wrong
        out = tmp_path / "out"
        fleet = make.settled(make.remembered(out), **({"host": HOST} | (told or {})))
        return make.everything(rows, out, fleet, **more)  # type: ignore[arg-type]

    return once


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a folder: bytes, and when it was written."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}
