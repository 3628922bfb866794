"""The twin of one board under one lid: what it keeps, what it meets, when it wakes next."""

from __future__ import annotations

import base64
import json
import math
import types
from typing import Any

from sim import cell, energy, ether, faults, seeds, sound, weather
from sim.run import BinRun, Wake
from sim.scenario import Scenario
from smartbin import memory, sensors

_BATTERY_MA = 60.0  # load while the CPU runs ...
_RADIO_MA = 240.0  # ... and while it sends: the dip that matters (facts A1)
_SPREAD_MS = 900_000  # bins are mounted within a quarter of an hour of each other
_NEVER_MS = 1 << 60
_HANG_MS = 20_000  # the watchdog of main.py
_RESET_MS = 300  # from a reset to main.py, beyond a wake's own boot; an estimate
_UNIX_2000_MS = 946_684_800_000
_CAUSES = {  # -> machine.reset_cause(), machine.wake_reason() (facts 1.3)
    "power": (1, 0),
    "brownout": (1, 0),  # nothing tells it from the above, but RTC memory may hold anything
    "reset": (2, 0),
    "wdt": (3, 0),
    "soft_reset": (5, 0),
    "timer": (4, 4),
    "button": (4, 2),
}
_FLASH_FROM_MB = 2  # where the official 4 MiB table puts the file system: from here to the end
_B, _R25_C = 3950, 25.0  # the boards' NTC


