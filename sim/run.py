"""What a run leaves behind, for tables and pictures.  Plain records."""

from __future__ import annotations

from collections.abc import MutableSequence
from dataclasses import dataclass, field

from sim.scenario import Scenario
from sim.waste import Waste

Number = tuple[int, int]  # (epoch, seq) of a reading: never twice on one bin


@dataclass(slots=True)
class Wake:
    """One wake as the twin saw it."""

    t_ms: int
    awake_ms: int  # at the console's window nobody's time is wasted: without phase "service"
    phases: dict[str, int]  # ms by phase (energy.PHASES)
    # 1 where the firmware asked the sensor: its rail was on, and a trigger came or the echo pin
    # was read.  A line that is stuck gets no trigger, but "stuck" is a reading, too.
    taken: int
    radio: bool
    cause: str  # "power" "timer" "button" "reset" "soft_reset" "wdt" "brownout"
    nap_ms: int | None  # None: asleep without a timer, or not asleep
    end: str = "deepsleep"  # or what else ended it: "wdt" "reset" "awake" "off" "brownout" ...
    number: Number | None = None  # of the reading that it kept in RTC memory; None: it kept none
    excused: bool = True  # where it kept none: it was cut short, or noted an error of its own
    rail: bool = False  # the sensor was still powered at the end of the wake


@dataclass(slots=True)
class Delivery:
    """One reading in one message, as the subscriber at the broker received it."""

    bin_id: str
    epoch: int
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
    alarm: bool
    delivered_s: int | None  # time of the newest reading of the message
    newest: bool  # of its message
    again: bool  # had been delivered before
    wake: int | None  # which of the bin's wakes sent the message
    at_least: bool = False  # fill_pct is a lower bound: the waste is in the blind zone

    @property
    def measured(self) -> bool:
        """Was the sensor asked?  A bin that lies, or is in safe mode, does not ask it."""
        return self.reason not in ("safe", "tilted")

    @property
    def number(self) -> Number:
        """What tells it from every other reading of its bin."""
        return self.epoch, self.seq


@dataclass(slots=True)
class BinRun:
    """One bin's part of a run."""

    index: int
    id: str
    name: str
    waste: Waste
    wakes: MutableSequence[Wake] = field(default_factory=list)
    deliveries: MutableSequence[Delivery] = field(default_factory=list)
    sessions: int = 0  # wakes of which at least one message arrived
    dropped: int = 0  # readings that the firmware says it gave up
    waiting: int = 0  # readings still in its RTC memory or flash at the end
    gap: int = 0  # numbers of which it said that a loss of power took them, and that never arrived
    unfinished: int = 0  # measurements that a reset, a power cut or a crash broke off
    lost: int = 0  # readings that vanished without a word
    vanished: list[Number] = field(default_factory=list)  # kept, but neither here nor there now
    # What happened to it, by its own word: (epoch, name, 1 raised / 0 released, seq), each once.
    events: list[tuple[int, str, int, int]] = field(default_factory=list)
    flash_writes: int = 0
    flash_erases: dict[int, int] = field(default_factory=dict)  # by block
    flash_later: bool = False  # written at all after its first wake
    charge_mc: dict[str, float] = field(default_factory=dict)  # whole run, by phase
    told_mc: int = 0  # the same by the node's own estimate, as far as its reports have told
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
