"""Who is in which fault, and when; what a fault may say; how it travels."""

import json
import pickle
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import faults
from sim.faults import KINDS, Faults, active, amount, during
from sim.scenario import ScenarioError, load
from sim.scenario_table import Fault
from tests.contract.chip import device
from tools import faults_page

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
    assert ALL.of(1).power_cut(from_ms, to_ms) is fault


def test_no_faults_no_fault():
    assert active(Faults(), "ap_down", 0, 0) is None
    assert active((), "ap_down", 0, 0) is None
    assert Faults().of(0).now(0) == {}


def test_faults_are_a_tuple_that_travels():
    assert ALL == (ONE, LATER, OTHER)
    assert ALL.by_bin["ap_down", 2] == (ONE, LATER)
    again = pickle.loads(pickle.dumps(ALL))
    assert again == ALL and active(again, "power_cut", 1, 1000) == OTHER


some = st.builds(
    Fault,
    st.sampled_from(sorted(KINDS)),
    st.integers(0, 50),
    st.integers(1, 20),
    st.lists(st.integers(0, 4), unique=True).map(tuple),
)


@given(st.lists(some), st.sampled_from(sorted(KINDS)), st.integers(0, 4), st.integers(0, 80))
def test_the_index_finds_what_a_search_finds(many, kind, index, t_ms):
    wanted = next((f for f in many if f.kind == kind and _meets(f, index, t_ms)), None)
    assert active(Faults(many), kind, index, t_ms) == wanted


@given(st.lists(some), st.integers(0, 4), st.integers(0, 80))
def test_a_fate_is_all_that_holds_now(many, index, t_ms):
    here = [f for f in many if _meets(f, index, t_ms) and not KINDS[f.kind].once]
    assert Faults(many).of(index).now(t_ms) == {f.kind: amount(f) for f in reversed(here)}


def _meets(fault, index, t_ms):
    return index in fault.bins and fault.at_ms <= t_ms < fault.at_ms + fault.lasts_ms


# -- what strikes once ----------------------------------------------------------------------------


def test_what_strikes_once_does_so_at_the_first_wake_after_its_time():
    fate = Faults([Fault("rtc_garbage", 100, 1, (0,)), Fault("clock_jump", 300, 1, (0,))]).of(0)
    struck = [[f.kind for f in fate.strikes(t_ms)] for t_ms in (99, 250, 251, 300, 400)]
    assert struck == [[], ["rtc_garbage"], [], ["clock_jump"], []]


def test_a_fault_began_when_it_began():
    fate = Faults([ONE, LATER, OTHER]).of(2)
    assert [fate.since("ap_down", t_ms) for t_ms in (999, 1000, 1450, 1600)] == [
        999,
        1000,
        1000,
        1400,
    ]


def test_a_cut_in_a_write_strikes_once_even_if_two_are_alike():
    one = Fault("cut_at_write", 100, 100, (0,), 3)
    fate = Faults([one, one]).of(0)
    assert fate.now(99) == {} and fate.cut_in_write(99) is None
    assert [fate.cut_in_write(150) for _ in range(3)] == [one, one, None]
    assert fate.now(150) == {}


def test_the_next_power_cut_is_the_nearest_one_ahead():
    fate = Faults([Fault("power_cut", at_ms, 10, (0,)) for at_ms in (700, 300)]).of(0)
    assert [fate.next_cut_ms(t_ms) for t_ms in (0, 300, 700)] == [300, 700, None]


# -- the table ------------------------------------------------------------------------------------

WANTED = """
ap_down wrong_key weak_signal dhcp_silent lease_taken dns_dead dns_slow broker_down broker_silent
connack_refused puback_lost puback_late connection_reset drip duplicate_session packet_loss
flash_bad_block flash_full power_cut cut_at_write brownout hang crash rtc_garbage nvs_erased
settings_garbage sonar_silent sonar_stuck_high sonar_stuck_low sonar_noise adc_nonsense clock_jump
time_server_wrong time_server_silent fire tilt lid_open blocked wet
"""


