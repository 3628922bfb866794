"""Sessions per second: plain umqtt.simple, then our link, with the same mosquitto."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim import places
from sim.ear import Ear
from sim.scenario_table import Broker
from tools.setup import interpreter

_SCRIPT = Path(__file__).with_name("sessions.py")
_OURS, _PLAIN = 4000, 40  # sessions; plain ones take some 40 ms each


def measure(console: Console) -> dict[str, float]:
    """Connect, publish 400 bytes at QoS 1, disconnect; every session over a new connection."""
    with Ear(Broker(kind="mosquitto")) as broker:
        plain = _sessions_per_s("plain", broker.port, _PLAIN)
        ours = _sessions_per_s("ours", broker.port, _OURS)
    table = Table(title="Sessions with one mosquitto on this machine")
    for heading in ("link", "sessions/s", "ms each"):
        table.add_column(heading, justify="left" if heading == "link" else "right")
    for name, rate in (("plain umqtt.simple", plain), ("umqtt.simple behind hw/wire", ours)):
        table.add_row(name, f"{rate:,.0f}", f"{1000 / rate:.2f}")
    console.print(table)
    console.print(f"ratio {ours / plain:.0f} (aim 200, at least 100)")
    return {
        "link.sessions_per_s": round(ours, 1),
        "link.plain_umqtt_sessions_per_s": round(plain, 1),
        "link.ratio": round(ours / plain, 1),
    }


def _sessions_per_s(which: str, port: int, count: int) -> float:
    path = ":".join(map(str, (places.FIRMWARE, places.LIB, ".frozen")))
    done = subprocess.run(
        [interpreter.find(), _SCRIPT, which, str(port), str(count)],
        env={**os.environ, "MICROPYPATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return float(done.stdout)
