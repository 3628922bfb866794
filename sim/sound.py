"""Pings in a bin: what the echo pin of an ultrasonic sensor shows."""

import math
from random import Random
from typing import Any


def speed_m_s(air_dc: int) -> float:
    """Speed of sound in dry air at so many tenths of a degree C: the ideal-gas formula.

    Humidity adds 0.1 to 0.6 % (Cramer, JASA 93, 1993, p. 2510): left out.
    """
    return 331.3 * math.sqrt(1 + air_dc / 2731.5)


class Sound:
    """The air between one sensor and the waste below it.

    `params` has jitter_us (standard deviation) and miss_pct (echoes that never come back, each
    ping on its own). `sensor` has blind_mm, range_mm and silent_us, the width without a target.
    """

    def __init__(self, params: Any, sensor: Any, rng: Random):
        self._jitter_us = params.jitter_us
        self._miss = params.miss_pct / 100
        self._sensor = sensor
        self._rng = rng

    def burst(self, n: int, distance_mm: float, air_dc: int) -> list[int]:
        """The pulse widths, in us, that answer `n` pings at a target so far away.

        Nearer than the blind zone reads as the blind zone (as MaxBotix and JSN-SR04T sheets say of
        their sensors); beyond the range, and where an echo is missed, the width is silent_us.
        Every width is in 1..silent_us.
        """
        sensor, rng = self._sensor, self._rng
        if distance_mm > sensor.range_mm:
            return [sensor.silent_us] * n
        clean_us = 2000 * max(distance_mm, sensor.blind_mm) / speed_m_s(air_dc)
        widths = []
        for _ in range(n):
            us = sensor.silent_us
            if rng.random() >= self._miss:
                us = min(us, max(1, round(rng.gauss(clean_us, self._jitter_us))))
            widths.append(us)
        return widths
