"""docs/energy.md: where the charge goes, from the model's own tables and what was last recorded.

tests/energy/recorded.json is written by `python -m tests.energy.budget`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from sim import cell, currents, energy, life
from sim.report import words
from smartbin import config
from smartbin.console import window
from tools import boards
from tools.setup.places import ROOT

PAGE = ROOT / "docs" / "energy.md"
RECORDED = ROOT / "tests" / "energy" / "recorded.json"
_MAH_MC = 3600

# How sure each part is.
_SURE = (
    (
        "measured on hardware, by others",
        "whole wakes of MicroPython on an ESP32 and an S3, below; deep sleep of the boards",
    ),
    (
        "derived from those",
        "start of the radio driver, associating, DHCP: differences of measured wakes",
    ),
    ("data sheets", "light sleep, receiver, transmitter; flash while it writes"),
    (
        "estimates",
        (
            "everything on an ESP32-C3; sending below 20 dBm; how far a weak signal stretches "
            "times; what cold does to batteries, except where a source stands in the code"
        ),
    ),
    (
        "untried on hardware",
        (
            "the WPA2 key as 64 digits, an address renewed by our own DHCP request, TLS with a "
            "pre-shared key, the channel as a hint"
        ),
    ),
)

_INTRO = """\
# Where the charge goes

Charge, not energy: a linear regulator passes the same current on, whatever the voltage. All of it
is modelled in the simulator, phase by phase, from what the firmware really did (the twin's
account) and what its chip draws meanwhile ([sim/currents.py](../sim/currents.py), each figure with
its source). This page is printed by `python -m tools.pages`; `make bench ONLY=energy` measures
anew.

{sure}
No board of ours has been on a power profiler yet.

## The model against measured wakes

Net of what the carrier board drew by itself
([tests/energy/data](../tests/energy/data)). `make test` fails where one is off by more than 10 %.

"""

_DAY = """
## The default day

[sim/scenarios/default_day.toml](../sim/scenarios/default_day.toml): default settings, the
reference board, street bins of all speeds, about six sessions a day. The first day, in which
everything is learnt, does not count.
Every cold start adds the console's window (phase `service`: `window_s`, {window_s} s awake for a
key, {window_mc:.0f} mC), and every press of the service button its minute ({pressed_mc:.0f} mC);
wakes by the timer have none.

"""

_BUDGET = """
A change that makes this day more than 2 % dearer fails `make test`, which names the phases;
`python -m tests.energy.budget` records a new figure where the change is meant.

## What each saving is worth

The default day over TLS again, with one setting turned round. Settings that are off by default are
turned on.

"""

_CHIPS = """
## Currents of the chips

In mA, net of the board.

"""

_CELLS = """
## Cells

`smartbin battery` says how many years a board lasts on one, and what would change that most.

"""

_ASSUMED = """
Ageing is counted on the full capacity and as if it were 20 °C all the time. A battery is empty
when its voltage under the radio's current, in the coldest hour of a usual night, falls below
`battery_critical_mv`. Nothing beyond shelf life is promised, whatever the drain.
Sources: [sim/cell.py](../sim/cell.py) and [sim/life.py](../sim/life.py).

## What boards draw asleep

"""

_TUTORIAL = """
## Against a tutorial

