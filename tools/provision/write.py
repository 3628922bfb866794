"""Many bins onto many ports at once, and the ledger's word on which device became which bin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

from tools.device import crowd, knock
from tools.device.talk import Step, Talk
from tools.errors import UserError
from tools.provision import device, ledger, make
from tools.provision.ledger import Ledger

Open = Callable[[str], Talk]


def pairs(book: Ledger, names: Sequence[str], ports: Sequence[str]) -> dict[str, str]:
    """port -> bin, in the order given; without names the next bins that no device has yet."""
    if not names:
        left = [name for name in book.bins() if not book.written(name)]
        if not left:
            raise UserError("Every bin of this folder has been written to a device.")
        return dict(zip(ports, left, strict=False))
    if len(set(names)) != len(ports):
        raise UserError(
            f"{len(set(names))} bins and {len(ports)} ports: give one --port for each bin."
        )
    for name in names:
        if not book.made(name):
            raise UserError(f"{name} has no credentials; run smartbin provision make first.")
    return dict(zip(ports, names, strict=True))


def everywhere(
    folder: Path, wanted: dict[str, str], over: bool, opened: Open = knock.open_port
) -> None:
    """Writes all of them at the same time; one that fails stops no other (crowd.each)."""
    book, lock = Ledger(folder / "ledger.jsonl"), Lock()

    def work(port: str, step: Step) -> str:
        name = wanted[port]
        chip = _one(folder, book, name, lambda: opened(port), over, step)
        with lock:
            _note(book, name, chip)
        return f"this is {name} now (device {chip}); read back, and equal."

    crowd.each(list(wanted), work)


def _one(
    folder: Path, book: Ledger, name: str, opened: Callable[[], Talk], over: bool, step: Step
) -> str:
    """The number of the chip that is that bin now."""
    blobs, line = make.blobs(folder, name), book.written(name)
    with opened() as one:
        step(1, 4)
        before = device.read(one.exec)
        step(2, 4)
        if line and line["device"] != before.chip:
            raise UserError(
                f"{name} is the device {line['device']}, this one is {before.chip}, and two of "
                f"one name throw each other out; run provision make --replace {name} before this."
            )
        device.write(one.exec, before, blobs, over)
        step(3, 4)
        one.leave()
    step(4, 4)
    return before.chip


def _note(book: Ledger, name: str, chip: str) -> None:
    line = book.written(name)
    if not line or line["device"] != chip:
        book.add(ledger.WRITTEN, name, device=chip)
