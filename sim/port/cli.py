"""`smartbin sim console`: a simulated bin behind a serial port, until Ctrl-C."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from sim.port.bench import Bench, Options
from sim.scenario import load


def console_command(
    scenario: Annotated[
        Path, typer.Argument(help="A scenario file; its first bin is the one on the bench.")
    ],
    link: Annotated[
        Path | None, typer.Option(help="Make this path lead to the port while it lasts.")
    ] = None,
    nap: Annotated[
        float | None,
        typer.Option(min=0.0, help="Cut naps to so many seconds; the bin's own clock jumps."),
    ] = None,
    stock: Annotated[
        bool, typer.Option("--stock", help="A board with the official image and nothing on it.")
    ] = False,
) -> None:
    """Put one simulated bin in real time behind a serial port; Ctrl-C ends it.

    kill -USR1 takes its power away and gives it back, kill -USR2 presses its service button.
    """
    with Bench(load(scenario, bins=1), Options(stock=stock, nap_s=nap, link=link)) as bench:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: bench.errands.over.set())
        signal.signal(signal.SIGUSR1, lambda *_: bench.errands.later(bench.power_cycle))
        signal.signal(signal.SIGUSR2, lambda *_: bench.errands.later(bench.press))
        typer.echo(bench.wire.path)
        bench.run()
