"""wifi and mqtt: how far the way to the broker goes, and a sentence for each end of it."""

import pytest

from sim.ear import Ear
from sim.scenario_table import Broker
from tests.console.talking import sit
from tests.contract.chip import NEVER_MS, SETTINGS, blob, leads_to, settings
from tests.contract.conftest import closed_port, listen
from tests.contract.listener import CONNACK, hang_up, mqtt, puback
from tests.contract.test_link_port import back, granted
from tests.tls.conftest import good, ours, strangers
from tests.tls.recorder import Recorder

__all__ = ["closed_port", "good", "listen", "ours", "strangers"]

TOPIC = "smartbin/v1/desk/test"
STEPS = ("radio on", "let in", "address", "name", "TCP", "login", "publish")


@pytest.fixture
def ask(boot, tmp_path):
    """ask(typed, **changes) -> the Session of somebody who types that and leaves."""

    def once(typed, **changes):
        told = {"echoes": [6900] * 100} | changes
        return sit(boot, tmp_path, b"\r" + typed + b"\rsleep\r", **told)

    return once


def answer(session):
    """What stands between the command and the next prompt, without times."""
    assert session.outcome["crash"] is None
    return session.screen.replace("\r\n", "\n").split("smartbin desk> ")[1]


def steps(session):
    """Names of the steps that came to their end, in order."""
    found = [line[2:] for line in answer(session).split("\n") if line.startswith("  ")]
    return [line.rsplit(maxsplit=2)[0] for line in found if " failed after " not in line]


# -- wifi -----------------------------------------------------------------------------------------


def test_scan_shows_networks_with_channel_and_signal(ask):
    rows = answer(ask(b"wifi scan")).split("\n")
    assert rows[1].split() == ["network", "channel", "signal", "margin", "lock"]
    assert rows[2].split() == ["*", "city-bins", "6", "-60", "dBm", "28", "dB", "yes"]
    assert rows[3] == "* is the network of the setting wifi_ssid."


def test_scan_says_when_ours_is_not_among_them(ask):
    said = answer(ask(b"wifi scan", nvs=settings(wifi_ssid="other")))
    assert "The network other of wifi_ssid is not among them." in said
    assert "* " not in said


def test_scan_says_when_there_is_none(ask):
    said = answer(ask(b"wifi scan", air={"ap": False}))
    assert "No network is in reach" in said


STRANGE = """
import network
class _Many(network.WLAN):
    def scan(self):
        found = [(b"\\x1b[2Jclear", b"123456", 1, -70, 3, False)]
        found += [(b"", b"123456", 2, -80, 0, True)]
        found += [(b"\\xff\\xfe", b"123456", 3, -81, 3, False)]
        found += [("\\uad6c\\uccad".encode() * 5, b"123456", 4, -82, 0, False)]
        return found + [(b"n%d" % n, b"123456", 5, -90, 3, False) for n in range(20)]
network.WLAN = _Many
"""


def test_a_scan_shows_strange_names_harmlessly_and_not_too_many(ask, boot, tmp_path):
    session = sit(boot, tmp_path, b"\rwifi scan\rsleep\r", first=STRANGE)
    said = answer(session)
    assert "\x1b" not in said
    assert "?[2Jclear" in said
    assert "(hidden)" in said
    assert "구청구청" in said
    assert "8 fainter ones are not shown." in said
    assert len(said.split("\n")) < 24


def test_join_tells_steps_address_signal_and_margin(ask):
    session = ask(b"wifi join")
    assert steps(session) == ["radio on", "let in", "address"]
    said = answer(session)
    assert "Address 10.0.0.77 (from DHCP)." in said
    assert "Signal -60 dBm, margin 28 dB: good." in said


def test_join_tells_the_time_for_an_address_from_that_of_being_let_in(ask):
    found = [line.split() for line in answer(ask(b"wifi join")).split("\n")]
    took = {line[0]: int(line[-2]) for line in found if line and line[-1] == "ms"}
    assert took["address"] > 400
    assert took["let"] < 1400


def test_a_second_join_keeps_the_address(ask):
    screen = ask(b"wifi join\rwifi join").screen
    assert screen.index("(from DHCP)") < screen.index("(that of last time)")


