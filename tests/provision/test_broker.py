"""A real mosquitto takes what was made, refuses all else, and keeps every bin to its topics."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization as s
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from sim.ear import Ear
from sim.mosquitto import free_port
from sim.scenario_table import Broker as Wishes
from tests.contract.chip import SSID, blob, device
from tests.provision.conftest import HOST, TABLE
from tests.tls import desk, mosquitto
from tests.tls.conftest import vm
from tools.provision import authority, bins, files, passwords, pmk
from tools.provision.broker import ACL

__all__ = ["vm"]
TOPIC = "smartbin/v1/bin-001/report"
KEY = "rain-on-the-lid"
CERTIFICATES = (
    "require_certificate true\nuse_identity_as_username true\ncrlfile {}/withdrawn.crl\n"
)
NOT_AUTHORISED, NO_USER = 135, 134  # MQTT 5, section 2.4
WAIT_S = 5.0


class Broker(NamedTuple):
    """A mosquitto on the files of FOLDER/broker, and where it listens for bins and the city."""

    out: Path
    ports: mosquitto.Ports


@contextlib.contextmanager
def running(out: Path, certificates: bool = False) -> Iterator[Broker]:
    at, ports = out.parent / "mosquitto", mosquitto.Ports(free_port(), free_port())
    shutil.copytree(out / "broker", at, dirs_exist_ok=True)
    text = mosquitto.filled(at, ports)
    if certificates:  # as docs/workshop.md says
        assert text.count("require_certificate false\n") == 1
        text = text.replace("require_certificate false\n", CERTIFICATES.format(at))
    (at / "mosquitto.conf").write_text(text)
    (at / "openssl.cnf").touch()
    with mosquitto.started(at):
        for port in ports:
            _listens(port, at / "log")
        yield Broker(out, ports)


def _listens(port: int, log: Path) -> None:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(log.read_text())


class Client:
    """One MQTT 5 client over TLS that wants the CA of the folder; close() it."""

    def __init__(self, broker: Broker, user: str, password: str = "", paper: str = ""):
        self.heard: list[tuple[str, bytes]] = []
        self.code: int | None = None
        self._puback: list[int] = []
        self.mqtt = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.mqtt.on_connect = lambda *a: setattr(self, "code", a[3].value)
        self.mqtt.on_message = lambda *a: self.heard.append((a[2].topic, a[2].payload))
        self.mqtt.on_publish = lambda *a: self._puback.append(a[3].value)
        self.mqtt.tls_set_context(_context(broker.out, paper))
        self.mqtt.username_pw_set(user, password) if user else None
        with contextlib.suppress(ConnectionError):
            self.mqtt.connect("127.0.0.1", broker.ports.tls)
        self.until(lambda: self.code is not None)

    def until(self, done) -> bool:
        end = time.monotonic() + WAIT_S
        while not done() and time.monotonic() < end:
            if self.mqtt.loop(0.05) != paho.MQTT_ERR_SUCCESS:
                return bool(done())
        return bool(done())

    def may_write(self, topic: str) -> bool:
        """Does the broker take it?  MQTT 5 says; 3.1.1 acknowledges what it throws away."""
        self._puback.clear()
        self.mqtt.publish(topic, b"x", qos=1, retain=True)
        assert self.until(lambda: self._puback)
        assert self._puback[0] < 128 or self._puback[0] == NOT_AUTHORISED
        return self._puback[0] < 128

    def hears(self, topics: str) -> list[str]:
        """The retained messages that a subscription brings."""
        self.mqtt.subscribe(topics, 1)
        end = time.monotonic() + 0.5
        self.until(lambda: time.monotonic() > end)
        return sorted(topic for topic, _ in self.heard)


def _context(out: Path, paper: str = "", named: bool = False) -> ssl.SSLContext:
    """Trusts the CA of the folder alone; named: and wants the broker's own name."""
    context = ssl.create_default_context(cafile=out / "ca.crt")
    context.check_hostname = named
    if paper:
        context.load_cert_chain(out.parent / f"{paper}.pem")
    return context


