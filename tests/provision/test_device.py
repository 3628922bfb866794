"""To devices: what is written is read back; a wrong device, a wrong bin and a lie are told."""

from __future__ import annotations

import contextlib
import time

import pytest
from typer.testing import CliRunner

from sim import fleet, places, port
from sim.ear import Ear
from sim.scenario_table import Broker as Wishes
from tests.contract.chip import SSID
from tests.provision.conftest import TABLE
from tests.provision.fake import Fake, put
from tests.provision.test_broker import KEY, TOPIC, running
from tools.cli import app
from tools.errors import UserError
from tools.provision import bins, device

SCENARIO = places.ROOT / "tests" / "port" / "bench.toml"


def test_a_device_becomes_that_bin(out):
    fake = Fake()
    state = put(fake, bins.blobs(out, "bin-001"))
    assert state.bin_id == "bin-001" and state.settings["empty_mm"] == 950
    assert set(state.prints) == {"ca", "cert", "key"}


def test_what_a_technician_set_on_the_same_bin_stays(out):
    blobs = bins.blobs(out, "bin-002")
    fake = Fake(bin_id="bin-002", empty_mm=870, mqtt_port=1)
    assert put(fake, blobs).settings["empty_mm"] == 870
    assert fake.settings["mqtt_port"] == 8883
    assert "empty_mm" not in put(fake, blobs, over=True).settings


def test_the_keys_of_a_network_joined_at_the_kerb_stay(out):
    fake = Fake(bin_id="bin-001", wifi_ssid="depot")
    fake.secrets = {"wifi_key": "typed at the kerb", "mqtt_password": "old"}
    fake.prints = {k: device.mark(v.encode()) for k, v in fake.secrets.items()}
    state = put(fake, bins.blobs(out, "bin-001"))
    assert fake.secrets == {"wifi_key": "typed at the kerb"}
    assert state.settings["wifi_ssid"] == "depot"


def test_another_bin_is_not_overwritten_unasked(out):
    fake = Fake(bin_id="bin-007")
    with pytest.raises(UserError, match="This device is bin-007 already; give --over"):
        put(fake, bins.blobs(out, "bin-001"))
    assert fake.settings == {"bin_id": "bin-007"} and len(fake.asked) == 1
    assert put(fake, bins.blobs(out, "bin-001"), over=True).bin_id == "bin-001"


def test_settings_that_do_not_go_together_are_not_sent(out):
    fake = Fake(bin_id="bin-001", full_mm=940)
    with pytest.raises(UserError, match="does not go with"):
        put(fake, bins.blobs(out, "bin-001"))
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it.settings.pop("mqtt_host"), "mqtt_host"),
        (lambda it: it.settings.update(mqtt_port=1883), "mqtt_port"),
        (lambda it: it.settings.update(extra=1), "extra"),
        (lambda it: it.prints.pop("key"), "key"),
        (lambda it: it.prints.update(ca="00" * 8), "ca"),
        (lambda it: it.prints.update(mqtt_password="00" * 8), "mqtt_password"),
    ],
)
def test_what_reads_back_otherwise_is_told(out, change, said):
    with pytest.raises(UserError, match=f"reads back otherwise: {said}. Try"):
        put(Fake(change=change), bins.blobs(out, "bin-001"))


@pytest.mark.parametrize("answer", ["", "aa01\n{", "aa01", 'aa01\n{"settings": {}}'])
def test_an_answer_that_is_none_is_a_sentence(answer):
    with pytest.raises(UserError, match="smartbin deploy"):
        device.read(lambda code: answer)


# -- a simulated bin on a serial port -------------------------------------------------------------


@contextlib.contextmanager
def bench(broker, **options):
    at = ("127.0.0.1", broker.ports.tls)
    with port.open(SCENARIO, broker=at, nap_s=0.2, pace=0.1, **options) as one:
        yield one


def smartbin(*words):
    """The command as people type it; what it says."""
    found = CliRunner().invoke(app, [str(word) for word in words])
    assert found.exit_code == 0, (found.output, found.exception)
    return found.output


@pytest.mark.mosquitto
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["password", "certificate"])
@pytest.mark.parametrize("stock", [False, True], ids=["product", "stock"])
def test_from_the_table_to_a_report_at_the_broker(tmp_path, kind, stock):
    table, out, key = tmp_path / "bins.csv", tmp_path / "out", tmp_path / "key"
    table.write_text(TABLE)
    key.write_text(KEY)
    told = ["--host", fleet.BROKER_NAME, "--port", 1883, "--identity", kind]
    smartbin(
        "provision", "make", table, "--out", out, *told, "--ssid", SSID, "--wifi-key-file", key
    )
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(running(out, certificates=kind == "certificate"))
        ear = stack.enter_context(city(broker))
        one = stack.enter_context(bench(broker, stock=stock))
        if stock:
            smartbin("deploy", "--board", "firebeetle2_esp32e", "--port", one.path)
        one.power_cycle()
        named = [] if stock else ["bin-001"]  # one without a name becomes the first there is
        said = smartbin("provision", "write", *named, "--out", out, "--port", one.path)
        assert "this is bin-001 now" in said
        assert reported(ear) == {TOPIC}


@contextlib.contextmanager
def city(broker):
    """The city's own program at that broker."""
    word = (broker.out / "city.password").read_text().strip()
    at = {"host": "127.0.0.1", "port": broker.ports.plain, "user": "city", "password": word}
    with Ear(Wishes(kind="external", **at)) as ear:
        yield ear


def reported(ear):
    """The topics that something arrived at, as soon as there is one."""
    end = time.monotonic() + 30
    while not ear.messages and time.monotonic() < end:
        ear.drain()
        time.sleep(0.1)
    return {topic for topic, *_ in ear.messages}
