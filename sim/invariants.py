"""What must hold in every run, whatever goes wrong: checked at the broker and at the twin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from sim import energy
from sim.run import BinRun, Delivery, Run, Wake
from sim.scenario_table import Fault
from sim.units import duration_text
from smartbin import config, sensors
from tools import boards

# Promises of the firmware (issue 3, section 1), and what is beyond its power.
_AWAKE_MS = 12_000
_MOST_MC = 1300.0
_BITE_MS = 20_000  # the watchdog's own time, where it had to end a wake
_BOOT_MS = 70  # of a chip that starts slowly
_RADIO_MA = 130.0  # with the radio on, sending included
_SURE_S = 60  # how far a stamp that counts as set may be from the truth ...
_SAFE_MS = 21_600_000  # sleep of safe mode
_SLACK_MS = 600_000  # three prompt tries, a slow wake, a clock that is off
_DAY_MS = 86_400_000
_FEW = 3  # sentences of one kind that people need to see
_ASLEEP = "deepsleep"
_RESTARTS = ("wdt", "reset", "soft_reset", "brownout", "off", "hang")

_CLOCK = ("clock_jump", "time_server_wrong")
_SILENT = ("sonar_silent", "sonar_stuck_high", "sonar_stuck_low")
_SETTINGS = ("settings_garbage", "nvs_erased")
_SENSES = ("sonar_", "adc_")


def broken(run: Run) -> list[str]:
    """A sentence for each promise that this run broke; none where all is well."""
    found = [f"The run broke off: {run.broken}"] if run.broken else []
    for packed in run.bins:  # the rules go through its records again and again
        one = replace(packed, wakes=list(packed.wakes), deliveries=list(packed.deliveries))
        mine = [fault for fault in run.scenario.faults if one.index in fault.bins]
        for rule in _RULES:
            found += _shown(one.id, list(rule(run, one, mine)))
    return found


def _shown(name: str, sentences: list[str]) -> list[str]:
    """The first few that one rule has to say of one bin."""
    more = len(sentences) - _FEW
    rest = [f"{name}: and so in {more} more cases."] if more > 0 else []
    return [f"{name}: {sentence}" for sentence in sentences[:_FEW]] + rest


def figures(run: Run) -> dict[str, float]:
    """The worst wakes of a run, in ms and mC, and how many wakes and readings there were."""
    wakes = [w for one in run.bins for w in one.wakes]
    return {
        "wakes": len(wakes),
        "taken": sum(w.taken for w in wakes),
        "delivered": sum(not d.again and d.measured for b in run.bins for d in b.deliveries),
        "max_wake_ms": max((w.awake_ms for w in wakes if w.end == _ASLEEP), default=0),
        "max_wake_mc": max((charge_mc(run, w) for w in wakes if w.end == _ASLEEP), default=0.0),
    }


def charge_mc(run: Run, wake: Wake) -> float:
    """What one wake cost, in mC, without a window for whoever may want the console."""
    chip, sensor_ma = _draws(run.scenario.board.name, _setting(run, "sensor"))
    mc = energy.of_wake(wake.phases, chip, sensor_ma)
    return sum(mc.values()) - mc.get("service", 0.0)


@cache
def _draws(board_name: str, sensor_name: str) -> tuple[str, float]:
    """(chip, mA of sensor and rail) of a board with that sensor; empty: its own."""
    board = boards.load(board_name)
    sensor = sensors.find(sensor_name or board.SONAR)
    assert sensor is not None
    return board.CHIP, sensor.supply_ma + board.RAIL_MA


def _nothing_lost(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    if one.lost:
        shown = ", ".join(f"{seq} of epoch {epoch}" for epoch, seq in one.vanished[:5])
        yield (
            f"{one.lost} of its readings vanished without a word; nowhere to be found: "
            f"{shown or 'readings without a number'}; it counts {one.dropped} as dropped."
        )


def _messages_readable(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    if one.troubles.get("bad message"):
        yield f"{one.troubles['bad message']} of its messages cannot be read."


def _same_twice(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    first: dict[tuple[int, int], Delivery] = {}
    for d in one.deliveries:
        before = first.setdefault(d.number, d)
        if _content(before) != _content(d) or not _same_time(run, faults, before, d):
            yield f"reading {d.seq} of epoch {d.epoch} arrived twice with different content."


def _content(d: Delivery) -> tuple[object, ...]:
    level = (d.fill_pct, d.lo_pct, d.hi_pct, d.distance_mm)
    return (*level, d.quality, d.reason, d.alarm)


def _same_time(run: Run, faults: list[Fault], a: Delivery, b: Delivery) -> bool:
    """One that had no time may have got one since, and drift may have been taken out of it."""
    if a.at_s is None or b.at_s is None or _any_of(faults, _CLOCK):
        return True
    return abs(a.at_s - b.at_s) <= _SURE_S + _drift_s(run)


def _wakes_end(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    for wake in one.wakes:
        most_ms, most_mc = _AWAKE_MS + _BOOT_MS, _MOST_MC
        if wake.end in ("wdt", "hang"):
            most_ms, most_mc = most_ms + _BITE_MS, most_mc + _BITE_MS * _RADIO_MA / 1000
        if wake.awake_ms > most_ms:
            yield f"the wake at {_at(wake)} took {wake.awake_ms} ms; {most_ms} are allowed."
        mc = charge_mc(run, wake)
        if mc > most_mc:
            yield f"the wake at {_at(wake)} cost {mc:.0f} mC; {most_mc:.0f} are allowed."


def _own_address(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    if one.troubles.get("stolen address"):
        yield (
            f"it sent from an address after its lease had run out, "
            f"in {one.troubles['stolen address']} wakes."
        )


def _asleep(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    for wake in one.wakes:
        if wake.end == _ASLEEP and wake.nap_ms is None:
            yield f"after the wake at {_at(wake)} it sleeps without a timer."
        elif wake.end != _ASLEEP and wake.end not in _RESTARTS:
            yield f"the wake at {_at(wake)} never ended ({wake.end})."


def _stamps_true(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    """Until its clock is tampered with: what arrives afterwards may have been set by it."""
    wrong_ms = min((f.at_ms for f in faults if f.kind in _CLOCK), default=None)
    taken = {w.number: w.t_ms for w in one.wakes}
    start_s = run.scenario.run.start.timestamp()
    for d in one.deliveries:
        t_ms = taken.get(d.number)
        if d.clock != "set" or d.at_s is None or t_ms is None or d.wake is None:
            continue
        if wrong_ms is not None and one.wakes[d.wake].t_ms >= wrong_ms:
            return
        off_s = d.at_s - start_s - t_ms / 1000
        young = t_ms < _after(faults, one.wakes[0].t_ms, 3 * _setting(run, "clock_s") * 1000)
        if abs(off_s) > _SURE_S + (_drift_s(run, t_ms) if young else 0):
            yield f"reading {d.seq} claims a time that is {off_s:.0f} s off."
            return


def _drift_s(run: Run, t_ms: int = 0) -> float:
    """What a sleep clock whose rate is not known yet may be off: from one look at network time to
    the next, or by t_ms where there was none since the first."""
    board = run.scenario.board
    ppm = board.drift_ppm + abs(board.drift_ppm_k) * run.scenario.weather.swing_c
    return max(2 * _setting(run, "clock_s"), t_ms / 1000) * ppm / 1e6


def _silence_is_no_number(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    taken = {w.number: w.t_ms for w in one.wakes}
    for d in one.deliveries:
        t_ms = taken.get(d.number)
        if t_ms is not None and d.fill_pct is not None and _during(faults, _SILENT, t_ms):
            yield f"reading {d.seq} has a fill of {d.fill_pct} %, and its sensor was silent."


def _alarms_in_time(run: Run, one: BinRun, faults: list[Fault]) -> Iterator[str]:
    """A bin that is full and stays so is known to be full, at the latest so long after the last
    fault that could keep it from being known."""
    full_pct, end_ms = _setting(run, "full_pct"), round(run.scenario.run.days * _DAY_MS)
    if one.wakes and _during(faults, _SETTINGS, one.wakes[0].t_ms):
        return  # before its first start there is no copy of them: it knows of nobody to tell
    for from_ms, to_ms in _full(one, full_pct, end_ms):
        limit_ms = _after(faults, from_ms, _patience_ms(run))
        if limit_ms <= min(to_ms, end_ms) and not _known(one, full_pct, from_ms, limit_ms):
            yield f"full at {_text(from_ms)}, and nobody had heard of it at {_text(limit_ms)}."


def _known(one: BinRun, full_pct: int, from_ms: int, limit_ms: int) -> bool:
    """Has anybody heard of it by then, or was it no news?  A rise too large to be believed at once
    is an alarm, too: `blocked`, with an interval up to the full mark (docs/events.md)."""
    taken = {w.number: w.t_ms for w in one.wakes}
    before = None
    for d in one.deliveries:
        came_ms = None if d.wake is None else one.wakes[d.wake].t_ms
        if came_ms is None or came_ms > limit_ms:
            continue
        full = d.fill_pct is not None and d.fill_pct >= full_pct
        maybe = d.alarm and d.hi_pct is not None and d.hi_pct >= full_pct
        if (full or maybe) and taken.get(d.number, -1) >= from_ms:
            return True
        if d.newest and came_ms < from_ms:
            before = full
    return bool(before)


def _patience_ms(run: Run) -> int:
    return 1000 * (_setting(run, "backoff_s") + _setting(run, "sample_s")) + _SLACK_MS


def _after(faults: list[Fault], from_ms: int, wait_ms: int) -> int:
    """wait_ms after from_ms, or after the end of the faults that come within that time."""
    limit_ms = from_ms + wait_ms
    for fault in sorted(faults, key=lambda f: f.at_ms):
        if fault.at_ms <= limit_ms:
            own_ms = 0 if fault.kind in _SILENT else _SAFE_MS
            limit_ms = max(limit_ms, fault.at_ms + fault.lasts_ms + wait_ms + own_ms)
    return limit_ms


def _full(one: BinRun, full_pct: int, end_ms: float) -> Iterator[tuple[int, int]]:
    """(from, to) of the times in which the bin is full beyond doubt."""
    step_ms, since = 60_000, None
    for t_ms in range(one.wakes[0].t_ms if one.wakes else 0, int(end_ms), step_ms):
        full = one.waste.level_pct(t_ms) >= full_pct + 4
        if full and since is None:
            since = t_ms
        elif not full and since is not None:
            yield since, t_ms
            since = None
    if since is not None:
        yield since, int(end_ms)


def _during(faults: list[Fault], kinds: tuple[str, ...], t_ms: int) -> bool:
    return any(f.kind in kinds and f.at_ms <= t_ms < f.at_ms + f.lasts_ms for f in faults)


def _any_of(faults: list[Fault], kinds: tuple[str, ...]) -> bool:
    return any(f.kind in kinds for f in faults)


def _setting(run: Run, name: str) -> int:
    known = {row[0]: row[1] for row in config.TABLE}
    return run.scenario.bin.settings.get(name, known[name])


def _at(wake: Wake) -> str:
    return _text(wake.t_ms)


def _text(t_ms: int) -> str:
    return duration_text(round(t_ms / 1000) * 1000)


_RULES: tuple[Callable[[Run, BinRun, list[Fault]], Iterator[str]], ...] = (
    _nothing_lost,
    _messages_readable,
    _same_twice,
    _wakes_end,
    _own_address,
    _asleep,
    _stamps_true,
    _silence_is_no_number,
    _alarms_in_time,
)
