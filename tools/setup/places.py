"""Where set-up keeps things, and how nothing half-made is ever found there."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.errors import SetupError

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".tools"
_HALF = "half-"  # prefix of folders that are being made


@dataclass(frozen=True)
class Item:
    """One thing that set-up looked after; `how` is "already there" or what was done for it."""

    name: str
    version: str
    path: Path
    how: str = "already there"

    def __str__(self) -> str:
        return f"{self.name:<13} {self.version:<14} {self.path} ({self.how})"


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in this clone; sweeps up what an interrupted one left."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in KEPT.glob(_HALF + "*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


@contextmanager
def half_made() -> Iterator[Path]:
    """A scratch folder beside the final places, gone afterwards whatever happens."""
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_HALF, dir=KEPT) as folder:
        yield Path(folder)


def put(made: Path, place: Path) -> None:
    """Renames what is whole to its place; an older one there gives way."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        shutil.rmtree(place)
    made.replace(place)


def interrupted() -> int:
    """Says so; the exit code of a program that Ctrl-C ended."""
    print("setup: interrupted; `make setup` goes on where this ended.", file=sys.stderr)
    return 130


def run(command: list[str], failed: str, remedy: str, cwd: Path | None = None) -> str:
    """Standard output of a command, or SetupError "`failed`: what it said. `remedy`"."""
    env = dict(os.environ, LC_ALL="C", DEBIAN_FRONTEND="noninteractive")
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except OSError as error:
        raise SetupError(
            f"{failed}: {command[0]} cannot be run ({error.strerror}). {remedy}"
        ) from None
    if done.returncode:
        raise SetupError(f"{failed}: {_complaint(done)}. {remedy}")
    return done.stdout


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The first line marked as an error, else the last line, else the exit code."""
    lines = [
        line.strip() for line in (done.stdout + "\n" + done.stderr).splitlines() if line.strip()
    ]
    marked = [line for line in lines if line.startswith(("E:", "ERROR:", "Err:"))]
    said = (marked or lines[-1:] or [f"exit code {done.returncode} and not a word"])[0]
    return said.rstrip(".")
