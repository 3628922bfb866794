"""The longest and the dearest wake of a bin whose network fails in every way that it can."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim import fleet, invariants
from sim.fault_kinds import KINDS
from sim.scenario import load

_DAYS = 2
# kind -> amounts: what hurts most lies near the deadlines, not at the bounds.
_NETWORK: dict[str, tuple[float | None, ...]] = {
    "ap_down": (None,),
    "wrong_key": (None,),
    "weak_signal": (15, 25),
    "dhcp_silent": (None,),
    "dns_dead": (None,),
    "dns_slow": (0.5, 3, 8),
    "time_server_silent": (None,),
    "broker_down": (None,),
    "broker_silent": (None,),
    "connack_refused": (5,),
    "puback_lost": (None,),
    "puback_late": (3, 6),
    "duplicate_session": (None,),
    "connection_reset": (60, 400),
    "drip": (0.05, 0.5, 5),
    "packet_loss": (30, 70),
}


def measure(console: Console) -> dict[str, float]:
    """A bin for two days in each fault, all of the time; over TLS as well where that differs."""
    table = Table(title=f"The worst wakes in {_DAYS} days of each network fault")
    for heading in ("fault", "amount", "TLS", "longest wake s", "dearest mC", "lost"):
        table.add_column(heading, justify="left" if heading == "fault" else "right")
    worst_ms = worst_mc = 0.0
    for kind, amounts in _NETWORK.items():
        for amount in amounts:
            for tls in (False, True):
                figures, lost = _lived(kind, amount, tls)
                worst_ms = max(worst_ms, figures["max_wake_ms"])
                worst_mc = max(worst_mc, figures["max_wake_mc"])
                cells = (f"{figures['max_wake_ms'] / 1000:.1f}", f"{figures['max_wake_mc']:.0f}")
                table.add_row(kind, _shown(kind, amount), "yes" if tls else "", *cells, str(lost))
    console.print(table)
    console.print(f"worst: {worst_ms / 1000:.1f} s (at most 12), {worst_mc:.0f} mC (at most 1300)")
    return {"fault.max_wake_ms": worst_ms, "fault.max_wake_mc": round(worst_mc, 1)}


def _shown(kind: str, amount: float | None) -> str:
    row = KINDS[kind].amount
    return "" if amount is None or row is None else f"{amount:g} {row.unit}"


def _lived(kind: str, amount: float | None, tls: bool) -> tuple[dict[str, float], int]:
    """The figures of one bin's days in a fault, and how many readings it lost."""
    lines = [f"[run]\ndays = {_DAYS}\ninterpreters = 1", "[waste]\nrate_pct_day = 60"]
    lines += ['[broker]\nkind = "mosquitto"\ntls = true'] if tls else []
    lines += [f'[[fault]]\nkind = "{kind}"\nat = "1h"\nlasts = "{_DAYS * 24 - 2}h"']
    lines += [] if amount is None else [f"amount = {amount:g}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.toml"
        path.write_text("\n".join(lines) + "\n")
        done = fleet.run(load(path))
    return invariants.figures(done), sum(one.lost for one in done.bins)
