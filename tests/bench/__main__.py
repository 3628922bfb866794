"""`make bench [ONLY=part]`: prints what was measured, writes build/bench.json (a flat map)."""

from __future__ import annotations

import json
import sys
from types import ModuleType

from rich.console import Console

from sim import places
from tests.bench import (
    cuts,
    drift,
    energy,
    faults,
    herd,
    link,
    memory,
    month,
    schedule,
    sensing,
    speed,
)

PARTS: dict[str, ModuleType] = {
    "sim": speed,
    "link": link,
    "herd": herd,
    "clock": drift,
    "cuts": cuts,
    "fault": faults,
    "sensing": sensing,
    "schedule": schedule,
    "memory": memory,
    "energy": energy,
    "sim30": month,
}
_ONLY_ASKED = ("sim30",)


def main(only: str | None) -> int:
    """Measure one part or all; a part measured alone leaves the others' figures as they were."""
    if only is not None and only not in PARTS:
        print(f"bench: there is no part {only}; the parts are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    console = Console(width=None if sys.stdout.isatty() else 100)
    path = places.ROOT / "build" / "bench.json"
    found = json.loads(path.read_text()) if only and path.exists() else {}
    for name, part in PARTS.items():
        if only == name or (only is None and name not in _ONLY_ASKED):
            console.rule(name)
            found.update(part.measure(console))
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
