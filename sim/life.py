"""How long a battery lasts at a drain, with every assumption named.

Capacity and ageing are those of cell.py, with their sources.  What is added here: the charge that
is left when the voltage gives way under the radio in the coldest hour, and what cold does to
capacity.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sim import cell, scenario_table

RADIO_MA = 240.0  # while it sends (facts A1): what the voltage must bear
# A D cell of this kind may not feed the radio's bursts: a capacitor does, which the cell fills at
# about this current.  An estimate; the pulse limits of its sheet are 200 to 400 mA, from memory.
_CAPACITOR_MA = {"lisocl2_d": 20.0}
# Share of the capacity that is there in the cold: degrees C, share.  Lithium AA: what cold costs
# is in its resistance (cell.py).  Li-ion: a vendor's figures, which A7 calls a pessimistic bound.
# Lithium thionyl chloride: an estimate; makers print curves for larger currents only.
_COLD: dict[str, tuple[tuple[float, float], ...]] = {
    "liion_18650": ((-10.0, 0.5), (0.0, 0.8), (20.0, 1.0)),
    "lisocl2_d": ((-20.0, 0.85), (20.0, 1.0)),
}
_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Life:
    """Years, and what they were reckoned from."""

    kind: str
    mah_day: float
    capacity_mah: int  # at the rate of a node that sleeps
    cold_mah: float  # of it, that the mean temperature takes away
    stranded_mah: float  # of it, still there when the voltage is too low
    aged_mah: float  # of it, that ageing takes in these years
    years: float
    by_charge: float  # years without a limit of shelf life
    shelf_years: float

    @property
    def limit(self) -> str:
        """What ends it."""
        return "shelf life" if self.by_charge > self.shelf_years else "charge"


def of(
    params: scenario_table.Cell,
    mah_day: float,
    mean_c: float,
    coldest_c: float,
    cutoff_mv: int,
) -> Life:
    """A battery at that drain, mean and coldest temperature; empty below cutoff_mv while sending.

    Ageing is that of 20 degrees, or so: cold slows it, nobody says by how much.
    """
    kind = cell.KINDS[params.kind]
    full_mah = kind.capacity_mah
    cold_mah = full_mah * (1 - _share(params.kind, mean_c))
    stranded_mah = full_mah * _stranded(params, coldest_c, cutoff_mv)
    usable_mah = max(0.0, full_mah - cold_mah - stranded_mah)
    yearly_mah = kind.yearly_loss * full_mah
    by_charge = usable_mah / (mah_day * _YEAR_DAYS + yearly_mah)
    years = min(by_charge, kind.shelf_years)
    return Life(
        params.kind,
        mah_day,
        full_mah,
        cold_mah,
        stranded_mah,
        yearly_mah * years,
        years,
        by_charge,
        kind.shelf_years,
    )


def load_ma(kind: str) -> float:
    """What the battery itself must bear while the node sends."""
    return _CAPACITOR_MA.get(kind, RADIO_MA)


def _share(kind: str, celsius: float) -> float:
    points = _COLD.get(kind, ((20.0, 1.0),))
    low_c, low = points[0]
    if celsius <= low_c:
        return low
    for high_c, high in points[1:]:
        if celsius <= high_c:
            return low + (celsius - low_c) / (high_c - low_c) * (high - low)
        low_c, low = high_c, high
    return low


def _stranded(params: scenario_table.Cell, coldest_c: float, cutoff_mv: int) -> float:
    """Share of the charge that is left when the voltage under load first falls below that."""
    one = cell.Cell(params, _Middling())
    used = 1.0
    while (
        used > 0
        and one.mv(used * one.capacity_mc, round(coldest_c * 10), load_ma(params.kind)) < cutoff_mv
    ):
        used -= 0.001
    return 1 - max(0.0, used)


class _Middling(Random):
    """Draws the middle: a battery like most."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2