[tests/bench/peers/tutorial](../tests/bench/peers/tutorial) is a smart bin as beginners' guides
put it together: boot.py that joins and waits, one ping, DHCP, plain umqtt.simple, a message at
every wake, a quarter of an hour of deep sleep. It runs on the same twin, under the same lids; its
sensor is switched off in between, which few guides do. When it comes again, the access point has
forgotten the session that it never ends (after five minutes, by our model); where one has not,
joining takes 5 s longer (6 to 15 s were reported), and the gap is wider.
"""


def _day() -> str:
    """What a window costs: the CPU awake, nothing else."""
    window_s = config.check({}).window_s
    ma = currents.CHIPS["esp32"].cpu_ma
    return _DAY.format(
        window_s=window_s, window_mc=window_s * ma, pressed_mc=window.PRESSED_S * ma
    )


def render() -> str:
    """The whole page."""
    recorded = json.loads(RECORDED.read_text())
    parts = (
        *_model(recorded["model"]),
        _day(),
        *_days(recorded["days"]),
        _BUDGET,
        *_levers(recorded["levers"]),
        _CHIPS,
        *_chips(),
        _CELLS,
        *_cells(),
        _ASSUMED,
        *_boards(),
        _TUTORIAL,
    )
    sure = "".join(_rows(["how sure", "what"], [list(row) for row in _SURE]))
    return _INTRO.replace("{sure}", sure.rstrip()) + "".join(parts)


def _rows(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    """A table whose first column is words, the others numbers, where there are several."""
    align = "--:|" if len(head) > 2 else "---|"
    yield f"| {' | '.join(head)} |\n|---|{align * (len(head) - 1)}\n"
    for row in rows:
        yield f"| {' | '.join(row)} |\n"


def _model(found: list[dict[str, Any]]) -> Iterator[str]:
    head = ["wake", "ms", "model", "off", "mC", "model", "off"]
    rows = [
        [
            f"`{one['wake']}`",
            f"{one['ms']:g}",
            f"{one['model_ms']:g}",
            _off(one["model_ms"], one["ms"]),
            f"{one['mc']:.2f}",
            f"{one['model_mc']:.2f}",
            _off(one["model_mc"], one["mc"]),
        ]
        for one in found
    ]
    return _rows(head, rows)


def _off(model: float, measured: float) -> str:
    return f"{100 * (model / measured - 1):+.1f} %"


def _days(days: dict[str, dict[str, float]]) -> Iterator[str]:
    plain, tls = days["plain"], days["tls"]
    rows = [
        [f"`{name}`", words.phase(name), *[f"{day.get(name, 0.0):.1f}" for day in (plain, tls)]]
        for name in energy.PHASES
        if max(day.get(name, 0.0) for day in (plain, tls)) >= 0.05  # in none of them: `service`
    ]
    sums = [sum(day.values()) for day in (plain, tls)]
    rows.append(["all", "", *[f"{mc:.0f}" for mc in sums]])
    rows.append(["mAh", "", *[f"{mc / _MAH_MC:.3f}" for mc in sums]])
    yield "| phase | | mC without TLS | mC over TLS |\n|---|---|--:|--:|\n"
    for row in rows:
        yield f"| {' | '.join(row)} |\n"


def _levers(found: list[dict[str, Any]]) -> Iterator[str]:
    base, *turned = found
    rows = [
        [
            one["name"],
            f"{one['turned']}: `{one['settings']}`",
            f"{one['mah']:.3f}",
            f"{one['mah'] - base['mah']:+.3f}",
        ]
        for one in turned
    ]
    yield "| saving | turned | mAh a day | change |\n|---|---|--:|--:|\n"
    yield f"| as it is | | {base['mah']:.3f} | |\n"
    for row in rows:
        yield f"| {' | '.join(row)} |\n"


def _chips() -> Iterator[str]:
    names = [one.name for one in dataclasses.fields(currents.Chip) if one.name.endswith("_ma")]
    rows = [
        [name.removesuffix("_ma"), *[f"{getattr(one, name):g}" for one in currents.CHIPS.values()]]
        for name in names
    ]
    return _rows(["", *[f"`{name}`" for name in currents.CHIPS]], rows)


def _cells() -> Iterator[str]:
    rows = [
        [
            f"{words.cell(name)} (`{name}`)",
            f"{kind.capacity_mah:,}",
            f"{100 * kind.yearly_loss:.2g} %",
            f"{kind.shelf_years:g}",
            f"{life.load_ma(name):g}",
        ]
        for name, kind in cell.KINDS.items()
    ]
    return _rows(["cell", "mAh", "lost a year", "shelf life, years", "mA it must bear"], rows)


def _boards() -> Iterator[str]:
    yield "| board | chip | µA | source |\n|---|---|--:|---|\n"
    for path in sorted((ROOT / "boards").glob("*/board.py")):
        one = boards.load(path.parent.name)
        yield f"| `{one.NAME}` | {one.CHIP} | {one.SLEEP_UA:,} | {one.SLEEP_UA_SOURCE} |\n"
