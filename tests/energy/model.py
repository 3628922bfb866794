"""The energy model against measured wakes: one program for each row of data/measured_wakes.csv.

Each runs in the simulator on the row's chip; time and net charge (less what the carrier board
drew) are compared.  Currents and times of the chip come from sim/currents.py; what a row's own
network did is below.
"""

from __future__ import annotations

import csv
import dataclasses
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from sim import currents, energy
from tests.contract.chip import Chip, leads_to
from tests.contract.listener import CONNACK, Listener, Reply, hang_up

HERE = Path(__file__).parent
MEASURED = HERE / "data" / "measured_wakes.csv"
_CHIPS = {"ESP32": "esp32", "ESP32-S3": "esp32s3"}
_PEER = b"\2neigh".hex()

# The network of these rows: a LAN with the access point on channel 1 and its usual times (the
# medians of [radio]).  Nobody says how far broker and server were: 10 ms to and fro is a LAN, and
# the server's 1.26 s are what http_dhcp leaves, so that of this row only the charge is a test.
_AIR = {
    "channel": 1,
    "join_ms": 360,
    "dhcp_ms": 890,
    "rtt_ms": 10,
    "rssi_dbm": -50,
    "peers": [],
}
_SERVER_MS = 1260


class Program(NamedTuple):
    """What a row ran: a file of rows/, and what its frame has that others have not."""

    file: str
    changes: Mapping[str, Any] = MappingProxyType({})


_PROGRAMS = {
    "boot_frozen_esp32": Program("boot"),
    "boot_frozen_s3": Program("boot"),
    "boot_stock_s3": Program("boot", {"boot": "stock_checked"}),
    "boot_stock_skip_s3": Program("boot", {"boot": "stock"}),
    "espnow_ok_esp32": Program("espnow", {"air": {**_AIR, "peers": [_PEER]}}),
    "espnow_fail_esp32": Program("espnow"),
    "wifi_static_esp32": Program("wifi_static"),
    "mqtt_static_esp32": Program("mqtt_static"),
    "wifi_dhcp_esp32": Program("wifi_dhcp"),
    "http_dhcp_esp32": Program("http_dhcp", {"net": {"think_ms": _SERVER_MS}}),
}


class Row(NamedTuple):
    """One measured wake, and what the model makes of it; charge in mC, net."""

    name: str
    ms: float
    mc: float
    model_ms: float
    model_mc: float
    phases: dict[str, float]  # mC by phase

    @property
    def off_ms_pct(self) -> float:
        return 100 * (self.model_ms / self.ms - 1)

    @property
    def off_mc_pct(self) -> float:
        return 100 * (self.model_mc / self.mc - 1)


def rows() -> Iterator[Row]:
    """All of them, in the order of the file."""
    with MEASURED.open(newline="") as file:
        for told in csv.DictReader(file):
            yield _compared(told)


def _compared(told: dict[str, str]) -> Row:
    ms, chip = float(told["time_ms"]), _CHIPS[told["board"]]
    net_mc = float(told["charge_mc"]) - float(told["background_ma"]) * ms / 1000
    answer = _run(_PROGRAMS[told["id"]], chip)
    phases = energy.of_wake(answer["phases"], chip, 0.0)
    return Row(told["id"], ms, net_mc, answer["up_ms"], sum(phases.values()), phases)


def _run(program: Program, chip: str) -> dict[str, Any]:
    """The account of that program's wake."""
    facts = dataclasses.asdict(currents.CHIPS[chip])
    listener = Listener(hang_up if program.file.startswith("http") else _broker())
    net = {**leads_to(listener.port), **program.changes.get("net", {})}
    changes = {"chip": facts, "boot_ms": facts["boot_ms"], "air": _AIR, **program.changes}
    with tempfile.TemporaryDirectory(prefix="smartbin-") as folder:
        one = Chip(Path(folder), _source(program.file))
        try:
            answer = one.wake(**{**changes, "net": net}).account
        finally:
            one.close()
            listener.close()
    if answer["how"] != "deepsleep":
        raise AssertionError(f"{program.file}.py did not get to sleep: {answer['crash']}")
    return answer


def _broker() -> Reply:
    """Answers a CONNECT that comes in pieces, and nothing else."""
    heard = bytearray()

    def reply(data: bytes) -> bytes:
        whole = len(heard) > 1 and len(heard) >= 2 + heard[1]
        heard.extend(data)
        return CONNACK if not whole and len(heard) > 1 and len(heard) >= 2 + heard[1] else b""

    return reply


def _source(name: str) -> str:
    """A program, with what it shares with others before it."""
    text = (HERE / "rows" / f"{name}.py").read_text()
    shared = "from joined import join\n"
    return text.replace(shared, (HERE / "rows" / "joined.py").read_text())


def table(console: Console) -> dict[str, float]:
    """Prints measured against modelled; the worst difference of all, in per cent."""
    shown = Table(title="Wakes: measured on hardware, and modelled")
    for heading in ("wake", "ms", "model", "off %", "net mC", "model", "off %"):
        shown.add_column(heading, justify="left" if heading == "wake" else "right")
    found = list(rows())
    for one in found:
        shown.add_row(
            one.name,
            f"{one.ms:g}",
            f"{one.model_ms:g}",
            f"{one.off_ms_pct:+.1f}",
            f"{one.mc:.2f}",
            f"{one.model_mc:.2f}",
            f"{one.off_mc_pct:+.1f}",
        )
    console.print(shown)
    worst = max(max(abs(one.off_ms_pct), abs(one.off_mc_pct)) for one in found)
    return {"energy.model_worst_pct": round(worst, 2)}
