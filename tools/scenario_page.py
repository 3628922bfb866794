"""docs/scenario.md, from the tables in the code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.expect import SUMMARY
from sim.scenario_keys import Key, keys
from sim.scenario_table import SECTIONS, Fault
from sim.scenario_values import WANTED, bounds, shown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "scenario.md"

_INTRO = """\
<!-- Written by `python -m tools.pages` from the tables in sim/: change those instead. -->
# Scenarios

A scenario is one TOML file that says what `smartbin sim run FILE.toml` simulates: how many bins,
for how many days, how they fill, what goes wrong on the way, and what must be true at the end.
Every key but those of a fault has a default, so an empty file is a scenario too: one bin, one day.

The file is checked as a whole before anything starts. The first mistake ends the run with one
sentence that names the file, the section, the key and what to write instead. A key that does not
exist, or that would have no effect, is a mistake.

Paths are relative to the scenario file. `--days`, `--bins` and `--seed` on the command line stand
in for the keys of the same name; faults that a run made shorter or smaller in this way does not
reach are left out.

## A complete example

```toml
[run]
title = "Six bins, two days, one outage"
days = 2
bins = 6
seed = 7

[bin]
id = "kerb-{n:02d}"
empty_mm = 1100
settings = { sample_s = 600, report_s = 3600 }

[waste]
rate_pct_day = 45

[radio]
rssi_dbm = -74

[[fault]]
kind = "ap_down"
at = "1d6h"
lasts = "90m"
bins = "1/3"

[expect]
readings.lost = 0
readings.taken = ">=1000"
broker.kind = "amqtt"
```
"""

_FAULTS = """\
One `[[fault]]` for each thing that goes wrong; none is fine too. A duration is a number with a
unit behind it, `d`, `h`, `m`, `s` or `ms`, or several with the largest first: `"90m"`, `"1d6h"`,
`"1.5h"`. A fault holds from `at` up to `at` + `lasts`, and must begin before the run ends. What
each kind does, and what its `amount` means, is in docs/faults.md.
"""

_EXPECT = """\
What must be true of the run's summary, the JSON that `--json PATH` writes. A key is a path into
it, with dots; the value is what should stand there: a number or a text to be equal to, or in
quotes a comparison with a number, by one of `>=` `<=` `>` `<` `==` `!=`.

```toml
[expect]
readings.lost = 0
awake.p99_ms = "<=5000"
```

Each expectation that does not hold is printed as a sentence. So is a path that the summary lacks:
an event that never happened has no entry.
"""

_EXIT = """\
## Exit code

`smartbin sim run` exits 0 where every expectation holds and nothing cut the run short. It exits 1
where one does not, and 2 where the scenario or the command line is wrong and nothing was started.
"""


def render() -> str:
    """The whole page."""
    sections = (_section(f"[{name}]", record) for name, record in SECTIONS.items())
    return "\n".join(
        [
            _INTRO,
            *sections,
            _section("[[fault]]", Fault, _FAULTS),
            f"## `[expect]`\n\n{_EXPECT}",
            "| path | what stands there |\n|---|---|",
            *(f"| `{path}` | {what} |" for path, what in SUMMARY.items()),
            f"\n{_EXIT}",
        ]
    )


def _section(title: str, record: type, text: str = "") -> str:
    return "\n".join([f"## `{title}`\n", text or f"{record.__doc__}\n", *_table(record), ""])


def _table(record: type) -> Iterator[str]:
    yield "| key | type | default | bounds | unit | meaning |"
    yield "|---|---|---|---|---|---|"
    for key in keys(record):
        cells = (_code(key.name), _type(key), _default(key), _bounds(key), key.unit, _help(key))
        yield f"| {' | '.join(cells)} |"


def _type(key: Key) -> str:
    return WANTED[key.kind][1].replace(" in quotes", "").removeprefix("a ")


def _default(key: Key) -> str:
    if key.required:
        return "must be given"
    return "" if key.default in ("", (), {}, None) else _code(_toml(key.default))


def _toml(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else shown(value)


def _bounds(key: Key) -> str:
    if key.choices:
        return ", ".join(_code(choice) for choice in key.choices)
    return bounds(key).removesuffix(f" {key.unit}")


def _help(key: Key) -> str:
    return f"{key.help} (`kind = {shown(key.only)}` only)" if key.only else key.help


def _code(text: str) -> str:
    return f"`{text}`"
