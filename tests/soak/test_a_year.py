"""One bin for a year, another kind of fault every week: nothing grows, nothing wears out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim import fleet, invariants, summary
from sim.device import Device
from sim.fault_kinds import KINDS
from sim.leftovers import Looker
from sim.scenario import load
from smartbin import memory

pytestmark = pytest.mark.timeout(300)  # a year takes a minute where nobody else is at work

DAYS = 365
ENDURANCE = 100_000  # erases of a block of NOR flash (data sheets: W25Q32 and the like)
DAY_MS = 86_400_000
MONTH_MS = 30 * DAY_MS


@dataclass(frozen=True)
class Seen:
    """A bin on one day."""

    day: int
    rtc: int  # bytes
    rows: int  # readings in RTC memory
    blocks: int | None  # of flash in use
    files: list[str]
    notes: int


def say(fact: object) -> None:
    """Seen with -s or where a test fails."""
    sys.stdout.write(f"{fact}\n")


def scenario(folder: Path):
    """Each kind of fault in turn, for six hours of every Wednesday."""
    lines = ["[run]", f"days = {DAYS}", "interpreters = 1", "seed = 3"]
    kinds = list(KINDS)
    for week in range(DAYS // 7):
        kind = kinds[week % len(kinds)]
        lines += ["[[fault]]", f'kind = "{kind}"', f'at = "{7 * week + 2}d9h"', 'lasts = "6h"']
    path = folder / "a_year.toml"
    path.write_text("\n".join(lines) + "\n")
    return load(path)


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """(the run, what was seen each month)"""
    seen: list[Seen] = []

    def watch(device: Device, look: Looker) -> None:
        mem = memory.load(device.rtc)
        if device.next_ms < len(seen) * MONTH_MS + MONTH_MS // 2 or mem is None or mem.fails:
            return
        left = look.into_flash(device)
        notes = len(mem.notes.last) + sum(map(bool, mem.notes.counts))
        day = device.next_ms // DAY_MS
        seen.append(Seen(day, len(device.rtc), len(mem.outbox), left.blocks, left.files, notes))

    done = fleet.run(scenario(tmp_path_factory.mktemp("year")), watch=watch)
    return done, seen


@pytest.mark.slow
def test_a_year_of_weekly_faults_is_lived_through(year):
    done, _ = year
    found = summary.of(done)
    say(f"{found['wakes']:,} wakes in {found['wall_s']:.0f} s: {found['readings']}")
    assert invariants.broken(done) == []
    assert found["wakes"] > 30_000
    assert found["readings"]["delivered"] > 0.97 * found["readings"]["taken"]


@pytest.mark.slow
def test_nothing_that_a_node_keeps_grows(year):
    _, seen = year
    for one in seen:
        say(one)
    assert len(seen) == 12
    assert {one.rtc for one in seen} == {memory.IMAGE_SIZE}
    assert all(one.rows <= memory.ROOM for one in seen)
    assert max(one.blocks for one in seen) <= 16, "of 512; each file of ours takes one or two"
    assert all(set(one.files) <= {"settings", "new", "mirror", "log", "log.old"} for one in seen)
    assert max(one.notes for one in seen) <= memory.notes.SIZE


@pytest.mark.slow
def test_a_year_wears_out_less_than_a_hundredth_of_the_flash(year):
    done, _ = year
    found = summary.of(done)["flash"]
    share = found["worst_block"] / ENDURANCE
    say(f"{found['erases']} erases; the worst block {found['worst_block']}: {share:.3%}")
    assert 0 < share < 0.01
