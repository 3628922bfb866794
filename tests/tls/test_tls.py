"""TLS with a real mosquitto: who is believed, what is said to whom, and what it is called."""

from __future__ import annotations

import socket
import ssl
import warnings

import pytest

from sim.authority import Authority
from sim.ear import Ear
from sim.scenario_table import Broker
from tests.contract.listener import CONNACK, mqtt
from tests.tls import desk, mosquitto
from tests.tls.recorder import Hasty, Recorder, falls_silent

VERSIONS = (mosquitto.CHIP, mosquitto.NEWEST)
OURS_ONLY = {"require_certificate": "true"}


def failed(one, *names):
    """The wake failed for these reasons, ended in time, and its reading is kept."""
    assert one.noted == list(names)
    assert one.asleep_in_time()
    assert one.kept == [0]
    return True


def delivered(one, ear):
    """The wake ended well: the city has heard the reading, and it is ours no longer."""
    assert (one.noted, one.kept) == ([], [])
    assert one.asleep_in_time()
    assert ear.drain()
    (heard,) = ear.messages
    assert heard[0] == "smartbin/v1/desk/report"
    return True


# -- good -----------------------------------------------------------------------------------------


@pytest.mark.mosquitto
@pytest.mark.parametrize("newest", VERSIONS)
@pytest.mark.parametrize("with_own", [False, True])
def test_a_report_arrives_over_tls(broker, bin_at, city, good, ours, newest, with_own):
    ports = broker(good, newest, **(OURS_ONLY if with_own else {}))
    ear = city(ports)
    one = bin_at(ports.tls, paper=ours.issue("desk") if with_own else None).wake()
    assert delivered(one, ear)


@pytest.mark.mosquitto
def test_a_bin_with_a_certificate_may_meet_a_broker_that_wants_none(
    broker, bin_at, city, good, ours
):
    ports = broker(good)
    ear = city(ports)
    assert delivered(bin_at(ports.tls, paper=ours.issue("desk")).wake(), ear)


# -- the broker is not who it must be -------------------------------------------------------------

PAPERS = {
    "expired": (lambda ours, _: ours.issue(desk.BROKER, -30, -1), "tls_expired"),
    "not yet valid": (lambda ours, _: ours.issue(desk.BROKER, 1, 30), "tls_early"),
    "wrong CA": (lambda _, strangers: strangers.issue(desk.BROKER), "tls_ca"),
    "signed by itself": (lambda *_: Authority(desk.BROKER).own, "tls_ca"),
    "wrong host": (lambda ours, _: ours.issue("other.example"), "tls_host"),
    "host below ours": (lambda ours, _: ours.issue(f"x.{desk.BROKER}"), "tls_host"),
    "nothing right": (lambda _, strangers: strangers.issue("x.example", -9, -1), "tls_ca"),
}


@pytest.fixture(params=PAPERS)
def wrong(request, ours, strangers):
    """(certificate, name of the note)"""
    make, name = PAPERS[request.param]
    return make(ours, strangers), name


@pytest.mark.mosquitto
@pytest.mark.parametrize("newest", VERSIONS)
def test_a_broker_with_the_wrong_certificate_is_left_alone(broker, bin_at, city, wrong, newest):
    paper, name = wrong
    ports = broker(paper, newest)
    ear = city(ports)
    assert failed(bin_at(ports.tls).wake(), name)
    assert ear.drain()
    assert ear.messages == []


def test_nobody_with_the_wrong_certificate_hears_the_password(listen, bin_at, wrong):
    paper, name = wrong
    recorder = Recorder(paper)
    listener = listen(recorder)
    assert failed(bin_at(listener.port).wake(), name)
    assert recorder.read == b""
    raw = b"".join(listener.heard)
    assert raw
    for secret in (desk.PASSWORD, desk.USER, "MQTT"):
        assert secret.encode() not in raw


def test_who_has_the_right_certificate_hears_it(listen, bin_at, good):
    """The test of the test above."""
    recorder = Recorder(good)
    assert failed(bin_at(listen(recorder).port).wake(), "login")
    assert desk.PASSWORD.encode() in recorder.read


@pytest.mark.parametrize("ca", [b"", b"rubbish"], ids=["none", "rubbish"])
def test_without_a_ca_nobody_is_believed(listen, bin_at, good, ca):
    recorder = Recorder(good)
    listener = listen(recorder)
    assert failed(bin_at(listener.port, ca=ca).wake(), "settings")
    assert recorder.read == b"".join(listener.heard) == b""


def test_the_broker_is_looked_for_by_name_even_where_the_settings_give_an_address(
    listen, bin_at, good
):
    one = bin_at(listen(Recorder(good)).port, mqtt_host="10.0.0.2")
    assert failed(one.wake(), "tls_host")


