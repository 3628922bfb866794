"""`smartbin backup` and `smartbin restore`: all that a bin was told, secrets among it.

The numbers that a node counts itself (epoch, readings, boots) stay where they are: two devices
must never give the same number to two readings.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from smartbin import config
from smartbin.errors import ConfigError
from tools.device import crowd, inside, knock, ports
from tools.device.talk import DeviceError, Step, Talk
from tools.errors import UserError

_KIND = "smartbin backup 1"
_STORED = """
import json
from binascii import b2a_base64
from smartbin.hw import store
for name in ('settings', 'ca', 'cert', 'key'):
    print(name, b2a_base64(store.blob(name)).decode().strip())
"""

File = Annotated[Path, typer.Argument(help="The backup; it holds secrets and has mode 600.")]


def fetch(device: Talk) -> dict[str, Any]:
    """What a device was told, as the contents of a backup."""
    told = inside.desk(device)
    if told is None:
        raise inside.none_there(device)
    lines = [line.partition(" ") for line in device.exec(_STORED).splitlines()]
    blobs = {name: base64.b64decode(text) for name, _, text in lines}
    settings = json.loads(blobs.pop("settings") or b"{}")
    papers = {name: data.decode("latin-1") for name, data in blobs.items() if data}
    return {"kind": _KIND, "version": told["version"], "settings": settings, "papers": papers}


def save(path: Path, kept: dict[str, Any]) -> None:
    """A file that only its owner reads.  Raises UserError; nothing is overwritten."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(kept, file, indent=1)
    except FileExistsError:
        raise UserError(f"{path} is there already; name another file.") from None
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()  # half of one is none
        raise UserError(f"{path} cannot be written: {error.strerror}.") from None


def load(path: Path) -> dict[str, Any]:
    """A checked backup.  Raises UserError."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.get("kind") != _KIND:
            raise ValueError
        config.check(kept["settings"])
        kept["papers"] = {n: t.encode("latin-1") for n, t in kept["papers"].items()}
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    except ConfigError as error:
        raise UserError(f"{path}: {error} Nothing was restored.") from None
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise UserError(f"{path} is no backup that `smartbin backup` made.") from None
    return kept


def bring(device: Talk, kept: dict[str, Any], over: bool = False) -> None:
    """Onto the device, and read back.  Raises DeviceError where that is not the same.

    over: onto a device that is another bin, too.
    """
    told, name = inside.desk(device) or {"settings": {}}, kept["settings"].get("bin_id", "")
    before = told["settings"].get("bin_id", "")
    if before not in {"", name} and not over:
        raise DeviceError(
            f"{device.port}: this device is {before}, the backup is of {name or 'another'}, and "
            "two of one name throw each other out. Give --over to restore it all the same."
        )
    inside.write(device, kept["settings"], kept["papers"])
    stands = fetch(device)
    papers = {name: data.decode("latin-1") for name, data in kept["papers"].items()}
    if (stands["settings"], stands["papers"]) != (kept["settings"], papers):
        raise DeviceError(f"{device.port}: what was read back is not the backup; try again.")


def backup_command(file: File, port: ports.One = None) -> None:
    """Fetch settings, secrets and certificates into a file."""
    if file.exists():
        raise UserError(f"{file} is there already; name another file.")
    with knock.open_port(ports.one(port)) as device:
        kept = fetch(device)
    save(file, kept)
    name = kept["settings"].get("bin_id") or "the device"
    papers = ", ".join(sorted(kept["papers"])) or "no papers"
    print(f"{file}: settings, secrets and {papers} of {name}; keep it safe.")


def restore_command(
    file: File,
    port: ports.One = None,
    over: Annotated[
        bool, typer.Option("--over", help="Onto a device that is another bin, too.")
    ] = False,
) -> None:
    """Bring a backup to a device, the same or a new one."""
    kept = load(file)
    name = kept["settings"].get("bin_id") or "a bin named by its chip"

    def work(where: str, step: Step) -> str:
        with knock.open_port(where) as device:
            bring(device, kept, over)
        told = f"{len(kept['settings'])} settings and {len(kept['papers'])} papers stand."
        return f"this is {name} now: {told}"

    crowd.each([ports.one(port)], work)
