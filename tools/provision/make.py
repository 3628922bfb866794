"""From the table of bins to the folder that holds everything.  A second run changes nothing.

FOLDER/ca.crt ca.key        the fleet's own CA (authority.py)
FOLDER/fleet.json           what all bins share: broker, network and its key (fleet.py)
FOLDER/city.password        for the city's own programs (broker.py)
FOLDER/bins/ID.json         settings and credentials of one bin (bins.py)
FOLDER/broker/              what the broker gets: passwords, acl, certificates (broker.py)
FOLDER/labels.pdf           for the lids (labels.py)
FOLDER/ledger.jsonl         what was made for whom (ledger.py)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.errors import UserError
from tools.provision import authority, bins, broker, files, fleet, labels, plan
from tools.provision.fleet import Fleet
from tools.provision.ledger import Ledger
from tools.provision.papers import Paper
from tools.provision.plan import Row


@dataclass(frozen=True)
class Wishes:
    """What is to be otherwise than in the run before."""

    replace: Collection[str] = ()  # bins that get new credentials
    withdraw: Collection[str] = ()  # bins that are no more
    renew_broker: bool = False  # a new certificate for it
    font: Path | None = None  # of the labels


def everything(
    rows: Sequence[Row], folder: Path, shared: Fleet, wishes: Wishes | None = None
) -> list[str]:
    """Makes what is missing; sentences about it.  What can be wrong is found before anything is
    made."""
    wishes = wishes or Wishes()
    sheet = labels.sheet(rows, wishes.font)
    bins.check(rows, shared)
    files.begun(folder)
    with files.claimed(folder):
        book = Ledger(folder / "ledger.jsonl")
        _check(wishes, rows, book)
        said = _make(rows, folder, shared, wishes, book)
        files.put(folder / "labels.pdf", sheet, files.OPEN)
    return said


def _make(
    rows: Sequence[Row], folder: Path, shared: Fleet, wishes: Wishes, book: Ledger
) -> list[str]:
    ca = authority.open_or_make(folder, first=not book.lines)
    new_city = [] if book.lines else [f"{folder} is a new folder, with a CA of its own."]
    crt, said = broker.paper(folder, ca, shared.host, wishes.renew_broker)
    fleet.keep(folder, shared)
    for name in wishes.withdraw:
        bins.withdraw(name, book)
    did = [bins.make(row, folder, shared, ca, book, row.id in wishes.replace) for row in rows]
    moved = broker.lists(folder, ca, book, shared) or bool(said)
    said += [f"{name} is withdrawn." for name in wishes.withdraw]
    return [*new_city, *said, *_summary(did, folder, moved), *_remarks(rows, book, ca, crt)]


def _check(wishes: Wishes, rows: Sequence[Row], book: Ledger) -> None:
    """Raises UserError for a bin that cannot be replaced or withdrawn."""
    for name in wishes.replace:
        plan.of(rows, name)
        if not book.made(name):
            raise UserError(f"{name} has no credentials to replace; run this without --replace.")
    for name in wishes.withdraw:
        if name in {row.id for row in rows}:
            raise UserError(f"{name} is in the table; take it out there before it is withdrawn.")
        if not book.made(name):
            raise UserError(f"{name} has no credentials to withdraw{book.hint(name)}.")


def _summary(did: Sequence[str], folder: Path, moved: bool) -> list[str]:
    counts = [f"{did.count(what)} {what}" for what in dict.fromkeys(did)]
    said = [f"{len(did)} bin{'s' * (len(did) != 1)}: {', '.join(counts)}."]
    if moved:
        said.append(
            f"Copy what is in {folder / 'broker'} to the broker (/etc/mosquitto/smartbin, for its "
            "user mosquitto) and restart it; until then it knows the old credentials."
        )
    return said


def _remarks(rows: Sequence[Row], book: Ledger, ca: Paper, crt: Paper) -> Iterator[str]:
    names = {row.id for row in rows}
    for name in book.bins():
        if name not in names:
            yield (
                f"{name} is not in the table any more; its credentials stay valid "
                f"until you give --withdraw {name}."
            )
    for paper, what, remedy in (
        (ca, "CA", "every bin will need a visit: plan it"),
        (crt, "broker's certificate", "give --renew-broker"),
    ):
        if paper.days_left < authority.SOON_DAYS:
            yield f"The {what} ends in {paper.days_left} days; {remedy}."
