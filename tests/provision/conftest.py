"""Folders as `smartbin provision make` leaves them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from smartbin import config
from tools.provision import authority, bins, fleet, identity, ledger, make, papers, passwords, plan

TABLE = """\
id,place,type,board,empty_mm
bin-001,Market place 1,240 l,devkit_v1,950
bin-002,"Market place 2, by the well",240 l,xiao_esp32c3,
"""
HOST = "broker.city.example"
SSID, PASSPHRASE = "City", "correct horse battery"
Run = Callable[..., list[str]]
KINDS = ("password", "certificate")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """run(table, told=..., **more) -> what a run into tmp_path/out says."""

    def once(table: str = TABLE, told: dict[str, object] | None = None, **more: object):
        rows, wrong = plan.parse(table)
        assert not wrong
        out = tmp_path / "out"
        shared = fleet.settled(fleet.remembered(out), **({"host": HOST} | (told or {})))
        return make.everything(rows, out, shared, make.Wishes(**more))  # type: ignore[arg-type]

    return once


@pytest.fixture
def out(run: Run, tmp_path: Path) -> Path:
    """A folder of two bins with certificates."""
    run(told={"kind": "certificate"})
    return tmp_path / "out"


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a folder: bytes, and when it was written."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def secrets_in(out, name):
    kept = json.loads((out / "bins" / f"{name}.json").read_text())
    found = [kept["settings"].get(key) for key in config.SECRETS]
    return [x for x in [*found, kept["identity"].get("key")] if x]


def fits_together(out):
    """Ledger, bins and broker speak of the same credentials, and all papers are the CA's."""
    ca = papers.load(out / "ca.crt", out / "ca.key").certificate
    paper = papers.load(out / "broker" / "broker.crt", out / "broker" / "broker.key")
    paper.certificate.verify_directly_issued_by(ca)
    book = ledger.Ledger(out / "ledger.jsonl")
    entries = (out / "broker" / "passwords").read_text().splitlines()
    for name in ("bin-001", "bin-002"):
        own = identity.kept(bins.kept(out, name)["identity"])
        assert book.made(name)["fingerprint"] == own.facts["fingerprint"]
        assert not book.is_withdrawn(name, own.facts["fingerprint"])
        if own.password:
            assert any(passwords.fits(line, own.password) for line in entries)
        else:
            x509.load_der_x509_certificate(own.certificate).verify_directly_issued_by(ca)
            out_of_use = papers.listed(out / "broker" / "withdrawn.crl")
            assert book.withdrawn_serials() == out_of_use and own.serial not in out_of_use


def later(monkeypatch, days):
    """Certificates are looked at and made that many days from now."""

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(days=days)

    for module in (authority, papers):
        monkeypatch.setattr(module, "datetime", Later)
