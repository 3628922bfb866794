"""Files that a command writes for people: known to be writable before the work, not after it."""

from __future__ import annotations

from pathlib import Path

from sim.errors import SimError


def writable(path: Path | None) -> None:
    """Make the file, so that a mistake in its name shows at once.  SimError."""
    if path is None or path == Path("-"):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as e:
        raise SimError(f"{path} cannot be written ({e.strerror}); choose another path.") from e


def write(path: Path | None, text: str) -> None:
    """Into the file; "-" prints it, None does nothing."""
    if path == Path("-"):
        print(text, end="")
    elif path:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as e:
            raise SimError(f"{path} cannot be written ({e.strerror}).") from e
