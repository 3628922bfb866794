"""Many bins onto many ports at once, and the ledger's word on which device became which bin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Lock

from tools.device import crowd, knock
from tools.device.talk import Step, Talk
from tools.errors import UserError
from tools.provision import bins, device, ledger
from tools.provision.ledger import Ledger

Open = Callable[[str], Talk]


class Desk:
    """Who is to be which bin, and who has become which; many ports ask at once.

    A device gets the bin that was named for its port.  Where none was named it stays the bin that
    it is, so that a run after one that failed does the rest, or becomes the next without a device,
    in the order of the ports, as labels are taken off a sheet.  over: what it is does not count.
    """

    def __init__(self, book: Ledger, names: Sequence[str], ports: Sequence[str], over: bool):
        self.ports, self.over = ports, over
        self._book, self._lock = book, Lock()
        self._named = dict(zip(ports, self._known(names), strict=True)) if names else {}
        self._taken: set[str] = set()
        self._turns = [Event() for _ in ports]

    def _known(self, names: Sequence[str]) -> Sequence[str]:
        for name in names:
            if not self._book.made(name):
                raise UserError(
                    f"{name} has no credentials{self._book.hint(name)}; "
                    "put it into the table and run smartbin provision make first."
                )
        if len(set(names)) != len(names):
            raise UserError("A bin is named twice, and two of one name throw each other out.")
        if len(names) != len(self.ports):
            raise UserError(
                f"{len(names)} bins and {len(self.ports)} ports: give one --port for each bin."
            )
        return names

    def bin_for(self, port: str, before: device.State) -> str:
        """The bin that the device on that port is to be; waits for its turn.  Raises UserError."""
        for turn in self._turns[: self.ports.index(port)]:
            turn.wait()
        name = self._named.get(port) or self._stays(before) or self._next()
        self._taken.add(name)
        self.done(port)
        line = self._book.written(name)
        if line and line["device"] != before.chip:
            raise UserError(
                f"{name} is the device {line['device']}, this one is {before.chip}, and two of "
                f"one name throw each other out; run provision make --replace {name} before this."
            )
        return name

    def done(self, port: str) -> None:
        """That port will not ask any more."""
        self._turns[self.ports.index(port)].set()

    def _stays(self, before: device.State) -> str:
        name = before.bin_id or self._book.bin_on(before.chip)  # flashed anew: it has its label
        if self.over or not name:
            return ""
        line = self._book.written(name)
        mine = not line or line["device"] == before.chip
        if not self._book.made(name) or not mine or name in self._taken:
            raise UserError(f"This device is {name} already; give --over to make it the next bin.")
        return name

    def _next(self) -> str:
        for name in self._book.bins():
            if name not in self._taken and not self._book.written(name):
                return name
        raise UserError("No bin is left for it: every bin of this folder has a device.")

    def is_now(self, name: str, chip: str) -> None:
        """Into the ledger."""
        with self._lock:
            line = self._book.written(name)
            if not line or line["device"] != chip:
                self._book.add(ledger.WRITTEN, name, device=chip)


def everywhere(folder: Path, desk: Desk, opened: Open = knock.open_port) -> None:
    """Writes all of them at the same time; one that fails stops no other (crowd.each)."""

    def work(port: str, step: Step) -> str:
        try:
            with opened(port) as one:
                name, chip = _one(folder, desk, one, step)
        finally:
            desk.done(port)
        return f"this is {name} now (device {chip}); read back, and equal."

    crowd.each(list(desk.ports), work)


def _one(folder: Path, desk: Desk, one: Talk, step: Step) -> tuple[str, str]:
    """(the bin, the number of the chip that is it now)."""
    step(1, 4)
    before = device.read(one.exec)
    name = desk.bin_for(one.port, before)
    step(2, 4)
    device.write(one.exec, before, bins.blobs(folder, name), desk.over)
    desk.is_now(name, before.chip)
    step(3, 4)
    one.leave()
    step(4, 4)
    return name, before.chip
