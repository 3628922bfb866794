"""What the node's sensors meet inside one bin: echoes, the lid's temperature, tilt and lid.

The models are here, and what a fault does to what they say.
"""

from __future__ import annotations

from typing import Any

from sim import seeds
from sim.faults import Fate
from sim.scenario import Scenario
from sim.scene import Reflector
from sim.shape import Shape
from sim.sound import Sound
from sim.weather import Weather

_FIRE_DC_S = 200 / 60  # how fast a fire heats the lid: 20 degrees a minute; an assumption
_SMOKE = 0.5  # pings that get lost in hot, moving air; an assumption


class Inside:
    """One bin from within.  `sensor` is a record of smartbin/sensors.py."""

    def __init__(self, scenario: Scenario, index: int, sensor: Any, weather: Weather, fate: Fate):
        self._names = scenario.run.seed, index
        self._sensor, self._weather, self._fate = sensor, weather, fate
        self.shape = Shape(scenario.bin)
        self._sound = Sound(scenario.sound, self.shape, sensor, seeds.rng(*self._names, "sound"))
        self._chance = seeds.rng(*self._names, "senses")

    def senses(self, wrong: dict[str, float]) -> dict[str, int]:
        """What the switches say: 1 where the bin lies, 1 where its lid is open."""
        return {"tilt": int("tilt" in wrong), "lid": int("lid_open" in wrong)}

    def lid_dc(self, t_ms: int, wrong: dict[str, float]) -> int:
        """Tenths of a degree C at the sensor."""
        return self._weather.lid_dc(t_ms) + self._fire_dc(t_ms, wrong)

    def echoes(self, n: int, t_ms: int, level_pct: float, wrong: dict[str, float]) -> list[int]:
        """The widths that answer n pings, in us."""
        silent_us, rng = self._sensor.silent_us, self._chance
        if "sonar_silent" in wrong:
            return [silent_us] * n
        if "sonar_noise" in wrong:
            return [rng.randint(1, silent_us) for _ in range(n)]
        depth = self.shape.depth_mm(level_pct)
        self._sound.instead = self._view(t_ms, depth, wrong)
        self._sound.wet = wrong.get("wet", 0) / 100
        burst = self._sound.burst(
            n,
            depth,
            self._weather.waste_dc(t_ms) + self._fire_dc(t_ms, wrong) // 2,
            self.lid_dc(t_ms, wrong),
            t_ms,
        )
        if "fire" in wrong:
            burst = [silent_us if rng.random() < _SMOKE else us for us in burst]
        return burst

    def _view(self, t_ms: int, depth: float, wrong: dict[str, float]) -> list[Reflector] | None:
        """What the sensor has before it in place of the waste; None: it sees the waste."""
        if "lid_open" in wrong:  # it looks at the sky, or at a wall across the pavement
            rng = self._since("lid_open", t_ms)
            return [Reflector(rng.uniform(400, 8000), rng.uniform(2, 25), 2, 5)]
        if "tilt" in wrong:  # what was in the bin slid: it lies anywhere before the sensor, aslant
            rng = self._since("tilt", t_ms)
            far = rng.uniform(0.1, 1.3) * self.shape.empty_mm
            return [Reflector(far, rng.uniform(8, 35), 3, 5)]
        if "blocked" in wrong:
            thing = Reflector(wrong["blocked"], 6, 2, 1)
            return sorted([thing, *self._sound.reflectors(depth)])
        return None

    def _since(self, kind: str, t_ms: int) -> Any:
        """Chance that stays the same as long as this fault holds."""
        return seeds.rng(*self._names, kind, self._fate.since(kind, t_ms))

    def _fire_dc(self, t_ms: int, wrong: dict[str, float]) -> int:
        if "fire" not in wrong:
            return 0
        burning_s = (t_ms - self._fate.since("fire", t_ms)) / 1000
        return round(min(10 * wrong["fire"], burning_s * _FIRE_DC_S))
