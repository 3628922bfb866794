"""What the broker gets, a mosquitto 2 (docs/broker.md): FOLDER/broker, whole, and nothing else."""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.x509.oid import NameOID

from tools.provision import authority, bins, files, identity, papers, passwords
from tools.provision.fleet import Fleet
from tools.provision.ledger import Ledger
from tools.provision.papers import Paper

CITY = "city"  # the user of the city's own programs
# The same as on docs/broker.md; a test compares.
ACL = """\
# A bin: everything below its own name, and nothing else.  It reads its own reports to learn
# whether they come through at all.
pattern readwrite smartbin/v1/%u/#

# The city: hears every bin.  The second topic is its own, to find out that it has read all.
user city
topic read smartbin/v1/+/report
topic readwrite smartbin/end/#
"""


def paper(folder: Path, ca: Paper, host: str, anew: bool) -> tuple[Paper, list[str]]:
    """(its certificate, what is to be said): kept unless asked for, or its name went."""
    at = files.folder(folder / "broker")
    certificate, key = at / "broker.crt", at / "broker.key"
    if not (certificate.exists() and key.exists()):
        return _new_paper(ca, host, certificate, key), []
    before = papers.load(certificate, key)
    (name,) = before.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if name.value == host and not anew:
        return before, []
    said = f"The broker has a new certificate, for {host}; the old one was for {name.value}."
    return _new_paper(ca, host, certificate, key), [said]


def _new_paper(ca: Paper, host: str, certificate: Path, key: Path) -> Paper:
    """A run that ends in the middle leaves no certificate, never one with another's key."""
    made = authority.for_broker(ca, host)
    certificate.unlink(missing_ok=True)
    files.put(key, made.key_pem)
    files.put(certificate, made.pem, files.OPEN)
    return made


def lists(folder: Path, ca: Paper, book: Ledger, fleet: Fleet) -> bool:
    """Password file, access list, list of withdrawn certificates.  Did one of them change?"""
    at = folder / "broker"
    users = {CITY: _city(folder), **bins.passwords(folder, book)}
    words = passwords.merged(files.text(at / "passwords"), users, book.gone())
    new = [
        files.put(at / "passwords", words),
        files.put(at / "acl", ACL),
        files.put(at / "ca.crt", ca.pem, files.OPEN),
    ]
    if fleet.kind == identity.CERTIFICATE:
        new.append(_put_withdrawn(at / "withdrawn.crl", ca, book))
    return any(new)


def _city(folder: Path) -> str:
    """The password of the city's programs, made once."""
    path = folder / "city.password"
    found = files.text(path).strip()
    if not found:
        found = secrets.token_urlsafe(24)
        files.put(path, found + "\n")
    return found


def _put_withdrawn(path: Path, ca: Paper, book: Ledger) -> bool:
    """The list only grows: what a lost ledger has forgotten stays out."""
    before = papers.listed(path) if path.exists() else None
    serials = (before or set()) | book.withdrawn_serials()
    if serials == before:
        return False
    return files.put(path, authority.withdrawn(ca, sorted(serials)), files.OPEN)
