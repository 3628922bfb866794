"""The radio around a bin: how strong the access point is, how long joining takes.

Medians come from the scenario. Its defaults were measured on an ESP32 on a LAN: 734 ms for a wake
with a fixed address, of which 360 are left to associate once it has booted, started the driver,
looked at one channel and derived the key; 890 ms more for DHCP (facts, physics-energy A3). How
much times scatter, and how weak signals slow them, are estimates: no source was found. They are
chosen so that the worst wakes take about five seconds, as the worst measured there did.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import Any

_WAKE_DB = 2.0  # from wake to wake a signal stays within +- this
_SCATTER = 0.25  # sigma of the logarithm of every time
_WEAK_DBM = -75  # below this frames are repeated ...
_TWICE_DB = 6  # ... and each so many dB double the time ...
_MOST = 8.0  # ... up to this factor
_FLOOR_DBM, _ROOF_DBM = -100, -20


@dataclass(frozen=True, slots=True)
class Air:
    """What the radio finds in one wake."""

    rssi_dbm: int
    join_ms: int
    dhcp_ms: int
    rtt_ms: int


class Ether:
    """`params` has rssi_dbm, rssi_sigma_db (between bins); medians join_ms, dhcp_ms, rtt_ms."""

    def __init__(self, params: Any, rng: Random):
        self._params = params
        self._rng = rng
        self._here_dbm = rng.gauss(params.rssi_dbm, params.rssi_sigma_db)

    def air(self, t_ms: int, weaker_db: float = 0.0) -> Air:
        """What a wake finds: ask once per wake, in order; t_ms makes no difference (yet).

        weaker_db: what stands between the bin and the access point just now.
        """
        dbm = self._here_dbm - weaker_db + self._rng.uniform(-_WAKE_DB, _WAKE_DB)
        dbm = min(_ROOF_DBM, max(_FLOOR_DBM, dbm))
        slow = min(_MOST, 2 ** (max(0.0, _WEAK_DBM - dbm) / _TWICE_DB))
        p = self._params
        join_ms, dhcp_ms, rtt_ms = [
            max(1, round(ms * slow * math.exp(self._rng.gauss(0, _SCATTER))))
            for ms in (p.join_ms, p.dhcp_ms, p.rtt_ms)
        ]
        return Air(round(dbm), join_ms, dhcp_ms, rtt_ms)