# -- the handshake does not come to its end -------------------------------------------------------


@pytest.mark.mosquitto
def test_a_broker_without_tls_on_the_port_hears_no_password(broker, bin_at, city, good):
    ports = broker(good)
    ear = city(ports)
    assert failed(bin_at(ports.plain).wake(), "tls_cut")  # mosquitto says nothing, it hangs up
    assert ear.drain()
    assert ear.messages == []


def test_who_answers_but_not_in_tls_hears_no_password(listen, bin_at):
    for answer in (b"HTTP/1.1 400 Bad Request\r\n\r\n", CONNACK + b"\0" * 9):
        listener = listen(lambda data, answer=answer: answer)
        assert failed(bin_at(listener.port).wake(), "tls_plain")
        assert desk.PASSWORD.encode() not in b"".join(listener.heard)


STOPS = (0, 3, 100, 400)  # bytes of the broker's first answer


@pytest.mark.parametrize("after", STOPS)
def test_a_server_may_fall_silent_anywhere_in_the_handshake(listen, bin_at, good, after):
    listener = listen(falls_silent(Recorder(good), after))
    assert failed(bin_at(listener.port).wake(), "tls_cut")
    assert desk.PASSWORD.encode() not in b"".join(listener.heard)


@pytest.mark.parametrize("reset", [False, True], ids=["end", "reset"])
@pytest.mark.parametrize("after", STOPS)
def test_a_server_may_hang_up_anywhere_in_the_handshake(bin_at, good, after, reset):
    server = Hasty(Recorder(good), after, reset)
    assert failed(bin_at(server.port).wake(), "tls_cut")
    assert desk.PASSWORD.encode() not in server.heard


@pytest.mark.mosquitto
@pytest.mark.parametrize("drip_s", [0.05, 0.5, 2])
def test_a_handshake_that_drips_ends_with_the_deadline(broker, bin_at, good, drip_s):
    """Every byte comes in time, and all of them far too late."""
    one = bin_at(broker(good).tls)
    one.fault = {"drip": drip_s}
    assert failed(one.wake(), "tls_cut")


@pytest.mark.mosquitto
@pytest.mark.parametrize("drip_ms", [3, 5, 6, 7, 8])
def test_whatever_drips_after_the_handshake_the_wake_ends(broker, bin_at, good, drip_ms):
    one = bin_at(broker(good).tls)
    one.fault = {"drip": drip_ms / 1000}
    one.wake()
    assert one.asleep_in_time()
    assert (one.noted, one.kept) in (
        ([], []),
        *(([why], [0]) for why in ("tls_cut", "login", "ack")),
    )


@pytest.mark.mosquitto
@pytest.mark.parametrize("with_own", [False, True])
def test_papers_that_nvs_lost_are_there_again(broker, bin_at, city, good, ours, with_own):
    paper = ours.issue("desk") if with_own else None
    ports = broker(good, **(OURS_ONLY if with_own else {}))
    ear = city(ports)
    one = bin_at(ports.tls, paper=paper)
    assert delivered(one.wake(), ear)
    one.twin.nvs = {}
    one.twin.cause = "button"
    one.wake()
    assert (one.noted, one.kept) == ([], []), "told, with the note on the lost settings"
    assert ear.drain()
    assert b'"settings":1' in ear.messages[1][1]


def test_nothing_older_than_tls_1_2_is_spoken(listen, bin_at, good):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    recorder = Recorder(good, old)
    assert failed(bin_at(listen(recorder).port).wake(), "tls")
    assert recorder.read == b""
    assert _speaks_1_1(listen(Recorder(good, old)).port)


def _speaks_1_1(port):
    """Does a client that would take it get TLS 1.1 there?"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
    with socket.create_connection(("127.0.0.1", port), 5) as raw, context.wrap_socket(raw) as tls:
        return tls.version() == "TLSv1.1"


def test_a_broker_that_falls_silent_after_the_handshake_costs_a_bounded_wake(listen, bin_at, good):
    recorder = Recorder(good)
    recorder.answer = b""
    assert failed(bin_at(listen(recorder).port).wake(), "login")
    assert desk.PASSWORD.encode() in recorder.read


# -- the bin is not who it must be ----------------------------------------------------------------


@pytest.fixture(params=["nobody", "a stranger", "late"])
def unwanted(request, ours, strangers):
    """A bin's certificate that a broker refuses."""
    papers = {
        "nobody": None,
        "a stranger": strangers.issue("desk"),
        "late": ours.issue("desk", -30, -1),
    }
    return papers[request.param]


