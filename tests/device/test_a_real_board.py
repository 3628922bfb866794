"""The checks of tests/device_commands on a real board: SMARTBIN_PORT names its port.

SMARTBIN_BOARD (devkit_v1 where it is not set) says which board it is.  It gets the firmware of
this clone; its settings stay as they are.
"""

from __future__ import annotations

import os

import pytest

from smartbin import build
from tools.device import deploy, fitting, inside, knock, talk, tree

PORT = os.environ.get("SMARTBIN_PORT", "")
BOARD = os.environ.get("SMARTBIN_BOARD", "devkit_v1")
pytestmark = pytest.mark.skipif(
    not PORT, reason="no board: set SMARTBIN_PORT to the serial port of one to try it"
)


@pytest.fixture(scope="module")
def device():
    with knock.open_port(PORT) as found:
        yield found
        found.leave()


def test_it_runs_code_and_keeps_files(device):
    assert device.exec("print(6 * 7)").strip() == "42"
    data = bytes(range(256)) * 9
    device.put("/tried.new", data)
    assert device.get("/tried.new") == data
    device.remove("/tried.new")


def test_deploy_brings_this_clone_and_then_has_nothing_to_do(device):
    fitting.check(device, BOARD)
    deploy.bring(device, tree.of(BOARD))
    assert "nothing was written" in deploy.bring(device, tree.of(BOARD))


def test_the_firmware_there_tells_of_itself_without_secrets(device):
    told = inside.desk(device)
    assert told and told["version"] == build.VERSION
    assert not {"wifi_key", "mqtt_password", "wifi_pmk", "mqtt_psk"} & told["settings"].keys()


def test_a_deploy_that_breaks_off_leaves_what_ran(device, monkeypatch):
    files = tree.of(BOARD)
    deploy.bring(device, files)
    current = deploy.current(device)
    monkeypatch.setattr(deploy, "_switch", lambda *words: pytest.fail("it was not whole"))
    monkeypatch.setattr(talk.Talk, "put", lambda *words: None)
    with pytest.raises(talk.DeviceError, match="the old version stays"):
        deploy.bring(device, {**files, "smartbin/extra.mpy": b"M\x06"})
    assert deploy.current(device) == current
    assert deploy.below(device, current) == deploy.sums_of(files)
