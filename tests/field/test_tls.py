"""Numbers 30 and 31 of the field failures, with a real mosquitto; tests/tls has all the cases."""

from __future__ import annotations

import pytest

from tests.tls import desk
from tests.tls.recorder import Recorder


@pytest.mark.mosquitto
def test_small_keys_and_one_session_at_a_time(broker, bin_at, city, good, ours) -> None:
    """30. TLS needs about 20 KB per session; an upgrade made RSA client keys fail.

    micropython/micropython#6065; peterhinch/micropython-mqtt#125; micropython PR#5998

    Ours: EC keys and DER throughout, one session per wake, opened before anything has grown.
    """
    paper = ours.issue("desk")
    assert len(paper.der) < 600
    ports = broker(good, require_certificate="true")
    ear = city(ports)
    assert bin_at(ports.tls, paper=paper).wake().noted == []
    assert ear.drain()
    assert len(ear.messages) == 1


def test_nobody_unverified_hears_the_password(listen, bin_at, strangers) -> None:
    """31. TLS without checking the CA was long the only option and is easy to get wrong still.

    micropython PR#5998; enviro MQTT destination source

    Ours: a stored CA is required, the certificate, its dates and its name are checked first.
    """
    recorder = Recorder(strangers.issue(desk.BROKER))
    listener = listen(recorder)
    assert bin_at(listener.port).wake().noted == ["tls_ca"]
    assert recorder.read == b""
    assert desk.PASSWORD.encode() not in b"".join(listener.heard)