LOST = """
import network
class _Lost(network.WLAN):
    looks = []
    def status(self, *param):
        found = super().status(*param)
        if param:
            self.looks.append(found)
            if len(self.looks) > 6:
                raise OSError("Wifi Not Connected")
        return found
network.WLAN = _Lost
"""


def test_a_network_that_goes_while_it_is_looked_at(boot, tmp_path):
    session = sit(boot, tmp_path, b"\rwifi test\rsleep\r", first=LOST)
    assert "No network city-bins answers" in answer(session)
    assert "looks: from" not in answer(session)


@pytest.mark.parametrize(
    ("rssi_dbm", "word"), [(-68, "good"), (-76, "enough"), (-82, "weak"), (-86, "too weak")]
)
def test_the_signal_in_words(ask, rssi_dbm, word):
    said = answer(ask(b"wifi test", air={"rssi_dbm": rssi_dbm}))
    assert f"Signal {rssi_dbm} dBm, margin {rssi_dbm + 88} dB: {word}" in said
    assert f"8 looks: from {rssi_dbm} to {rssi_dbm} dBm." in said


@pytest.mark.parametrize("command", [b"wifi join", b"wifi test", b"mqtt test"])
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"air": {"ap": False}}, "No network city-bins answers"),
        ({"nvs": settings(wifi_key="wrong-key")}, "The network city-bins refuses the key"),
        ({"nvs": settings(wifi_ssid="")}, "The setting wifi_ssid is empty"),
        ({"air": {"dhcp_ms": 60_000}}, "gave no address"),
    ],
)
def test_a_network_that_we_do_not_get_into(ask, command, changes, why):
    session = ask(command, **changes)
    said = answer(session)
    assert why in said
    assert "Signal" not in said
    assert "wrong-key" not in session.screen


def test_a_failed_test_is_no_trouble_of_the_bin(ask):
    """What a technician tries out does not go into the counters that the city gets."""
    typed = b"wifi join\rnotes"
    screen = ask(typed, air={"ap": False}).screen
    assert "no_ap" not in screen


@pytest.mark.parametrize(
    "wrong", [b"wifi", b"wifi on", b"wifi join a b", b"mqtt", b"mqtt test 1", b"mqtt tset"]
)
def test_other_words_are_refused(ask, wrong):
    session = ask(wrong)
    assert "Usage: " in answer(session)
    assert steps(session) == []


# -- mqtt -----------------------------------------------------------------------------------------


def test_mqtt_test_goes_to_a_real_broker_and_back(ask):
    """Publish ends when the message has come back, so the broker has passed it on."""
    with Ear(Broker()) as ear:
        session = ask(b"mqtt test", net=leads_to(ear.port))
        assert steps(session) == list(STEPS)
        assert f"The broker has the test message, on {TOPIC}." in answer(session)


def test_the_test_message_is_not_retained(ask, listen):
    listener = listen(mqtt(publish=back, subscribe=granted))
    assert steps(ask(b"mqtt test", net=leads_to(listener.port)))[-1] == "publish"
    (sent,) = [piece for piece in listener.heard if TOPIC.encode() in piece and piece[0] >> 4 == 3]
    assert sent[0] & 1 == 0


def test_a_name_that_nobody_knows(ask):
    session = ask(b"mqtt test", nvs=settings(mqtt_host="nowhere.example"))
    assert steps(session)[-1] == "address"
    assert "The name nowhere.example is not known here" in answer(session)
    assert "  name failed after " in answer(session)


