"""Files of a provisioning folder: whole or not at all, and secrets for their owner's eyes only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.errors import UserError

SECRET, OPEN = 0o600, 0o644
_MARK = "*\n"  # as .gitignore: no secret is committed by accident; it tells our folders, too


def begun(path: Path) -> Path:
    """The provisioning folder, made if need be.  Raises UserError where it is something else's."""
    folder(path)
    mark = path / ".gitignore"
    if text(mark) != _MARK and not (path / "ledger.jsonl").exists():
        if any(path.iterdir()):
            raise UserError(
                f"{path} holds other things, and no ledger; give --out a folder of its own."
            )
        path.chmod(0o700)
    put(mark, _MARK)
    return path


@contextlib.contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Two at work in one folder would give one name to two devices, so the second is refused."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as e:
        raise UserError(f"The folder {path} cannot be read: {e.strerror}.") from None
    try:
        _claim(handle, path)
        yield
    finally:
        os.close(handle)  # and the claim with it, however we end


def _claim(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(
            f"Another smartbin provision is at work in {path}; wait until it has ended."
        ) from None


def folder(path: Path) -> Path:
    """The folder, made if need be, for nobody but its owner."""
    if not path.is_dir():
        try:
            path.mkdir(mode=0o700, parents=True)
        except OSError as e:
            raise UserError(f"{path} cannot be made: {e.strerror}.") from None
    return path


def put(path: Path, data: bytes | str, mode: int = SECRET) -> bool:
    """Write the file, by rename; False, and nothing touched, where it says that already."""
    data = data.encode() if isinstance(data, str) else data
    try:
        if path.is_file() and path.read_bytes() == data:
            if path.stat().st_mode & 0o777 != mode:
                path.chmod(mode)
            return False
        _replace(path, data, mode)
    except OSError as e:
        raise UserError(f"{path} cannot be written: {e.strerror}.") from None
    return True


def _replace(path: Path, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def text(path: Path) -> str:
    """What the file says, "" where there is none."""
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, ValueError) as e:
        raise UserError(f"{path} cannot be read: {e}.") from None
