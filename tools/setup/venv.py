"""`python3 -m tools.setup.venv [--brief]`: the virtual environment, made by the system's Python.

Runs before anything is installed, so it and what it imports use the standard library alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import subprocess
import sys

from tools.errors import SetupError
from tools.setup import packages
from tools.setup.places import ROOT, Item, alone, interrupted, run

_VENV = ROOT / ".venv"
_PYTHON = _VENV / "bin" / "python"
_STAMP = _VENV / "smartbin-installed"  # where the clone lay, and what pyproject.toml was
_WANTED = (3, 11)


def set_up() -> Item:
    """Makes .venv and installs what pyproject.toml lists, unless that is done already."""
    stamp = f"{ROOT}\n{hashlib.sha256((ROOT / 'pyproject.toml').read_bytes()).hexdigest()}\n"
    if _usable() and _STAMP.is_file() and _STAMP.read_text() == stamp:
        return Item("python", _version(), _PYTHON)
    _STAMP.unlink(missing_ok=True)
    if not (_usable() and _has_pip()):
        _make()
    print(
        f"setup: installing the packages of pyproject.toml into {_VENV}, a minute or two",
        flush=True,
    )
    _install()
    _STAMP.write_text(stamp)
    return Item("python", _version(), _PYTHON, "packages installed with pip")


def _usable() -> bool:
    """True where .venv has a Python and was made here: its scripts hold absolute paths."""
    moved = _STAMP.is_file() and _STAMP.read_text().partition("\n")[0] != str(ROOT)
    return os.access(_PYTHON, os.X_OK) and not moved


def _version() -> str:
    """Of the Python in .venv, by its own note: asking it would cost a start."""
    noted = (_VENV / "pyvenv.cfg").read_text()
    return ".".join(map(str, packages.parse_version(noted.partition("\nversion")[2]) or ()))


def _has_pip() -> bool:
    """False for the remains of an interrupted making."""
    return (
        subprocess.run(
            [_PYTHON, "-m", "pip", "--version"], check=False, capture_output=True
        ).returncode
        == 0
    )


def _make() -> None:
    if importlib.util.find_spec("ensurepip") is None:  # Debian packages it apart
        if not packages.may_install():
            raise SetupError(
                f"{sys.executable} cannot make virtual environments: it lacks ensurepip. Run "
                "`sudo apt-get install python3-venv`, or the like, then `make setup` again."
            )
        packages.install("python3-venv")
    run(
        [sys.executable, "-m", "venv", "--clear", str(_VENV)],
        f"{_VENV} cannot be made",
        "Put that right, then run `make setup` again.",
    )


def _install() -> None:
    pip = [str(_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(
        [*pip, "--editable", f"{ROOT}[dev]"],
        "pip cannot install the project's packages",
        "Check the network and pip's settings, then run `make setup` again.",
    )


def main(words: list[str]) -> int:
    try:
        if sys.version_info < _WANTED:
            raise SetupError(
                f"{sys.executable} is Python {platform.python_version()}, and 3.11 or later is "
                "needed. Name one that is: `make setup PYTHON3=python3.11`."
            )
        with alone():
            item = set_up()
        if not ("--brief" in words and item.how == "already there"):
            print(item, flush=True)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return interrupted()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
