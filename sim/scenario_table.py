"""The one table of a scenario: a record's fields are the keys of a section, with their bounds.

The records are what the simulator works with, the metadata is what scenario_values.py checks and
what docs/scenario.md is printed from.  Sources are in the comments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim import cell, faults
from sim.scenario_keys import REQUIRED, entry


@dataclass(frozen=True)
class Run:
    """What runs, and for how long."""

    name: str = entry(
        "", "short name of the run; left out, the file's name", 0, 60, example="demo"
    )
    title: str = entry("", "one line over tables and pictures", 0, 120, example="A week in March")
    days: float = entry(1.0, "virtual time that passes", 0.01, 4000, "days")
    bins: int = entry(1, "how many bins take part", 1, 20_000)
    seed: int = entry(
        1, "same seed, same run; another seed, other weather and waste", 0, 2**32 - 1
    )
    # The ESP32 counts from 2000 (facts, micropython-esp32 1.6); a margin keeps the run's end away
    # from what a 32-bit count of seconds holds.
    start: datetime = entry(
        datetime(2020, 3, 2, tzinfo=UTC),
        "when the virtual time begins; sun and waste follow this clock's hours",
        datetime(2001, 1, 1, tzinfo=UTC),
        datetime(2090, 1, 1, tzinfo=UTC),
        example=datetime(2020, 3, 2, tzinfo=UTC),
    )
    interpreters: int = entry(4, "MicroPython processes that share the work", 1, 16)
    cold: bool = entry(False, "reload every module at every wake, as the chip does; slower")


@dataclass(frozen=True)
class Board:
    """What the firmware runs on."""

    name: str = entry("firebeetle2_esp32e", "a folder of boards/", 1, 40)
    drift_ppm: float = entry(
        3000.0, "how far a bin's sleep clock is off: drawn within + and - this", 0, 60_000, "ppm"
    )  # 0.27 % steady drift: field-failures 21; up to 5 %: micropython-esp32 1.6
    # An estimate: up to 20 s an hour are told, "strongly temperature-dependent" (forum.esp32.com
    # topic 35490), which would be 370 ppm/K over 15 K; the calibration at each boot takes most of
    # it away (facts, field-failures 21 and micropython-esp32 1.6 have no figure).
    drift_ppm_k: float = entry(
        100.0,
        "how much that changes with the air temperature, from 15 degrees C",
        -2000,
        2000,
        "ppm/K",
    )


@dataclass(frozen=True)
class Bin:
    """The bins, all of one shape, and the firmware's settings on them."""

    id: str = entry(
        "bin-{n:03d}",
        "name in topics; {n} is the number from 1, {station} the history's station; "
        "1 to 24 letters, digits, - or _",
        1,
        60,
    )
    empty_mm: int = entry(1200, "from the sensor to the floor", 300, 4000, "mm")
    full_mm: int = entry(250, "from the sensor to the waste in a full bin", 20, 2000, "mm")
    # Assumptions: a round street bin with a liner. A beam of 31 degrees wants a radius of at least
    # 24 cm at 88 cm (facts, field-failures 0.5): this bin has that.
    shape: str = entry("round", "its cross section", choices=("round", "square"))
    top_mm: int = entry(560, "inner width at the sensor", 100, 4000, "mm")
    bottom_mm: int = entry(500, "inner width at the floor", 100, 4000, "mm")
    ribs_mm: float = entry(
        0.0, "how far ribs stand out of its wall; 0: a smooth one", 0, 100, "mm"
    )
    liner: bool = entry(True, "a bag hangs in it: its folds may come near the sensor")
    settings: dict = entry(
        {},
        "firmware settings by name (firmware/smartbin/config.py)",
        kind="settings",
        example={"pings": 5},
    )


@dataclass(frozen=True)
class Waste:
    """How the bins fill: drawn from a distribution, or replayed from real readings."""

    kind: str = entry("arrivals", "drawn or replayed", choices=("arrivals", "history"))
    history: str = entry(
        "",
        "CSV file with columns date, bin, fullness_tenths; relative to the scenario",
        only="history",
        example="fill_daily.csv",
    )
    stations: tuple[str, ...] = entry(
        (),
        "which bins of the history; left out, the first ones of the file",
        kind="texts",
        only="history",
        example=["1510830"],
    )
    # Street bins: rate lognormal(3.5, 0.52) per cent a day, exponential deposits of 7 % on
    # average (facts, physics-energy C2).
    rate_pct_day: float = entry(
        33.0, "how fast the middle bin fills", 0.1, 1000, "% a day", only="arrivals"
    )
    rate_sigma: float = entry(
        0.52, "how much bins differ (sigma of the lognormal)", 0, 3, only="arrivals"
    )
    jump_pct: float = entry(7.0, "mean size of one deposit", 0.1, 100, "%", only="arrivals")
    empty_at_pct: float = entry(
        80.0, "the next collection round empties a bin above this", 1, 100, "%", only="arrivals"
    )


@dataclass(frozen=True)
class Weather:
    """Air and sun around the bins."""

    mean_c: float = entry(12.0, "mean of the air temperature", -40, 60, "degrees C")
    swing_c: float = entry(10.0, "between day and night, from peak to peak", 0, 60, "degrees C")
    noise_c: float = entry(1.0, "what comes on top by chance", 0, 20, "degrees C")
    lid_sun_c: float = entry(8.0, "how much warmer the lid is at noon", 0, 60, "degrees C")


