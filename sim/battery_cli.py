"""`smartbin battery`: years on a cell, the assumptions, and what would change them most."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim import battery, cell, life, places
from sim.battery import Answer
from sim.cli_files import writable, write
from sim.errors import SimError
from sim.report import words
from sim.scenario import Scenario, load

DAY = places.ROOT / "sim" / "scenarios" / "default_day.toml"
_WIDTH = 100  # columns of a log


def battery_command(
    board: Annotated[
        str | None, typer.Option(help="A folder of boards/, instead of the scenario's.")
    ] = None,
    cell_kind: Annotated[
        str | None,
        typer.Option("--cell", help=f"One of {', '.join(cell.KINDS)}, instead of the scenario's."),
    ] = None,
    scenario: Annotated[Path, typer.Option(help="A scenario; its faults are left out.")] = DAY,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write the figures here ('-' prints them).")
    ] = None,
    html_path: Annotated[
        Path | None, typer.Option("--html", help="Write one page with table and picture here.")
    ] = None,
    svg_path: Annotated[Path | None, typer.Option("--svg", help="Write the picture here.")] = None,
) -> None:
    """Years that a board lasts on a cell, and what would change that.

    It runs the firmware in the simulator a dozen times, which takes half a minute.
    """
    wanted = _wanted(scenario, board, cell_kind)
    for path in (json_path, html_path, svg_path):
        writable(path)
    console = Console(stderr=True)
    try:
        with console.status("") as status:
            found = list(battery.answers(battery.short(wanted), status.update))
    except KeyboardInterrupt:
        print("smartbin: stopped; nothing was written.", file=sys.stderr)
        raise typer.Exit(130) from None
    write(json_path, json.dumps(_figures(found), indent=2, ensure_ascii=False) + "\n")
    if html_path or svg_path:
        from sim.report import battery as pictures  # matplotlib takes a while to import

        if svg_path:
            write(svg_path, pictures.svg(found))
        if html_path:
            write(html_path, pictures.html(found, sentences(found[0])))
    if json_path != Path("-"):
        _print(found)


def sentences(base: Answer) -> list[str]:
    """The answer, and everything that it rests on."""
    one, run = base.life, base.scenario
    tls = " over TLS" if run.broker.tls else ""
    draws = (
        f"It draws {one.mah_day:.3f} mAh a day: {base.booked.wakes_day:.0f} wakes and "
        f"{base.booked.sessions_day:.1f} sessions{tls}, at {run.radio.rssi_dbm:g} dBm."
    )
    shelf = f"No more than {one.shelf_years:g} years are promised whatever the drain: shelf life."
    model = (
        "Charge is modelled: measured phases where there are any, estimates elsewhere "
        "(docs/energy.md). Not counted: a cold start, faults, a passivated cell's first dip."
    )
    years = f"{one.years:.1f} years on {words.cell(one.kind)}, until {_end(base)}"
    return [f"{run.board.name}: {years}.", draws, _capacity(base), shelf, model]


def _capacity(base: Answer) -> str:
    """Where the charge of the battery goes that the node never gets."""
    one, run = base.life, base.scenario
    said = (
        f"Capacity {one.capacity_mah:,} mAh at such small currents; of it {one.cold_mah:.0f} mAh "
        f"are not there at {run.weather.mean_c:g} °C, {one.stranded_mah:.0f} mAh are left when "
        f"the voltage falls below {battery.cutoff_mv(run):,} mV while sending at "
        f"{battery.coldest_c(run):g} °C, and {one.aged_mah:.0f} mAh are lost by ageing."
    )
    if life.load_ma(one.kind) < life.RADIO_MA:
        said += " A capacitor feeds the radio's bursts."
    return said


def _end(base: Answer) -> str:
    if base.life.limit == "shelf life":
        return f"the end of its shelf life (its charge would do for {base.life.by_charge:.0f})"
    return "its charge is used up"


def _wanted(path: Path, board: str | None, kind: str | None) -> Scenario:
    wanted = load(path)
    if kind is not None:
        _known("--cell", kind, list(cell.KINDS))
        wanted = replace(wanted, cell=replace(wanted.cell, kind=kind))
    if board is not None:
        _known("--board", board, sorted(p.parent.name for p in places.BOARDS.glob("*/board.py")))
        wanted = replace(wanted, board=replace(wanted.board, name=board))
    return wanted


def _known(option: str, given: str, choice: list[str]) -> None:
    if given not in choice:
        near = get_close_matches(given, choice, 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise SimError(f"{option} {given} is not known; write one of {', '.join(choice)}{hint}.")


def _print(found: list[Answer]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    base, *others = found
    first, *rest = sentences(base)
    console.print(Text(first, style="bold"))
    for sentence in rest:
        console.print(Text(sentence))
    console.print(_days(base))
    console.print(_changes(base, others))


def _days(base: Answer) -> Table:
    """A day's charge by phase."""
    table = Table(title="A day's charge by phase", title_justify="left", box=None)
    for heading in ("phase", "mAh", "%"):
        table.add_column(heading, justify="left" if heading == "phase" else "right")
    total = base.booked.mah_day
    for phase, mc in base.booked.phases_mc.items():
        mah = mc / 3600
        if mah >= 0.0005:
            table.add_row(words.phase(phase), f"{mah:.3f}", f"{100 * mah / total:.1f}")
    return table


def _changes(base: Answer, others: list[Answer]) -> Table:
    """What changes it most comes first."""
    table = Table(title="What changes it, most first", title_justify="left", box=None)
    for heading in ("", "", "mAh a day", "change", "years"):
        table.add_column(heading, justify="right" if heading else "left")
    for one in sorted(others, key=lambda one: -abs(one.life.years - base.life.years)):
        change = one.life.mah_day - base.life.mah_day
        years = f"{one.life.years:.1f}{'' if one.life.limit == 'charge' else ' (shelf)'}"
        table.add_row(one.group, one.what, f"{one.life.mah_day:.3f}", f"{change:+.3f}", years)
    return table


def _figures(found: list[Answer]) -> dict[str, Any]:
    base, *others = found
    return {
        "board": base.scenario.board.name,
        "life": asdict(base.life),
        "limit": base.life.limit,
        "coldest_c": battery.coldest_c(base.scenario),
        "cutoff_mv": battery.cutoff_mv(base.scenario),
        "wakes_per_day": round(base.booked.wakes_day, 2),
        "sessions_per_day": round(base.booked.sessions_day, 2),
        "phases_mc": {k: round(v, 3) for k, v in base.booked.phases_mc.items()},
        "changes": [
            {
                "group": one.group,
                "what": one.what,
                "mah_day": round(one.life.mah_day, 4),
                "years": round(one.life.years, 2),
                "sessions_per_day": round(one.booked.sessions_day, 2),
            }
            for one in others
        ],
    }
