"""A version that cannot even start is put right by `smartbin deploy`, as any other."""

from __future__ import annotations

import pytest

import sim.port
from tests.device_commands.test_on_a_bin import BOARD, SCENARIO, command, opened
from tools.device import deploy, tree


@pytest.mark.parametrize("damaged", ["smartbin/build.mpy", "main.mpy"])
def test_a_damaged_file_of_the_version_that_runs(damaged):
    files = {**tree.of(BOARD), damaged: b"rubbish"}
    with sim.port.open(SCENARIO, stock=True, nap_s=0.5) as port:
        with opened(port) as device:
            deploy.bring(device, files)
        assert "stands in /app/B" in command(port, "deploy", "--board", BOARD)[0]
        assert "firmware: " in command(port, "doctor")[0]
