"""The same work on many ports at once: a thread and a line of progress for each."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from threading import Thread

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from tools.device.talk import Step
from tools.errors import UserError

_LOOK_S = 0.05
_STOPPED = "stopped before the end; run it again."
Work = Callable[[str, Step], str]  # port and step in, a sentence out


def each(ports: list[str], work: Work) -> None:
    """Does it on every port; prints a sentence for each; exit code 2 where one failed.

    A device that fails does not keep the others from their work.  Ctrl-C does: it is as if every
    cable were pulled.
    """
    ended: dict[str, tuple[bool, str]] = {}
    exit_code = 2

    def one(port: str, step: Step) -> None:
        ended[port] = _one(work, port, step)

    with _bars() as bars:
        jobs = [Thread(target=one, args=(p, _step(bars, p)), daemon=True) for p in ports]
        try:
            for job in jobs:
                job.start()
            while any(job.is_alive() for job in jobs):
                time.sleep(_LOOK_S)  # not join(): a Ctrl-C just before it would wait for its end
        except KeyboardInterrupt:
            exit_code = 130
    told = [ended.get(port, (False, f"{port}: {_STOPPED}")) for port in ports]
    for well, sentence in told:
        print(sentence if well else f"smartbin: {sentence}", file=None if well else sys.stderr)
    if not all(well for well, _ in told):
        raise typer.Exit(exit_code)


def _one(work: Work, port: str, step: Step) -> tuple[bool, str]:
    """Did it go well, and a sentence; whatever is raised, the other ports must not suffer."""
    try:
        return True, f"{port}: {work(port, step)}"
    except UserError as error:
        said = str(error)
        return False, said if said.startswith(port) else f"{port}: {said}"
    except Exception as error:
        traceback.print_exc()
        return False, f"{port}: an error in this program ({type(error).__name__}); report it."


def _bars() -> Progress:
    """Bars on a terminal, nothing in a log."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _step(bars: Progress, port: str) -> Step:
    task: TaskID = bars.add_task(port, total=1)
    return lambda done, total: bars.update(task, completed=done, total=total)
