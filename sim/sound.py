"""Pings in a bin: what the echo pin of an ultrasonic sensor shows.

The air bends time and swallows sound, the scene (scene.py) says what answers and how weakly, and
the sensor reports the first answer that is loud enough.  Facts: physics-energy.md B1-B3; a figure
without a source is an assumption.
"""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random
from typing import Any

from sim import scene
from sim.shape import Shape

_HZ = 40_000
_CYCLE_US = 25.0
_LOUD_DB = 30.0  # nearer, an amplifier that turns up with time makes echoes no louder
_CLEAR_DB = 15.0  # what is weaker crosses the threshold later, by up to three cycles
_WET_MS = 6 * 3_600_000  # dew and frost come and go in this time
_SURE = 4.0  # standard deviations that are as good as never
# How often a target in the blind zone reads as the zone's end: MaxBotix always (data sheet), the
# rest mostly ("saturates, or random"); otherwise a later bounce between lid and waste is heard.
_STICKS = (("hc_sr04", 0.5), ("jsn_sr04t", 0.85), ("a02yyuw", 0.9))
_LARGEST = ("mb7369", "mb7389")  # report the loudest echo, not the first (facts B1)


def speed_m_s(air_dc: float, humidity_pct: float = 0) -> float:
    """Speed of sound at so many tenths of a degree C: the ideal-gas formula, and the share of
    lighter water vapour (Cramer, JASA 93, 1993, p. 2510: 0.1 to 0.6 %, more when hot)."""
    dry = 331.3 * math.sqrt(max(0.1, 1 + air_dc / 2731.5))
    return dry * (1 + 0.16 * _vapour(air_dc, humidity_pct))


def absorption_db_m(air_dc: float, humidity_pct: float) -> float:
    """What air swallows of 40 kHz in a metre: ISO 9613-1 at one atmosphere."""
    kelvin = max(200.0, air_dc / 10 + 273.15)
    warm, h = kelvin / 293.15, 100 * _vapour(air_dc, humidity_pct)
    oxygen = 24 + 40_400 * h * (0.02 + h) / (0.391 + h)
    nitrogen = warm**-0.5 * (9 + 280 * h * math.exp(-4.17 * (warm ** (-1 / 3) - 1)))
    relaxed = 0.01275 * math.exp(-2239.1 / kelvin) / (oxygen + _HZ**2 / oxygen)
    relaxed += 0.1068 * math.exp(-3352 / kelvin) / (nitrogen + _HZ**2 / nitrogen)
    return 8.686 * _HZ**2 * (1.84e-11 * math.sqrt(warm) + warm**-2.5 * relaxed)


def _vapour(air_dc: float, humidity_pct: float) -> float:
    """Share of the air that is water vapour (saturation as in ISO 9613-1, annex B)."""
    kelvin = max(200.0, air_dc / 10 + 273.15)
    return humidity_pct / 100 * 10 ** (4.6151 - 6.8346 * (273.16 / kelvin) ** 1.261)


@lru_cache(4096)
def _air(air_dc: int, humidity_pct: float) -> tuple[float, float]:
    """Speed in m/s, absorption in dB/m."""
    return speed_m_s(air_dc, humidity_pct), absorption_db_m(air_dc, humidity_pct)


