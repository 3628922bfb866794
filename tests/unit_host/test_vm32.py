"""The making of the 32-bit interpreter, where it decides: nothing is fetched or built here."""

import os
import subprocess

import pytest

from sim import places
from tools.errors import SetupError
from tools.setup import packages, private, umqtt, vm32
from tools.setup.aptsources import Source

FROZEN = (
    "firmware/manifest.py",
    "firmware/main.py",
    "firmware/smartbin/hw/nap.py",
    "boards/b/board.py",
    "sim/shims/time.py",
    ".tools/lib/umqtt/simple.py",
)


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with one file of each kind, in which nothing was built yet."""
    for name in FROZEN:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# one\n")
    monkeypatch.setattr(vm32, "ROOT", tmp_path)
    monkeypatch.setattr(umqtt, "PLACE", tmp_path / ".tools/lib/umqtt/simple.py")
    monkeypatch.setattr(vm32, "PROGRAM", tmp_path / "micropython")
    monkeypatch.setattr(vm32, "_STAMP", tmp_path / "stamp")
    return tmp_path


def build(folder):
    (folder / "micropython").write_text("")
    (folder / "stamp").write_text(vm32._stamp())


def test_what_was_not_built_is_a_sentence(clone):
    with pytest.raises(SetupError, match="has not been built here: run `make vm32`"):
        vm32.find()


def test_half_of_it_is_as_good_as_none(clone):
    build(clone)
    (clone / "stamp").unlink()
    with pytest.raises(SetupError, match="has not been built"):
        vm32.find()


def test_what_was_built_from_these_files_is_found(clone):
    build(clone)
    assert vm32.find() == clone / "micropython"


@pytest.mark.parametrize("name", FROZEN)
def test_a_changed_file_makes_it_old(clone, name):
    build(clone)
    (clone / name).write_text("# two\n")
    with pytest.raises(SetupError, match=r"was built before .* was changed: run `make vm32`"):
        vm32.find()


def test_so_does_a_new_one(clone):
    build(clone)
    (clone / "firmware" / "smartbin" / "new.py").write_text("")
    with pytest.raises(SetupError, match="was built before"):
        vm32.find()


def test_all_of_the_firmware_is_frozen_in():
    files = set(vm32.frozen_files())
    assert files >= {*(places.FIRMWARE / "smartbin").rglob("*.py"), places.MAIN}


def test_bringing_up_to_date_what_is_not_there_does_nothing(clone, capsys):
    assert vm32.main(["--again"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def no_compiler(monkeypatch):
    monkeypatch.setattr(vm32, "run", lambda *_, **__: "amd64\n")
    monkeypatch.setattr(vm32, "_compiles", lambda: False)


def test_without_root_a_missing_compiler_is_a_sentence(no_compiler, monkeypatch):
    monkeypatch.setattr(packages, "may_install", lambda: False)
    with pytest.raises(SetupError, match=r"without gcc-multilib, and only root .* `sudo apt-get"):
        vm32._compiler()


def test_with_root_it_is_installed(no_compiler, monkeypatch):
    asked = []
    monkeypatch.setattr(packages, "may_install", lambda: True)
    monkeypatch.setattr(packages, "install", asked.append)
    monkeypatch.setattr(vm32, "_unpacks", lambda: True)
    vm32._compiler()
    assert asked == ["gcc-multilib"]


def test_another_machine_is_a_sentence(monkeypatch):
    monkeypatch.setattr(vm32, "run", lambda *_, **__: "arm64\n")
    with pytest.raises(SetupError, match="this machine is arm64: memory is measured on a Debian"):
        vm32._compiler()


def test_another_source_is_refused(tmp_path):
    path = tmp_path / "main.c"
    path.write_text("mp_uint_t stack_size = 65536;\n")
    with pytest.raises(SetupError, match=r"main\.c .* is not the one that this project was tried"):
        vm32._more_stack(path)


def test_the_source_gets_more_stack(tmp_path):
    path = tmp_path / "main.c"
    path.write_text("mp_uint_t stack_size = 40000 * (sizeof(void *) / 4);\n")
    vm32._more_stack(path)
    assert path.read_text() == "mp_uint_t stack_size = 400000 * (sizeof(void *) / 4);\n"


def test_the_stanza_asks_for_sources():
    source = Source("http://a.example/debian", "bookworm", ("main",))
    assert private.stanza(source, "deb-src").startswith("Types: deb-src\n")


# -- the launcher ---------------------------------------------------------------------------------


@pytest.fixture
def launch(tmp_path):
    """launch(arguments, MICROPYPATH) -> what the program behind it would be called with."""
    folder = tmp_path / ".tools" / "vm32"
    folder.mkdir(parents=True)
    (folder / "frozen").write_text(vm32._LAUNCH)
    (folder / "micropython").write_text('#!/bin/sh\necho "$MICROPYPATH" "$@"\n')
    for path in folder.iterdir():
        path.chmod(0o755)

    def once(*words, modules):
        env = {**os.environ, "MICROPYPATH": modules}
        command = [folder / "frozen", *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout

    return once


def test_the_launcher_takes_every_module_from_the_frozen_ones(launch, tmp_path):
    folders = [tmp_path / name for name in ("sim/shims", "firmware", "boards/b", ".tools/lib")]
    modules = ":".join(map(str, [*folders, ".frozen"]))
    wakes = str(tmp_path / "sim" / "shims" / "wakes.py")
    assert launch("-X", "heapsize=9K", wakes, "main.py", "3", modules=modules) == (
        ".frozen/sim/shims:.frozen/boards/b:.frozen/.tools/lib:.frozen "
        "-X heapsize=9K -m wakes main.py 3\n"
    )


def test_the_launcher_leaves_a_question_for_the_version_alone(launch):
    assert launch("-c", "print(1)", modules=".frozen") == ".frozen -c print(1)\n"
