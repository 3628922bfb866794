"""What each of the firmware's savings is worth: the default day with that one the other way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from sim import places, steady
from sim.scenario import Scenario, load

DAY = places.ROOT / "sim" / "scenarios" / "default_day.toml"
DAYS = 3  # of each run; the first does not count


class Lever(NamedTuple):
    """A saving, and the settings that turn it round: off, or on where it is off by default."""

    name: str
    settings: dict[str, Any]
    turned: str = "off"


def levers(scenario: Scenario) -> list[Lever]:
    """All of them."""
    sample_s = 900
    return [
        Lever("light sleep between pings", {"doze": 0}),
        Lever("many readings in one message", {"report_s": sample_s, "silence_s": sample_s}),
        Lever("a leased address is used again", {"lease_s": 0}),
        Lever("the broker's address is remembered", {"name_s": 0}),
        Lever("looks first where the access point was", {"hint": 0}),
        Lever("sends softly where the signal is strong", {"tx_margin_db": 0}),
        Lever("small packets do not wait", {"nodelay": 0}),
        Lever("tells the access point that it leaves", {"leave": 0}),
        Lever("says nothing on the console", {"talk": 1}),
        Lever("the Wi-Fi key is derived beforehand", {"wifi_pmk": ""}),
    ]


def worth() -> Iterator[tuple[Lever | None, float]]:
    """(lever, mAh a day with it turned); None first: as it is."""
    scenario = load(DAY, days=DAYS)
    yield None, steady.run(scenario)[1].mah_day
    for lever in levers(scenario):
        settings = {**scenario.bin.settings, **lever.settings}
        turned = replace(scenario, bin=replace(scenario.bin, settings=settings))
        yield lever, steady.run(turned)[1].mah_day


def said(lever: Lever) -> str:
    """Its settings as people write them."""
    return ", ".join(f"{key} = {_short(value)}" for key, value in lever.settings.items())


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 20 else f"{text[:4]}..."
