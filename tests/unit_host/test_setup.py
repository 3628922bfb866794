"""The parts of set-up that decide: no network, no apt."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tools.errors import SetupError
from tools.setup import aptsources, interpreter, packages, places, private, umqtt
from tools.setup.aptsources import Source

_ONE_LINE = """\
# deb http://archive.example/debian bookworm main
deb cdrom:[Debian GNU/Linux 12]/ bookworm main
deb [arch=amd64 signed-by=/keys/third.gpg] https://third.example/apt tool-bookworm main
deb-src http://archive.example/debian bookworm main
deb http://archive.example/security bookworm-security main
deb [signed-by=/keys/debian.gpg] http://archive.example/debian bookworm main contrib # ours
"""

_DEB822 = """\
Types: deb deb-src
# a remark between the fields
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main non-free-firmware
Signed-By: /keys/debian.gpg

Types: deb
URIs: http://archive.example/other
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://archive.example/sources
Suites: bookworm
Components: main
"""


def test_one_line_sources_are_read_without_remarks_and_source_archives():
    found = list(aptsources.one_line(_ONE_LINE))
    assert [s.suite for s in found[-3:]] == ["tool-bookworm", "bookworm-security", "bookworm"]
    assert found[-1] == Source(
        "http://archive.example/debian", "bookworm", ("main", "contrib"), "/keys/debian.gpg"
    )


def test_one_line_sources_lead_to_the_debian_archive_alone():
    picked = aptsources.pick(list(aptsources.one_line(_ONE_LINE)))
    assert picked and picked.uri == "http://archive.example/debian"


def test_deb822_gives_each_suite_and_skips_what_is_disabled_or_source():
    found = list(aptsources.deb822(_DEB822))
    assert [(s.uri, s.suite) for s in found] == [
        ("http://archive.example/debian", "bookworm"),
        ("http://archive.example/debian", "bookworm-updates"),
    ]
    assert found[0].signed_by == "/keys/debian.gpg"


def test_a_key_block_inside_the_source_is_carried_over_whole():
    block = (
        "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----"
    )
    text = (
        f"Types: deb\nURIs: http://a.example\nSuites: sid\nComponents: main\nSigned-By:{block}\n"
    )
    (source,) = aptsources.deb822(text)
    assert source.signed_by == block
    assert private.stanza(source).endswith(f"Signed-By: {block}\n")


@pytest.mark.parametrize("suite", ["bookworm-security", "stable-updates", "noble", "nodistro"])
def test_other_suites_are_not_picked(suite):
    assert aptsources.pick([Source("http://a.example", suite, ("main",))]) is None


@pytest.mark.parametrize("suite", ["bookworm", "stable", "oldoldstable", "trixie", "sid"])
def test_debian_suites_with_main_are_picked(suite):
    main = Source("http://a.example", suite, ("main",))
    contrib = Source("http://b.example", suite, ("contrib",))
    assert aptsources.pick([contrib, main]) == main


def test_sources_are_read_from_both_kinds_of_files(tmp_path):
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (parts / "debian.sources").write_text(_DEB822)
    (parts / "notes.save").write_text("deb http://old.example bookworm main\n")
    (tmp_path / "sources.list").write_text("deb http://first.example stable main\n")
    assert aptsources.debian(tmp_path).uri == "http://first.example"
    (tmp_path / "sources.list").unlink()
    assert aptsources.debian(tmp_path).uri == "http://archive.example/debian"


def test_no_debian_source_is_a_sentence_with_a_remedy(tmp_path):
    with pytest.raises(SetupError, match=r"no apt source under .* set MICROPYTHON"):
        aptsources.debian(tmp_path)


def test_the_stanza_asks_for_the_suite_that_has_the_interpreter():
    source = Source("http://a.example/debian", "bookworm", ("main",))
    assert private.stanza(source) == (
        "Types: deb\nURIs: http://a.example/debian\nSuites: trixie\nComponents: main\n"
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.25.0+ds-1", (1, 25, 0)),
        ("1:1.9-2", (1, 9, 0)),
        ("mosquitto version 2.0.11", (2, 0, 11)),
        ("(none)", None),
    ],
)
def test_versions_are_read_as_numbers(text, number):
    assert packages.parse_version(text) == number


def test_versions_compare_as_numbers():
    assert (packages.parse_version("1.9.4") or ()) < interpreter.WANTED
    assert (packages.parse_version("1.100.0") or ()) > interpreter.WANTED


def _fake_interpreter(folder: Path, says: str) -> Path:
    path = folder / "micropython"
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


def test_the_chosen_interpreter_wins_over_one_on_the_path(tmp_path, monkeypatch):
    other, chosen = tmp_path / "path", tmp_path / "chosen"
    other.mkdir()
    chosen.mkdir()
    _fake_interpreter(other, "micropython 1 99 0")
    path = _fake_interpreter(chosen, "micropython 1 26 1")
    monkeypatch.setenv("PATH", str(other), prepend=":")
    monkeypatch.setenv("MICROPYTHON", str(path))
    assert interpreter.find() == path
    assert interpreter.version(path) == (1, 26, 1)
    monkeypatch.delenv("MICROPYTHON")
    assert interpreter.find() == other / "micropython"


def test_an_old_interpreter_on_the_path_is_passed_over(tmp_path, monkeypatch):
    _fake_interpreter(tmp_path, "micropython 1 24 9")
    monkeypatch.delenv("MICROPYTHON", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(private, "LAUNCHER", tmp_path / "none")
    with pytest.raises(SetupError, match="make setup"):
        interpreter.find()


@pytest.mark.parametrize(
    ("says", "complaint"),
    [("micropython 1 24 9", "too old"), ("cpython 3 11 7", "does not run"), ("", "does not run")],
)
def test_a_chosen_interpreter_that_will_not_do_is_refused(tmp_path, monkeypatch, says, complaint):
    monkeypatch.setenv("MICROPYTHON", str(_fake_interpreter(tmp_path, says)))
    with pytest.raises(SetupError, match=complaint):
        interpreter.find()


def test_a_chosen_interpreter_that_is_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("MICROPYTHON", str(tmp_path / "none"))
    with pytest.raises(SetupError, match=r"none, and no such program.*unset it"):
        interpreter.find()


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Set-up's own folder, moved out of the clone."""
    monkeypatch.setattr(places, "KEPT", tmp_path)
    monkeypatch.setattr(umqtt, "PLACE", tmp_path / "lib" / "umqtt" / "simple.py")
    monkeypatch.setattr(umqtt, "_STAMP", tmp_path / "lib" / "umqtt.sha256")
    return tmp_path