def password(out: Path, name: str) -> str:
    return json.loads((out / "bins" / f"{name}.json").read_text())["settings"]["mqtt_password"]


def pem(out: Path, name: str) -> str:
    """Writes certificate and key of a bin as this computer's TLS wants them; their name."""
    found = bins.blobs(out, name)
    text = ssl.DER_cert_to_PEM_cert(found["cert"])
    key = s.load_der_private_key(found["key"], None)
    text += key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode()
    files.put(out.parent / f"{name}.pem", text)
    return name


# -- the files ------------------------------------------------------------------------------------


def test_the_access_list_is_the_one_on_the_page():
    assert mosquitto.block("acl") == ACL


@pytest.mark.mosquitto
def test_password_lines_are_those_of_mosquitto_passwd(tmp_path):
    path = tmp_path / "passwords"
    path.write_text("bin-001:a-long-word\n")
    subprocess.run(["mosquitto_passwd", "-U", path], check=True, capture_output=True)
    (line,) = path.read_text().splitlines()
    assert passwords.fits(line, "a-long-word")
    assert not passwords.fits(line, "a-long-wore")
    ours = passwords.entry("bin-001", "a-long-word")
    assert ours.split("$")[:3] == line.split("$")[:3]
    assert [len(part) for part in ours.split("$")] == [len(part) for part in line.split("$")]


@pytest.mark.parametrize("line", ["", "a", "a:", "a:b", "a:$7$x$y$z", "a:$6$1$eA==$eA=="])
def test_a_line_of_another_kind_fits_nobody(line):
    assert not passwords.fits(line, "a-long-word")


def test_users_that_somebody_added_stay():
    old = "clerk:$7$101$abc$def\n"
    assert passwords.merged(old, {"bin-001": "word"}).startswith(old)


# -- a broker on them -----------------------------------------------------------------------------


@pytest.mark.mosquitto
def test_a_bin_enters_with_its_password_and_nobody_else(run, tmp_path):
    run()
    out = tmp_path / "out"
    right, other = password(out, "bin-001"), password(out, "bin-002")
    with running(out) as broker:
        assert Client(broker, "bin-001", right).code == 0
        for user, word in (("bin-001", other), ("bin-001", ""), ("bin-009", right), ("", "")):
            assert Client(broker, user, word).code in (NOT_AUTHORISED, NO_USER), user


@pytest.mark.mosquitto
def test_a_bin_writes_and_reads_its_own_topics_only(run, tmp_path):
    run()
    out = tmp_path / "out"
    with running(out) as broker:
        one, two = (Client(broker, name, password(out, name)) for name in ("bin-001", "bin-002"))
        city = Client(broker, "city", files.text(out / "city.password").strip())
        assert all(one.may_write(f"smartbin/v1/bin-001/{x}") for x in ("report", "answer"))
        for topic in ("smartbin/v1/bin-002/report", "smartbin/v1/x/report", "x", "smartbin/end/x"):
            assert not one.may_write(topic), topic
        assert not city.may_write("smartbin/v1/bin-001/report")
        assert two.may_write("smartbin/v1/bin-002/report")
        assert one.hears("#") == ["smartbin/v1/bin-001/answer", "smartbin/v1/bin-001/report"]
        assert two.hears("#") == ["smartbin/v1/bin-002/report"]
        assert city.hears("#") == ["smartbin/v1/bin-001/report", "smartbin/v1/bin-002/report"]


