"""docs/faults.md, from the table in sim/fault_kinds.py."""

from collections.abc import Iterator
from pathlib import Path

from sim.fault_kinds import KINDS, Amount, Kind

PAGE = Path(__file__).resolve().parent.parent / "docs" / "faults.md"

_INTRO = """\
<!-- Written by `python -m tools.pages` from sim/fault_kinds.py: change that instead. -->
# Faults

What can go wrong in a scenario (docs/scenario.md): one `[[fault]]` for each.

```toml
[[fault]]
kind = "packet_loss"
at = "1d6h"    # after the start of the run
lasts = "90m"
bins = "1/3"   # every third; left out, all of them
amount = 40    # per cent, for this kind; left out, the default below
```

- What a wake meets is decided when it starts, by the bin and the virtual time, and holds for the
  whole wake. A `power_cut` alone also ends a wake in its middle.
- A kind marked *once* strikes a single time, in the nap before the first wake after `at`; how long
  it `lasts` makes no difference. `cut_at_write` strikes once, too, in the first wake of its time
  that writes often enough.
- Faults act where they would in the field: the ones of the broker in the stream of bytes, the ones
  of flash at its blocks, the ones of our own code in a call into the chip. The firmware is the
  same with and without them.
- Of two faults of one kind at one time, the one listed first counts.

"""


def render() -> str:
    """The whole page."""
    return _INTRO + "\n".join([*_table(), ""])


def _table() -> Iterator[str]:
    yield "| kind | what happens | amount | from | to | default |"
    yield "|---|---|---|---|---|---|"
    for name, kind in KINDS.items():
        yield f"| `{name}` | {_what(kind)} | {' | '.join(_amount(kind.amount))} |"


def _what(kind: Kind) -> str:
    return f"{kind.text} *Once.*" if kind.once else kind.text


def _amount(row: Amount | None) -> tuple[str, str, str, str]:
    if row is None:
        return "", "", "", ""
    unit = f"{row.unit}: " if row.unit else ""
    low, high, default = [f"{value:.12g}" for value in (row.low, row.high, row.default)]
    return unit + row.help, low, high, default
