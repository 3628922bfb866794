# assemble(board): the only place where a pin comes alive.
import machine
import time

from smartbin import sensors
from smartbin.hw import nap, parts
from smartbin.hw.shelf import Shelf


class Node:
    """What a wake needs of the hardware."""

    ticks = time

    def __init__(self, board):
        self._board = board
        self.cause = nap.cause()
        self.asked = self.cause == "button"
        self.service = parts.button(board.SERVICE_PIN)
        self.battery = parts.cell(board)
        self.air = parts.air(board)
        shelf = self.shelf = Shelf(self.cause, self.raw_s)
        self.flash = shelf.flash
        self.keep, self.secure = shelf.keep, shelf.secure
        self.acknowledged, self.oldest_segment = shelf.acknowledged, shelf.oldest_segment

    def senses(self):
        """Battery, tilt and lid, of what the board has: a Senses."""
        return parts.senses(self._board, self.battery)

    def sonar(self, cfg):
        board = self._board
        sensor = sensors.find(cfg.sensor or board.SONAR)
        return parts.driver(sensor.family)(
            sensor,
            machine.Pin(board.SONAR_TRIG_PIN, machine.Pin.OUT, value=0),
            machine.Pin(board.SONAR_ECHO_PIN, machine.Pin.IN),
            parts.rail(board.RAIL_PIN),
            self.air,
            board.DOZE,
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
