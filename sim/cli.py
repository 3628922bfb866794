"""`smartbin sim ...`: run a scenario, and say what came of it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from sim import expect, fleet, profile, summary
from sim.cli_files import writable, write
from sim.port.cli import console_command
from sim.scenario import Scenario, load

if TYPE_CHECKING:
    from sim.chaos import Verdict

app = typer.Typer(no_args_is_help=True, help="Run bins in the simulator.")

_WIDTH = 100  # columns of a log


app.command("console")(console_command)


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
        writable(path)
    recorder = profile.Recorder(wanted.run.days)
    try:
        with _progress(wanted) as step:
            watch = (recorder.watch,) if html_path else ()
            done = fleet.run(wanted, step, *watch)
    except KeyboardInterrupt:
        print("smartbin: stopped; nothing was written.", file=sys.stderr)
        raise typer.Exit(130) from None
    found = summary.of(done)
    _print(done, found, json_path)
    write(json_path, json.dumps(found, indent=2) + "\n")
    if html_path:
        from sim import report  # matplotlib takes a while to import

        write(html_path, report.html(done, found, recorder.found))
    raise typer.Exit(_verdict(wanted, found))


@app.command("chaos")
def chaos_command(
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 30,
    first: Annotated[int, typer.Option(min=0, help="The first of them.")] = 1,
    days: Annotated[
        float | None, typer.Option(min=0.01, help="Virtual days, instead of 1 to 3.")
    ] = None,
    bins: Annotated[int | None, typer.Option(min=1, help="Bins, instead of 1 to 3.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = 1,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the results here ('-' prints them).")
    ] = None,
) -> None:
    """Stage random faults, a scenario for each seed; exit 0 only where no promise was broken."""
    from sim import chaos

    writable(json_path)
    began, verdicts = time.monotonic(), []
    try:
        for verdict in chaos.run(range(first, first + seeds), days, bins, jobs):
            small = chaos.fewest(verdict) if verdict.broken else verdict
            verdicts.append(small)
            if verdict.broken:
                _explain(small, chaos.repeat(verdict, days, bins), chaos.toml(small.plan))
    except KeyboardInterrupt:
        print("smartbin: stopped; nothing was written.", file=sys.stderr)
        raise typer.Exit(130) from None
    found = chaos.summary(verdicts, first, time.monotonic() - began)
    write(json_path, json.dumps(found, indent=2) + "\n")
    if json_path != Path("-"):
        print(_chaos_line(found))
    raise typer.Exit(1 if found["failed"] else 0)


def _explain(verdict: Verdict, again: str, scenario: str) -> None:
    """A failing seed: what broke, how to see it again, and the scenario that still does it."""
    for sentence in verdict.broken:
        print(f"smartbin: seed {verdict.seed}: {sentence}", file=sys.stderr)
    print(f"smartbin: seed {verdict.seed}: again with: {again}", file=sys.stderr)
    print(
        f"# The fewest faults of seed {verdict.seed} that still fail.\n{scenario}", file=sys.stderr
    )


def _chaos_line(found: dict[str, Any]) -> str:
    failed = len(found["failed"])
    return (
        f"{found['seeds']} seeds in {found['wall_s']:.0f} s: {found['wakes']:,} wakes, "
        f"{found['taken']:,} readings taken, {found['delivered']:,} delivered; longest wake "
        f"{found['max_wake_ms'] / 1000:.1f} s, dearest {found['max_wake_mc']} mC; "
        f"{f'{failed} seeds broke a promise' if failed else 'every promise was kept'}."
    )


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
