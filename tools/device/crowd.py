"""The same work on many ports at once: a thread and a line of progress for each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from tools.device.talk import Step
from tools.errors import UserError

Work = Callable[[str, Step], str]  # port and step in, a sentence out


def each(ports: list[str], work: Work) -> None:
    """Does it on every port; prints a sentence for each; exit code 2 where one failed.

    A device that fails does not keep the others from their work.
    """
    with _bars() as bars, ThreadPoolExecutor(max_workers=len(ports)) as pool:
        began = [pool.submit(_one, work, port, _step(bars, port)) for port in ports]
        ended = [job.result() for job in began]
    for well, sentence in ended:
        print(sentence if well else f"smartbin: {sentence}", file=None if well else sys.stderr)
    if not all(well for well, _ in ended):
        raise typer.Exit(2)


def _one(work: Work, port: str, step: Step) -> tuple[bool, str]:
    try:
        return True, f"{port}: {work(port, step)}"
    except UserError as error:
        said = str(error)
        return False, said if said.startswith(port) else f"{port}: {said}"


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
