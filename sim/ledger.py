"""Books every wake as it ends: which reading it kept, how it ended, what it cost the flash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.device import Device
from sim.run import BinRun, Number, Wake
from smartbin import memory

_ASLEEP = ("deepsleep", "asleep for ever")


@dataclass(slots=True)
class _Before:
    """What the node would know when its wake began."""

    rtc: bytes
    mem: memory.Memory | None
    next_seq: int  # the number that its next reading would get


class Ledger:
    """Between begin() and end() of a wake it keeps what the node held before."""

    def __init__(self) -> None:
        self._before: dict[int, _Before] = {}

    def begin(self, device: Device) -> None:
        """A wake begins with what the twin holds now."""
        known = self._before.get(device.bin.index)
        if known is None or known.rtc is not device.rtc:
            mem = memory.load(device.rtc)
            seq = mem.seq if mem else _promised(device.nvs)
            self._before[device.bin.index] = _Before(device.rtc, mem, seq)

    def end(self, device: Device, wake: Wake, answer: dict[str, Any], rtc: bytes) -> None:
        """It is over; rtc: its RTC memory at the last moment that it had power."""
        before, mem = self._before[device.bin.index], memory.load(rtc)
        wake.end = answer["how"]
        wake.number = _number(before, mem)
        wake.excused = wake.end not in _ASLEEP or _crashes(mem) > _crashes(before.mem)
        _flash(device.bin, answer["flash"])
        device.bin.wakes.append(wake)
        if mem is not None:
            self._before[device.bin.index] = _Before(rtc, mem, mem.seq)

    def hang(self, device: Device) -> None:
        """A wake that never answered: the watchdog ends it."""
        began_ms, cause, lived_ms = device.next_ms, device.cause, device.lived_ms
        device.hang()
        ms = device.lived_ms - lived_ms
        device.bin.wakes.append(Wake(began_ms, ms, {"cpu": ms}, 0, False, cause, None, "hang"))


def _flash(one: BinRun, did: dict[str, Any]) -> None:
    one.flash_writes += did["writes"]
    for block, erases in did["worn"]:
        one.flash_erases[block] = one.flash_erases.get(block, 0) + erases
    one.flash_later |= bool(did["writes"] and one.wakes)


def _number(before: _Before, mem: memory.Memory | None) -> Number | None:
    """Of the reading that the wake added, None where it added none."""
    if mem is None or mem.seq == before.next_seq:
        return None
    return mem.epoch, mem.seq - 1


def _crashes(mem: memory.Memory | None) -> int:
    return dict(mem.notes.since()).get("crash", 0) if mem else 0


def _promised(nvs: dict[str, Any]) -> int:
    seq = nvs.get("smartbin", {}).get("seq", 0)
    return seq if isinstance(seq, int) else 0
