"""The temperature of the air in the street and of a lid in the sun.

Assumptions, not sources: the coldest hour is 5, the warmest 15, the sun shines from 6 to 18
o'clock. Hours are those of the scenario start's time zone.
"""

import math
from datetime import datetime
from random import Random
from typing import Any

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_COLDEST_H, _WARMEST_H = 5, 15
_SUNRISE_H, _SUNSET_H = 6, 18
_LAGS_MS = (0, 2 * _HOUR_MS, 4 * _HOUR_MS, 6 * _HOUR_MS, 8 * _HOUR_MS)


class Weather:
    """`params` has mean_c, swing_c (peak to peak), noise_c (from day to day), lid_sun_c (noon)."""

    def __init__(self, params: Any, rng: Random, start: datetime | None = None):
        """`start` says what time of day t = 0 is; without it, midnight."""
        self._params = params
        self._rng = rng
        self._noise_c: list[float] = []  # one a day, drawn in order whatever day is asked for
        self._zero_ms = 0
        if start is not None:
            self._zero_ms = (start.hour * 3600 + start.minute * 60 + start.second) * 1000

    def air_dc(self, t_ms: int) -> int:
        """Air temperature in tenths of a degree C; any time from 0 on, in any order."""
        p, (day, hour) = self._params, self._clock(t_ms)
        return round(10 * (p.mean_c + p.swing_c / 2 * _daily(hour) + self._slow_c(day, hour)))

    def lid_dc(self, t_ms: int) -> int:
        """Temperature of the lid in tenths of a degree C: the air's, plus the sun's share."""
        _, hour = self._clock(t_ms)
        up = (hour - _SUNRISE_H) / (_SUNSET_H - _SUNRISE_H)
        sun = math.sin(math.pi * up) if 0 < up < 1 else 0.0
        return self.air_dc(t_ms) + round(10 * self._params.lid_sun_c * sun)

    def waste_dc(self, t_ms: int) -> int:
        """Temperature of the waste and the air above it, in tenths of a degree C: the bin's wall
        and what lies in it follow the street by some hours (an assumption: the mean of eight)."""
        return round(sum(self.air_dc(t_ms - ago) for ago in _LAGS_MS) / len(_LAGS_MS))

    def _clock(self, t_ms: int) -> tuple[int, float]:
        day, rest = divmod(max(0, t_ms) + self._zero_ms, _DAY_MS)
        return day, rest / _HOUR_MS

    def _slow_c(self, day: int, hour: float) -> float:
        table = self._noise_c
        while len(table) < day + 2:
            table.append(self._rng.gauss(0, self._params.noise_c))
        return table[day] + (table[day + 1] - table[day]) * hour / 24


def _daily(hour: float) -> float:
    """-1 at the coldest hour, 1 at the warmest, half a sine wave between, 0 on average."""
    rising = _WARMEST_H - _COLDEST_H
    since = (hour - _COLDEST_H) % 24
    if since < rising:
        return -math.cos(math.pi * since / rising)
    return math.cos(math.pi * (since - rising) / (24 - rising))
