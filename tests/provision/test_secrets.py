"""Secrets are for their owner: not in ledgers, labels and answers, not even for a moment."""

from __future__ import annotations

import os
import subprocess

import pytest
from typer.testing import CliRunner

from tests.provision.conftest import (
    HOST,
    KINDS,
    PASSPHRASE,
    SSID,
    TABLE,
    secrets_in,
)
from tools.cli import app
from tools.errors import UserError
from tools.provision import files, fleet, pmk

OPEN = {"ca.crt", "broker/ca.crt", "broker/broker.crt", "broker/withdrawn.crl", "labels.pdf"}


@pytest.mark.parametrize("kind", KINDS)
def test_secrets_are_for_their_owner_alone(run, tmp_path, kind):
    run(told={"kind": kind})
    out = tmp_path / "out"
    modes = {str(p.relative_to(out)): p.stat().st_mode & 0o777 for p in out.rglob("*.*")}
    modes["broker/acl"] = (out / "broker" / "acl").stat().st_mode & 0o777
    modes["broker/passwords"] = (out / "broker" / "passwords").stat().st_mode & 0o777
    assert out.stat().st_mode & 0o777 == 0o700
    assert {name for name, mode in modes.items() if mode != 0o600} <= OPEN
    assert {"ca.key", "fleet.json", "city.password", "bins/bin-001.json"} <= set(modes)


def test_no_secret_is_ever_open_not_even_while_it_is_written(run, tmp_path, monkeypatch):
    modes, sync = [], os.fsync
    monkeypatch.setattr(
        files.os, "fsync", lambda fd: [modes.append(os.fstat(fd).st_mode & 0o777), sync(fd)]
    )
    before = os.umask(0)
    try:
        run()
    finally:
        os.umask(before)
    assert len(modes) > 10 and set(modes) == {0o600}
    out = tmp_path / "out"
    secret = [p for p in out.rglob("*") if p.is_file() and str(p.relative_to(out)) not in OPEN]
    assert {p.stat().st_mode & 0o777 for p in secret} == {0o600}
    assert {p.stat().st_mode & 0o777 for p in (out, out / "bins", out / "broker")} == {0o700}


def test_nothing_of_the_folder_is_committed_by_accident(run, tmp_path):
    run()
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    told = ["git", "-C", tmp_path, "status", "--porcelain", "-uall"]
    assert subprocess.run(told, check=True, capture_output=True).stdout == b""


def test_every_bin_has_its_own_and_none_is_short(run, tmp_path):
    table = TABLE + "".join(f"b{i},x,y,devkit_v1,\n" for i in range(30))
    run(table)
    found = [secrets_in(tmp_path / "out", f"b{i}")[0] for i in range(30)]
    assert len(set(found)) == 30 and all(len(word) == 32 for word in found)


@pytest.mark.parametrize("kind", KINDS)
def test_the_ledger_and_the_labels_hold_no_secret(run, tmp_path, kind):
    out = tmp_path / "out"
    run(told={"kind": kind, "wifi_ssid": SSID, "wifi_pmk": pmk.derive(SSID, PASSPHRASE)})
    run(replace=["bin-001"])
    told = (out / "ledger.jsonl").read_text() + (out / "labels.pdf").read_text("latin-1")
    told += "".join(str(x) for x in [fleet.Fleet("h", wifi_pmk="ab" * 32)])
    for name in ("bin-001", "bin-002"):
        for secret in secrets_in(out, name):
            assert len(secret) >= 32 and secret not in told
    assert "ab" * 32 not in told and PASSPHRASE not in told


def test_no_secret_is_printed_and_the_passphrase_is_kept_nowhere(tmp_path):
    table, out, key = tmp_path / "bins.csv", tmp_path / "out", tmp_path / "key"
    table.write_text(TABLE)
    key.write_text(PASSPHRASE + "\n")
    told = ["provision", "make", str(table), "--out", str(out), "--host", HOST]
    found = CliRunner().invoke(app, [*told, "--ssid", SSID, "--wifi-key-file", str(key)])
    assert found.exit_code == 0, found.output
    assert not [s for n in ("bin-001", "bin-002") for s in secrets_in(out, n) if s in found.output]
    assert secrets_in(out, "bin-001")[0] == pmk.derive(SSID, PASSPHRASE)
    assert not [p for p in out.rglob("*") if p.is_file() and PASSPHRASE.encode() in p.read_bytes()]
    again = CliRunner().invoke(app, told[:5])
    assert again.output == "2 bins: 2 as before.\n"


def test_the_passphrase_is_typed_twice(tmp_path):
    (tmp_path / "bins.csv").write_text(TABLE)
    told = ["provision", "make", str(tmp_path / "bins.csv"), "--out", str(tmp_path / "out")]
    told += ["--host", HOST, "--ssid", SSID]
    keys = [PASSPHRASE, PASSPHRASE + "x", PASSPHRASE, PASSPHRASE]
    found = CliRunner().invoke(app, told, input="\n".join(keys) + "\n")
    assert found.exit_code == 0 and "do not match" in found.output
    assert PASSPHRASE not in found.output


def test_the_wifi_key_is_the_one_that_the_chip_would_reckon():
    # IEEE 802.11-2016 J.4.2, first test vector
    found = pmk.derive("IEEE", "password")
    assert found == "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"
    assert pmk.derive("any", "AB" * 32) == "ab" * 32


@pytest.mark.parametrize(
    ("ssid", "key"),
    [("", "long enough"), ("x" * 33, "long enough"), ("x", "short"), ("x", "ö" * 9)],
)
def test_a_wifi_key_that_is_none_is_refused_and_not_repeated(ssid, key):
    with pytest.raises(UserError) as found:
        pmk.derive(ssid, key)
    assert key not in str(found.value)
