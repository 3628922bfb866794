"""Files of a provisioning folder: whole or not at all, and secrets for their owner's eyes only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tools.errors import UserError

SECRET, OPEN = 0o600, 0o644


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
    if path.is_file() and path.read_bytes() == data:
        if path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)
        return False
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
    return True


def text(path: Path) -> str:
    """What the file says, "" where there is none."""
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, ValueError) as e:
        raise UserError(f"{path} cannot be read: {e}.") from None
