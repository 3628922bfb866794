# assemble(board): the only place where a pin comes alive.
import machine
import time
from binascii import hexlify

from smartbin import config, memory, sensors
from smartbin.errors import ConfigError
from smartbin.hw import air, battery, nap, store


class Node:
    """What a wake needs of the hardware."""

    ticks = time

    def __init__(self, board):
        self._board = board
        self.cause = nap.cause()
        self.service = _input(board.SERVICE_PIN)
        self.asked = self.cause == "button"
        self.battery = battery.NoBattery()
        if board.BATTERY_ADC_PIN is not None:
            self.battery = battery.Battery(
                machine.Pin(board.BATTERY_ADC_PIN), *board.BATTERY_DIVIDER
            )
        self.air = air.NoAir()
        if board.NTC_ADC_PIN is not None:
            self.air = air.Ntc(machine.Pin(board.NTC_ADC_PIN))

    def sonar(self, cfg):
        from smartbin.hw.sonar import Sonar

        return Sonar(
            sensors.find(cfg.sensor or self._board.SONAR),
            machine.Pin(self._board.SONAR_TRIG_PIN, machine.Pin.OUT, value=0),
            machine.Pin(self._board.SONAR_ECHO_PIN, machine.Pin.IN),
            _rail(self._board.RAIL_PIN),
        )

    def link(self, cfg, up):
        from smartbin.hw.link import Link

        return Link(cfg, up, cfg.bin_id.encode())

    def now_s(self):
        return time.time()

    def set_clock(self, at_s):
        """Set the clock; by how many seconds it jumped."""
        by_s = at_s - time.time()
        t = time.gmtime(at_s)
        machine.RTC().datetime((t[0], t[1], t[2], t[6], t[3], t[4], t[5], 0))
        return by_s

    def keep(self, mem):
        """Write what must survive.  NVS is touched once in memory.RESERVE readings."""
        if mem.seq >= mem.reserved:
            mem.reserved = mem.seq + memory.RESERVE
            store.put(seq=mem.reserved)
        nap.keep(memory.save(mem))

    def recall(self):
        """The Memory of the wakes before this one; a new one after a cold start."""
        mem = memory.load(nap.recall())
        if mem is None:
            mem = memory.Memory(store.number("boot") + 1, store.number("seq"))
            store.put(boot=mem.boot)
            if self.cause != "power":
                mem.notes.add("memory", at_s=self.now_s())
        if self.cause == "reset":
            mem.notes.add("reset", machine.reset_cause(), self.now_s())
        return mem

    def settings(self, mem):
        """The checked settings; the defaults, and a note, where the stored ones cannot be used."""
        try:
            raw = store.settings()
            cfg = config.check(raw)
        except (ConfigError, ValueError):
            mem.notes.add("settings", at_s=self.now_s())
            cfg = config.check({})
        if cfg.bin_id:
            return cfg
        return config.Config("sb-%s" % hexlify(machine.unique_id()).decode(), *cfg[1:])


def _input(pin):
    return None if pin is None else machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP)


def _rail(pin):
    return (lambda on: None) if pin is None else machine.Pin(pin, machine.Pin.OUT, value=0).value


def assemble(board):
    return Node(board)
