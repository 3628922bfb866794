"""Every lever of a session: what it saves, and that the same wake does without where it fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.ear import Ear
from sim.run import Wake
from sim.scenario_table import Broker
from sim.surroundings import pmk
from sim.vm import Vm
from tests.contract.chip import BOARD, BROKER, KEY, SETTINGS, SSID, blob, device, leads_to
from tests.contract.listener import mqtt
from tests.contract.test_link_port import LINK

PMK = pmk(SSID, KEY)
DHCP_MS = 300  # an exchange takes longer, a question about a lease does not
OFTEN = {"sample_s": 900, "report_s": 30, "silence_s": 900, "ntp_host": ""}  # every wake reports


class Bin:
    """A bin with the real firmware that speaks in every wake."""

    def __init__(self, vm: Vm, flash: Path, port: int, settings: dict[str, Any]):
        self.twin, self._vm = device(flash=flash), vm
        self.air: dict[str, Any] = {}
        self.names = {BROKER: "10.0.0.2"}
        self.hosts = {"10.0.0.2:1883": ["127.0.0.1", port]}
        self.fault: dict[str, Any] = {}
        self.set(**settings)

    def set(self, **settings: Any) -> None:
        told = json.dumps(SETTINGS | OFTEN | settings).encode()
        self.twin.nvs = {"smartbin": {"settings": blob(told)}}

    def wake(self) -> Wake:
        frame = json.loads(self.twin.frame())
        frame["air"] |= self.air
        frame["net"] |= {"names": self.names, "hosts": self.hosts, "wall_ms": 1000}
        frame["fault"] = frame.get("fault", {}) | self.fault
        wake = self.twin.absorb(*self._vm.wake(json.dumps(frame).encode(), self.twin.rtc))
        assert self.twin.bin.troubles == {}
        assert wake.awake_ms <= 12_000
        return wake

    def wakes(self, n: int) -> Wake:
        for _ in range(n - 1):
            self.wake()
        return self.wake()

    @property
    def heard(self) -> bool:
        """Did the report of the last wake arrive?"""
        memory = self.twin.remembered()
        assert memory is not None
        return not len(memory.outbox)

    @property
    def noted(self) -> list[str]:
        memory = self.twin.remembered()
        assert memory is not None
        return [name for name, _ in memory.notes.since() if name != "flash"]


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    with Ear(Broker()) as one:
        yield one


@pytest.fixture(scope="module")
def vm() -> Iterator[Vm]:
    with Vm(BOARD) as one:
        yield one


@pytest.fixture
def bins(vm: Vm, ear: Ear, tmp_path: Path) -> Callable[..., Bin]:
    def make(**settings: Any) -> Bin:
        return Bin(vm, tmp_path / str(len([*tmp_path.iterdir()])), ear.port, settings)

    return make


def ms(wake: Wake, *phases: str) -> float:
    return sum(wake.phases.get(phase, 0) for phase in phases)


# -- the way to the access point --------------------------------------------------------------


def test_the_channel_of_last_time_is_looked_at_first(bins):
    one = bins()
    first, second = one.wake(), one.wake()
    assert (ms(first, "scan"), ms(second, "scan")) == (6 * 120, 120)
    other = bins(hint=0)
    assert ms(other.wakes(2), "scan") == 6 * 120


def test_an_access_point_that_moved_to_another_channel_is_found_in_the_same_wake(bins):
    one = bins()
    one.wakes(2)
    one.air["channel"] = 11
    moved = one.wake()
    assert one.heard and ms(moved, "scan") > 120
    assert ms(one.wake(), "scan") == 120


def test_a_stored_key_need_not_be_reckoned(bins):
    keyed, plain = bins(wifi_pmk=PMK, lease_s=0), bins(lease_s=0)
    saved = ms(plain.wake(), "join") - ms(keyed.wake(), "join")
    assert keyed.heard and saved == pytest.approx(138, abs=15)


def test_a_stored_key_that_is_wrong_falls_back_to_the_passphrase_in_the_same_wake(bins):
    one = bins(wifi_pmk="ab" * 32)
    first = one.wake()
    assert one.heard and one.noted == []
    second = one.wake()
    assert one.heard and ms(second, "join") < ms(first, "join") - 1000, "and is left alone then"


def test_a_stored_key_without_a_passphrase_is_enough(bins):
    one = bins(wifi_pmk=PMK, wifi_key="")
    one.wake()
    assert one.heard


def test_a_key_that_is_wrong_altogether_is_told_and_costs_no_more_than_its_time(bins):
    one = bins(wifi_pmk="ab" * 32, wifi_key="guess-guess")
    one.wake()
    assert not one.heard and one.noted == ["bad_key"]


def test_an_access_point_that_was_replaced_is_found_in_the_same_wake(bins):
    one = bins(wifi_bssid="0a0b0c0d0e0f")
    one.wake()
    assert one.heard
    same = bins(wifi_bssid="020202020202")
    assert ms(same.wake(), "scan") == 6 * 120


def test_a_strong_signal_is_answered_softly_and_a_weak_one_at_full_power(bins):
    for rssi_dbm, dbm in ((-50, 2), (-65, 9), (-80, 20)):
        one = bins()
        one.air["rssi_dbm"] = rssi_dbm
        assert power(one) == 20, "nothing is known yet"
        assert power(one) == dbm
    full = bins(tx_margin_db=0)
    full.air["rssi_dbm"] = -50
    full.wakes(2)
    assert power(full) == 20


def power(one: Bin) -> float:
    """What the next wake sends with."""
    seen = []
    real, one.twin.absorb = (
        one.twin.absorb,
        lambda answer, rtc: seen.append(answer) or real(answer, rtc),
    )
    one.wake()
    one.twin.absorb = real
    return seen[0]["tx_dbm"]


def test_where_softly_is_not_heard_the_same_wake_tries_at_full_power(bins):
    one = bins()
    one.air["rssi_dbm"] = -60
    one.wakes(2)
    one.air["rssi_dbm"] = -86
    one.wake()
    assert one.heard and one.noted == []


def test_who_leaves_is_let_in_again_at_once(bins):
    often = dict.fromkeys(("sample_s", "fast_s", "slow_s", "silence_s"), 240)
    polite, rude = bins(**often), bins(leave=0, **often)
    assert ms(polite.wakes(2), "join") < 1500
    assert ms(rude.wakes(2), "join") > 5000


def test_a_silent_node_is_forgotten_within_minutes(bins):
    assert ms(bins(leave=0).wakes(2), "join") < 1500


# -- our address ------------------------------------------------------------------------------


def test_an_address_is_asked_for_once_and_used_until_half_of_the_lease_is_over(bins):
    one = bins()
    one.air["lease_s"] = 4 * 3600
    assert ms(one.wake(), "dhcp") > DHCP_MS
    assert one.twin.remembered().net[24:28] != b"\0\0\0\0"
    spent = [ms(one.wake(), "dhcp") for _ in range(24)]  # 6 h
    assert max(spent) < DHCP_MS and one.heard


def test_a_lease_that_ran_out_is_not_used_again(bins):
    one = bins(sample_s=3600, silence_s=3600, fire_s=3600)
    one.air["lease_s"] = 1800
    for _ in range(4):
        wake = one.wake()
        assert one.heard
    assert ms(wake, "dhcp") > DHCP_MS


def test_a_lease_that_ran_out_is_left_alone_when_nobody_can_be_asked(bins):
    one = bins(sample_s=3600, silence_s=3600, fire_s=3600, slow_s=3600)
    one.air["lease_s"] = 3 * 3600
    one.wakes(2)
    one.air["dhcp_ms"] = 1 << 40
    heard = []
    for _ in range(4):
        one.wake()
        heard.append(one.heard)
    assert heard[0] and not heard[-1], "used as long as it was ours, and no longer"


def test_a_refusal_leads_to_a_new_address_in_the_same_wake(bins):
    one = bins()
    one.wake()
    one.twin._lease = {**one.twin._lease, "taken": True}
    refused = one.wake()
    assert one.heard and ms(refused, "dhcp") > DHCP_MS


def test_an_address_that_was_given_away_while_it_was_ours_is_left_in_the_same_wake(bins):
    one = bins()
    one.wakes(3)
    one.twin._lease = {**one.twin._lease, "taken": True}
    one.wake()
    assert one.heard and one.noted == []


def test_a_server_that_never_answers_questions_is_not_asked_for_long(bins):
    one = bins()
    one.wake()
    one.air["dhcp_ms"] = 1 << 40
    one.wake()
    assert not one.heard and one.noted == ["join"]


def test_who_does_not_answer_is_not_asked_again_for_thirty_sessions(run, listen):
    program = """
