"""`smartbin sim ...`: run a scenario, and say what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from sim import expect, fleet, summary
from sim.errors import SimError
from sim.scenario import Scenario, load

app = typer.Typer(no_args_is_help=True, help="Run bins in the simulator.")

_WIDTH = 100  # columns of a log


@app.callback()
def _options() -> None:
    pass


@app.command("run")
def run_command(
    scenario: Annotated[
        Path, typer.Argument(help="A scenario file, e.g. sim/scenarios/demo.toml.")
    ],
    days: Annotated[
        float | None, typer.Option(help="Virtual days, instead of the file's.")
    ] = None,
    bins: Annotated[
        int | None, typer.Option(help="Number of bins, instead of the file's.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the file's.")] = None,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the summary here ('-' prints it).")
    ] = None,
    html_path: Annotated[
        Path | None, typer.Option("--html", help="Write one page with pictures here.")
    ] = None,
) -> None:
    """Run a scenario; exit 0 only where all that it expects came true."""
    wanted = load(scenario, days=days, bins=bins, seed=seed)
    for path in (json_path, html_path):
        _writable(path)
    try:
        with _progress(wanted) as step:
            done = fleet.run(wanted, step)
    except KeyboardInterrupt:
        print("smartbin: stopped; nothing was written.", file=sys.stderr)
        raise typer.Exit(130) from None
    found = summary.of(done)
    _print(done, found, json_path)
    _write(json_path, json.dumps(found, indent=2) + "\n")
    if html_path:
        from sim import report  # matplotlib takes a while to import

        _write(html_path, report.html(done, found))
    raise typer.Exit(_verdict(wanted, found))


def _verdict(wanted: Scenario, found: dict[str, Any]) -> int:
    wrong = expect.check(found, wanted.expect)
    if found["broken"]:
        wrong.insert(0, found["broken"])
    for sentence in wrong:
        print(f"smartbin: {sentence}", file=sys.stderr)
    return 1 if wrong else 0


def _print(done: fleet.Run, found: dict[str, Any], json_path: Path | None) -> None:
    from sim import report

    if json_path == Path("-"):
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(report.table(done, found))


def _writable(path: Path | None) -> None:
    """Find out before the run, not after it."""
    if path is None or path == Path("-"):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as e:
        raise SimError(f"{path} cannot be written ({e.strerror}); choose another path.") from e


def _write(path: Path | None, text: str) -> None:
    if path == Path("-"):
        print(text, end="")
    elif path:
        path.write_text(text)


@contextmanager
def _progress(wanted: Scenario) -> Iterator[fleet.Progress]:
    """A bar on a terminal, nothing in a log."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda days: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("day {task.fields[day]:.1f} of {task.total:g}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"{wanted.run.bins} bins", total=wanted.run.days, day=0.0)
        yield lambda days: bar.update(task, completed=days, day=days)
