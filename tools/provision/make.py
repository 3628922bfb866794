"""From the table of bins to the folder that holds everything.  A second run changes nothing.

FOLDER/ca.crt ca.key        the fleet's own CA
FOLDER/fleet.json           what all bins share: broker, network and its key
FOLDER/city.password        for the city's own programs
FOLDER/bins/ID.json         settings and credentials of one bin
FOLDER/broker/              what the broker gets: passwords, acl, certificates
FOLDER/labels.pdf           for the lids
FOLDER/ledger.jsonl         what was made for whom
"""

from __future__ import annotations

import binascii
import json
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from smartbin import config
from smartbin.errors import ConfigError
from tools.errors import UserError
from tools.provision import authority, broker_files, files, identity, labels, ledger, plan
from tools.provision.authority import Paper
from tools.provision.identity import Identity
from tools.provision.ledger import Ledger
from tools.provision.plan import Row

_ROOM = 1900  # bytes: hw/store.py takes no longer blob
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,64}}$){_LABEL}(\.{_LABEL})*\.?$")
_CHANGED = "changed"


@dataclass(frozen=True, repr=False)  # it has the network's key in it
class Fleet:
    """What all bins of a folder share."""

    host: str = ""
    port: int = 8883
    kind: str = identity.PASSWORD
    wifi_ssid: str = ""
    wifi_pmk: str = ""

    def settings(self, name: str, own: Identity) -> dict[str, int | str]:
        """What a bin needs to reach the broker."""
        found: dict[str, int | str] = {"bin_id": name, "mqtt_tls": 1}
        found |= {"mqtt_host": self.host, "mqtt_port": self.port}
        if self.wifi_ssid:
            found |= {"wifi_ssid": self.wifi_ssid, "wifi_pmk": self.wifi_pmk}
        if own.password:
            found |= {"mqtt_user": name, "mqtt_password": own.password}
        return found


def remembered(folder: Path) -> Fleet | None:
    """What earlier runs were told, or None for a new folder."""
    text = files.text(folder / "fleet.json")
    if not text:
        return None
    try:
        return Fleet(**json.loads(text))
    except (ValueError, TypeError):
        raise UserError(f"{folder / 'fleet.json'} is broken; restore it from a copy.") from None


def settled(before: Fleet | None, **told: Any) -> Fleet:
    """What earlier runs were told with what is told now over it (None: not told)."""
    found = replace(before or Fleet(), **{k: v for k, v in told.items() if v is not None})
    if before and before.kind != found.kind:
        raise UserError(
            f"The bins of this folder have a {before.kind} each; "
            f"for a {found.kind} each begin a new folder."
        )
    if not found.host:
        raise UserError("Give --host NAME, the broker's name as bins will call it.")
    if not _NAME.match(found.host) or found.host.replace(".", "").isdigit():
        raise UserError(
            f"--host {found.host} is no name; a bin checks the broker's certificate by name, "
            "so that an address will not do."
        )
    return found


def everything(
    rows: Sequence[Row],
    folder: Path,
    fleet: Fleet,
    anew: Collection[str] = (),
    renew_broker: bool = False,
    font: Path | None = None,
) -> list[str]:
    """Makes what is missing, and new credentials for the bins in `anew`; sentences about it."""
    sheet = labels.sheet(rows, font)
    _all_fit(rows, fleet)
    book = Ledger(folder / "ledger.jsonl")
    _can_replace(rows, book, anew)
    files.put(files.folder(folder) / ".gitignore", "*\n")  # no secret is committed by accident
    ca = authority.open_or_make(folder, first=not book.lines)
    broker, said = _broker_paper(folder, ca, fleet, renew_broker)
    files.put(folder / "fleet.json", json.dumps(asdict(fleet), indent=1) + "\n")
    did = [_one(row, folder, fleet, ca, book, row.id in anew) for row in rows]
    moved = _broker_files(folder, ca, broker, book, fleet) or bool(said)
    files.put(folder / "labels.pdf", sheet, files.OPEN)
    return [*said, *_summary(did, folder, moved), *_remarks(rows, book, ca, broker)]


def blobs(folder: Path, name: str) -> dict[str, bytes]:
    """What the device of that bin stores: settings, ca and, with a certificate, cert and key."""
    kept = _kept(folder / "bins" / f"{name}.json")
    if kept is None:
        raise UserError(f"{folder} has nothing for {name}; run smartbin provision make first.")
    ca = authority.load(folder / "ca.crt", folder / "ca.key")
    found = {"settings": json.dumps(kept["settings"]).encode(), "ca": ca.der}
    own = identity.kept(kept["identity"])
    return found | ({"cert": own.certificate, "key": own.key} if own.key else {})


def _all_fit(rows: Sequence[Row], fleet: Fleet) -> None:
    """Raises UserError where the settings of a bin would not be taken, before anything is made."""
    sample = Identity("x" * 32) if fleet.kind == identity.PASSWORD else Identity()
    for row in rows:
        found = {**row.settings, **fleet.settings(row.id, sample)}
        try:
            config.check(found)
        except ConfigError as e:
            raise UserError(f"Line {row.line}: {e}") from None
        if len(json.dumps(found)) > _ROOM:
            raise UserError(f"Line {row.line}: the settings have more than {_ROOM} bytes.")


def _can_replace(rows: Sequence[Row], book: Ledger, anew: Collection[str]) -> None:
    for name in anew:
        plan.of(rows, name)
        if not book.made(name):
            raise UserError(f"{name} has no credentials to replace; run this without --replace.")


