"""The settings and papers of one device: written, read back and compared.

What is done there is done by its own hw/desk.py, which checks settings before it keeps them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from smartbin import config
from smartbin.errors import ConfigError
from tools.errors import UserError

Run = Callable[[str], str]  # MicroPython code -> what it printed

# A product image has the firmware frozen in; `smartbin deploy` puts it into the folder that
# /app/current names.
_DESK = """\
import sys
try:
    import smartbin
except ImportError:
    try:
        with open("/app/current") as f:
            sys.path.insert(0, "/app/" + f.read().strip())
    except OSError:
        pass
try:
    from smartbin.hw import desk
except ImportError:
    desk = None
"""
_READ = """\
import machine
if desk:
    print(machine.unique_id().hex())
    print(desk.read())
"""


# The keys of a network that was joined at the kerb stay on the device; we need not know them.
_WRITE = """\
import json
w, old = json.loads(%r), desk.stored()
w.update({k: old[k] for k in %r})
r = desk.write(json.dumps(w), %r)
"""


class State(NamedTuple):
    """What a device says of itself."""

    chip: str  # its unique number
    settings: dict[str, Any]  # without secrets
    prints: dict[str, str]  # of secrets and papers

    @property
    def bin_id(self) -> str:
        """The bin that it was made to be, or ""."""
        return str(self.settings.get("bin_id", ""))


def read(run: Run) -> State:
    """Raises UserError where the device has no smartbin, or its answer is none."""
    said = run(_DESK + _READ).strip()
    if not said:
        raise UserError("There is no smartbin on the device yet; run smartbin deploy first.")
    chip, _, rest = said.partition("\n")
    try:
        told = json.loads(rest)
        return State(chip.strip(), dict(told["settings"]), dict(told["fingerprints"]))
    except (ValueError, KeyError, TypeError):
        raise UserError(
            "The device's answer cannot be read; run smartbin deploy, so that it has this version."
        ) from None


def write(run: Run, before: State, blobs: Mapping[str, bytes], over: bool = False) -> State:
    """Makes the device that bin; what it says then.

    What a technician set on the same bin, and the table does not name, stays, but with `over`.
    Raises UserError where it is another bin, or reads back anything else.
    """
    ours = json.loads(blobs["settings"])
    if before.bin_id not in ("", ours["bin_id"]) and not over:
        raise UserError(
            f"This device is {before.bin_id} already; give --over to make it {ours['bin_id']}."
        )
    same = before.bin_id == ours["bin_id"] and not over
    wanted = _checked({**before.settings, **ours} if same else ours)
    kept = {} if "wifi_ssid" in ours or not same else _network(before)
    papers = {name: data for name, data in blobs.items() if name != "settings"}
    forget = "" if same else "desk.forget()\n"
    run(_DESK + forget + _WRITE % (json.dumps(wanted), list(kept), papers))
    after = read(run)
    wrong = differing(after, wanted, papers, kept)
    if wrong:
        raise UserError(f"The device reads back otherwise: {', '.join(wrong)}. Try again.")
    return after


def _checked(wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        config.check(wanted)
    except ConfigError as e:
        raise UserError(
            f"The table does not go with what was set on the device: {e} "
            "Put it into the table, or give --over to forget the device's."
        ) from None
    return wanted


def _network(before: State) -> dict[str, str]:
    """Fingerprints of the device's own keys of a Wi-Fi network."""
    return {k: v for k, v in before.prints.items() if k in ("wifi_key", "wifi_pmk")}


def differing(
    state: State,
    wanted: Mapping[str, Any],
    papers: Mapping[str, bytes],
    kept: Mapping[str, str],
) -> list[str]:
    """The settings and papers in which the device is not what it should be."""
    secret = {k: v.encode() for k, v in wanted.items() if k in config.SECRETS and v}
    plain = {k: v for k, v in wanted.items() if k not in config.SECRETS}
    prints = {name: mark(data) for name, data in {**secret, **papers}.items()} | dict(kept)
    wrong = _other(plain, state.settings) | _other(prints, state.prints)
    return sorted(wrong)


def _other(one: Mapping[str, Any], two: Mapping[str, Any]) -> set[str]:
    return {key for key in one.keys() | two.keys() if one.get(key) != two.get(key)}


def mark(data: bytes) -> str:
    """The fingerprint that hw/desk.py gives."""
    return hashlib.sha256(data).digest()[:8].hex()
