"""What all bins of a folder share: broker, network and its key.  FOLDER/fleet.json keeps it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tools.errors import UserError
from tools.provision import files, identity
from tools.provision.identity import Identity

_FILE = "fleet.json"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,64}}\Z){_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True, repr=False)  # it has the network's key in it
class Fleet:
    """What all bins of a folder share."""

    host: str = ""
    port: int = 8883
    kind: str = identity.PASSWORD
    wifi_ssid: str = ""
    wifi_pmk: str = ""

    def settings(self, name: str, own: Identity) -> dict[str, int | str]:
        """What a bin needs to reach the broker."""
        found: dict[str, int | str] = {"bin_id": name, "mqtt_tls": 1}
        found |= {"mqtt_host": self.host, "mqtt_port": self.port}
        if self.wifi_ssid:
            found |= {"wifi_ssid": self.wifi_ssid, "wifi_pmk": self.wifi_pmk}
        if own.password:
            found |= {"mqtt_user": name, "mqtt_password": own.password}
        return found


def remembered(folder: Path) -> Fleet | None:
    """What earlier runs were told, or None for a new folder."""
    text = files.text(folder / _FILE)
    if not text:
        return None
    try:
        return Fleet(**json.loads(text))
    except (ValueError, TypeError):
        raise UserError(f"{folder / _FILE} is broken; restore it from a copy.") from None


def settled(before: Fleet | None, **told: Any) -> Fleet:
    """What earlier runs were told with what is told now over it (None: not told)."""
    found = replace(before or Fleet(), **{k: v for k, v in told.items() if v is not None})
    if before and before.kind != found.kind:
        raise UserError(
            f"The bins of this folder have a {before.kind} each; "
            f"for a {found.kind} each begin a new folder."
        )
    if not found.host:
        raise UserError("Give --host NAME, the broker's name as bins will call it.")
    if not _NAME.fullmatch(found.host) or found.host.replace(".", "").isdigit():
        raise UserError(
            f"--host {found.host} is no name; a bin checks the broker's certificate by name, "
            "so that an address will not do."
        )
    return found


def keep(folder: Path, fleet: Fleet) -> None:
    """For the next run."""
    files.put(folder / _FILE, json.dumps(asdict(fleet), indent=1) + "\n")
