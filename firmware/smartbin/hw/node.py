# assemble(board): the only place where a pin comes alive.
import machine
import time

from smartbin import sensors
from smartbin.hw import air, battery, nap
from smartbin.hw.shelf import Shelf


class Node:
    """What a wake needs of the hardware."""

    ticks = time

    def __init__(self, board):
        self._board = board
        self.cause = nap.cause()
        self.asked = self.cause == "button"
        self.service = _input(board.SERVICE_PIN)
        self.battery = _battery(board)
        self.air = _air(board)
        shelf = self.shelf = Shelf(self.cause, self.raw_s)
        self.flash = shelf.flash
        self.keep, self.secure = shelf.keep, shelf.secure
        self.acknowledged, self.oldest_segment = shelf.acknowledged, shelf.oldest_segment

    def sonar(self, cfg):
        from smartbin.hw.sonar import Sonar

        return Sonar(
            sensors.find(cfg.sensor or self._board.SONAR),
            machine.Pin(self._board.SONAR_TRIG_PIN, machine.Pin.OUT, value=0),
            machine.Pin(self._board.SONAR_ECHO_PIN, machine.Pin.IN),
            _rail(self._board.RAIL_PIN),
        )

    def link(self, cfg, mem, up):
        from smartbin.hw.link import Link

        return Link(cfg, up, cfg.bin_id.encode(), self.shelf.papers, mem.browned)

    def raw_s(self):
        """What the chip's clock says, in seconds since 2000."""
        return time.time()

    def set_clock(self, at_s):
        t = time.gmtime(at_s)
        machine.RTC().datetime((t[0], t[1], t[2], t[6], t[3], t[4], t[5], 0))


def assemble(board):
    return Node(board)


def _input(pin):
    return None if pin is None else machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP)


def _rail(pin):
    return (lambda on: None) if pin is None else machine.Pin(pin, machine.Pin.OUT, value=0).value


def _battery(board):
    if board.BATTERY_ADC_PIN is None:
        return battery.NoBattery()
    return battery.Battery(machine.Pin(board.BATTERY_ADC_PIN), *board.BATTERY_DIVIDER)


def _air(board):
    return air.NoAir() if board.NTC_ADC_PIN is None else air.Ntc(machine.Pin(board.NTC_ADC_PIN))
