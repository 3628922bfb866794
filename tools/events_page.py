"""docs/events.md, from the table in firmware/smartbin/events.py and the settings."""

from collections.abc import Iterator
from pathlib import Path

from smartbin import config, events, meanings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "events.md"

_INTRO = """\
<!-- Written by `python -m tools.pages` from firmware/smartbin/events.py: change that instead. -->
# Events

What a bin says beside its level (`events`, `news` and `emptied` in docs/message.md). Each event is
raised once, released once, and armed again.

- An *alarm* is spoken of at once: three tries a minute or two apart, then with the back-off, until
  a report has arrived. Other news, and every end, wait until `report_s` has passed
  since the last report.
- *Wakes* is how many looks in a row must show it before it is raised, and how many must show the
  contrary before it is released. A wake that cannot tell breaks no row.
- News outlive naps, resets and outages: they travel with the reading that saw them. Only a loss of
  power makes the node forget what it has said; what still stands is then raised again. Who counts
  drops a raise that follows a raise.

"""

_MORE = """
## Emptied

The level fell by `emptied_pct` or more and a second look agreed (one where the echo is back from
where it was before something hung in the way is no emptying). `emptied` in the message says from
which level to which, when, how sure (*high*: a clean echo, and little is left or somebody moved
the bin; *medium*: a clean echo; *low*: a doubtful one) and what told of it: the `level` alone, or
the `lid` or the `tilt` that moved since the last level.

## Fire

Every wake looks at the thermometer in the lid. Where it reads `fire_dc` or more, or has risen by
`fire_rise_dc` within `fire_s` (over a longer time: by so much more), the node looks a second time
before it goes on. Only if that look says so, too, fire is raised and the radio switched on.

**How soon:** no more than `fire_s` lies between two looks, {fire_min:.0f} minutes unless set
otherwise; a sleep clock whose rate is not learnt yet may add a sixteenth, and the report itself a
few seconds. Safe mode (after three unhealthy starts) does not look. A bin without a thermometer
tells of no fire.

## Blocked

An echo from the upper quarter of the bin, from a level to which the waste cannot have risen so
fast: the reading is held back, and the node looks again within minutes. After three such looks it
is an item in the opening, not the level. While it stands, the bin is not called full.

## Sensor fault

A line that is stuck, a sensor that does not answer, or one that answers before it can (*early*)
counts 48 of the 96 that are needed: two wakes. Silence and noise count 1: about a day of them,
for soft waste may swallow every ping for hours and nothing is broken.
"""


def render() -> str:
    """The whole page."""
    fire_min = config.check({}).fire_s / 60
    return _INTRO + "\n".join(_table()) + "\n" + _MORE.format(fire_min=fire_min) + _settings()


def _table() -> Iterator[str]:
    yield "| event | raised when | wakes | over when | wakes | alarm |"
    yield "|---|---|---|---|---|---|"
    for name, alarm, need, calm in events.TABLE:
        raised, over = meanings.EVENTS[name]
        ends = calm or ""
        yield f"| `{name}` | {raised} | {need} | {over} | {ends} | {'yes' if alarm else ''} |"


def _settings() -> str:
    """The settings that the table names, with their defaults."""
    texts = " ".join(" ".join(both) for both in meanings.EVENTS.values()) + _INTRO + _MORE
    rows = [row for row in config.TABLE if f"`{row[0]}`" in texts]
    lines = [
        f"| `{name}` | {default} | {unit} | {meanings.SETTINGS[name]} |"
        for name, default, _, _, unit in rows
    ]
    head = ["", "## Settings", "", "| name | default | unit | what it is |", "|---|---|---|---|"]
    return "\n".join([*head, *lines, ""])