def _archive(module: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        info = tarfile.TarInfo("micropython-umqtt.simple-1.3.4/umqtt/simple.py")
        info.size = len(module)
        tar.addfile(info, io.BytesIO(module))
    return out.getvalue()


def test_a_right_checksum_is_unpacked(kept):
    archive = _archive(b"x = 1\n")
    umqtt.unpack(archive, hashlib.sha256(archive).hexdigest())
    assert umqtt.PLACE.read_bytes() == b"x = 1\n"
    assert sorted(p.name for p in kept.iterdir()) == ["lib"]


def test_a_wrong_checksum_is_refused_and_leaves_nothing(kept):
    with pytest.raises(SetupError, match=r"its SHA-256 is .* Nothing was unpacked"):
        umqtt.unpack(_archive(b"x = 1\n"), umqtt.SHA256)
    assert list(kept.iterdir()) == []


def test_half_made_work_is_swept_up(kept):
    (kept / "half-left-by-an-interruption" / "deep").mkdir(parents=True)
    with places.alone(), pytest.raises(RuntimeError), places.half_made() as scratch:
        (scratch / "something").write_text("half")
        raise RuntimeError
    assert [p.name for p in kept.iterdir()] == ["lock"]


def test_a_failing_command_is_told_with_what_it_said():
    command = ["sh", "-c", "echo fine; echo 'E: No such package.' >&2; echo more >&2; exit 3"]
    with pytest.raises(SetupError, match=r"^It fails: E: No such package\. Do that\.$"):
        places.run(command, "It fails", "Do that.")


def test_a_missing_command_is_told():
    with pytest.raises(SetupError, match="cannot be run"):
        places.run(["/nonexistent/apt-get"], "It fails", "Do that.")
