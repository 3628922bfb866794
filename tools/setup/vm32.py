"""`make vm32`: a MicroPython with numbers and pointers as wide as on the chip, to measure memory.

32-bit pointers, single-precision floats, no TLS; what firmware/manifest.py freezes into a product
image is frozen in.  So are boards and shims: on the chip they are not on the heap either.  And
so is what the manifest leaves out, for the unit tests; nothing that is measured loads it.
It is built from Debian's source package in .tools/vm32/ and never installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.errors import SetupError
from tools.setup import interpreter, packages, private, umqtt
from tools.setup.places import KEPT, ROOT, Item, alone, half_made, interrupted, put, run

PLACE = KEPT / "vm32"
PROGRAM = PLACE / "micropython"
LAUNCHER = PLACE / "frozen"  # for $MICROPYTHON: the simulator with nothing but frozen modules
BOARD_MODULES = "boards"  # folders of frozen modules, named as they lie in the clone
SHIM_MODULES = "sim/shims"

SOURCE = PLACE / "source"
PORT = SOURCE / "ports" / "unix"
BUILD = PORT / "build-standard"
FROZEN = BUILD / "frozen_mpy"  # compiled modules
_STAMP = PLACE / "stamp"  # of what was frozen
_MANIFEST = PLACE / "manifest.py"

_SWITCHES = (
    "MICROPY_FORCE_32BIT=1",
    "MICROPY_PY_FFI=0",
    "MICROPY_PY_SSL=0",
    "MICROPY_PY_BTREE=0",
    "MICROPY_PY_BLUETOOTH=0",
    "CFLAGS_EXTRA=-DMICROPY_FLOAT_IMPL=1",  # MICROPY_FLOAT_IMPL_FLOAT
)
# On a computer every nested import keeps a path of 4096 bytes on the stack, on the chip one of 128
# (MICROPY_ALLOC_PATH_MAX): with the port's own limit our chain of imports would end halfway.
_STACK = ("stack_size = 40000 *", "stack_size = 400000 *")
_FROZEN = f"""\
include("{ROOT}/firmware/manifest.py")
package("smartbin", files=["meanings.py", "message.py"], base_path="{ROOT}/firmware")
package("{BOARD_MODULES}", base_path="{ROOT}")
package("{SHIM_MODULES}", base_path="{ROOT}")
module("tls.py")
"""
_NO_TLS = "# This interpreter has no TLS; hw/secure.py may import the name all the same.\n"
_LAUNCH = """\
#!/bin/sh
# Stands in for an interpreter as sim/vm.py calls one: -X heapsize=SIZE .../sim/shims/wakes.py ...
# Whatever would be loaded from the clone comes from the modules that are frozen in.
program=${0%/*}/micropython
[ "$1" = -X ] || exec "$program" "$@"
MICROPYPATH=$(printf %s "$MICROPYPATH" | sed "s#[^:]*/firmware:##; s#${0%/.tools/*}/#.frozen/#g")
export MICROPYPATH
heap=$2
shift 3
exec "$program" -X "$heap" -m wakes "$@"
"""
_AGAIN = f"Put that right, remove {PLACE} and run `make vm32` again."


def find() -> Path:
    """The program; SetupError, a sentence, where it was not built or holds other files."""
    if not (PROGRAM.is_file() and _STAMP.is_file()):
        raise SetupError("The 32-bit MicroPython has not been built here: run `make vm32`.")
    if _STAMP.read_text() != _stamp():
        raise SetupError(
            "The 32-bit MicroPython was built before a file that is frozen into it was changed: "
            "run `make vm32`."
        )
    return PROGRAM


def set_up() -> Item:
    """Finds the program or builds it; SetupError where something for that is missing."""
    try:
        return _item("already there")
    except SetupError:
        pass
    how = "frozen anew" if PROGRAM.is_file() else "built from Debian's source package"
    _compiler()
    if not PORT.is_dir():
        _fetch()
    _make()
    return _item(how)


def _item(how: str) -> Item:
    path = find()
    return Item("vm32", interpreter.dotted(interpreter.version(path)), path, how)


def frozen_files() -> list[Path]:
    """Every file that is frozen in."""
    return [
        *sorted((ROOT / "firmware" / "smartbin").rglob("*.py")),
        ROOT / "firmware" / "main.py",
        umqtt.PLACE,
        *sorted((ROOT / BOARD_MODULES).rglob("*.py")),
        *sorted((ROOT / SHIM_MODULES).rglob("*.py")),
    ]


def _stamp() -> str:
    """A digest of how it is built and of all that is frozen in."""
    digest = hashlib.sha256(repr((private.SUITE, _SWITCHES, _STACK, _FROZEN, _LAUNCH)).encode())
    for path in [ROOT / "firmware" / "manifest.py", *frozen_files()]:
        digest.update(f"\n{path.relative_to(ROOT)} ".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _compiler() -> None:
    """Sees to a compiler that makes programs for 32-bit PCs."""
    otherwise = "memory is measured on a Debian for amd64."
    machine = run(["dpkg", "--print-architecture"], "This is no Debian", f"So far {otherwise}")
    if machine.strip() != "amd64":
        raise SetupError(
            f"The 32-bit MicroPython is built with gcc -m32, and this machine is "
            f"{machine.strip()}: {otherwise}"
        )
    for package, works in (("gcc-multilib", _compiles), ("dpkg-dev", _unpacks)):
        if not works():
            _install(package)


def _compiles() -> bool:
    """Does gcc -m32 make a program?  Its headers and libraries are packages apart."""
    with half_made() as scratch:
        (scratch / "one.c").write_text("#include <stdio.h>\nint main(void) { return 0; }\n")
        try:
            run(["gcc", "-m32", "one.c", "-lm"], "", "", cwd=scratch)
        except SetupError:
            return False
    return True


def _unpacks() -> bool:
    return shutil.which("dpkg-source") is not None


def _install(package: str) -> None:
    if not packages.may_install():
        raise SetupError(
            f"The 32-bit MicroPython cannot be built without {package}, and only root can install "
            f"that: run `sudo apt-get install {package}`, or the like, then `make vm32` again."
        )
    packages.install(package)


def _fetch() -> None:
    """Unpacks the source package, which apt-get checks, and gives the port more stack."""
    failed = f"Debian {private.SUITE}'s source of MicroPython cannot be fetched"
    again = "Check the network and /etc/apt, then run `make vm32` again."
    with half_made() as scratch:
        apt = private.apt(scratch, "deb-src", failed, again)
        wanted = f"micropython/{private.SUITE}"
        run([*apt, "--download-only", "source", wanted], failed, again, cwd=scratch)
        (described,) = scratch.glob("*.dsc")
        unpack = ["dpkg-source", "--no-check", "-x", described.name, "source"]
        run(unpack, f"{described.name} does not unpack", again, cwd=scratch)
        _more_stack(scratch / "source" / "ports" / "unix" / "main.c")
        put(scratch / "source", SOURCE)


def _more_stack(path: Path) -> None:
    text = path.read_text()
    if text.count(_STACK[0]) != 1:
        raise SetupError(
            f"{path.name} of Debian's MicroPython is not the one that this project was tried "
            f"with: it has no line with `{_STACK[0]}`. The 32-bit MicroPython cannot be built."
        )
    path.write_text(text.replace(*_STACK))


def _make() -> None:
    """Compiles what is not compiled yet, freezes all anew, links; the stamp comes last."""
    _STAMP.unlink(missing_ok=True)
    _MANIFEST.write_text(_FROZEN)
    (PLACE / "tls.py").write_text(_NO_TLS)
    shutil.rmtree(FROZEN, ignore_errors=True)  # else older files stay as they were
    stamp = _stamp()
    _run_make(SOURCE / "mpy-cross", ())
    _run_make(PORT, (*_SWITCHES, f"FROZEN_MANIFEST={_MANIFEST}"))
    with half_made() as scratch:
        shutil.copy2(BUILD / "micropython", scratch / "micropython")
        (scratch / "frozen").write_text(_LAUNCH)
        (scratch / "frozen").chmod(0o755)
        put(scratch / "frozen", LAUNCHER)
        put(scratch / "micropython", PROGRAM)
    _STAMP.write_text(stamp)


def _run_make(folder: Path, switches: tuple[str, ...]) -> None:
    """Without what our own make and its user have set for themselves."""
    alone_with = [word for name in _of_make() for word in ("-u", name)]
    command = ["env", *alone_with, "make", "-C", str(folder), f"-j{os.cpu_count() or 1}"]
    failed = f"The 32-bit MicroPython cannot be built in {folder}"
    run([*command, f"PYTHON={sys.executable}", *switches], failed, _AGAIN)


def _of_make() -> Iterator[str]:
    yield from ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")
    yield from ("CFLAGS", "LDFLAGS", "CPPFLAGS", "CC", "MICROPY_MPYCROSS")


def main(words: list[str]) -> int:
    """`--again`: bring up to date what was built here before, else do nothing."""
    again = "--again" in words
    if again and not PROGRAM.is_file():
        return 0
    try:
        with alone():
            item = set_up()
        if not (again and item.how == "already there"):
            print(item, flush=True)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return interrupted()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