@pytest.mark.mosquitto
@pytest.mark.parametrize("newest", VERSIONS)
def test_a_broker_may_refuse_our_certificate(broker, bin_at, city, good, unwanted, newest):
    ports = broker(good, newest, **OURS_ONLY)
    ear = city(ports)
    one = bin_at(ports.tls, paper=unwanted).wake()
    # In TLS 1.3 we have said hello by then, and the broker's alert may be lost as it hangs up.
    lost = newest == mosquitto.NEWEST and one.noted == ["login"]
    assert failed(one, "login" if lost else "tls_refused")
    assert ear.drain()
    assert ear.messages == []


def test_a_key_that_is_none_is_found_before_the_handshake(listen, bin_at, good, ours):
    recorder = Recorder(good)
    one = bin_at(listen(recorder).port, paper=ours.issue("desk"))
    one.twin.nvs["smartbin"]["key"] = one.twin.nvs["smartbin"]["ca"]
    assert failed(one.wake(), "settings")
    assert recorder.read == b""


@pytest.mark.mosquitto
@pytest.mark.parametrize("newest", VERSIONS)
@pytest.mark.parametrize("who", [{"mqtt_password": "wrong"}, {"mqtt_user": "nobody"}])
def test_a_wrong_password_is_refused(broker, bin_at, city, good, newest, who):
    ports = broker(good, newest)
    ear = city(ports)
    assert failed(bin_at(ports.tls, **who).wake(), "login")
    assert ear.drain()
    assert ear.messages == []


@pytest.mark.mosquitto
@pytest.mark.parametrize("newest", VERSIONS)
def test_a_broker_that_swallows_our_reports_is_found_out(broker, bin_at, city, good, newest):
    """It acknowledges what its ACL forbids: MQTT 3.1.1 has no other answer."""
    ports = broker(good, newest)
    ear = city(ports)
    assert failed(bin_at(ports.tls, mqtt_user="another").wake(), "acl")
    assert ear.drain()
    assert ear.messages == []


def test_a_broker_that_refuses_the_subscription_is_understood(listen, bin_at):
    refused = mqtt()

    def reply(data):
        if data[0] >> 4 == 8:  # SUBSCRIBE; with it comes nothing else
            return b"\x90\x03" + data[2:4] + b"\x80"
        return refused(data)

    assert failed(bin_at(listen(reply).port, mqtt_tls=0).wake(), "acl")


# -- the clock ------------------------------------------------------------------------------------


@pytest.mark.mosquitto
def test_a_cold_clock_is_set_before_the_first_handshake(broker, bin_at, city, good):
    ports = broker(good)
    ear = city(ports)
    one = bin_at(ports.tls)
    assert one.twin.clock_ms == 0
    assert delivered(one.wake(), ear)
    assert b'"clock":"estimated"' in ear.messages[0][1]  # taken before the clock was set


@pytest.mark.mosquitto
def test_without_the_time_no_certificate_is_believed_and_nothing_is_lost(
    broker, bin_at, city, good
):
    ports = broker(good)
    ear = city(ports)
    one = bin_at(ports.tls, time=False).wake()
    assert failed(one, "clock", "tls_early")
    one.net["time"] = True
    while one.kept:
        one.wake()
    assert ear.drain()
    (message,) = ear.messages
    assert b'"backlog":[[0,' in message[1]


# -- afterwards -----------------------------------------------------------------------------------


@pytest.mark.mosquitto
def test_what_was_kept_arrives_when_the_broker_has_a_good_certificate_again(
    broker, bin_at, city, good, ours
):
    one = bin_at(broker(ours.issue(desk.BROKER, -30, -1)).tls).wake()
    assert failed(one, "tls_expired")
    ports = broker(good)
    ear = city(ports)
    one.lead_to(ports.tls)
    while one.kept:
        one.wake()
    assert ear.drain()
    (message,) = ear.messages
    assert b'"backlog":[[0,' in message[1]
    assert b'"tls_expired":1' in message[1]


# -- the simulator's own broker -------------------------------------------------------------------


@pytest.mark.mosquitto
@pytest.mark.parametrize("user", ["", desk.USER])
def test_the_simulators_mosquitto_speaks_tls_to_bins(bin_at, user):
    password = desk.PASSWORD if user else ""
    wishes = Broker(kind="mosquitto", user=user, password=password)
    with Ear(wishes, tls=desk.BROKER) as ear:
        one = bin_at(ear.port, ca=ear.ca, mqtt_user=user, mqtt_password=password)
        assert delivered(one.wake(), ear)
        assert failed(bin_at(ear.port, mqtt_user=user, mqtt_password=password).wake(), "tls_ca")
