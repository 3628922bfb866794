"""To devices: what is written is read back; a wrong device, a wrong bin and a lie are told."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from typer.testing import CliRunner

from sim import fleet, places, port
from sim.ear import Ear
from sim.scenario_table import Broker as Wishes
from tests.contract.chip import SSID
from tests.provision.conftest import TABLE
from tests.provision.test_broker import KEY, TOPIC, running
from tools.cli import app
from tools.errors import UserError
from tools.provision import device, ledger, make, write

SCENARIO = places.ROOT / "tests" / "port" / "bench.toml"


class Fake:
    """A device as far as device.py sees one; `change` tampers with what it tells."""

    def __init__(self, chip="aa01", change=None, **settings):
        self.chip, self.change, self.asked = chip, change, []
        self.settings, self.prints, self.secrets = settings, {}, {}

    def exec(self, code):
        self.asked.append(code)
        if "desk.write(" in code:
            exec("import json\n" + code[code.index("desk = None") + 11 :], {"desk": self})
            if self.change:
                self.change(self)
            return ""
        return f"{self.chip}\n" + json.dumps(
            {"settings": self.settings, "fingerprints": self.prints}
        )

    # what the code finds there as hw/desk.py

    def forget(self):
        self.settings, self.secrets, self.prints = {}, {}, {}

    def stored(self):
        return {**self.settings, **self.secrets}

    def write(self, settings, papers):
        raw = json.loads(settings)
        self.secrets = {k: raw.pop(k) for k in device.config.SECRETS if k in raw}
        self.settings = raw
        papers = {k: self.prints[k] for k in ("ca", "cert", "key") if k in self.prints} | {
            k: device.mark(v) for k, v in papers.items()
        }
        self.prints = papers | {k: device.mark(v.encode()) for k, v in self.secrets.items()}

    def leave(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


@pytest.fixture
def out(run, tmp_path):
    run(told={"kind": "certificate"})
    return tmp_path / "out"


def put(fake, blobs, over=False):
    return device.write(fake.exec, device.read(fake.exec), blobs, over)


def test_a_device_becomes_that_bin(out):
    fake = Fake()
    state = put(fake, make.blobs(out, "bin-001"))
    assert state.bin_id == "bin-001" and state.settings["empty_mm"] == 950
    assert set(state.prints) == {"ca", "cert", "key"}


def test_what_a_technician_set_on_the_same_bin_stays(out):
    blobs = make.blobs(out, "bin-002")
    fake = Fake(bin_id="bin-002", empty_mm=870, mqtt_port=1)
    assert put(fake, blobs).settings["empty_mm"] == 870
    assert fake.settings["mqtt_port"] == 8883
    assert "empty_mm" not in put(fake, blobs, over=True).settings


def test_the_keys_of_a_network_joined_at_the_kerb_stay(out):
    fake = Fake(bin_id="bin-001", wifi_ssid="depot")
    fake.secrets = {"wifi_key": "typed at the kerb", "mqtt_password": "old"}
    fake.prints = {k: device.mark(v.encode()) for k, v in fake.secrets.items()}
    state = put(fake, make.blobs(out, "bin-001"))
    assert fake.secrets == {"wifi_key": "typed at the kerb"}
    assert state.settings["wifi_ssid"] == "depot"


def test_another_bin_is_not_overwritten_unasked(out):
    fake = Fake(bin_id="bin-007")
    with pytest.raises(UserError, match="This device is bin-007 already; give --over"):
        put(fake, make.blobs(out, "bin-001"))
    assert fake.settings == {"bin_id": "bin-007"} and len(fake.asked) == 1
    assert put(fake, make.blobs(out, "bin-001"), over=True).bin_id == "bin-001"


def test_settings_that_do_not_go_together_are_not_sent(out):
    fake = Fake(bin_id="bin-001", full_mm=940)
    with pytest.raises(UserError, match="does not go with"):
        put(fake, make.blobs(out, "bin-001"))
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
        put(Fake(change=change), make.blobs(out, "bin-001"))


@pytest.mark.parametrize("answer", ["", "aa01\n{", "aa01", 'aa01\n{"settings": {}}'])
def test_an_answer_that_is_none_is_a_sentence(answer):
    with pytest.raises(UserError, match="smartbin deploy"):
        device.read(lambda code: answer)


# -- many, and the ledger -------------------------------------------------------------------------


def go(out, wanted, fakes, over=False):
    code = 0
    try:
        write.everywhere(out, wanted, over, lambda at: fakes[at])
    except BaseException as e:
        code = getattr(e, "exit_code", 1)
    return code


def test_many_at_once_and_one_that_fails_stops_no_other(out, capsys):
    fakes = {"p1": Fake("aa01"), "p2": Fake("aa02", bin_id="x")}
    assert go(out, {"p2": "bin-002", "p1": "bin-001"}, fakes) == 2
    said = capsys.readouterr()
    assert said.out == "p1: this is bin-001 now (device aa01); read back, and equal.\n"
    assert "p2: This device is x already" in said.err
    book = ledger.Ledger(out / "ledger.jsonl")
    assert book.written("bin-001")["device"] == "aa01" and not book.written("bin-002")
    assert write.pairs(book, (), ["p1", "p2"]) == {"p1": "bin-002"}


def test_writing_again_is_no_second_line(out):
    for _ in range(2):
        assert go(out, {"p1": "bin-001"}, {"p1": Fake("aa01")}) == 0
    lines = ledger.Ledger(out / "ledger.jsonl").lines
    assert [line["did"] for line in lines] == ["made", "made", "written"]


def test_a_second_device_of_one_name_is_refused_until_it_is_a_replacement(out, run, capsys):
    go(out, {"p1": "bin-001"}, {"p1": Fake("aa01")})
    assert go(out, {"p1": "bin-001"}, {"p1": Fake("aa02")}) == 2
    assert "provision make --replace bin-001" in capsys.readouterr().err
    run(anew=["bin-001"])
    assert go(out, {"p1": "bin-001"}, {"p1": Fake("aa02")}) == 0


def test_a_device_made_another_bin_leaves_its_first_name_free(out):
    fake = Fake("aa01")
    assert go(out, {"p1": "bin-001"}, {"p1": fake}) == 0
    assert go(out, {"p1": "bin-002"}, {"p1": fake}, over=True) == 0
    assert go(out, {"p1": "bin-001"}, {"p1": Fake("aa02")}) == 0


@pytest.mark.parametrize(
    ("names", "ports", "said"),
    [
        (["bin-001"], ["p1", "p2"], "1 bins and 2 ports"),
        (["bin-001", "bin-001"], ["p1", "p2"], "1 bins and 2 ports"),
        (["bin-009"], ["p1"], "bin-009 has no credentials"),
    ],
)
def test_bins_and_ports_that_do_not_fit_are_a_sentence(out, names, ports, said):
    with pytest.raises(UserError, match=said):
        write.pairs(ledger.Ledger(out / "ledger.jsonl"), names, ports)


def test_when_all_are_written_it_says_so(out):
    for name, chip in (("bin-001", "aa01"), ("bin-002", "aa02")):
        go(out, {"p1": name}, {"p1": Fake(chip)})
    with pytest.raises(UserError, match="Every bin of this folder has been written"):
        write.pairs(ledger.Ledger(out / "ledger.jsonl"), (), ["p1"])


def test_a_folder_without_a_ledger_is_a_sentence(tmp_path):
    found = CliRunner().invoke(app, ["provision", "write", "--out", str(tmp_path)])
    assert "has no ledger" in str(found.exception)


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
        said = smartbin("provision", "write", "bin-001", "--out", out, "--port", one.path)
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
