# What an ultrasonic sensor is: data, each figure with its source.  No pins, no timing code.
from collections import namedtuple

# blind_mm   nearer targets are not measured: the reading sticks at about this value
# range_mm   farthest target that the maker claims
# trigger_us shortest trigger pulse that starts a ping
# silent_us  width of the echo pulse when nothing came back
# settle_ms  from power-on to a ping that can be trusted
# period_ms  from ping to ping, so that the last echo has died away
# supply_ma  current while powered
Sensor = namedtuple(
    "Sensor",
    (
        "name",
        "blind_mm",
        "range_mm",
        "trigger_us",
        "silent_us",
        "settle_ms",
        "period_ms",
        "supply_ma",
    ),
)

# HC-SR04: data sheet and HC-SR04-beam-tests (facts: 2-400 cm, 10 us, 15 mA, at most 20 pings/s).
# JSN-SR04T v2: 25-450 cm, wants 20 us, 30 mA working.  JSN-SR04T v3 mode 0: 20-600 cm, under 8 mA,
# echo line falls after 60 ms without a target.  Settle times are estimates: no maker states one.
_ALL = (
    Sensor("hc_sr04", 20, 4000, 10, 38_000, 50, 60, 15),
    Sensor("jsn_sr04t_v2", 250, 4500, 20, 60_000, 50, 60, 30),
    Sensor("jsn_sr04t_v3", 200, 6000, 20, 60_000, 50, 70, 8),
)

NAMES = tuple([s.name for s in _ALL])


def find(name):
    """The sensor of that name, or None."""
    for sensor in _ALL:
        if sensor.name == name:
            return sensor
    return None