@pytest.mark.mosquitto
def test_after_a_replacement_or_a_withdrawal_the_old_password_is_refused(run, tmp_path):
    run()
    out = tmp_path / "out"
    old, other = password(out, "bin-001"), password(out, "bin-002")
    run(replace=["bin-001"])
    with running(out) as broker:
        assert Client(broker, "bin-001", old).code == NOT_AUTHORISED
        assert Client(broker, "bin-001", password(out, "bin-001")).code == 0
        assert Client(broker, "bin-002", other).code == 0
    run("\n".join(TABLE.splitlines()[:2]), withdraw=["bin-002"])
    with running(out) as broker:
        assert Client(broker, "bin-002", other).code == NOT_AUTHORISED


@pytest.mark.mosquitto
def test_a_certificate_is_user_and_password_until_it_is_withdrawn(run, tmp_path):
    run(told={"kind": "certificate"})
    out = tmp_path / "out"
    paper = pem(out, "bin-001")
    with running(out, certificates=True) as broker:
        one = Client(broker, "", paper=paper)
        assert one.code == 0
        assert one.may_write("smartbin/v1/bin-001/report")
        assert not one.may_write("smartbin/v1/bin-002/report")
        pretender = Client(broker, "bin-002", "any", paper=paper)
        assert not pretender.may_write("smartbin/v1/bin-002/report")
        assert Client(broker, "bin-001").code is None
    run(replace=["bin-001"])
    with running(out, certificates=True) as broker:
        assert Client(broker, "", paper=paper).code is None
        assert Client(broker, "", paper=pem(out, "bin-001")).code == 0


@pytest.mark.mosquitto
def test_who_does_not_trust_the_made_ca_says_nothing(run, tmp_path):
    run()
    (tmp_path / "else").mkdir()
    files.put(tmp_path / "else" / "ca.crt", authority.make().pem)
    with running(tmp_path / "out") as broker:
        for out, known in ((tmp_path / "out", True), (tmp_path / "else", False)):
            at = ("127.0.0.1", broker.ports.tls)
            with socket.create_connection(at) as plain, contextlib.ExitStack() as stack:
                if not known:
                    stack.enter_context(pytest.raises(ssl.SSLCertVerificationError))
                _context(out, named=True).wrap_socket(plain, server_hostname=HOST).close()


# -- a bin with the real firmware -----------------------------------------------------------------


@pytest.mark.mosquitto
@pytest.mark.parametrize("kind", ["password", "certificate"])
def test_a_bin_with_what_was_made_reports_over_tls(run, tmp_path, vm, kind):
    run(told={"kind": kind, "wifi_ssid": SSID, "wifi_pmk": pmk.derive(SSID, KEY)})
    out = tmp_path / "out"
    with running(out, certificates=kind == "certificate") as broker:
        who = {"user": "city", "password": files.text(out / "city.password").strip()}
        wishes = Wishes(kind="external", host="127.0.0.1", port=broker.ports.plain, **who)
        with Ear(wishes) as ear:
            one = wake(vm, tmp_path, bins.blobs(out, "bin-001"), broker)
            assert (one.noted, one.kept) == ([], [])
            assert ear.drain()
            assert [topic for topic, *_ in ear.messages] == [TOPIC]


@pytest.mark.mosquitto
def test_a_bin_with_withdrawn_credentials_keeps_its_reading(run, tmp_path, vm):
    run(told={"wifi_ssid": SSID, "wifi_pmk": pmk.derive(SSID, KEY)})
    old = bins.blobs(tmp_path / "out", "bin-001")
    run(replace=["bin-001"])
    with running(tmp_path / "out") as broker:
        one = wake(vm, tmp_path, old, broker)
        assert (one.noted, one.kept) == (["login"], [0])


def wake(vm, tmp_path: Path, blobs: dict[str, bytes], broker: Broker) -> desk.Bin:
    twin = device(flash=tmp_path / "flash")
    twin.nvs = {"smartbin": {key: blob(data) for key, data in blobs.items()}}
    one = desk.Bin(twin, vm, {"time": True, "wall_ms": 1000})
    one.net["names"] = {HOST: "10.0.0.2", "pool.ntp.org": "10.0.0.3"}
    one.lead_to(broker.ports.tls)
    return one.wake()
