"""What was made for whom, line by line: `ledger.jsonl`.  It holds fingerprints, never a secret."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.board_attributes import nearest
from tools.errors import UserError
from tools.provision import files

MADE, WITHDRAWN, WRITTEN = "made", "withdrawn", "written"
_ALSO = {MADE: ("fingerprint",), WRITTEN: ("device",)}

Line = dict[str, Any]


def fingerprint(secret: bytes) -> str:
    """Tells two secrets of ours apart.  Those have 128 random bits or more, so that nobody finds
    them by trying; for a passphrase that a person chose, no fingerprint is kept."""
    return hashlib.sha256(secret).hexdigest()[:16]


class Ledger:
    """The lines of a folder, in the order in which things happened."""

    def __init__(self, path: Path):
        self._path = path
        told = enumerate(files.text(path).splitlines(), 1)
        self.lines = [self._line(number, text) for number, text in told if text.strip()]

    def _line(self, number: int, text: str) -> Line:
        try:
            line = json.loads(text)
            if {"at", "bin", "did", *_ALSO.get(line["did"], ())} <= line.keys():
                return line
        except (ValueError, TypeError, KeyError, AttributeError):
            pass
        raise UserError(
            f"{self._path}, line {number}: this is no line of a ledger; "
            "restore the file from a copy, it says which credentials are in use."
        )

    def add(self, did: str, name: str, **facts: str) -> None:
        """One more line, on disk before this returns."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self.lines.append({"at": at, "did": did, "bin": name, **facts})
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines)
        files.put(self._path, text)

    def made(self, name: str) -> Line | None:
        """The line about the credentials that the bin has now, or None."""
        return self._last(name, MADE)

    def written(self, name: str) -> Line | None:
        """The line about the device that these credentials are on, or None; a device that was
        made another bin since has them no longer."""
        found = self._last(name, WRITTEN)
        if not found:
            return None
        same = [x for x in self.lines if x["did"] == WRITTEN and x["device"] == found["device"]]
        return found if same[-1]["bin"] == name else None

    def bin_on(self, device: str) -> str:
        """The bin whose credentials are on that device, or ""."""
        lines = [x for x in self.lines if x["did"] == WRITTEN and x["device"] == device]
        name = lines[-1]["bin"] if lines else ""
        return name if name and self.written(name) == lines[-1] else ""

    def bins(self) -> list[str]:
        """The bins that have credentials, in the order in which they got their first."""
        return [name for name in self._names() if self.made(name)]

    def gone(self) -> list[str]:
        """The bins whose credentials are withdrawn, and which have no new ones."""
        return [name for name in self._names() if not self.made(name)]

    def is_withdrawn(self, name: str, print_: str) -> bool:
        """Was that secret the bin's, and is it out?"""
        lines = (x for x in self.lines if x["did"] == WITHDRAWN and x["bin"] == name)
        return any(line.get("fingerprint") == print_ for line in lines)

    def withdrawn_serials(self) -> set[int]:
        """The serial numbers of certificates that are out."""
        gone = (x for x in self.lines if x["did"] == WITHDRAWN and "serial" in x)
        return {int(line["serial"], 16) for line in gone}

    def hint(self, name: str) -> str:
        """The bin that may have been meant, as a part of a sentence; "" where none is near."""
        return nearest(name, self.bins())

    def _names(self) -> list[str]:
        return list(dict.fromkeys(line["bin"] for line in self.lines))

    def _last(self, name: str, did: str) -> Line | None:
        found = None
        for line in self.lines:
            if line["bin"] == name and line["did"] in {did, WITHDRAWN}:
                found = line if line["did"] == did else None
        return found
