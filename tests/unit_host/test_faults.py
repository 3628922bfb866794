"""Who is in which fault, and when."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import faults
from sim.faults import Faults, active, during
from sim.scenario_table import Fault

ONE = Fault("ap_down", 1000, 500, (0, 2))
LATER = Fault("ap_down", 1400, 500, (2,))
OTHER = Fault("power_cut", 1000, 500, (1,))
ALL = Faults((ONE, LATER, OTHER))


@pytest.mark.parametrize(
    ("kind", "index", "t_ms", "fault"),
    [
        ("ap_down", 0, 999, None),
        ("ap_down", 0, 1000, ONE),
        ("ap_down", 0, 1499, ONE),
        ("ap_down", 0, 1500, None),
        ("ap_down", 1, 1200, None),
        ("ap_down", 2, 1450, ONE),
        ("ap_down", 2, 1500, LATER),
        ("power_cut", 1, 1200, OTHER),
        ("power_cut", 0, 1200, None),
        ("broker_down", 0, 1200, None),
    ],
)
def test_a_fault_has_a_kind_a_place_and_a_time(kind, index, t_ms, fault):
    assert active(ALL, kind, index, t_ms) is fault
    assert active([ONE, LATER, OTHER], kind, index, t_ms) is fault


@pytest.mark.parametrize(
    ("from_ms", "to_ms", "fault"),
    [(0, 999, None), (0, 1000, OTHER), (0, 9999, OTHER), (1499, 9999, OTHER), (1500, 9999, None)],
)
def test_a_nap_may_go_through_a_fault(from_ms, to_ms, fault):
    assert during(ALL, "power_cut", 1, from_ms, to_ms) is fault


def test_no_faults_no_fault():
    assert active(Faults(), "ap_down", 0, 0) is None
    assert active((), "ap_down", 0, 0) is None


def test_faults_are_a_tuple_that_travels():
    assert ALL == (ONE, LATER, OTHER)
    assert ALL.by_bin["ap_down", 2] == (ONE, LATER)
    again = pickle.loads(pickle.dumps(ALL))
    assert again == ALL and active(again, "power_cut", 1, 1000) == OTHER


def test_every_kind_is_a_sentence():
    assert set(faults.KINDS) >= {"ap_down", "broker_down", "sonar_silent", "power_cut"}
    for sentence in faults.KINDS.values():
        assert sentence[0].isupper() and sentence.endswith(".")


some = st.builds(
    Fault,
    st.sampled_from(sorted(faults.KINDS)),
    st.integers(0, 50),
    st.integers(1, 20),
    st.lists(st.integers(0, 4), unique=True).map(tuple),
)


@given(
    st.lists(some), st.sampled_from(sorted(faults.KINDS)), st.integers(0, 4), st.integers(0, 80)
)
def test_the_index_finds_what_a_search_finds(many, kind, index, t_ms):
    for fault in many:
        here = fault.kind == kind and index in fault.bins
        if here and fault.at_ms <= t_ms < fault.at_ms + fault.lasts_ms:
            assert active(Faults(many), kind, index, t_ms) == fault
            return
    assert active(Faults(many), kind, index, t_ms) is None
