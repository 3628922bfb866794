"""`python -m tools.setup [--brief]`: what the demo and the tests need besides .venv.

`--brief` sees to what nothing works without, and speaks only of what it had to do.
"""

from __future__ import annotations

import sys

from tools.errors import SetupError
from tools.setup import interpreter, packages, places, stubs, umqtt


def main(words: list[str]) -> int:
    brief = "--brief" in words
    try:
        with places.alone():
            for needed in (interpreter.set_up, umqtt.set_up, stubs.set_up):
                _tell(needed(), brief)
            if not brief:
                _mosquitto()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return places.interrupted()
    return 0


def _tell(item: places.Item, brief: bool) -> None:
    if not (brief and item.how == "already there"):
        print(item, flush=True)


def _mosquitto() -> None:
    """Wished for, not needed: without it only the tests that want it fail, saying so."""
    try:
        _tell(packages.set_up_mosquitto(), brief=False)
    except SetupError as error:
        print(f"setup: warning: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
