"""One simulated bin in real time, behind a serial port."""

from sim.port.bench import Bench, Options
from sim.port.holder import Port, open

__all__ = ["Bench", "Options", "Port", "open"]
