"""What a run leaves behind, for tables and pictures.  Plain records."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.scenario import Scenario
from sim.waste import Waste


@dataclass(slots=True)
class Wake:
    """One wake as the twin saw it."""

    t_ms: int
    awake_ms: int
    phases: dict[str, int]  # ms by phase: boot sense join dhcp talk other
    taken: int  # 1 where the sensor pinged while its rail was on
    radio: bool
    cause: str  # "power" "timer" "button" "reset"
    nap_ms: int | None  # None: asleep without a timer


@dataclass(slots=True)
class Delivery:
    """One reading in one message, as the subscriber at the broker received it."""

    bin_id: str
    boot: int
    seq: int
    at_s: int | None  # Unix time by the node's clock; None: it had never been set
    clock: str  # "unknown" "estimated" "set"
    fill_pct: int | None
    lo_pct: int | None
    hi_pct: int | None
    distance_mm: int | None
    quality: int
    reason: str
    delivered_s: int | None  # time of the newest reading of the message
    newest: bool
    again: bool  # had been delivered before


@dataclass(slots=True)
class BinRun:
    """One bin's part of a run."""

    index: int
    id: str
    name: str
    waste: Waste
    wakes: list[Wake] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    messages: int = 0
    dropped: int = 0  # readings that the firmware says it gave up
    waiting: int = 0  # readings still in its outbox at the end
    charge_mc: dict[str, float] = field(default_factory=dict)  # whole run, by phase
    battery_years: float = 0.0
    troubles: dict[str, int] = field(default_factory=dict)  # by name: the node's notes, and ours


@dataclass(slots=True)
class Run:
    """A whole run."""

    scenario: Scenario
    bins: list[BinRun]
    wall_s: float
    broker_kind: str
    broken: str | None = None  # a sentence: why the run was cut short
