"""The folder: secrets are for its owner, a second run changes nothing."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from typer.testing import CliRunner

from smartbin import config
from tests.provision.conftest import HOST, PASSPHRASE, SSID, TABLE, state
from tools.cli import app
from tools.errors import UserError
from tools.provision import authority, files, ledger, make, pmk

OPEN = {"ca.crt", "broker/ca.crt", "broker/broker.crt", "broker/withdrawn.crl", "labels.pdf"}
KINDS = ("password", "certificate")


def secrets_in(out, name):
    kept = json.loads((out / "bins" / f"{name}.json").read_text())
    found = [kept["settings"].get(key) for key in config.SECRETS]
    return [x for x in [*found, kept["identity"].get("key")] if x]


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


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_run_changes_nothing(run, tmp_path, kind):
    run(told={"kind": kind})
    before = state(tmp_path / "out")
    assert run() == ["2 bins: 2 as before."]
    assert state(tmp_path / "out") == before


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
    run(anew=["bin-001"])
    told = (out / "ledger.jsonl").read_text() + (out / "labels.pdf").read_text("latin-1")
    told += "".join(str(x) for x in [make.Fleet("h", wifi_pmk="ab" * 32)])
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


def test_a_replacement_gets_new_credentials_and_the_old_are_withdrawn(run, tmp_path):
    run()
    out = tmp_path / "out"
    old, other = secrets_in(out, "bin-001"), secrets_in(out, "bin-002")
    entry = (out / "broker" / "passwords").read_text().splitlines()
    said = run(anew=["bin-001"])
    assert said[0] == "2 bins: 1 replaced, 1 as before."
    assert "restart it" in said[1]
    assert secrets_in(out, "bin-001") != old and secrets_in(out, "bin-002") == other
    lines = ledger.Ledger(out / "ledger.jsonl").lines
    assert [line["did"] for line in lines] == ["made", "made", "withdrawn", "made"]
    assert lines[2]["fingerprint"] == lines[0]["fingerprint"] != lines[3]["fingerprint"]
    now = (out / "broker" / "passwords").read_text().splitlines()
    assert [a == b for a, b in zip(entry, now, strict=True)] == [True, False, True]


def test_a_replaced_certificate_is_on_the_list_of_withdrawn_ones(run, tmp_path):
    run(told={"kind": "certificate"})
    out = tmp_path / "out"
    crl = out / "broker" / "withdrawn.crl"
    old = json.loads((out / "bins" / "bin-002.json").read_text())["identity"]["serial"]
    assert authority.listed(crl.read_bytes()) == set()
    run(anew=["bin-002"])
    assert authority.listed(crl.read_bytes()) == {int(old, 16)}
    new = json.loads((out / "bins" / "bin-002.json").read_text())["identity"]["serial"]
    assert new != old


def test_a_run_that_broke_off_goes_on_and_never_takes_up_what_was_withdrawn(run, tmp_path):
    run()
    out = tmp_path / "out"
    book, old = ledger.Ledger(out / "ledger.jsonl"), secrets_in(out, "bin-001")
    facts = book.made("bin-001")
    assert facts
    book.add(ledger.WITHDRAWN, "bin-001", fingerprint=facts["fingerprint"])  # and then the end
    run()
    assert secrets_in(out, "bin-001") != old
    (out / "ledger.jsonl").unlink()  # made, and the end before the ledger's first line
    before = secrets_in(out, "bin-001")
    run()
    assert secrets_in(out, "bin-001") == before


def test_a_changed_row_keeps_its_credentials(run, tmp_path):
    run()
    out, before = tmp_path / "out", secrets_in(tmp_path / "out", "bin-001")
    assert run(TABLE.replace(",950", ",940"))[0] == "2 bins: 1 changed, 1 as before."
    kept = json.loads((out / "bins" / "bin-001.json").read_text())
    assert kept["settings"]["empty_mm"] == 940 and secrets_in(out, "bin-001") == before


def test_a_bin_that_left_the_table_is_told(run):
    run()
    said = run("\n".join(TABLE.splitlines()[:2]))
    assert said[-1] == "bin-002 is not in the table any more; its credentials stay valid."


def test_what_the_device_gets_is_what_a_bin_takes(run, tmp_path):
    run(told={"kind": "certificate", "wifi_ssid": SSID, "wifi_pmk": pmk.derive(SSID, PASSPHRASE)})
    found = make.blobs(tmp_path / "out", "bin-001")
    cfg = config.check(json.loads(found["settings"]))
    assert (cfg.bin_id, cfg.mqtt_host, cfg.mqtt_tls, cfg.empty_mm) == ("bin-001", HOST, 1, 950)
    assert all(len(data) <= 1900 for data in found.values())
    ca, own = (x509.load_der_x509_certificate(found[name]) for name in ("ca", "cert"))
    own.verify_directly_issued_by(ca)
    with pytest.raises(UserError, match="nothing for bin-009"):
        make.blobs(tmp_path / "out", "bin-009")


@pytest.mark.parametrize("host", ["", "10.0.0.1", "a b", "-x", "http://x"])
def test_a_broker_wants_a_name(host):
    with pytest.raises(UserError):
        make.settled(None, host=host)


def test_one_folder_has_one_kind(run):
    run()
    with pytest.raises(UserError, match="begin a new folder"):
        run(told={"kind": "certificate"})


def test_a_replacement_of_what_was_never_made_is_refused(run):
    with pytest.raises(UserError, match="no credentials to replace"):
        run(anew=["bin-001"])
    with pytest.raises(UserError, match="no bin named bin-03"):
        run(anew=["bin-03"])


def test_a_lost_ca_is_not_made_anew(run, tmp_path):
    run()
    for name in ("ca.key", "ca.crt"):
        path = tmp_path / "out" / name
        kept = path.read_bytes()
        path.unlink()
        with pytest.raises(UserError, match=f"{name} cannot be read"):
            run()
        files.put(path, kept)
    files.put(tmp_path / "out" / "ca.key", authority.make().key_pem)
    with pytest.raises(UserError, match="is not the key"):
        run()


def test_a_ca_that_is_over_is_not_renewed(run, tmp_path, monkeypatch):
    run()
    monkeypatch.setattr(authority, "datetime", _later(authority.CA_DAYS + 1))
    with pytest.raises(UserError, match=r"The CA in .* is over"):
        run()


def test_a_broker_certificate_near_its_end_is_told_and_renewed_when_asked(
    run, tmp_path, monkeypatch
):
    run()
    paper = tmp_path / "out" / "broker" / "broker.crt"
    before = paper.read_bytes()
    monkeypatch.setattr(authority, "datetime", _later(authority.BROKER_DAYS - 30))
    assert run()[-1] == "The broker's certificate ends in 29 days; give --renew-broker."
    assert paper.read_bytes() == before
    assert any("restart it" in sentence for sentence in run(renew_broker=True))
    assert paper.read_bytes() != before
    assert run() == ["2 bins: 2 as before."]


def _later(days):
    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(days=days)

    return Later


def test_another_name_of_the_broker_is_a_new_certificate_and_said(run):
    run()
    said = run(told={"host": "other.city.example"})
    assert "the old one was for broker.city.example" in said[0]
    assert "2 changed" in said[1]


@pytest.mark.parametrize("name", ["fleet.json", "bins/bin-001.json", "ledger.jsonl"])
def test_a_broken_file_is_a_sentence(run, tmp_path, name):
    run()
    (tmp_path / "out" / name).write_text("{")
    with pytest.raises(UserError, match=r"restore"):
        run()


def test_a_lost_file_of_a_bin_is_not_made_anew_in_silence(run, tmp_path):
    run()
    (tmp_path / "out" / "bins" / "bin-001.json").unlink()
    with pytest.raises(UserError, match="--replace bin-001"):
        run()
    run(anew=["bin-001"])


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
