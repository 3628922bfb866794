"""A run on a terminal: one table that fits 100 columns, and what happened in a few sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from sim.report import eventful, story, telling, words
from sim.report.story import BinStory, Story
from sim.report.words import number
from sim.run import BinRun, Run

_ALL = 30  # up to so many bins each has its row
_WORST = 10  # of more bins these many
_HOUR_MS = 3_600_000
_MAH_MC = 3600


class _Column(NamedTuple):
    """heading: two lines; of: a bin's cell; total: the last row's; optional: only if not all 0."""

    heading: str
    of: Callable[[BinStory], str]
    total: str
    optional: bool = False


def table(run: Run, summary: dict[str, Any]) -> RenderableType:
    """What a run's user should know, for a terminal or a log of 100 columns."""
    told = story.of(run)
    parts = [_title(run, summary), _bins(told, summary), _sentences(told, summary)]
    if run.broken:
        parts = [_cut_short(run.broken), *parts, _cut_short(run.broken)]
    return Group(*parts)


def _cut_short(why: str) -> Panel:
    return Panel(f"[bold red]THE RUN WAS CUT SHORT[/]: {escape(why)}", box=box.HEAVY)


def _title(run: Run, summary: dict[str, Any]) -> str:
    name = escape(run.scenario.run.title or run.scenario.run.name)
    facts = (
        words.count(summary["bins"], "bin"),
        words.days(summary["days"]),
        words.broker(summary["broker"]["kind"]),
        f"{number(summary['wakes'])} wakes in {summary['wall_s']:.1f} s",
    )
    return f"[bold]{name}[/]\n{', '.join(facts)}"


def _bins(told: Story, summary: dict[str, Any]) -> Table:
    shown = told.bins if len(told.bins) <= _ALL else told.worst(_WORST)
    columns = [c for c in _columns(told, summary) if not c.optional or c.total not in ("0", "")]
    found = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    found.add_column("\nBin", no_wrap=True, overflow="ellipsis", max_width=18)
    for column in columns:
        found.add_column(column.heading, justify="right", no_wrap=True)
    found.add_column("\nTroubles with", overflow="fold")
    for one in shown:
        found.add_row(one.bin.id, *[column.of(one) for column in columns], _troubles(one.bin))
    left_out = len(told.bins) - len(shown)
    if left_out:
        found.add_row(f"{left_out:,} others", *[""] * len(columns), "fewer than these")
    found.add_section()
    total = words.count(len(told.bins), "bin")
    found.add_row(total, *[column.total for column in columns], "", style="bold")
    return found


def _columns(told: Story, summary: dict[str, Any]) -> list[_Column]:
    readings, sessions = summary["readings"], summary["sessions"]
    off, mah = summary["fill"]["mae_pct"], summary["charge"]["mah_per_day"]
    per_day_mc = _MAH_MC * summary["days"]
    taken, delivered, lost = (number(readings[k]) for k in ("taken", "delivered", "lost"))
    dropped, waiting = number(readings["dropped"]), number(readings["waiting"])
    ok, failed = number(sessions["ok"]), number(sessions["failed"])
    return [
        _Column("\nWakes", lambda b: number(len(b.bin.wakes)), number(summary["wakes"])),
        _Column("\nTaken", lambda b: number(b.taken), taken),
        _Column("Deliv-\nered", lambda b: number(b.delivered), delivered),
        _Column("\nLost", lambda b: number(b.lost), lost),
        _Column("Drop-\nped", lambda b: number(b.bin.dropped), dropped, optional=True),
        _Column("Wait-\ning", lambda b: number(b.bin.waiting), waiting, optional=True),
        _Column("\nLate", lambda b: number(int(b.late.sum())), number(told.late)),
        _Column(
            "up to\nhours", lambda b: _hours(b.longest_ms), _hours(told.longest_ms), optional=True
        ),
        _Column("Re-\nports", lambda b: number(b.ok_ms.size), ok),
        _Column("\nfailed", lambda b: number(b.failed_ms.size), failed),
        _Column("Error,\n%", lambda b: _points(b.mean_error_pct), _points(off), optional=True),
        _Column("mAh/\nday", lambda b: f"{_total_mc(b) / per_day_mc:.2f}", f"{mah:.2f}"),
    ]


def _total_mc(one: BinStory) -> float:
    return sum(one.bin.charge_mc.values())


def _troubles(one: BinRun) -> str:
    found = sorted(one.troubles.items())
    return ", ".join(f"{words.trouble(name).short} {count}" for name, count in found)


def _hours(ms: int) -> str:
    return f"{ms / _HOUR_MS:.1f}" if ms else ""


def _points(pct: float | None) -> str:
    return "" if pct is None else f"{pct:.1f}"


def _sentences(told: Story, summary: dict[str, Any]) -> Table:
    found = Table.grid(padding=(0, 2, 0, 0))
    found.add_column(no_wrap=True)
    found.add_column()
    for name, sentence in _facts(told, summary):
        found.add_row(f"[bold]{name}[/]", escape(sentence))
    return found


def _facts(told: Story, summary: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Readings", telling.readings(summary)),
        ("Reports", telling.sessions(summary)),
        ("Late", telling.late(told)),
        *[(f"Fault {one.number}", _fault(told, one)) for one in told.faults],
        ("Troubles", telling.troubles(summary, codes=True)),
        ("Events", telling.events(summary)),
        ("Levels", telling.fill(summary)),
        ("Awake", telling.awake(summary)),
        ("Charge", telling.charge(summary)),
    ]


def _fault(told: Story, one: story.FaultStory) -> str:
    name = words.fault(one.fault.kind).capitalize()
    where = telling.fault_bins(told, one)
    return f"{name}, {telling.fault_when(told, one)}, {where}. {eventful.fault(told, one)}"
