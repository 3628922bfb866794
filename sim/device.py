"""The twin of one board under one lid: what it keeps, what it spends, when it wakes next."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import json
import types
from typing import Any

from sim import currents, energy, seeds
from sim.faults import amount
from sim.run import BinRun, Wake
from sim.scenario import Scenario
from sim.surroundings import Surroundings
from smartbin import memory, sensors

_SPREAD_MS = 900_000  # bins are mounted within a quarter of an hour of each other
_NEVER_MS = 1 << 60
_HANG_MS = 20_000  # the watchdog of main.py
_FORGOTTEN_MS = 300_000  # a station that says nothing (hostapd's default, from memory)
_HELD_MS = 5000  # the access point still has our session: the lowest of 6 to 15 s (A3)
_RESET_MS = 300  # from a reset to main.py, beyond a wake's own boot; an estimate
_LATE_US = 5000  # a sensor answers a little later than the soonest that its sheet allows
_MILD_C = 15.0  # at this temperature the sleep clock has its own mean rate
_LATEST_MS = 0x7FFF_FFFF * 1000  # of the chip's clock
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
_RTC_BYTES, _SETTINGS_BYTES = 2048, 200  # how much garbage a fault leaves there


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
        self._around = Surroundings(scenario, board, index, sensor, names)
        self._fate = self._around.fate
        rng = seeds.rng(seed, index, "device")
        self._rate = 1 + rng.uniform(-1, 1) * scenario.board.drift_ppm / 1e6
        self._nap_rate = self._rate  # how much longer this nap takes than the sleep clock says
        spread_ms = min(_SPREAD_MS, scenario.run.days * 43_200_000)
        self._born_ms = self.next_ms = round(rng.uniform(0, spread_ms))
        self.cause = "power"
        self.stuck = False  # awake for ever: nothing but an empty battery will end it
        self._armed: tuple[int, ...] = ()  # pins that end this nap, as long as there is power
        self.rtc = b""
        ours = {"settings": _blob(json.dumps(settings).encode())}
        if names.get("ca"):
            ours["ca"] = _blob(names["ca"])
        self.nvs: dict[str, Any] = {"smartbin": ours}
        self.clock_ms = 0  # the node's own clock, since 2000, when it was last looked at ...
        self._seen_ms = self.next_ms  # ... which was then
        self.charge_mc: dict[str, float] = dict.fromkeys(energy.PHASES, 0.0)
        self.tracing = False  # shall the coming wakes say when they did what?
        self.account: dict[str, Any] = {}  # of the last wake, where they do
        self._lease: dict[str, Any] | None = None  # by the word of the DHCP server
        self._held_until_ms = 0  # until then the access point thinks that we are still there
        self._static = self._fixed(rng.randbytes(6), rng.getrandbits(30))

    # -- a wake ---------------------------------------------------------------------------------

    def frame(self) -> bytes:
        """All that the coming wake may meet, for the interpreter.  Ask once for each wake."""
        t_ms = self.next_ms
        self._sleep_until(t_ms)
        self._strike(t_ms)
        self.stuck = False
        reset_cause, wake_reason = _CAUSES[self.cause]
        if self.cause == "button" and not _has_ext0(self._board):
            wake_reason = 7
        used_mc = sum(self.charge_mc.values())
        changing = {
            "clock_ms": self.clock_ms,
            "reset_cause": reset_cause,
            "wake_reason": wake_reason,
            "nvs": self.nvs,
            "lease": self._lease,
            **self._around.meets(t_ms, self.bin.waste.level_pct(t_ms), used_mc),
        }
        if t_ms < self._held_until_ms:
            changing["air"]["held_ms"] = _HELD_MS
        if self.tracing:
            changing["trace"] = True
        return (self._static + json.dumps(changing)[1:]).encode()

    def absorb(self, answer: dict[str, Any], rtc: bytes) -> Wake:
        """The wake is over: keep what outlives it, book it, and plan the next."""
        self.rtc, self.account = rtc, answer if self.tracing else {}
        if answer["nvs"] is not None:
            self.nvs = answer["nvs"]
        began_ms, self.clock_ms = self.next_ms, answer["clock_ms"]
        end_ms = self._seen_ms = began_ms + answer["up_ms"]
        wake = Wake(
            began_ms,
            answer["up_ms"] - answer["phases"].get("service", 0),
            answer["phases"],
            1 if answer["asked"] else 0,
            answer["radio"],
            self.cause,
            answer["sleep_ms"],
            rail=answer["rail"],
        )
        self._lease = answer["lease"]
        if answer["radio"]:
            self._held_until_ms = end_ms + _FORGOTTEN_MS if answer["session"] else 0
        if answer["stolen"]:
            self._trouble("stolen address")
        self._book(wake, answer["tx_dbm"])
        self.charge_mc["service"] += _lit_ms(answer["lamp"]) * currents.LED_MA / 1000
        self._plan(answer, began_ms, end_ms)
        return wake

    def press_button(self, t_ms: int) -> bool:
        """Somebody presses the service button then: the nap ends early, if the node asked for it
        before it fell asleep."""
        if self._board.SERVICE_PIN not in self._armed:
            return False
        self.next_ms, self.cause = t_ms, "button"
        return True

    def power_cycle(self, t_ms: int) -> None:
        """Somebody takes the battery out then, and puts it back in at once."""
        self._no_power(t_ms, t_ms + 1)

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

    def currents_ma(self) -> dict[str, float]:
        """What each phase of the wake in `account` drew."""
        ma = self._sensor.supply_ma + self._board.RAIL_MA
        return energy.currents_ma(self._board.CHIP, ma, self.account["tx_dbm"])

    @property
    def lived_ms(self) -> int:
        """From the first power-on to the last thing that happened."""
        return self._seen_ms - self._born_ms

    def battery_years(self, mah_per_day: float) -> float:
        """How long this bin's battery would last at that drain."""
        return self._around.battery_years(mah_per_day)

    # -- between wakes --------------------------------------------------------------------------

    def _plan(self, answer: dict[str, Any], began_ms: int, end_ms: int) -> None:
        how, self._armed, self._nap_rate = answer["how"], (), self._rate
        if how in ("awake", "hung"):
            self._trouble("awake for ever")  # at a prompt nobody sees, until the battery is flat
            self.next_ms, self.cause, self.stuck = _NEVER_MS, "timer", True
        elif how in ("deepsleep", "asleep for ever"):
            self._armed, self.cause = tuple(answer["wake_pins"]), "timer"
            self.next_ms = self._nap_ends(end_ms, answer["sleep_ms"])
        elif how == "off":
            self._trouble(how)
            cut = self._fate.cut_in_write(began_ms) or self._fate.power_cut(began_ms, end_ms)
            assert cut is not None  # or nothing would have taken the power away
            self._no_power(end_ms, cut.at_ms + cut.lasts_ms)
        else:
            self._trouble(how)
            self.cause, self.next_ms = how, end_ms + _RESET_MS
        cut = self._fate.power_cut(end_ms, self.next_ms)
        if cut is not None:
            self._no_power(max(end_ms, cut.at_ms), cut.at_ms + cut.lasts_ms)

    def _nap_ends(self, end_ms: int, nap_ms: int | None) -> int:
        """By the true time: the sleep clock's rate is the mean of those at both ends."""
        if nap_ms is None:
            return _NEVER_MS
        here = self._rate_at(end_ms)
        self._nap_rate = (here + self._rate_at(end_ms + round(nap_ms * here))) / 2
        return end_ms + round(nap_ms * self._nap_rate)

    def _rate_at(self, t_ms: int) -> float:
        """True time by the sleep clock's, at the air temperature of t_ms."""
        ppm_k = self._scenario.board.drift_ppm_k
        return self._rate + ppm_k / 1e6 * (self._around.air_c(t_ms) - _MILD_C)

    def _no_power(self, from_ms: int, to_ms: int) -> None:
        """The battery is out: all is lost but NVS and flash."""
        self._sleep_until(from_ms)
        self.next_ms, self.cause, self.stuck = max(from_ms + 1, to_ms), "power", False
        self.rtc, self.clock_ms, self._seen_ms, self._armed = b"", 0, self.next_ms, ()

    def _sleep_until(self, t_ms: int) -> None:
        slept_ms = max(0, t_ms - self._seen_ms)
        self.clock_ms += round(slept_ms / self._nap_rate)
        if self.stuck:
            ma = energy.currents_ma(self._board.CHIP, 0)["cpu"]
            self.charge_mc["cpu"] += slept_ms * ma / 1000
        else:  # SLEEP_UA was measured on whole boards: regulator and divider are in it
            self.charge_mc["sleep"] += energy.of_sleep(slept_ms, self._board.SLEEP_UA)
        self._seen_ms = t_ms

    def _strike(self, t_ms: int) -> None:
        """What came over the node in its nap, once."""
        for fault in self._fate.strikes(t_ms):
            ours = self.nvs.get("smartbin", {})
            if fault.kind == "rtc_garbage":
                self.rtc = self._around.garbage(_RTC_BYTES)
            elif fault.kind == "nvs_erased":
                self.nvs = {}
            elif fault.kind == "settings_garbage":
                rubbish = _blob(self._around.garbage(_SETTINGS_BYTES))
                self.nvs = {**self.nvs, "smartbin": {**ours, "settings": rubbish}}
            elif fault.kind == "lease_taken":
                self._lease = self._lease and self._lease | {"taken": True}
            elif fault.kind == "clock_jump":
                jumped_ms = self.clock_ms + round(amount(fault) * 1000)
                self.clock_ms = max(0, min(_LATEST_MS, jumped_ms))

    def _book(self, wake: Wake, tx_dbm: float) -> None:
        ma = self._sensor.supply_ma + self._board.RAIL_MA
        for phase, mc in energy.of_wake(wake.phases, self._board.CHIP, ma, tx_dbm).items():
            self.charge_mc[phase] += mc

    def _trouble(self, name: str) -> None:
        self.bin.troubles[name] = self.bin.troubles.get(name, 0) + 1

    # -- what never changes ---------------------------------------------------------------------

    def _fixed(self, mac: bytes, seed: int) -> str:
        """The beginning of every frame, as JSON without its last bracket."""
        board = self._board
        contacts = {"tilt": board.TILT_PIN, "lid": board.LID_PIN}
        facts = {
            "mac": base64.b64encode(mac).decode(),
            "seed": seed,
            "cold": self._scenario.run.cold,
            "boot_ms": energy.boot_ms(board.CHIP),
            "chip": dataclasses.asdict(currents.CHIPS[board.CHIP]),
            "rail_pin": board.RAIL_PIN,
            "trigger_pin": board.SONAR_TRIG_PIN,
            "echo_pin": board.SONAR_ECHO_PIN,
            "led": (board.LED_PIN, board.LED_LIT),
            "trigger_us": self._sensor.trigger_us,
            "settle_us": self._sensor.settle_ms * 1000,
            "sensor": line_of(self._sensor),
            "contacts": {k: p for k, p in contacts.items() if p is not None},
            "wire_pin": board.DS18B20_PIN,
            "i2c_pins": [board.I2C_SDA_PIN, board.I2C_SCL_PIN],
            "held": {},
            "flash": self._flash(),
        }
        return json.dumps(facts)[:-1] + ", "

    def _flash(self) -> tuple[str, int]:
        """Where this bin's flash is, and its size; the file is made when it is first opened."""
        folder = self._names.get("flash")
        path = f"{folder}/{self.bin.index}" if folder else ""
        return path, (self._board.FLASH_MB - _FLASH_FROM_MB) << 20


def line_of(sensor: sensors.Sensor) -> dict[str, Any]:
    """What the shims must know of a sensor to put its readings on its line."""
    return {
        "family": sensor.family,
        "baud": sensor.baud,
        "speed": sensor.speed,
        "ask": sensor.ask,
        "answer_us": sensor.answer_ms * 1000 + (_LATE_US if sensor.answer_ms else 0),
        "period_us": sensor.period_ms * 1000,
        "silent_us": sensor.silent_us,
        "range_mm": sensor.range_mm,
    }


def _lit_ms(lamp: list[list[int]]) -> int:
    """How long the LED was lit, from the twin's list of its changes; the firmware ends it dark."""
    spans = itertools.pairwise(lamp)
    return sum(until_ms - from_ms for (from_ms, lit), (until_ms, _) in spans if lit)


def _has_ext0(board: types.SimpleNamespace) -> bool:
    return board.CHIP in ("esp32", "esp32s3")


def _blob(data: bytes) -> str:
    """Bytes as NVS carries them in a frame."""
    return base64.b64encode(data).decode()
