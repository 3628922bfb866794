"""Many devices at once: which becomes which bin, and what the ledger says of it."""

from __future__ import annotations

import contextlib
import threading

import pytest
from typer.testing import CliRunner

from tests.provision.fake import Fake, put
from tools.cli import app
from tools.errors import UserError
from tools.provision import bins, device, files, ledger, write


def go(out, wanted, fakes, over=False):
    """Writes those bins (port -> bin), or the next ones (a list of ports); the exit code."""
    book, code = ledger.Ledger(out / "ledger.jsonl"), 0
    names = list(wanted.values()) if isinstance(wanted, dict) else ()
    try:
        desk = write.Desk(book, names, list(wanted), over)
        write.everywhere(out, desk, lambda at: fakes[at].at(at))
    except BaseException as e:
        code = getattr(e, "exit_code", 1)
    return code


def test_many_at_once_and_one_that_fails_stops_no_other(out, capsys):
    fakes = {"p1": Fake("aa01"), "p2": Fake("aa02", bin_id="x")}
    assert go(out, {"p2": "bin-002", "p1": "bin-001"}, fakes) == 2
    said = capsys.readouterr()
    assert said.out == "p1: this is bin-001 now (device aa01); read back, and equal.\n"
    assert "p2: This device is x already" in said.err
    book = ledger.Ledger(out / "ledger.jsonl")
    assert book.written("bin-001")["device"] == "aa01" and not book.written("bin-002")


def test_the_same_line_again_does_the_rest(out, capsys):
    fakes = {"p1": Fake("aa01", change=lambda it: it.forget()), "p2": Fake("aa02")}
    assert go(out, ["p1", "p2"], fakes) == 2
    assert "p1: The device reads back otherwise" in capsys.readouterr().err
    fakes["p1"].change = None
    assert go(out, ["p1", "p2"], fakes) == 0
    assert [fake.settings["bin_id"] for fake in fakes.values()] == ["bin-001", "bin-002"]


def test_bins_are_given_out_in_the_order_of_the_ports(out):
    desk = write.Desk(
        ledger.Ledger(out / "ledger.jsonl"), (), ["p0", "p1", "p2", "p3"], over=False
    )
    found = {}

    def ask(port):
        with contextlib.suppress(UserError):
            found[port] = desk.bin_for(port, device.State(f"aa{port}", {}, {}))

    late = [threading.Thread(target=ask, args=(port,)) for port in ("p3", "p2", "p1")]
    for thread in late:
        thread.start()
        thread.join(0.1)
    assert not found  # they wait for p0, which never answers
    desk.done("p0")
    for thread in late:
        thread.join(5)
    assert found == {"p1": "bin-001", "p2": "bin-002"}  # and none is left for p3


def test_a_bin_that_is_written_and_not_in_the_ledger_is_taken_up(out):
    fakes = {"p1": Fake("aa01"), "p2": Fake("aa02")}
    put(fakes["p2"], bins.blobs(out, "bin-001"))  # and then the end, before the ledger's line
    assert go(out, ["p2"], fakes) == go(out, ["p1"], fakes) == 0
    book = ledger.Ledger(out / "ledger.jsonl")
    assert [book.written(f"bin-00{i}")["device"] for i in (1, 2)] == ["aa02", "aa01"]


def test_a_board_that_was_flashed_anew_is_the_bin_on_its_label(out, run):
    assert go(out, ["p1", "p2"], {"p1": Fake("aa01"), "p2": Fake("aa02")}) == 0
    run(replace=["bin-001"])
    fakes = {"p1": Fake("aa02"), "p2": Fake("aa03"), "p3": Fake("aa01")}
    assert go(out, ["p1", "p2", "p3"], fakes) == 2
    assert [fake.settings.get("bin_id") for fake in fakes.values()] == ["bin-002", "bin-001", None]


def test_a_strange_bin_takes_no_name_away(out, capsys):
    fakes = {"p1": Fake("aa01", bin_id="bin-900"), "p2": Fake("aa02"), "p3": Fake("aa03")}
    assert go(out, ["p1", "p2", "p3"], fakes) == 2
    assert "p1: This device is bin-900 already; give --over" in capsys.readouterr().err
    names = {fakes[at].settings["bin_id"] for at in ("p2", "p3")}
    assert names == {"bin-001", "bin-002"}
    assert go(out, ["p1"], fakes, over=True) == 2
    assert "No bin is left for it" in capsys.readouterr().err


def test_two_devices_that_both_say_one_name_are_told(out, capsys):
    fakes = {"p1": Fake("aa01", bin_id="bin-001"), "p2": Fake("aa02", bin_id="bin-001")}
    assert go(out, ["p1", "p2"], fakes) == 2
    assert "This device is bin-001 already" in capsys.readouterr().err


def test_a_second_run_at_the_same_time_is_refused(out):
    told = ["provision", "write", "--out", str(out), "--port", "/dev/null"]
    with files.claimed(out):
        found = CliRunner().invoke(app, told)
    assert "Another smartbin provision is at work" in str(found.exception)


def test_writing_again_is_no_second_line(out):
    for _ in range(2):
        assert go(out, {"p1": "bin-001"}, {"p1": Fake("aa01")}) == 0
    lines = ledger.Ledger(out / "ledger.jsonl").lines
    assert [line["did"] for line in lines] == ["made", "made", "written"]


def test_a_second_device_of_one_name_is_refused_until_it_is_a_replacement(out, run, capsys):
    go(out, {"p1": "bin-001"}, {"p1": Fake("aa01")})
    assert go(out, {"p1": "bin-001"}, {"p1": Fake("aa02")}) == 2
    assert "provision make --replace bin-001" in capsys.readouterr().err
    run(replace=["bin-001"])
    assert go(out, {"p1": "bin-001"}, {"p1": Fake("aa02")}) == 0


def test_a_device_made_another_bin_leaves_its_first_name_free(out):
    fake = Fake("aa01")
    assert go(out, {"p1": "bin-001"}, {"p1": fake}) == 0
    assert go(out, {"p1": "bin-002"}, {"p1": fake}, over=True) == 0
    assert go(out, {"p1": "bin-001"}, {"p1": Fake("aa02")}) == 0


@pytest.mark.parametrize(
    ("names", "ports", "said"),
    [
        (["bin-001"], ["p1", "p2"], "1 bins and 2 ports"),
        (["bin-001", "bin-001"], ["p1", "p2"], "named twice"),
        (["bin-009"], ["p1"], r"bin-009 has no credentials \(did you mean bin-00"),
    ],
)
def test_bins_and_ports_that_do_not_fit_are_a_sentence(out, names, ports, said):
    with pytest.raises(UserError, match=said):
        write.Desk(ledger.Ledger(out / "ledger.jsonl"), names, ports, over=False)


def test_when_all_are_written_it_says_so(out, capsys):
    for name, chip in (("bin-001", "aa01"), ("bin-002", "aa02")):
        go(out, {"p1": name}, {"p1": Fake(chip)})
    assert go(out, ["p1"], {"p1": Fake("aa03")}) == 2
    assert "every bin of this folder has a device" in capsys.readouterr().err


def test_a_folder_without_a_ledger_is_a_sentence(tmp_path):
    found = CliRunner().invoke(app, ["provision", "write", "--out", str(tmp_path)])
    assert "has no ledger" in str(found.exception)
