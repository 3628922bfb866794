"""The power may go at any write: nothing that was promised is missing, and the node works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cuts import rehearsal
from tests.cuts.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    one = Desk(tmp_path)
    yield one
    one.close()


@pytest.mark.slow
@pytest.mark.parametrize("variant", rehearsal.VARIANTS)
def test_the_power_goes_at_every_write_and_nothing_promised_is_missing(desk, variant):
    found = list(rehearsal.every(desk, variant))
    wrong = [one for one in found if one.lost or one.bricked]
    assert not wrong, f"{len(wrong)} of {len(found)}, the first: {wrong[0]}"
    places = {one.place for one in found}
    assert len(places) >= 60, "a wake that spills, delivers, rolls the log over, changes settings"
    assert len(found) == len(places) * len(rehearsal.RESTARTS)


def test_the_busy_wake_does_all_that_it_is_there_for(desk):
    before = rehearsal.prepare(desk, "flash")
    after, account = desk.wake(before.state, "button", rehearsal.BUSY)
    heard = rehearsal.Heard().take(desk)
    assert len(before.held) == 84 and before.held <= heard.contents.keys()
    assert len(heard.contents) == 85, "and its own reading"
    assert after.settings["change_pct"] == before.state.settings["change_pct"] + 1
    assert account["writes"] == before.places
    assert account["flash"]["erases"] >= 2
    assert desk.look(after)["held"] == []