def test_a_broker_that_is_down(ask, closed_port):
    session = ask(b"mqtt test", net=leads_to(closed_port))
    assert steps(session)[-1] == "name"
    assert "Nobody listens at broker.example, port 1883" in answer(session)
    assert "  TCP failed after " in answer(session)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (
            mqtt(connect=b"\x20\x02\0\x05"),
            "refuses the user 'u': check mqtt_user and mqtt_password",
        ),
        (mqtt(connect=b"\x20\x02\0\x04"), "refuses the user 'u'"),
        (mqtt(connect=b"\x20\x02\0\x03"), "takes no more sessions just now"),
        (mqtt(connect=b""), "does not answer the login"),
        (lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not answer the login"),
        (hang_up, "does not answer the login"),
    ],
)
def test_a_broker_that_lets_nobody_in(ask, listen, reply, why):
    nvs = settings(mqtt_user="u", mqtt_password="a-word-to-hide")
    session = ask(b"mqtt test", nvs=nvs, net=leads_to(listen(reply).port, NEVER_MS))
    assert steps(session)[-1] == "TCP"
    assert why in answer(session)
    assert "a-word-to-hide" not in session.screen


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (mqtt(publish=b"", subscribe=granted), "did not acknowledge"),
        (mqtt(publish=puback, subscribe=granted), "swallows the message"),
        (mqtt(subscribe=lambda p: b"\x90\x03" + p[2:4] + b"\x80"), "swallows the message"),
    ],
)
def test_a_broker_that_takes_no_message(ask, listen, reply, why):
    session = ask(b"mqtt test", net=leads_to(listen(reply).port, NEVER_MS))
    assert steps(session)[-1] == "login"
    assert why in answer(session)


def test_without_a_broker_nobody_switches_the_radio_on(ask):
    session = ask(b"mqtt test", nvs=settings(mqtt_host=""))
    assert "The setting mqtt_host is empty: config set mqtt_host VALUE." in answer(session)
    assert steps(session) == []


def test_the_sentences_are_there_in_korean(ask, closed_port):
    session = ask(b"mqtt test", nvs=settings(language="ko"), net=leads_to(closed_port))
    said = answer(session)
    assert "broker.example의 1883번 포트가 응답하지 않습니다" in said
    assert "이름 찾기" in said


# -- TLS ------------------------------------------------------------------------------------------


@pytest.fixture
def tls(ask):
    """tls(port, ca, **settings) -> the Session of a bin that trusts that CA."""

    def once(port, ca, net=None, **changes):
        nvs = settings(mqtt_tls=1, mqtt_port=1883, **changes)
        if ca:
            nvs["smartbin"]["ca"] = blob(ca)
        return ask(b"mqtt test", nvs=nvs, net=leads_to(port) | (net or {}))

    return once


def test_tls_stands_and_the_login_is_refused(tls, listen, good, ours):
    session = tls(listen(Recorder(good)).port, ours.own.der, mqtt_user="u", mqtt_password="p")
    assert steps(session)[-3:] == ["name", "TCP", "TLS"]
    assert "clock" in steps(session)
    assert "refuses the user 'u'" in answer(session)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda ours, strangers: strangers.issue("broker.example"), "is not from our CA"),
        (lambda ours, _: ours.issue("broker.example", -30, -1), "has run out"),
        (lambda ours, _: ours.issue("broker.example", 1, 30), "is not valid yet"),
        (lambda ours, _: ours.issue("other.example"), "is for another name"),
    ],
)
def test_a_certificate_that_is_not_believed(tls, listen, ours, strangers, make, why):
    session = tls(listen(Recorder(make(ours, strangers))).port, ours.own.der)
    assert steps(session)[-1] == "TCP"
    assert "  TLS failed after " in answer(session)
    assert why in answer(session)


def test_a_broker_without_tls(tls, listen, ours):
    session = tls(listen(lambda _: CONNACK + b"\0" * 9).port, ours.own.der)
    assert "speaks no TLS: check mqtt_port and mqtt_tls." in answer(session)


def test_a_bin_without_a_ca(tls, listen, good):
    session = tls(listen(Recorder(good)).port, b"")
    assert "provision this bin anew" in answer(session)


def test_tls_wants_a_clock(tls, listen, good, ours):
    session = tls(listen(Recorder(good)).port, ours.own.der, {"time": False})
    assert "The time server pool.ntp.org gives no usable time" in answer(session)
    assert "name" not in steps(session)


def test_every_trouble_of_a_session_has_its_sentence():
    """Of notes.NAMES those that a LinkError may carry; the others are not of the way."""
    from smartbin import notes
    from smartbin.console import troubles

    elsewhere = {"settings", "memory", "crash", "sonar", "reset", "brownout", "flash"}
    assert set(notes.NAMES) - elsewhere <= set(troubles._WHY)
    for english, korean, names in troubles._WHY.values():
        facts = [
            "x" if isinstance(SETTINGS.get(n, ""), str) and n != "mqtt_port" else 1 for n in names
        ]
        assert english % tuple(facts)
        assert korean % tuple(facts)
