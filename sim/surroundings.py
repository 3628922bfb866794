"""What one bin's wakes meet: echoes, voltages, radio and network, and what is wrong with them.

All models of one bin are here; what a fault does to what they say is here as well.
"""

from __future__ import annotations

import functools
import hashlib
import math
import types
from datetime import datetime
from typing import Any

from sim import cell, ether, faults, inside, seeds, weather
from sim.faults import KINDS
from sim.scenario import Scenario

_BATTERY_MA = 60.0  # load while the CPU runs ...
_RADIO_MA = 240.0  # ... and while it sends: the dip that matters (facts A1)
_B, _R25_C = 3950, 25.0  # the boards' NTC
_PINGS = 15  # the most that the firmware's settings allow
_RAIL_UV = 3_300_000
_DEAF_DBM = -98  # ESP32 data sheet: sensitivity at 1 Mbit/s; below it nobody is heard
_NEVER_MS = 1 << 40
_NO_KEY = "another passphrase"
_BSSID = "020202020202"
_EXCHANGES = 24  # of a wake that may lose packets; later ones lose none
_REPEATS = 6  # of one packet
_SOON_MS = 600_000  # no wake is longer


class Surroundings:
    """The models around one bin.  names: what the fleet gives all bins, such as `net`."""

    def __init__(
        self,
        scenario: Scenario,
        board: types.SimpleNamespace,
        index: int,
        sensor: Any,
        names: dict,
    ):
        seed, start = scenario.run.seed, scenario.run.start
        self._scenario, self._board, self._names = scenario, board, names
        self._start_ms = _unix_ms(start)
        self._weather = weather.Weather(scenario.weather, seeds.rng(seed, "weather"), start)
        self._cell = cell.Cell(scenario.cell, seeds.rng(seed, index, "cell"))
        self._ether = ether.Ether(scenario.radio, seeds.rng(seed, index, "ether"))
        self._chance = seeds.rng(seed, index, "faults")
        self.fate = faults.Faults(scenario.faults).of(index)
        self._inside = inside.Inside(scenario, index, sensor, self._weather, self.fate)

    def meets(self, t_ms: int, level_pct: float, used_mc: float) -> dict[str, Any]:
        """The part of a wake's frame that the world decides."""
        wrong = self.fate.now(t_ms)
        found = {
            "true_ms": self._start_ms + t_ms,
            "echoes": self._inside.echoes(_PINGS, t_ms, level_pct, wrong),
            **self._inside.senses(wrong),
            "lid_dc": self._inside.lid_dc(t_ms, wrong),
            "adc": self._voltages(t_ms, used_mc, wrong),
            "air": self._air(t_ms, wrong),
            "net": {
                **self._names["net"],
                "up": "broker_down" not in wrong,
                "time": "time_server_silent" not in wrong,
            },
        }
        carried = self._carried(t_ms, wrong)
        if carried:
            found["fault"] = carried
        return found

    def air_c(self, t_ms: int) -> float:
        """Air temperature in degrees C."""
        return self._weather.air_dc(t_ms) / 10

    def battery_years(self, mah_per_day: float) -> float:
        """How long this bin's battery would last at that drain."""
        return self._cell.years(mah_per_day)

    def garbage(self, size: int) -> bytes:
        """What memory holds that nobody has written."""
        return self._chance.randbytes(size)

    def _carried(self, t_ms: int, wrong: dict[str, float]) -> dict[str, Any]:
        """kind -> amount of what the shims carry out; nothing on most days."""
        carried: dict[str, Any] = {k: amount for k, amount in wrong.items() if KINDS[k].shim}
        if "packet_loss" in carried:
            share = carried["packet_loss"] / 100
            carried["packet_loss"] = [self._repeated_ms(share) for _ in range(_EXCHANGES)]
        cut_ms = self.fate.next_cut_ms(t_ms)
        if cut_ms is not None and cut_ms < t_ms + _SOON_MS:
            carried["power_cut"] = cut_ms - t_ms
        return carried

    def _repeated_ms(self, share: float) -> int:
        """What it costs until a packet gets through: 1 s, and twice as long each further time."""
        lost = 0
        while lost < _REPEATS and self._chance.random() < share:
            lost += 1
        return 1000 * (2**lost - 1)

    def _voltages(
        self, t_ms: int, used_mc: float, wrong: dict[str, float]
    ) -> dict[int, tuple[int, int, bool]]:
        """pin -> microvolts with the radio off and on, and whether it needs the sensor's rail."""
        board, found = self._board, {}
        if board.BATTERY_ADC_PIN is not None:
            top, bottom = board.BATTERY_DIVIDER
            air_dc = self._weather.air_dc(t_ms)
            off, on = [
                self._cell.mv(used_mc, air_dc, ma) * 1000 * bottom // (top + bottom)
                for ma in (_BATTERY_MA, _RADIO_MA)
            ]
            found[board.BATTERY_ADC_PIN] = (off, on, False)
        if board.NTC_ADC_PIN is not None:
            uv = ntc_uv(self._inside.lid_dc(t_ms, wrong))
            found[board.NTC_ADC_PIN] = (uv, uv, True)
        if "adc_nonsense" in wrong:
            any_uv = self._chance.randint
            return {pin: (any_uv(0, _RAIL_UV), any_uv(0, _RAIL_UV), False) for pin in found}
        return found

    def _air(self, t_ms: int, wrong: dict[str, float]) -> dict[str, Any]:
        air, radio = self._ether.air(t_ms, wrong.get("weak_signal", 0)), self._scenario.radio
        key = _NO_KEY if "wrong_key" in wrong else radio.key
        return {
            "ap": "ap_down" not in wrong and air.rssi_dbm >= _DEAF_DBM,
            "ssid": radio.ssid,
            "key": key,
            "pmk": pmk(radio.ssid, key),
            "bssid": _BSSID,
            "channel": radio.channel,
            "lease_s": radio.lease_s,
            "rssi_dbm": air.rssi_dbm,
            "join_ms": air.join_ms,
            "dhcp_ms": _NEVER_MS if "dhcp_silent" in wrong else air.dhcp_ms,
            "rtt_ms": air.rtt_ms,
        }


@functools.cache
def pmk(ssid: str, key: str) -> str:
    """The WPA2 key of a network as 64 hex digits (IEEE 802.11i, annex H.4)."""
    return hashlib.pbkdf2_hmac("sha1", key.encode(), ssid.encode(), 4096, 32).hex()


def ntc_uv(air_dc: int) -> int:
    """What the ADC sees of a 10 k NTC (B3950) to ground below 10 k from 3.3 V, in microvolts."""
    ratio = math.exp(_B * (1 / (air_dc / 10 + 273.15) - 1 / (_R25_C + 273.15)))
    return round(_RAIL_UV * ratio / (1 + ratio))


def _unix_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
