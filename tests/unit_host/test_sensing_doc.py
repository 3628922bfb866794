"""docs/sensing.md names what the code has, and its picture shows what it says."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from smartbin import config, echo, family
from tools import sensing_picture
from tools.setup.places import ROOT

PAGE = (ROOT / "docs" / "sensing.md").read_text(encoding="utf-8")


def table(title: str) -> list[list[str]]:
    """The cells of the first table below that heading, without its head."""
    lines = PAGE.split(f"## {title}\n")[1].split("\n## ")[0].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_every_reason_is_explained_in_the_order_of_the_code() -> None:
    rows = table("Reasons")
    assert tuple(row[0].strip("`") for row in rows) == echo.REASONS
    assert all(len(row) == 4 and all(row) for row in rows)


def test_the_qualities_are_0_to_4() -> None:
    assert [row[0] for row in table("Quality")] == ["4", "3", "2", "1", "0"]


def test_the_settings_that_it_names_are_there() -> None:
    names = set(re.findall(r"`(\w+_mm|\w+_s|pings|volume|sensor)`", PAGE)) - {"last_age_s"}
    assert names == {"pings", "volume", "sensor", "empty_mm", "full_mm", "fast_s"}
    assert names <= set(config.Config._fields)


def test_the_figures_that_it_names_are_the_codes() -> None:
    assert f"to `pings` ({config.check({}).pings})" in PAGE
    assert f"after {family.FEWEST} where" in PAGE
    assert f"within {family.AGREE_MM // 10} cm" in PAGE
    assert f"{echo.MILD_DC // 10} °C are assumed" in PAGE


def test_the_picture_shows_what_the_page_says() -> None:
    told = sensing_picture.story()
    assert told.burst.count(None) == 3, "three pings come to nothing"
    believed = len(sensing_picture._believed(told))
    assert told.sounding.heard - believed > believed, "a fold answers more often than the waste"
    assert told.level.lo <= told.true_pct <= told.level.hi


def test_the_picture_is_a_picture_and_the_same_each_time() -> None:
    picture = sensing_picture.render()
    assert picture == sensing_picture.render()
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert f"]({sensing_picture.PAGE.name})" in PAGE