def _one(row: Row, folder: Path, fleet: Fleet, ca: Paper, book: Ledger, anew: bool) -> str:
    """Credentials and settings of one bin.  The ledger hears of them last: what a broken run
    leaves without a line is taken up by the next one."""
    path = files.folder(folder / "bins") / f"{row.id}.json"
    kept, line = _kept(path), book.made(row.id)
    if line and kept is None and not anew:
        raise UserError(f"{path} is gone; restore it, or give --replace {row.id}.")
    if anew and line:
        old = {k: line[k] for k in ("identity", "fingerprint", "serial") if k in line}
        book.add(ledger.WITHDRAWN, row.id, **old)
    own = identity.kept(kept["identity"]) if kept else None
    if own is None or _is_withdrawn(own, row.id, book):
        own = identity.make(fleet.kind, row.id, ca)
    about = {"place": row.place, "type": row.type, "board": row.board}
    told = {"settings": {**row.settings, **fleet.settings(row.id, own)}, "identity": own.told()}
    changed = files.put(path, json.dumps({**about, **told}, ensure_ascii=False, indent=1) + "\n")
    if anew or not line:
        book.add(ledger.MADE, row.id, **about, **own.facts)
        return "replaced" if anew else ledger.MADE
    if changed:
        book.add(_CHANGED, row.id, **about)
    return _CHANGED if changed else "as before"


def _is_withdrawn(own: Identity, name: str, book: Ledger) -> bool:
    return any(
        line["did"] == ledger.WITHDRAWN
        and line["bin"] == name
        and line.get("fingerprint") == own.facts["fingerprint"]
        for line in book.lines
    )


def _kept(path: Path) -> dict[str, Any] | None:
    """What the file of a bin says, or None where there is none."""
    text = files.text(path)
    if not text:
        return None
    try:
        kept = json.loads(text)
        identity.kept(kept["identity"])
        return kept if kept["settings"] else None
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise UserError(f"{path} is broken; restore it from a copy.") from None


def _broker_paper(folder: Path, ca: Paper, fleet: Fleet, renew: bool) -> tuple[Paper, list[str]]:
    """(the broker's certificate, what is to be said): kept unless asked for, or its name went."""
    at = files.folder(folder / "broker")
    paths = at / "broker.crt", at / "broker.key"
    if all(path.exists() for path in paths):
        paper = authority.load(*paths)
        name = _common_name(paper)
        if name == fleet.host and not renew:
            return paper, []
        said = [f"The broker has a new certificate, for {fleet.host}; the old one was for {name}."]
    else:
        said = []
    paper = authority.for_broker(ca, fleet.host)
    files.put(paths[1], paper.key_pem)
    files.put(paths[0], paper.pem, files.OPEN)
    return paper, said


def _common_name(paper: Paper) -> str:
    return str(paper.certificate.subject.rfc4514_string()).removeprefix("CN=")


def _broker_files(folder: Path, ca: Paper, broker: Paper, book: Ledger, fleet: Fleet) -> bool:
    """Password file, access list, list of withdrawn certificates.  Did one of them change?"""
    at, city = folder / "broker", folder / "city.password"
    if not city.exists():
        files.put(city, secrets.token_urlsafe(24) + "\n")
    users = {broker_files.CITY: files.text(city).strip()}
    for name in book.bins():
        kept = _kept(folder / "bins" / f"{name}.json")
        if kept and "password" in kept["identity"]:
            users[name] = kept["identity"]["password"]
    passwords = broker_files.passwords(files.text(at / "passwords"), users)
    new = [
        files.put(at / "passwords", passwords),
        files.put(at / "acl", broker_files.ACL),
        files.put(at / "ca.crt", ca.certificate.public_bytes(Encoding.PEM), files.OPEN),
    ]
    if fleet.kind == identity.CERTIFICATE:
        new.append(_put_withdrawn(at / "withdrawn.crl", ca, book))
    return any(new)


def _put_withdrawn(path: Path, ca: Paper, book: Ledger) -> bool:
    gone = [x for x in book.lines if x["did"] == ledger.WITHDRAWN and "serial" in x]
    serials = {int(line["serial"], 16) for line in gone}
    if path.exists() and authority.listed(path.read_bytes()) == serials:
        return False
    return files.put(path, authority.withdrawn(ca, sorted(serials)), files.OPEN)


def _summary(did: Sequence[str], folder: Path, moved: bool) -> list[str]:
    counts = [f"{did.count(what)} {what}" for what in dict.fromkeys(did)]
    said = [f"{len(did)} bins: {', '.join(counts)}."]
    if moved:
        said.append(
            f"Copy what is in {folder / 'broker'} to the broker (/etc/mosquitto/smartbin) and "
            "restart it; until then it knows the old credentials."
        )
    return said


def _remarks(rows: Sequence[Row], book: Ledger, ca: Paper, broker: Paper) -> list[str]:
    names = {row.id for row in rows}
    said = [
        f"{name} is not in the table any more; its credentials stay valid."
        for name in book.bins()
        if name not in names
    ]
    for paper, what, remedy in (
        (ca, "CA", "every bin will need a visit: plan it"),
        (broker, "broker's certificate", "give --renew-broker"),
    ):
        if paper.days_left < authority.SOON_DAYS:
            said.append(f"The {what} ends in {paper.days_left} days; {remedy}.")
    return said