class Sound:
    """The air and the waste in front of one sensor in one bin.

    `params` is the scenario's [sound]; `shape` a shape.Shape; `sensor` a record of
    smartbin/sensors.py with name, blind_mm, range_mm, silent_us (the width without a target),
    period_ms and beam_deg.  What may change from burst to burst: `wet` is how wet the sensor is at
    least, 0..1; `instead` is what stands before it in place of the waste.
    """

    def __init__(self, params: Any, shape: Shape, sensor: Any, rng: Random):
        self.wet = 0.0
        self.instead: list[scene.Reflector] | None = None
        self._params, self._sensor, self._rng = params, sensor, rng
        self._seed = rng.getrandbits(64)
        rng = Random(f"{self._seed}/mounted")
        self._fixed = scene.mounted(shape, sensor.beam_deg, rng)
        self._largest = sensor.name.startswith(_LARGEST)
        known = [share for name, share in _STICKS if sensor.name.startswith(name)]
        self._sticks = known[0] if known else 1.0
        self._scene: tuple[int, list[scene.Reflector]] = (-1 << 40, [])
        self._wet = (-1, 0.0, 0.0)  # which six hours, the chance drawn for them, how wet then

    def burst(
        self,
        n: int,
        distance_mm: float,
        air_dc: int,
        lid_dc: int | None = None,
        t_ms: int = 0,
        period_ms: float | None = None,
    ) -> list[int]:
        """The pulse widths, in us, that answer `n` pings; silent_us where nothing does.

        distance_mm: how far below the sensor the waste would lie, if it lay level; air_dc, lid_dc:
        at the waste and at the sensor, in tenths of a degree C; period_ms: from ping to ping (the
        sensor's own, if left out).  Every width is in 1..silent_us.
        """
        sensor, p = self._sensor, self._params
        lid_dc = air_dc if lid_dc is None else lid_dc
        wet = max(self.wet, self._dew(t_ms, lid_dc))
        before = self.reflectors(distance_mm) if self.instead is None else self.instead
        heard = self._heard(before, air_dc, lid_dc, wet)
        hurry = 0.0
        if period_ms is not None:
            hurry = 0.8 * max(0.0, 1 - period_ms / sensor.period_ms)
        blind_us = self._us(sensor.blind_mm, air_dc, lid_dc)
        widths = [self._ping(heard, blind_us, wet, hurry if k else 0.0) for k in range(n)]
        chance = 100 * self._rng.random()
        if chance < p.crosstalk_pct:
            self._crosstalk(widths, blind_us)
        elif chance > 100 - p.dip_pct:
            self._dip(widths)
        return [max(1, min(sensor.silent_us, round(us))) for us in widths]

    def reflectors(self, distance_mm: float) -> list[scene.Reflector]:
        """What answers as long as the waste is so far away, nearest first."""
        key = round(10 * distance_mm)
        if key != self._scene[0]:
            rng = Random(f"{self._seed}/{key}")
            self._scene = key, scene.draw(self._params, self._fixed, distance_mm, rng)
        return self._scene[1]

    # -- the air ----------------------------------------------------------------------------------

    def _us(self, mm: float, air_dc: int, lid_dc: int) -> float:
        """There and back: the lid's heat fades evenly in the upper layer."""
        humid, layer = self._params.humidity_pct, max(1.0, self._params.layer_mm)
        low, top = _air(air_dc, humid)[0], _air(lid_dc, humid)[0]
        if mm <= layer:
            end = top + (low - top) * mm / layer
            return 4000 * mm / (top + end)
        return 4000 * layer / (top + low) + 2000 * (mm - layer) / low

    def _margin_db(self, mm: float, absorbed: float) -> float:
        """By how much a wall so far away is louder than the quietest thing that is heard: that is
        a wall at the sensor's range at 20 degrees C."""
        reach = self._sensor.range_mm
        most = 20 * math.log10(reach / max(mm, 1.0)) + 0.002 * reach * _air(200, 50)[1]
        return min(_LOUD_DB, most - 0.002 * mm * absorbed)

    def _heard(
        self, before: list[scene.Reflector], air_dc: int, lid_dc: int, wet: float
    ) -> list[tuple[float, float, float, float, float]]:
        """(mm, us, dB above the threshold, its flutter, jitter in us) of all that may answer."""
        absorbed = _air(air_dc, self._params.humidity_pct)[1]
        found = []
        for real_mm, loss_db, flutter_db, shiver_mm in before:
            mm = max(real_mm, 1.0)
            level = self._margin_db(mm, absorbed) - loss_db - 6 * wet
            if level + _SURE * flutter_db > 0 and mm <= self._sensor.range_mm:
                jitter_us = math.hypot(self._params.jitter_us, shiver_mm * 5.8)
                us = self._us(mm, air_dc, lid_dc)
                found.append((mm, us, level, flutter_db, jitter_us))
        return found

    # -- the sensor -------------------------------------------------------------------------------

    def _ping(self, heard: list, blind_us: float, wet: float, hurry: float) -> float:
        """One width; silent_us where nothing is heard."""
        rng, silent_us = self._rng, self._sensor.silent_us
        if wet and rng.random() < wet:  # it rings on, and takes that for an echo
            return blind_us * rng.uniform(1.0, 1.15)
        if rng.random() < self._params.miss_pct / 100:
            return silent_us
        loudest, us = 0.0, float(silent_us)
        for mm, clean_us, level_db, flutter_db, jitter_us in heard:
            level = rng.gauss(level_db, flutter_db)
            if level <= loudest:
                continue
            late_us = _CYCLE_US * max(0.0, _CLEAR_DB - level) / 5
            this_us = rng.gauss(clean_us + late_us, jitter_us)
            if mm < self._sensor.blind_mm:
                this_us = self._too_near(mm, clean_us, level, blind_us)
            us, loudest = this_us, level
            if not self._largest:
                break
        if hurry and rng.random() < hurry:  # the last ping still echoes round the bin
            us = min(us, rng.uniform(blind_us, max(blind_us, us)))
        return us

    def _too_near(self, mm: float, clean_us: float, level: float, blind_us: float) -> float:
        """The end of the blind zone, or a later bounce between waste and lid."""
        rng = self._rng
        if rng.random() < self._sticks:
            return blind_us + abs(rng.gauss(0, 15))
        bounces = math.floor(self._sensor.blind_mm / mm) + 1
        if level - 4 * (bounces - 1) < 0:
            return self._sensor.silent_us
        return max(blind_us, rng.gauss(bounces * clean_us, 40))

    def _dew(self, t_ms: int, lid_dc: int) -> float:
        """How wet or frozen the sensor is: the likelier the colder it is, for hours at a time."""
        key = t_ms // _WET_MS
        if key != self._wet[0]:
            rng = Random(f"{self._seed}/wet/{key}")
            self._wet = key, 100 * rng.random(), rng.uniform(0.2, 1)
        chance = self._params.frost_pct * (1 if lid_dc < 30 else 0.5 if lid_dc < 100 else 0.1)
        return self._wet[2] if self._wet[1] < chance else 0.0

    def _crosstalk(self, widths: list[float], blind_us: float) -> None:
        """Somebody else's pings: they come again and again, a little later or earlier each."""
        rng, silent_us = self._rng, self._sensor.silent_us
        at, step, share = rng.uniform(0, silent_us), rng.uniform(-2000, 2000), rng.uniform(0.3, 1)
        if rng.random() < 0.5:
            step = rng.uniform(-20, 20)  # one that keeps our own pace
        for k, us in enumerate(widths):
            other_us = (at + k * step) % silent_us
            if rng.random() < share and blind_us / 2 < other_us < us:
                widths[k] = other_us

    def _dip(self, widths: list[float]) -> None:
        """The supply gives way for a few pings: they end anywhere, or nowhere."""
        rng, first = self._rng, self._rng.randrange(max(1, len(widths)))
        for k in range(first, min(len(widths), first + rng.randint(1, 3))):
            silent_us = self._sensor.silent_us
            widths[k] = silent_us if rng.random() < 0.5 else rng.uniform(1, silent_us)
