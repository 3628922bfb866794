"""What a run's user reads: a table for the terminal, and one page with pictures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from sim.profile import Profile
from sim.report import eventful, opening, page, shares, story, telling, words
from sim.report.story import FaultStory, Story
from sim.report.table import table
from sim.report.words import count, duration, number
from sim.run import Run

_SOURCES = {  # by the folder that a history lies in
    "wyndham": "The fill histories come from the open data sets “Wyndham Smart Bin Fill Level "
    "(Historical)” and “Wyndham City Smart Bins” of Wyndham City Council (Victoria, Australia), "
    "licensed under Creative Commons Attribution (CC BY). © Wyndham City Council. What happened "
    "between the daily readings on record is the simulator's assumption.",
}


def html(run: Run, summary: dict[str, Any], profiles: Sequence[Profile] = ()) -> str:
    """One page that needs nothing else; the same run gives the same page but for wall-clock time.

    summary: what sim.summary.of(run) returns; profiles: what sim.profile recorded, if it did.
    """
    told = story.of(run)
    title = run.scenario.run.title or run.scenario.run.name
    parts = (
        f"<h1>{escape(title)}</h1>",
        page.text(f"This run was cut short: {run.broken}" if run.broken else "", "broken"),
        *[page.text(sentence, "lead") for sentence in opening.sentences(told, summary)],
        page.tiles(_tiles(told, summary)),
        *_bins(told),
        *eventful.section(told),
        *_arrivals(told),
        *_faults(told, summary),
        *_shares(told, summary),
        *_moments(profiles),
        *_words(told),
        page.footer(_small_print(run, summary)),
    )
    return page.page(title, parts)


def _tiles(told: Story, summary: dict[str, Any]) -> list[tuple[str, str]]:
    readings, sessions, awake = summary["readings"], summary["sessions"], summary["awake"]
    fill = summary["fill"]
    tried = sessions["ok"] + sessions["failed"]
    late = f"late; the longest waited {duration(told.longest_ms)}" if told.late else "late"
    error = "no level to compare with the truth"
    if fill["mae_pct"] is not None:
        error = (
            f"mean error of the level; {words.percent(fill['quartile_ok'])} in the right quarter"
        )
    return [
        (number(readings["taken"]), "readings taken"),
        (words.percent(readings["delivered"], readings["taken"]), "of them arrived"),
        (
            number(readings["lost"]),
            f"lost; {number(readings['dropped'])} dropped, {number(readings['waiting'])} waiting",
        ),
        (number(told.late), late),
        (number(sessions["ok"]), f"of {count(tried, 'attempt')} to report succeeded"),
        ("none" if fill["mae_pct"] is None else f"{fill['mae_pct']:.1f} points", error),
        (duration(awake["p50_ms"]), f"the middle wake; the longest: {duration(awake['max_ms'])}"),
        (
            f"{summary['battery']['years']:.1f} years",
            f"from {words.cell(summary['battery']['cell'])}",
        ),
    ]


def _bins(told: Story) -> list[str]:
    from sim.report import (
        closeup,
        legend,
        panels,
    )  # they bring matplotlib, which the table does without

    return [
        page.heading("Every bin, from beginning to end"),
        page.text(
            "One strip for each bin: how full it was, what it reported and how sure it was of it. "
            "Below the line: what it said had happened, and when it tried to report."
        ),
        page.text(_left_out(told, panels.MOST)),
        page.text(_untimed(told)),
        legend.signs_of(told),
        *closeup.section(told),
        page.pictures(panels.pictures(told), "level, readings and reports of each bin over time"),
    ]


def _left_out(told: Story, most: int) -> str:
    if len(told.bins) <= most:
        return ""
    return f"Of {len(told.bins):,} bins, the {most} with the most to tell are drawn."


def _untimed(told: Story) -> str:
    untimed = sum(d.at_s is None for b in told.bins for d in b.readings)
    if not untimed:
        return ""
    return (
        f"{count(untimed, 'reading')} came without a time, because the node's clock had never "
        "been set; they stand where the simulator knows them to belong."
    )


def _arrivals(told: Story) -> list[str]:
    from sim.report import arrivals, legend

    found = arrivals.picture(told)
    return [
        page.heading("When readings arrived"),
        page.text(
            f"All bins together; one bar is {_bar(found.bar_ms)}. Bins collect readings and send "
            "them together, and they were all switched on together: hence the peaks at first. "
            "After a fault, what had waited catches up. At the end of the run every bin is asked "
            "for what it still holds."
        ),
        legend.colors(told),
        page.pictures([found.svg], "readings that arrived, and failed attempts, over time"),
    ]


def _bar(ms: int) -> str:
    return {3_600_000: "an hour", 86_400_000: "a day", 60_000: "a minute"}.get(ms, duration(ms))


def _faults(told: Story, summary: dict[str, Any]) -> list[str]:
    noted = page.text(f"What the bins noted: {telling.troubles(summary)}")
    if not told.faults:
        none = page.text("No fault was staged in this run.")
        return [page.heading("What went wrong"), none, noted]
    columns = ("What", "When", "How long", "Where", "What came of it")
    rows = [_fault_row(told, one) for one in told.faults]
    return [page.heading("What went wrong, and what came of it"), page.table(columns, rows), noted]


def _fault_row(told: Story, one: FaultStory) -> list[str]:
    from sim.report import legend

    name = words.fault(one.fault.kind).capitalize()
    start, begin, lasts = told.run.scenario.run.start, one.fault.at_ms, one.fault.lasts_ms
    when = words.span(start, begin, begin + lasts)
    cells = (when, duration(lasts), telling.fault_bins(told, one), eventful.fault(told, one))
    return [f"{legend.fault(one.fault.kind)}{one.number}  {escape(name)}", *map(escape, cells)]


def _shares(told: Story, summary: dict[str, Any]) -> list[str]:
    return [
        page.heading("Where a bin's time and charge go"),
        page.text(f"{telling.awake(summary)} {telling.charge(summary)}"),
        shares.html(shares.wakes(told)),
        shares.html(shares.charge(summary)),
    ]


def _moments(profiles: Sequence[Profile]) -> list[str]:
    from sim.report import moments

    if not profiles:
        return []
    return [
        page.heading("What the chip draws, from moment to moment"),
        page.text(moments.sentence(profiles)),
        page.pictures(moments.pictures(profiles), "current over time in one wake, by phase"),
    ]


def _words(told: Story) -> list[str]:
    from sim.report import legend

    return [page.heading("What the words mean"), page.definitions(legend.glossary(told))]


def _small_print(run: Run, summary: dict[str, Any]) -> list[str]:
    scenario = run.scenario
    history = Path(scenario.waste.history)
    source = f"The fill histories come from {history.name}."
    run_by = (
        f"Scenario {scenario.path.name}, seed {summary['seed']}, board {scenario.board.name}; "
        f"{number(summary['wakes'])} wakes in {summary['wall_s']:.1f} s of real time."
    )
    return [
        f"Times are those of the scenario ({scenario.run.start:%Z}).",
        _SOURCES.get(history.parent.name, source) if scenario.waste.kind == "history" else "",
        run_by,
    ]


__all__ = ["html", "table"]