@dataclass(frozen=True)
class Sound:
    """What happens to an echo on its way."""

    # All of these were seen somewhere (facts, physics-energy B3), which names no rates: where no
    # source stands here, the default is an assumption, on the side of messy waste.  A check on all
    # of them together: of nine pings in the default bin the median gets the quarter right in 91 to
    # 93 % of scenes with a narrow beam and in 83 to 87 % with a wide one, where it hears anything;
    # B3 has 94.5 % of one commercial sensor on paper and cardboard.
    jitter_us: float = entry(25.0, "spread of an echo's time", 0, 5000, "us")  # SD 1-5 mm: B1
    miss_pct: float = entry(5.0, "pings that bring no echo", 0, 100, "%")
    humidity_pct: float = entry(60.0, "humidity of the air in the bin", 0, 100, "%")
    layer_mm: float = entry(
        600.0, "how deep a hot lid's heat reaches, fading to the air's", 1, 4000, "mm"
    )
    surface: str = entry(
        "mixed",
        "what lies in the bin: one kind always, or bags, boxes, loose and soft things by chance",
        choices=("mixed", "flat", "boxes", "bags", "loose", "soft"),
    )
    soft_pct: float = entry(
        10.0, "surfaces of textiles, foam or open bags, which swallow pings", 0, 100, "%"
    )
    loose_pct: float = entry(20.0, "surfaces of loose paper and packaging", 0, 100, "%")
    tilt_pct: float = entry(35.0, "surfaces that are a slope, a heap or a hollow", 0, 100, "%")
    fold_pct: float = entry(
        5.0, "surfaces above which a fold of the liner hangs near the sensor", 0, 100, "%"
    )
    item_pct: float = entry(5.0, "surfaces out of which a single thing stands", 0, 100, "%")
    frost_pct: float = entry(
        8.0,
        "spells of six hours with frost or dew on the sensor, below 3 degrees C; half as many "
        "below 10, a tenth above",
        0,
        100,
        "%",
    )
    crosstalk_pct: float = entry(0.5, "bursts that hear another sensor or a lorry", 0, 100, "%")
    dip_pct: float = entry(
        0.5, "bursts in which the supply gives way for a few pings", 0, 100, "%"
    )


@dataclass(frozen=True)
class Cell:
    """What feeds the node."""

    kind: str = entry(
        "lithium_2aa",
        "two lithium AA in series, one lithium thionyl chloride D, or one Li-ion 18650",
        choices=tuple(cell.KINDS),
    )


@dataclass(frozen=True)
class Radio:
    """The Wi-Fi network and what it takes to join it."""

    ssid: str = entry("city-bins", "name of the network", 1, 32)
    key: str = entry("rain-on-the-lid", "passphrase; 0 bytes: an open network", 0, 64)
    rssi_dbm: float = entry(-67.0, "mean signal at the bins", -120, 0, "dBm")
    rssi_sigma_db: float = entry(4.0, "spread of the signal", 0, 30, "dB")
    channel: int = entry(6, "of the access point", 1, 13)
    # A wake with a fixed address 0.73 s, less all that sim/currents.py names; address +0.89 s
    # (facts, physics-energy A3).
    join_ms: float = entry(
        360.0, "from the access point found, the key ready, to joined", 0, 60_000, "ms"
    )
    dhcp_ms: float = entry(890.0, "from joined to an address", 0, 60_000, "ms")
    lease_s: int = entry(
        86_400, "how long an address is lent; DHCP's T1 is half of it", 60, 2**31, "s"
    )
    rtt_ms: float = entry(20.0, "to the broker and back", 0, 10_000, "ms")


@dataclass(frozen=True)
class Broker:
    """Who receives the reports."""

    kind: str = entry(
        "amqtt",
        "the embedded one, mosquitto as a process, or one that already runs",
        choices=("amqtt", "mosquitto", "external"),
    )
    host: str = entry("127.0.0.1", "name or address of that broker", 1, 64, only="external")
    port: int = entry(0, "0: any free port; external needs the real one", 0, 65_535, example=1883)
    user: str = entry("", "user at the broker; empty: anybody may enter", 0, 64, example="bins")
    password: str = entry("", "password of that user", 0, 128, example="secret")
    tls: bool = entry(
        False, "TLS: bins check its certificate against a CA of the run's own", only="mosquitto"
    )


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong: one [[fault]] for each; `bins` holds indices from 0."""

    kind: str = entry(
        REQUIRED, "what goes wrong", kind="text", choices=tuple(faults.KINDS), example="ap_down"
    )
    at_ms: int = entry(
        REQUIRED, "when it begins, after the start", 0, kind="duration", name="at", example="1d6h"
    )
    lasts_ms: int = entry(
        REQUIRED, "for how long", 1, kind="duration", name="lasts", example="90m"
    )
    bins: tuple[int, ...] = entry(
        "all", '"all", "1/3" for every third, or a list of bin numbers from 1', kind="bins"
    )
    amount: float | None = entry(
        None,
        "how much of it; what that means, its bounds and default: docs/faults.md",
        kind="number",
        example=5.0,
    )


@dataclass(frozen=True)
class Scenario:
    """A whole checked scenario.

    path: the file; waste.history: "" or a path that can be opened as it stands;
    waste.stations: one for each bin of a history; expect: dotted path -> what it should be.
    """

    path: Path
    run: Run
    board: Board
    bin: Bin
    waste: Waste
    weather: Weather
    sound: Sound
    cell: Cell
    radio: Radio
    broker: Broker
    faults: faults.Faults
    expect: dict[str, Any]


SECTIONS = {
    "run": Run,
    "board": Board,
    "bin": Bin,
    "waste": Waste,
    "weather": Weather,
    "sound": Sound,
    "cell": Cell,
    "radio": Radio,
    "broker": Broker,
}
