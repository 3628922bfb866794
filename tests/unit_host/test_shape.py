"""The inside of a bin: volume and depth are two ways to say one thing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario_table import Bin
from sim.shape import Shape


@st.composite
def shapes(draw):
    empty = draw(st.integers(300, 4000))
    return Shape(
        Bin(
            empty_mm=empty,
            full_mm=draw(st.integers(20, min(2000, empty - 50))),
            top_mm=draw(st.integers(100, 4000)),
            bottom_mm=draw(st.integers(100, 4000)),
            shape=draw(st.sampled_from(["round", "square"])),
        )
    )


@given(shapes(), st.floats(0, 100))
def test_a_level_has_one_depth(shape, pct):
    assert shape.level_pct(shape.depth_mm(pct)) == pytest.approx(pct, abs=1e-6)


@given(shapes(), st.floats(0, 100), st.floats(0, 100))
def test_more_waste_is_never_deeper(shape, one, other):
    low, high = sorted((one, other))
    assert shape.depth_mm(low) >= shape.depth_mm(high) - 1e-6
    assert shape.full_mm - 1e-6 <= shape.depth_mm(high) <= shape.empty_mm


def test_a_straight_bin_fills_evenly():
    shape = Shape(replace(Bin(), top_mm=500, bottom_mm=500))
    assert [shape.depth_mm(pct) for pct in (0, 50, 100)] == [1200, 725, 250]


def test_a_bin_that_widens_holds_more_above():
    shape = Shape(replace(Bin(), top_mm=600, bottom_mm=300))
    assert shape.depth_mm(50) < 725
    assert shape.level_pct(725) < 50
    assert (shape.width_mm(0), shape.width_mm(600), shape.width_mm(9000)) == (600, 450, 300)


def test_the_relation_as_the_firmwares_setting():
    pairs = [p.split(":") for p in Shape(Bin()).volume_text(5).split(",")]
    assert [int(mm) for mm, _ in pairs] == [1200, 962, 725, 488, 250]
    assert pairs[0][1] == "0" and pairs[-1][1] == "100"
    assert [int(pct) for _, pct in pairs] == sorted(int(pct) for _, pct in pairs)
