"""A technician at the kerb: types `install`, says that the bin is empty, reads the verdict."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sim.device import line_of
from sim.ear import Ear
from sim.scenario_table import Broker
from smartbin import installed, sensors
from tests.console.talking import sit
from tests.contract.chip import leads_to, settings


class Verdict(NamedTuple):
    """What the check said, kept and had told."""

    grade: str
    reasons: tuple[str, ...]
    screen: str
    reports: list[dict[str, Any]]


Install = Callable[..., Verdict]


def install(boot: Any, folder: Path, *echoes: int, sensor: str, **bin_: Any) -> Verdict:
    """echoes: us of the empty bin, again and again; bin_: settings that differ."""
    part = sensors.find(sensor)
    assert part is not None
    frame = {
        "sensor": line_of(part),
        "trigger_us": part.trigger_us,
        "settle_us": part.settle_ms * 1000,
        "echoes": list(echoes) * (300 // len(echoes)),
        "nvs": settings(sensor=sensor, **bin_),
    }
    with Ear(Broker()) as ear:
        one = sit(boot, folder, b"\rinstall\rysleep\r", net=leads_to(ear.port), **frame)
        assert one.outcome["crash"] is None
        ear.drain()
        reports = [json.loads(m) for topic, m in ear.messages if topic.endswith("/report")]
    kept = installed.unpack(base64.b64decode(one.nvs["install"]))
    assert kept is not None
    return Verdict(installed.GRADES[kept.grade], kept.reasons, one.screen, reports)