from smartbin.hw import lease
asked = []
def silent(*_):
    asked.append(1)
    raise OSError
lease._asked = silent
for _ in range(6):
    speak(publish)
say(len(asked), network.WLAN().active())
"""
    net = leads_to(listen(mqtt()).port)
    assert run(LINK + program, net=net, clock_ms=5_000_000).said == [1, False]


def test_half_a_lease_is_left_when_nobody_answers(bins):
    one = bins(lease_s=900)
    one.wakes(2)
    one.air["dhcp_ms"] = 1 << 40
    one.wake()
    assert one.heard and one.noted == []


def test_without_the_lever_every_session_asks(bins):
    assert ms(bins(lease_s=0).wakes(3), "dhcp") > DHCP_MS


def test_after_a_loss_of_power_no_address_is_taken_for_ours(bins):
    one = bins()
    one.wakes(3)
    one.twin.cause = "power"
    assert ms(one.wake(), "dhcp") > DHCP_MS


# -- the broker's -----------------------------------------------------------------------------


def test_a_name_is_looked_up_once_a_day(bins):
    one = bins()
    asked = [ms(one.wake(), "dns") > 0 for _ in range(4)]
    assert asked == [True, False, False, False]
    assert ms(bins(name_s=0).wakes(2), "dns") > 0


def test_when_that_is_too_long_ago_the_name_is_asked_once_more_and_kept_again(bins):
    one = bins(name_s=3600)
    asked = [ms(one.wake(), "dns") > 0 for _ in range(12)]  # 3 h
    assert asked[0]
    assert sum(asked) == 3


@pytest.mark.parametrize("old", ["silent", "refuses"])
def test_a_broker_that_moved_is_found_in_the_same_wake(bins, closed_port, old):
    one = bins()
    one.wakes(3)
    port = one.hosts.pop("10.0.0.2:1883")
    if old == "refuses":
        one.hosts["10.0.0.2:1883"] = ["127.0.0.1", closed_port]
    one.names[BROKER], one.hosts["10.0.0.9:1883"] = "10.0.0.9", port
    one.wake()
    assert one.heard and one.noted == []
    assert ms(one.wake(), "dns") == 0


def test_another_broker_in_the_settings_is_not_looked_for_at_the_old_address(bins):
    one = bins()
    one.wakes(3)
    one.names["other.example"], one.hosts["10.0.0.8:1883"] = (
        "10.0.0.8",
        one.hosts.pop("10.0.0.2:1883"),
    )
    one.set(mqtt_host="other.example")
    wake = one.wake()
    assert one.heard and ms(wake, "dns") > 0 and ms(wake, "tcp") < 1000


def test_a_broker_that_is_down_is_given_up_in_time(bins):
    one = bins()
    one.wakes(3)
    one.hosts.clear()
    one.wake()
    assert not one.heard and one.noted == ["tcp"]


# -- the rest ---------------------------------------------------------------------------------


def test_the_node_dozes_between_pings_only_where_it_may(bins):
    assert ms(bins().wake(), "doze") > 50
    assert ms(bins(doze=0).wake(), "doze") == 0


def test_a_wake_talks_where_somebody_listens(bins):
    quiet, loud = bins(), bins(talk=1)
    a, b = quiet.wake(), loud.wake()
    assert 3 < ms(b, "cpu") - ms(a, "cpu") < 10


def test_a_shared_key_without_an_interpreter_that_knows_of_it_is_told_and_nothing_is_said(bins):
    one = bins(mqtt_tls=1, mqtt_psk="ab" * 16)
    one.wake()
    assert not one.heard and one.noted == ["tls_psk"]


FAKE = """
import json, machine, sys
class Context:
    verify_callback = None
    def __init__(self, protocol):
        self.told = []
    def wrap_socket(self, sock, **more):
        if "{raises}":
            raise OSError(-0x7780)
        return self.told
    def set_ciphers(self, names):
        self.told.append(list(names))
