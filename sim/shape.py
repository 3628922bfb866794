"""The inside of a bin: how wide it is at each depth, and what volume that makes."""

from __future__ import annotations

from typing import Any


class Shape:
    """A bin that widens or narrows evenly from its floor to its sensor.

    `params` has empty_mm, full_mm (sensor to floor, and to the waste of a full bin), top_mm and
    bottom_mm (inner diameter, or side of the square), shape ("round", "square"), ribs_mm and
    liner.  Depths are measured from the sensor down.
    """

    def __init__(self, params: Any):
        self.empty_mm, self.full_mm = params.empty_mm, params.full_mm
        self.ribs_mm, self.liner = params.ribs_mm, params.liner
        self.round = params.shape == "round"
        self._bottom = params.bottom_mm
        self._slope = (params.top_mm - params.bottom_mm) / params.empty_mm
        self._whole = self._volume(self.full_mm)

    def width_mm(self, depth_mm: float) -> float:
        """Inner diameter, or side, so far below the sensor; that of the floor below the floor."""
        return self._bottom + self._slope * max(0.0, self.empty_mm - depth_mm)

    def level_pct(self, depth_mm: float) -> float:
        """How full the bin is, by volume, where its waste lies level at this depth."""
        return 100 * self._volume(depth_mm) / self._whole

    def depth_mm(self, level_pct: float) -> float:
        """Where the waste lies, if it lies level: the inverse of level_pct."""
        volume = self._whole * level_pct / 100
        if volume <= 0:
            return float(self.empty_mm)
        if not self._slope:
            return self.empty_mm - volume / self._bottom**2
        width = (self._bottom**3 + 3 * self._slope * volume) ** (1 / 3)
        return self.empty_mm - max(0.0, (width - self._bottom) / self._slope)

    def volume_text(self, points: int = 8) -> str:
        """The relation as the firmware's setting `volume` has it: "1200:0,1052:14,..."."""
        step = (self.empty_mm - self.full_mm) / (points - 1)
        depths = [round(self.empty_mm - step * i) for i in range(points)]
        return ",".join(f"{mm}:{round(self.level_pct(mm))}" for mm in depths)

    def _volume(self, depth_mm: float) -> float:
        """Of the waste, without the constant that tells round from square."""
        height = max(0.0, self.empty_mm - depth_mm)
        if not self._slope:
            return height * self._bottom**2
        return (self.width_mm(depth_mm) ** 3 - self._bottom**3) / (3 * self._slope)
