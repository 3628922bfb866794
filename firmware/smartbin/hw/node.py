# assemble(board): the only place where a pin comes alive.
import gc
import machine
import time

from smartbin import sensors, spent
from smartbin.hw import nap, parts
from smartbin.hw.shelf import Shelf

_CONSOLE_MS = 20_000  # longer than any step of a command
_SEEN = ("power", "button")  # what begins a wake in which a person may be looking at the LED


class Node:
    """What a wake needs of the hardware."""

    ticks = time

    def __init__(self, board):
        self._board = board
        self.title, self.sensor = board.NAME, board.SONAR
        self.cause = nap.cause()
        self.asked = self.cause == "button"
        self.service = parts.button(board.SERVICE_PIN)
        self.battery = parts.cell(board)
        self.air = parts.air(board)
        costs = (board.BOOT_MC, board.CPU_MA, board.LIGHT_MA, board.RADIO_MA, board.SLEEP_UA)
        self.meter = spent.Meter(*costs)
        self._link = None
        shelf = self.shelf = Shelf(self.cause, self.raw_s)
        self.flash = shelf.flash
        self.keep, self.secure = shelf.keep, shelf.secure
        self.acknowledged, self.oldest_segment = shelf.acknowledged, shelf.oldest_segment

    def keys(self):
        """Keys and screen of the serial port."""
        from smartbin.hw import keys

        return keys.Keys()

    def desk(self):
        """The module that changes settings."""
        from smartbin.hw import desk

        return desk

    def feed(self):
        """For a console that is open: the watchdog waits for another while."""
        nap.guard(_CONSOLE_MS)

    def light(self, lit):
        """The LED, where a person may see it: lit (1), dark (0), or let go (None)."""
        if self.cause in _SEEN:
            from smartbin.hw import led

            led.light(self._board, lit)

    def show(self, mem):
        """Tell by the LED what came of this wake; how many milliseconds that took."""
        if self.cause not in _SEEN:
            return 0
        from smartbin.hw import led

        self.feed()
        return led.show(self._board, mem)

    def mounting(self):
        """The module that keeps the record of an installation."""
        from smartbin.hw import mounting

        return mounting

    def senses(self):
        """Battery, tilt and lid, of what the board has: a Senses."""
        return parts.senses(self._board, self.battery)

    def sonar(self, cfg):
        board = self._board
        sensor = sensors.find(cfg.sensor or board.SONAR)
        sonar = parts.driver(sensor.family)(
            sensor,
            machine.Pin(board.SONAR_TRIG_PIN, machine.Pin.OUT, value=0),
            machine.Pin(board.SONAR_ECHO_PIN, machine.Pin.IN),
            parts.rail(board.RAIL_PIN),
            self.air,
            board.DOZE and cfg.doze,
            (self.meter, sensor.supply_ma + board.RAIL_MA),
        )
        sonar.reach(cfg.empty_mm)
        return sonar

    def link(self, cfg, mem, up):
        self._link = None  # a session before this one has gone
        gc.collect()  # else what the radio needs lies in pieces between what the sensor left
        from smartbin.hw.link import Link

        self._link = Link(cfg, up, mem, self)
        return self._link

    def probe(self):
        """What the service console tries out; loaded when it is asked for."""
        from smartbin.hw import probe

        return probe

    def session(self, cfg, mem, up, tell):
        """A link() that tells how long each step took: see hw/probe.py."""
        self._link = None
        gc.collect()
        self._link = self.probe().Session(cfg, up, mem, self, tell)
        return self._link

    def raw_s(self):
        """What the chip's clock says, in seconds since 2000."""
        return time.time()

    def set_clock(self, at_s):
        if self._link is not None:
            self._link.net.moved(at_s - time.time())
        t = time.gmtime(at_s)
        machine.RTC().datetime((t[0], t[1], t[2], t[6], t[3], t[4], t[5], 0))


def assemble(board):
    return Node(board)
