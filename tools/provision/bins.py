"""What one bin gets: its credentials and its settings.  FOLDER/bins/ID.json keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from smartbin import config
from smartbin.errors import ConfigError
from tools.errors import UserError
from tools.provision import authority, files, identity, ledger
from tools.provision.fleet import Fleet
from tools.provision.identity import Identity
from tools.provision.ledger import Ledger
from tools.provision.papers import Paper
from tools.provision.plan import Row

REPLACED, CHANGED, AS_BEFORE = "replaced", "changed", "as before"
_ROOM = 1900  # bytes: hw/store.py takes no longer blob


def check(rows: Sequence[Row], fleet: Fleet) -> None:
    """Raises UserError where a bin would not take its settings, before anything is made."""
    sample = Identity("x" * 32) if fleet.kind == identity.PASSWORD else Identity()
    for row in rows:
        found = {**row.settings, **fleet.settings(row.id, sample)}
        try:
            config.check(found)
        except ConfigError as e:
            raise UserError(f"Line {row.line}: {e}") from None
        if len(json.dumps(found)) > _ROOM:
            raise UserError(f"Line {row.line}: the settings have more than {_ROOM} bytes.")


def make(row: Row, folder: Path, fleet: Fleet, ca: Paper, book: Ledger, anew: bool) -> str:
    """Credentials and settings of one bin; what was done.

    The ledger hears of them last: what a broken run leaves without a line, the next one takes up.
    """
    old, line = kept(folder, row.id), book.made(row.id)
    if line and old is None and not anew:
        raise UserError(
            f"{_path(folder, row.id)} is gone; restore it, or give --replace {row.id}."
        )
    if anew:
        withdraw(row.id, book)
    own = identity.kept(old["identity"]) if old else None
    if own is None or book.is_withdrawn(row.id, own.facts["fingerprint"]):
        own = identity.make(fleet.kind, row.id, ca)
    about = {"place": row.place, "type": row.type, "board": row.board}
    settings = {**row.settings, **fleet.settings(row.id, own)}
    changed = _keep(folder, row.id, {**about, "settings": settings, "identity": own.told()})
    if anew or not line:
        book.add(ledger.MADE, row.id, **about, **own.facts)
        return REPLACED if anew else ledger.MADE
    if changed:
        book.add(CHANGED, row.id, **about)
    return CHANGED if changed else AS_BEFORE


def withdraw(name: str, book: Ledger) -> None:
    """The credentials that the bin has now are not to be used any more; the broker hears of it
    from the ledger."""
    line = book.made(name) or {}
    old = {k: line[k] for k in ("identity", "fingerprint", "serial") if k in line}
    book.add(ledger.WITHDRAWN, name, **old)


def kept(folder: Path, name: str) -> dict[str, Any] | None:
    """What the file of a bin says, or None where there is none."""
    text = files.text(_path(folder, name))
    if not text:
        return None
    try:
        found = json.loads(text)
        identity.kept(found["identity"])
        return found if found["settings"] else None
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{_path(folder, name)} is broken; restore it from a copy.") from None


def passwords(folder: Path, book: Ledger) -> dict[str, str]:
    """bin -> the password that the broker is to know."""
    found = {name: kept(folder, name) or {"identity": {}} for name in book.bins()}
    words = {name: told["identity"].get("password") for name, told in found.items()}
    return {name: word for name, word in words.items() if word}


def blobs(folder: Path, name: str) -> dict[str, bytes]:
    """What the device of that bin stores: settings, ca and, with a certificate, cert and key."""
    found = kept(folder, name)
    if found is None:
        raise UserError(f"{folder} has nothing for {name}; run smartbin provision make first.")
    own = identity.kept(found["identity"])
    told = {"settings": json.dumps(found["settings"]).encode(), "ca": authority.der(folder)}
    return told | ({"cert": own.certificate, "key": own.key} if own.key else {})


def _keep(folder: Path, name: str, told: dict[str, Any]) -> bool:
    """In one order, whatever order the table's columns have: the same is the same file."""
    files.folder(folder / "bins")
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    return files.put(_path(folder, name), text + "\n")


def _path(folder: Path, name: str) -> Path:
    return folder / "bins" / f"{name}.json"