def test_there_is_everything_that_a_city_produces():
    assert set(KINDS) == set(WANTED.split())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_a_sentence_with_a_name_and_an_amount_within_its_bounds(kind):
    assert kind.text[0].isupper() and kind.text.endswith(".") and "|" not in kind.text
    assert kind.name and kind.clause and not kind.name.endswith(".")
    if kind.amount:
        assert kind.amount.low <= kind.amount.default <= kind.amount.high
        assert kind.amount.help


def test_the_page_has_every_kind():
    assert all(f"| `{name}` | {kind.text}" in faults_page.render() for name, kind in KINDS.items())


# -- amounts --------------------------------------------------------------------------------------


@pytest.fixture
def fault(tmp_path):
    """fault(lines) -> the one fault of a scenario."""

    def read(lines: str) -> Fault:
        path = tmp_path / "one.toml"
        path.write_text(f'[[fault]]\nat = "1h"\nlasts = "1h"\n{lines}\n')
        return load(path).faults[0]

    return read


def test_an_amount_is_given_or_the_kinds_own(fault):
    assert fault('kind = "drip"').amount == 1
    assert fault('kind = "drip"\namount = 0.5').amount == 0.5
    assert fault('kind = "connack_refused"').amount == 5
    assert fault('kind = "ap_down"').amount is None
    assert isinstance(fault('kind = "cut_at_write"\namount = 7.0').amount, int)


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        ('kind = "ap_down"\namount = 1', ["means nothing", "ap_down", "take it out"]),
        ('kind = "connack_refused"\namount = 6', ["amount = 6", "from 1 to 5", "e.g. amount = 5"]),
        ('kind = "cut_at_write"\namount = 1.5', ["amount = 1.5", "a whole number"]),
        ('kind = "packet_loss"\namount = 101', ["101", "from 1 to 100 %"]),
        ('kind = "drip"\namount = nan', ["nan", "from 0.01 to 60 s"]),
        ('kind = "drip"\namount = "1s"', ["is text", "a number is needed"]),
    ],
)
def test_a_wrong_amount_is_a_sentence(fault, lines, parts):
    with pytest.raises(ScenarioError) as raised:
        fault(lines)
    assert (raised.value.section, raised.value.key) == ("[[fault]] 1", "amount")
    assert all(part in str(raised.value) for part in parts)


# -- frames ---------------------------------------------------------------------------------------

TRAVELS = [name for name, kind in KINDS.items() if kind.shim]


def _frame(tmp_path: Path, lines: str) -> dict:
    path = tmp_path / f"{zlib.crc32(lines.encode())}.toml"  # device() remembers files
    path.write_text(f"[run]\ndays = 1\n{lines}")
    return json.loads(device(path=path).frame())


def test_a_frame_without_a_fault_says_nothing_of_faults(tmp_path):
    assert "fault" not in _frame(tmp_path, "")
    later = _frame(tmp_path, '[[fault]]\nkind = "drip"\nat = "12h"\nlasts = "1h"\n')
    assert "fault" not in later


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_chip_itself_does_travels_in_the_frame(tmp_path, kind):
    found = _frame(tmp_path, f'[[fault]]\nkind = "{kind}"\nat = "0s"\nlasts = "1d"\n')
    assert list(found.get("fault", {})) == ([kind] if kind in TRAVELS else [])


def test_a_power_cut_that_is_near_travels_as_milliseconds(tmp_path):
    born_ms = device().next_ms
    near = f'[[fault]]\nkind = "power_cut"\nat = "{born_ms + 250}ms"\nlasts = "1h"\n'
    assert _frame(tmp_path, near)["fault"] == {"power_cut": 250}


def test_lost_packets_are_drawn_beforehand_and_cost_seconds(tmp_path):
    text = '[[fault]]\nkind = "packet_loss"\nat = "0s"\nlasts = "1d"\namount = {}\n'
    few, all_of_them = [_frame(tmp_path, text.format(n))["fault"]["packet_loss"] for n in (5, 100)]
    assert set(few) <= {0, 1000, 3000, 7000} and few.count(0) > len(few) / 2
    assert set(all_of_them) == {63_000}


def test_the_module_knows_all_kinds():
    assert faults.KINDS is KINDS