class Callback(Context):
    def set_psk_client_callback(self, callback):
        self.told.append(callback("hint"))
class Plain(Context):
    def set_psk_identity(self, identity):
        self.told.append(identity)
    def set_psk_key(self, key):
        self.told.append(key)
import tls
real = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT).get_ciphers()
class Module:
    SSLContext, PROTOCOL_TLS_CLIENT = {kind}, 0
sys.modules["tls"] = Module
from smartbin.hw import secure
try:
    told = [str(one) for one in secure.shared(None, "bin-1", b"key")]
except secure.TlsError as e:
    told = e.why
machine.RTC().memory(json.dumps([told, [name in real for name in secure._SHARED]]).encode())
"""


@pytest.mark.parametrize(
    ("kind", "told"), [("Callback", ["('bin-1', b'key')"]), ("Plain", ["bin-1", "b'key'"])]
)
def test_a_shared_key_is_given_in_the_way_of_the_interpreter(run, kind, told):
    """No interpreter here has it: a fake with the two sets of names that MicroPython had."""
    said, real = run(FAKE.format(kind=kind, raises="")).said
    assert said[:-1] == told
    assert "PSK" in said[-1] and "NULL" not in said[-1] and "DHE" not in said[-1]
    assert all(real), "names of mbedTLS"


@pytest.mark.parametrize(
    ("kind", "raises", "why"), [("Plain", "x", "tls_refused"), ("Context", "", "tls_psk")]
)
def test_a_shared_key_that_does_not_do_has_its_reason(run, kind, raises, why):
    assert run(FAKE.format(kind=kind, raises=raises)).said[0] == why


def test_a_session_is_one_connection_with_small_packets_at_once(bins):
    one = bins(nodelay=0)
    one.wake()
    assert one.heard
