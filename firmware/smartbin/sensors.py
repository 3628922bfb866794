# What an ultrasonic sensor is: data, each figure with its source.  No pins, no timing code.
from collections import namedtuple

# blind_mm   nearer targets are not measured: the reading sticks at about this value
# range_mm   farthest target that the maker claims; a reading in mm of this or more is "nothing"
# trigger_us shortest trigger pulse that starts a ping; 0: no pulse does
# silent_us  width of the echo pulse when nothing came back (for readings in mm: longer than any)
# settle_ms  from power-on to a ping that can be trusted
# period_ms  from ping to ping, so that the last echo has died away
# supply_ma  current while powered
# family     the driver: pulse, frames, maxbotix or width (hw/)
# beam_deg   full cone
# baud       of its serial line; 0: it has none
# speed      0: a reading is microseconds of echo; above: mm that the sensor reckoned with this
#            fixed speed of sound in m/s; -1: mm that it compensated by its own thermometer
# ask        byte that asks a serial sensor for a reading; 0: it speaks unasked, every period
# answer_ms  from trigger or question to the answer's begin, at least: nobody need listen before
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
        "family",
        "beam_deg",
        "baud",
        "speed",
        "ask",
        "answer_ms",
    ),
)

# Figures: facts on sensors, where no other source is named.  Settle times are estimates, and so is
# 340 m/s for the UART modes of the JSN-SR04T (the HC-SR04's sheet reckons so): makers state none.
# HC-SR04: data sheet and HC-SR04-beam-tests (2-400 cm, 10 us, 15 mA, at most 20 pings/s, cone 20).
#   The P runs from 3 V as well and loses about 1 m of range there.
# JSN-SR04T v2: 25-450 cm, wants 20 us, 30 mA working, < 50 degrees.
# JSN-SR04T v3: 20-600 cm, under 8 mA, < 75 degrees; its echo line falls after 60 ms without a
#   target.  R27 of 47 k: a frame every 100 ms; of 120 k: a frame for each 0x55.
# A02YYUW: 3-450 cm, 8 mA, 60 degrees, a frame every 100 ms while its RX is low (DFRobot's wiki).
# MB7389: 30-500 cm, nearer reads 300, nothing reads 5000, largest echo; about 3 mA; times by the
#   HRXL-MaxSonar-WR data sheet: width at 135 ms, serial line at 140 ms, next range after 148 ms.
_ALL = (
    ("hc_sr04", 20, 4000, 10, 38_000, 50, 60, 15, "pulse", 20, 0, 0, 0, 0),
    ("hc_sr04p", 20, 3000, 10, 38_000, 50, 60, 15, "pulse", 20, 0, 0, 0, 0),
    ("jsn_sr04t_v2", 250, 4500, 20, 60_000, 50, 60, 30, "pulse", 50, 0, 0, 0, 0),
    ("jsn_sr04t_v3", 200, 6000, 20, 60_000, 50, 70, 8, "pulse", 75, 0, 0, 0, 0),
    ("jsn_sr04t_v3_uart", 200, 6000, 0, 60_000, 100, 100, 8, "frames", 75, 9600, 340, 0, 0),
    ("jsn_sr04t_v3_ask", 200, 6000, 0, 60_000, 50, 100, 8, "frames", 75, 9600, 340, 0x55, 0),
    ("a02yyuw", 30, 4500, 0, 33_000, 300, 100, 8, "frames", 60, 9600, 343, 0, 0),
    ("mb7389", 300, 5000, 20, 36_000, 200, 150, 3, "maxbotix", 20, 9600, -1, 0xFF, 135),
    ("mb7389_width", 300, 5000, 20, 36_000, 200, 150, 3, "width", 20, 0, -1, 0, 130),
)

NAMES = tuple([row[0] for row in _ALL])


def find(name):
    """The sensor of that name, or None."""
    for row in _ALL:
        if row[0] == name:
            return Sensor(*row)
    return None
