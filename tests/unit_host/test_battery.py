"""How long a battery lasts, and what `smartbin battery` says about it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim import battery, battery_cli, energy, life
from sim.battery import Answer
from sim.errors import SimError
from sim.run import Wake
from sim.scenario import load
from sim.scenario_table import Cell
from sim.steady import Spent, Steady
from tools.cli import app

AA, DAY_MAH, CUTOFF_MV = Cell("lithium_2aa"), 0.74, 2600


def lasts(kind: str = "lithium_2aa", mah: float = DAY_MAH, cold_c: float = 6.0) -> life.Life:
    return life.of(Cell(kind), mah, 12.0, cold_c, CUTOFF_MV)


def test_two_aa_cells_last_ten_years_at_the_drain_that_we_aim_at() -> None:
    """2.7 of 3.0 Ah are usable in that time (issue 5)."""
    found = lasts()
    assert found.years == pytest.approx(10, abs=0.1)
    assert found.limit == "charge"
    usable = found.capacity_mah - found.stranded_mah - found.cold_mah - found.aged_mah
    assert usable == pytest.approx(2700, abs=30)


@pytest.mark.parametrize("kind", ["lithium_2aa", "lisocl2_d", "liion_18650"])
def test_nobody_is_promised_more_than_shelf_life(kind: str) -> None:
    found = lasts(kind, mah=0.001)
    assert found.years <= found.shelf_years
    assert lasts("lisocl2_d").limit == "shelf life"


def test_cold_strands_charge_and_takes_some_of_it() -> None:
    assert lasts(cold_c=-25).stranded_mah > lasts().stranded_mah > 0
    cold, warm = (life.of(Cell("liion_18650"), 1, c, c, CUTOFF_MV) for c in (-10.0, 20.0))
    assert cold.cold_mah == pytest.approx(1300)
    assert warm.cold_mah == 0
    assert cold.years < warm.years


def test_a_battery_that_cannot_bear_the_radio_has_no_years() -> None:
    assert life.of(AA, 1, 12, 6, 20_000).years == 0


def answer(mah: float, group: str = "", what: str = "as it is") -> Answer:
    """Without a run."""
    booked = Steady(days=1.0)
    mc = dict.fromkeys(energy.PHASES, 0.0) | {"sleep": mah * 1800, "tls": mah * 1800}
    wake = Wake(0, 500, {"boot": 70}, 1, True, "timer", 900_000)
    booked.wakes.append(Spent(wake, mc))
    scenario = load(battery_cli.DAY)
    return Answer(group, what, scenario, booked, lasts(mah=booked.mah_day))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [answer(0.74), answer(2.0, "signal", "-85 dBm"), answer(9.0, "sessions", "many")]
    monkeypatch.setattr(battery, "answers", lambda scenario, progress: iter(found))


@pytest.mark.usefixtures("few")
def test_the_command_prints_assumptions_and_what_changes_it(tmp_path: Path) -> None:
    page, picture = tmp_path / "b.html", tmp_path / "b.svg"
    done = CliRunner().invoke(app, ["battery", "--html", str(page), "--svg", str(picture)])
    assert done.exit_code == 0, done.output
    for said in ("10.0 years", "cells", "2,600 mV", "15 years", "TLS handshake", "-85 dBm"):
        assert said in done.output
    assert done.output.index("many") < done.output.index("-85 dBm")  # the largest change first
    assert picture.read_text().startswith("<?xml")
    assert "data:image/svg+xml" in page.read_text()


@pytest.mark.usefixtures("few")
def test_the_figures_come_as_json() -> None:
    done = CliRunner().invoke(app, ["battery", "--json", "-"])
    found = json.loads(done.stdout)
    assert found["life"]["years"] == pytest.approx(10, abs=0.1)
    assert found["changes"][0]["group"] == "signal"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--cell", "lithium_aa"], "did you mean lithium_2aa?"),
        (["--board", "devkit"], "--board devkit is not known"),
        (["--scenario", "nowhere.toml"], "cannot be read"),
    ],
)
def test_mistakes_are_sentences(options: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["battery", *options])
    assert isinstance(done.exception, SimError)
    assert said in str(done.exception)
    assert "\n" not in str(done.exception)


def test_a_scenario_is_run_short_and_without_its_faults() -> None:
    demo = load(battery_cli.DAY.with_name("demo.toml"))
    found = battery.short(demo)
    assert found.run.bins == len(found.waste.stations) == 4
    assert not list(found.faults)
    assert found.run.days < demo.run.days


def test_each_variant_changes_one_thing_and_all_groups_are_there() -> None:
    base = battery.short(load(battery_cli.DAY))
    groups = {group for group, _, changed in battery._variants(base) if changed != base}
    assert groups == {"signal", "sessions", "sampling", "temperature", "TLS"}
    plain = replace(base, broker=replace(base.broker, kind="amqtt", tls=False))
    assert [c.broker.tls for g, _, c in battery._variants(plain) if g == "TLS"] == [True]
