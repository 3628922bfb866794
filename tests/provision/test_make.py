"""What is made for a table, replaced and withdrawn, and what is said about it."""

from __future__ import annotations

import json

import pytest
from cryptography import x509

from smartbin import config
from tests.provision.conftest import (
    HOST,
    KINDS,
    PASSPHRASE,
    SSID,
    TABLE,
    fits_together,
    later,
    secrets_in,
)
from tools.errors import UserError
from tools.provision import authority, bins, fleet, identity, ledger, papers, pmk


def test_a_replacement_gets_new_credentials_and_the_old_are_withdrawn(run, tmp_path):
    run()
    out = tmp_path / "out"
    old, other = secrets_in(out, "bin-001"), secrets_in(out, "bin-002")
    entry = (out / "broker" / "passwords").read_text().splitlines()
    said = run(replace=["bin-001"])
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
    assert papers.listed(crl) == set()
    run(replace=["bin-002"])
    assert papers.listed(crl) == {int(old, 16)}
    new = json.loads((out / "bins" / "bin-002.json").read_text())["identity"]["serial"]
    assert new != old


@pytest.mark.parametrize("kind", KINDS)
def test_a_bin_that_is_no_more_is_withdrawn(run, tmp_path, kind):
    out, less = tmp_path / "out", "\n".join(TABLE.splitlines()[:2])
    run(told={"kind": kind})
    with pytest.raises(UserError, match="bin-002 is in the table; take it out"):
        run(withdraw=["bin-002"])
    with pytest.raises(UserError, match=r"no credentials to withdraw .did you mean bin-00"):
        run(less, withdraw=["bin-003"])
    said = run(less, withdraw=["bin-002"])
    assert said[:2] == ["bin-002 is withdrawn.", "1 bin: 1 as before."]
    assert len(said) == 3 and "restart it" in said[2]
    if kind == "password":
        assert "bin-002" not in (out / "broker" / "passwords").read_text()
    else:
        serial = identity.kept(bins.kept(out, "bin-002")["identity"]).serial
        assert papers.listed(out / "broker" / "withdrawn.crl") == {serial}
    assert run(less) == ["1 bin: 1 as before."]
    run()  # it is back, with other credentials
    fits_together(out)


def test_a_changed_row_keeps_its_credentials(run, tmp_path):
    run()
    out, before = tmp_path / "out", secrets_in(tmp_path / "out", "bin-001")
    assert run(TABLE.replace(",950", ",940"))[0] == "2 bins: 1 changed, 1 as before."
    kept = json.loads((out / "bins" / "bin-001.json").read_text())
    assert kept["settings"]["empty_mm"] == 940 and secrets_in(out, "bin-001") == before


def test_a_bin_that_left_the_table_is_told(run):
    run()
    said = run("\n".join(TABLE.splitlines()[:2]))
    assert said[-1] == (
        "bin-002 is not in the table any more; its credentials stay valid "
        "until you give --withdraw bin-002."
    )


def test_what_the_device_gets_is_what_a_bin_takes(run, tmp_path):
    run(told={"kind": "certificate", "wifi_ssid": SSID, "wifi_pmk": pmk.derive(SSID, PASSPHRASE)})
    (tmp_path / "out" / "ca.key").unlink()  # it may be in a safe
    found = bins.blobs(tmp_path / "out", "bin-001")
    cfg = config.check(json.loads(found["settings"]))
    assert (cfg.bin_id, cfg.mqtt_host, cfg.mqtt_tls, cfg.empty_mm) == ("bin-001", HOST, 1, 950)
    assert all(len(data) <= 1900 for data in found.values())
    ca, own = (x509.load_der_x509_certificate(found[name]) for name in ("ca", "cert"))
    own.verify_directly_issued_by(ca)
    with pytest.raises(UserError, match="nothing for bin-009"):
        bins.blobs(tmp_path / "out", "bin-009")


@pytest.mark.parametrize("host", ["", "10.0.0.1", "a b", "-x", "http://x"])
def test_a_broker_wants_a_name(host):
    with pytest.raises(UserError):
        fleet.settled(None, host=host)


def test_one_folder_has_one_kind(run):
    run()
    with pytest.raises(UserError, match="begin a new folder"):
        run(told={"kind": "certificate"})


def test_a_replacement_of_what_was_never_made_is_refused(run):
    with pytest.raises(UserError, match="no credentials to replace"):
        run(replace=["bin-001"])
    with pytest.raises(UserError, match="no bin named bin-03"):
        run(replace=["bin-03"])


def test_a_broker_certificate_near_its_end_is_told_and_renewed_when_asked(
    run, tmp_path, monkeypatch
):
    run()
    paper = tmp_path / "out" / "broker" / "broker.crt"
    before = paper.read_bytes()
    later(monkeypatch, authority.BROKER_DAYS - 30)
    assert run()[-1] == "The broker's certificate ends in 29 days; give --renew-broker."
    assert paper.read_bytes() == before
    assert any("restart it" in sentence for sentence in run(renew_broker=True))
    assert paper.read_bytes() != before
    assert run() == ["2 bins: 2 as before."]


def test_another_name_of_the_broker_is_a_new_certificate_and_said(run):
    run()
    said = run(told={"host": "other.city.example"})
    assert "the old one was for broker.city.example" in said[0]
    assert "2 changed" in said[1]