class Device:
    """One bin's twin.  RTC memory, NVS and flash are its own; the interpreter is borrowed."""

    def __init__(
        self, scenario: Scenario, board: types.SimpleNamespace, bin_run: BinRun, names: dict
    ):
        self.bin = bin_run
        self._scenario, self._board, self._names = scenario, board, names
        index, seed = bin_run.index, scenario.run.seed
        settings = {"bin_id": bin_run.id, **names["settings"], **scenario.bin.settings}
        sensor = sensors.find(settings.get("sensor") or board.SONAR)
        assert sensor is not None  # scenario and board were checked
        self._sensor = sensor
        self._weather = weather.Weather(
            scenario.weather, seeds.rng(seed, "weather"), scenario.run.start
        )
        self._sound = sound.Sound(scenario.sound, self._sensor, seeds.rng(seed, index, "sound"))
        self._cell = cell.Cell(scenario.cell, seeds.rng(seed, index, "cell"))
        self._ether = ether.Ether(scenario.radio, seeds.rng(seed, index, "ether"))
        rng = seeds.rng(seed, index, "device")
        self._rate = 1 + rng.uniform(-1, 1) * scenario.board.drift_ppm / 1e6
        self._start_ms = round(scenario.run.start.timestamp() * 1000)
        spread_ms = min(_SPREAD_MS, scenario.run.days * 43_200_000)
        self._born_ms = self.next_ms = round(rng.uniform(0, spread_ms))
        self.cause = "power"
        self.stuck = False  # awake for ever: nothing but an empty battery will end it
        self._armed: tuple[int, ...] = ()  # pins that end this nap, as long as there is power
        self.rtc = b""
        self.nvs: dict[str, Any] = {"smartbin": {"settings": _blob(settings)}}
        self.clock_ms = 0  # the node's own clock, since 2000, when it was last looked at ...
        self._seen_ms = self.next_ms  # ... which was then
        self.charge_mc: dict[str, float] = dict.fromkeys(energy.PHASES, 0.0)
        self._static = self._fixed(rng.randbytes(6), rng.getrandbits(30))

    # -- a wake ---------------------------------------------------------------------------------

    def frame(self) -> bytes:
        """All that the coming wake may meet, for the interpreter."""
        t_ms = self.next_ms
        self._sleep_until(t_ms)
        self.stuck = False
        reset_cause, wake_reason = _CAUSES[self.cause]
        if self.cause == "button" and not _has_ext0(self._board):
            wake_reason = 7
        down = self._is("broker_down", t_ms)
        changing = {
            "true_ms": self._start_ms + t_ms,
            "clock_ms": self.clock_ms,
            "reset_cause": reset_cause,
            "wake_reason": wake_reason,
            "echoes": self._echoes(t_ms),
            "adc": self._voltages(t_ms),
            "air": self._air(t_ms),
            "net": {**self._names["net"], "up": not down},
            "nvs": self.nvs,
        }
        return (self._static + json.dumps(changing)[1:]).encode()

    def absorb(self, answer: dict[str, Any], rtc: bytes) -> Wake:
        """The wake is over: keep what outlives it, book it, and plan the next."""
        self.rtc = rtc
        if answer["nvs"] is not None:
            self.nvs = answer["nvs"]
        began_ms, self.clock_ms = self.next_ms, answer["clock_ms"]
        end_ms = self._seen_ms = began_ms + answer["up_ms"]
        wake = Wake(
            began_ms,
            answer["up_ms"],
            answer["phases"],
            1 if answer["pings"] else 0,
            answer["radio"],
            self.cause,
            answer["sleep_ms"],
        )
        self._book(wake)
        self._plan(answer, end_ms)
        return wake

    def press_button(self, t_ms: int) -> bool:
        """Somebody presses the service button then: the nap ends early, if the node asked for it
        before it fell asleep."""
        if self._board.SERVICE_PIN not in self._armed:
            return False
        self.next_ms, self.cause = t_ms, "button"
        return True

    def remembered(self) -> memory.Memory | None:
        """What the firmware's own RTC image says, or None after a loss of power."""
        return memory.load(self.rtc)

    def hang(self) -> None:
        """The firmware hung in a loop of its own: the watchdog resets the chip."""
        self._trouble("hang")
        self.clock_ms += _HANG_MS
        self._seen_ms += _HANG_MS
        self.next_ms, self.cause = self._seen_ms + _RESET_MS, "wdt"

    def rest_until(self, t_ms: int) -> None:
        """Nothing more happens until then but sleep."""
        self._sleep_until(t_ms)

    @property
    def lived_ms(self) -> int:
        """From the first power-on to the last thing that happened."""
        return self._seen_ms - self._born_ms

    def battery_years(self, mah_per_day: float) -> float:
        """How long this bin's battery would last at that drain."""
        return self._cell.years(mah_per_day)

    # -- between wakes --------------------------------------------------------------------------

    def _plan(self, answer: dict[str, Any], end_ms: int) -> None:
        how, self._armed = answer["how"], ()
        if how in ("awake", "hung"):
            self._trouble("awake for ever")  # at a prompt nobody sees, until the battery is flat
            self.next_ms, self.cause, self.stuck = _NEVER_MS, "timer", True
        elif how in ("deepsleep", "asleep for ever"):
            nap_ms, self._armed = answer["sleep_ms"], tuple(answer["wake_pins"])
            self.cause = "timer"
            self.next_ms = _NEVER_MS if nap_ms is None else end_ms + round(nap_ms * self._rate)
        else:
            self._trouble(how)
            self.cause, self.next_ms = how, end_ms + _RESET_MS
        self._cut_power(end_ms)

    def _cut_power(self, end_ms: int) -> None:
        cut = faults.during(
            self._scenario.faults, "power_cut", self.bin.index, end_ms, self.next_ms
        )
        if cut is None:
            return
        self._sleep_until(max(end_ms, cut.at_ms))
        self.next_ms, self.cause = cut.at_ms + cut.lasts_ms, "power"
        self.rtc, self.clock_ms, self._seen_ms, self._armed = b"", 0, self.next_ms, ()

    def _sleep_until(self, t_ms: int) -> None:
        slept_ms = max(0, t_ms - self._seen_ms)
        self.clock_ms += round(slept_ms / self._rate)
        if self.stuck:
            self.charge_mc["boot"] += slept_ms * energy.CPU_MA / 1000
        else:
            self.charge_mc["sleep"] += energy.of_sleep(slept_ms, self._board.SLEEP_UA)
        self._seen_ms = t_ms

    def _book(self, wake: Wake) -> None:
        ma = self._sensor.supply_ma + self._board.RAIL_MA
        for phase, mc in energy.of_wake(wake.phases, ma).items():
            self.charge_mc[phase] += mc

    def _trouble(self, name: str) -> None:
        self.bin.troubles[name] = self.bin.troubles.get(name, 0) + 1

    # -- what a wake meets ----------------------------------------------------------------------

    def _fixed(self, mac: bytes, seed: int) -> str:
        board = self._board
        return (
            json.dumps(
                {
                    "mac": base64.b64encode(mac).decode(),
                    "seed": seed,
                    "cold": self._scenario.run.cold,
                    "boot_ms": energy.BOOT_MS,
                    "rail_pin": board.RAIL_PIN,
                    "trigger_pin": board.SONAR_TRIG_PIN,
                    "echo_pin": board.SONAR_ECHO_PIN,
                    "trigger_us": self._sensor.trigger_us,
                    "settle_us": self._sensor.settle_ms * 1000,
                    "held": {},
                    "flash": self._flash(),
                }
            )[:-1]
            + ", "
        )

    def _flash(self) -> tuple[str, int]:
        """Where this bin's flash is, and its size; the file is made when it is first opened."""
        folder = self._names.get("flash")
        path = f"{folder}/{self.bin.index}" if folder else ""
        return path, (self._board.FLASH_MB - _FLASH_FROM_MB) << 20

    def _is(self, kind: str, t_ms: int) -> bool:
        return faults.active(self._scenario.faults, kind, self.bin.index, t_ms) is not None

    def _echoes(self, t_ms: int) -> list[int]:
        shape = self._scenario.bin
        depth = shape.empty_mm - shape.full_mm
        distance = shape.empty_mm - depth * self.bin.waste.level_pct(t_ms) / 100
        burst = self._sound.burst(9, distance, self._weather.air_dc(t_ms))
        return [self._sensor.silent_us] * 9 if self._is("sonar_silent", t_ms) else burst

    def _voltages(self, t_ms: int) -> dict[str, Any]:
        board, found = self._board, {}
        air_dc = self._weather.air_dc(t_ms)
        used_mc = sum(self.charge_mc.values())
        if board.BATTERY_ADC_PIN is not None:
            top, bottom = board.BATTERY_DIVIDER
            found[board.BATTERY_ADC_PIN] = (
                *[
                    self._cell.mv(used_mc, air_dc, ma) * 1000 * bottom // (top + bottom)
                    for ma in (_BATTERY_MA, _RADIO_MA)
                ],
                False,
            )
        if board.NTC_ADC_PIN is not None:
            uv = ntc_uv(self._weather.lid_dc(t_ms))
            found[board.NTC_ADC_PIN] = (uv, uv, True)
        return found

    def _air(self, t_ms: int) -> dict[str, Any]:
        air, radio = self._ether.air(t_ms), self._scenario.radio
        return {
            "ap": not self._is("ap_down", t_ms),
            "ssid": radio.ssid,
            "key": radio.key,
            "rssi_dbm": air.rssi_dbm,
            "join_ms": air.join_ms,
            "dhcp_ms": air.dhcp_ms,
            "rtt_ms": air.rtt_ms,
        }


def ntc_uv(air_dc: int) -> int:
    """What the ADC sees of a 10 k NTC (B3950) to ground below 10 k from 3.3 V, in microvolts."""
    ratio = math.exp(_B * (1 / (air_dc / 10 + 273.15) - 1 / (_R25_C + 273.15)))
    return round(3_300_000 * ratio / (1 + ratio))


def _has_ext0(board: types.SimpleNamespace) -> bool:
    return board.CHIP == "esp32"


def _blob(settings: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(settings).encode()).decode()
