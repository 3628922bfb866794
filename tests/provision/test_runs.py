"""A second run changes nothing, one that broke off is ended by the next, what is lost is told."""

from __future__ import annotations

import contextlib
import shutil

import pytest

from tests.provision.conftest import (
    KINDS,
    fits_together,
    later,
    secrets_in,
    state,
)
from tools.errors import UserError
from tools.provision import authority, files, ledger, papers


def test_another_order_of_columns_changes_nothing(run, tmp_path):
    one = "id,place,type,board,empty_mm,full_mm,sample_s\nb,x,y,devkit_v1,950,200,600\n"
    two = "sample_s,full_mm,empty_mm,board,type,place,id\n600,200,950,devkit_v1,y,x,b\n"
    run(one)
    before = state(tmp_path / "out")
    assert run(two) == ["1 bin: 1 as before."]
    assert state(tmp_path / "out") == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_run_changes_nothing(run, tmp_path, kind):
    run(told={"kind": kind})
    before = state(tmp_path / "out")
    assert run() == ["2 bins: 2 as before."]
    assert state(tmp_path / "out") == before


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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", [{}, {"replace": ["bin-001"], "renew_broker": True}])
def test_a_run_that_ends_anywhere_is_ended_by_the_next(run, tmp_path, monkeypatch, kind, more):
    out, full, writes = tmp_path / "out", tmp_path / "full", 0
    if more:
        run(told={"kind": kind})
        shutil.copytree(out, full)
    while is_cut(run, monkeypatch, writes, told={"kind": kind}, **more):
        run(told={"kind": kind})
        fits_together(out)
        before = state(out)
        assert run() == ["2 bins: 2 as before."] and state(out) == before
        shutil.rmtree(out)
        if more:
            shutil.copytree(full, out)
        writes += 1
    assert writes >= 6


def test_the_key_of_the_ca_is_made_once(run, tmp_path, monkeypatch):
    assert is_cut(run, monkeypatch, 2)
    before = (tmp_path / "out" / "ca.key").read_bytes()
    assert not (tmp_path / "out" / "ca.crt").exists()
    run()
    assert (tmp_path / "out" / "ca.key").read_bytes() == before


def test_a_blank_line_in_the_ledger_is_none(run, tmp_path):
    run()
    with (tmp_path / "out" / "ledger.jsonl").open("a") as file:
        file.write("\n")
    assert run() == ["2 bins: 2 as before."]


class PowerCut(BaseException):
    """Nobody tidies up after it."""


def is_cut(run, monkeypatch, writes, **told):
    """A run that ends before it writes one file more than that; False where it needed no more."""
    left, replace = iter(range(writes)), files._replace

    def cutting(*told):
        if next(left, None) is None:
            raise PowerCut
        replace(*told)

    with monkeypatch.context() as patch, contextlib.suppress(PowerCut):
        patch.setattr(files, "_replace", cutting)
        run(**told)
        return False
    return True


def test_a_lost_ledger_lets_nobody_in_again(run, tmp_path):
    out = tmp_path / "out"
    run(told={"kind": "certificate"})
    run(replace=["bin-001"])
    before = papers.listed(out / "broker" / "withdrawn.crl")
    (out / "ledger.jsonl").unlink()
    run()
    assert papers.listed(out / "broker" / "withdrawn.crl") == before != set()


def test_a_folder_of_something_else_is_left_alone(run, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / ".gitignore").write_text("build\n")
    before = state(out)
    with pytest.raises(UserError, match="out holds other things"):
        run()
    assert state(out) == before


def test_what_cannot_be_written_is_a_sentence(run, tmp_path):
    run()
    (tmp_path / "out" / "broker" / "acl").unlink()
    (tmp_path / "out" / "broker" / "acl").mkdir()
    with pytest.raises(UserError, match=r"acl cannot be written: Is a directory\."):
        run()
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"file cannot be made: File exists\."):
        files.folder(tmp_path / "file")


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
    later(monkeypatch, authority.CA_DAYS + 1)
    with pytest.raises(UserError, match=r"The CA in .* is over"):
        run()


@pytest.mark.parametrize(
    "name",
    [
        "fleet.json", "bins/bin-001.json", "ledger.jsonl", "ca.crt", "ca.key",
        "broker/broker.key", "broker/withdrawn.crl",
    ],
)  # fmt: skip
def test_a_broken_file_is_a_sentence(run, tmp_path, name):
    run(told={"kind": "certificate"})
    (tmp_path / "out" / name).write_text("{")
    with pytest.raises(UserError, match=r"restore"):
        run()


def test_a_lost_file_of_a_bin_is_not_made_anew_in_silence(run, tmp_path):
    run()
    (tmp_path / "out" / "bins" / "bin-001.json").unlink()
    with pytest.raises(UserError, match="--replace bin-001"):
        run()
    run(replace=["bin-001"])
