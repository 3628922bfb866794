"""A battery: its voltage under load, and how many years it lasts."""

from bisect import bisect_left
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What all batteries of one kind share."""

    capacity_mah: int  # at the low rates of a node that sleeps
    yearly_loss: float  # share of the capacity that ageing takes each year
    shelf_years: float  # no promise beyond this
    spread_mv: int  # fresh batteries differ by up to +- this
    left_pct: tuple[int, ...]  # charge left, 0..100 rising, and ...
    open_mv: tuple[int, ...]  # ... the open-circuit voltage of a typical battery there
    ohm: float  # inside, at 20 C and warmer
    doubles_c: float  # so many degrees colder double the resistance


# lithium_2aa: 3.0 Ah whatever the load, 1.79-1.83 V fresh, "good" above 1.74 V, empty below 1.70 V
# (Energizer Li/FeS2 handbook); 90 % left after 15 years at 21 C (older L91 sheet; later ones claim
# 20 years and more of storage, but no electronics outdoors should be promised that). The knee and
# the resistance are estimates. That cold matters little: the electrolyte conducts better when cold
# (Linden's Handbook of Batteries, ch. 14).
# lisocl2_d: 17 Ah at 0.2 mA (Linden, fig. 14.17), at most 1 % lost a year (Maxell ER guide), 3.67
# V open (Tadiran LTC brochure). The knee, the resistance and the 10 years are estimates; the first
# dip of a passivated cell is not modelled.
# liion_18650: 20 % a year when kept full at 25 C (figures quoted in a forum: a weak source);
# voltages rounded from two measured 21700 cells of like chemistry (github.com/soorajsunil/
# Piecewise-Battery-OCV, C/20 and C/32). 2.6 Ah is a common size; resistance with protection, and
# cold's part, are estimates.
KINDS = {
    "lithium_2aa": Kind(
        capacity_mah=3000,
        yearly_loss=0.1 / 15,
        shelf_years=15,
        spread_mv=40,
        left_pct=(0, 5, 20, 50, 97, 100),
        open_mv=(1800, 3400, 3440, 3480, 3520, 3620),
        ohm=0.3,
        doubles_c=40,
    ),
    "lisocl2_d": Kind(
        capacity_mah=17_000,
        yearly_loss=0.01,
        shelf_years=10,
        spread_mv=10,
        left_pct=(0, 3, 10, 90, 100),
        open_mv=(2000, 3500, 3640, 3660, 3670),
        ohm=5,
        doubles_c=30,
    ),
    "liion_18650": Kind(
        capacity_mah=2600,
        yearly_loss=0.2,
        shelf_years=10,
        spread_mv=20,
        left_pct=(0, 4, 9, 14, 29, 45, 84, 100),
        open_mv=(2500, 3130, 3320, 3420, 3580, 3700, 4065, 4195),
        ohm=0.1,
        doubles_c=15,
    ),
}


class Cell:
    """One battery. `params` has kind, a name in KINDS (KeyError otherwise)."""

    def __init__(self, params: Any, rng: Random):
        self._kind = KINDS[params.kind]
        self._offset_mv = rng.uniform(-self._kind.spread_mv, self._kind.spread_mv)
        self.capacity_mc = self._kind.capacity_mah * 3600

    def mv(self, used_mc: float, air_dc: int, load_ma: float) -> int:
        """Terminal voltage in mV after `used_mc` of charge, in this cold, under this load."""
        colder_c = max(0.0, 20 - air_dc / 10)
        ohm = self._kind.ohm * 2 ** (colder_c / self._kind.doubles_c)
        left_pct = max(0.0, min(100.0, 100 - 100 * used_mc / self.capacity_mc))
        return max(0, round(self._open_mv(left_pct) + self._offset_mv - ohm * load_ma))

    def years(self, mah_per_day: float) -> float:
        """How long it lasts at this mean drain: ageing counts too, shelf life is the limit."""
        kind = self._kind
        yearly_mah = mah_per_day * 365.25 + kind.yearly_loss * kind.capacity_mah
        return min(kind.shelf_years, kind.capacity_mah / yearly_mah)

    def _open_mv(self, left_pct: float) -> float:
        at, mv = self._kind.left_pct, self._kind.open_mv
        i = max(1, bisect_left(at, left_pct))
        share = (left_pct - at[i - 1]) / (at[i] - at[i - 1])
        return mv[i - 1] + (mv[i] - mv[i - 1]) * share
