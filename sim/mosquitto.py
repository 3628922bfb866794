"""A mosquitto of our own, for one run: its files in a temporary folder, with TLS where asked."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

_START_S = 10.0


class Found(NamedTuple):
    """Where a broker listens, and whose certificate it shows to bins ("": it speaks no TLS)."""

    host: str
    port: int  # for bins
    plain_port: int  # for the subscriber
    ca: bytes = b""  # DER

    def told(self) -> bytes:
        """What whoever started us wants to know."""
        ca = base64.b64encode(self.ca).decode()
        return json.dumps({"host": self.host, "port": self.port, "ca": ca}).encode() + b"\n"


@contextlib.asynccontextmanager
async def started(wishes: dict[str, Any]) -> AsyncIterator[Found]:
    """mosquitto as a process; wishes: port, user, password, tls (its name there, or "")."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if program is None:
        raise OSError('mosquitto is not installed; run `make setup`, or choose kind = "amqtt"')
    with tempfile.TemporaryDirectory(prefix="smartbin-") as folder:
        found = _found(Path(folder), wishes)
        config = _mosquitto_files(Path(folder), found, wishes["user"], wishes["password"])
        process = subprocess.Popen(
            [program, "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            await _listening(found.plain_port, process)
            await _listening(found.port, process)
            yield found
        finally:
            process.terminate()
            process.wait()


def _found(folder: Path, wishes: dict[str, Any]) -> Found:
    """Where mosquitto will listen; with tls, papers for a broker of that name."""
    port, name = wishes["port"] or free_port(), wishes.get("tls")
    if not name:
        return Found("127.0.0.1", port, port)
    from sim.authority import Authority  # a third of a second that others need not wait

    authority = Authority()
    own = authority.issue(name)
    (folder / "broker.crt").write_bytes(own.pem)
    (folder / "broker.key").touch(mode=0o600)
    (folder / "broker.key").write_bytes(own.key_pem)
    return Found("127.0.0.1", port, free_port(), authority.own.der)


def _mosquitto_files(folder: Path, found: Found, user: str, password: str) -> Path:
    lines = ["persistence false", "set_tcp_nodelay true"]
    if os.geteuid() == 0:
        lines.append("user root")  # it would become another user, who cannot read our files
    if user:
        known = folder / "passwords"
        known.touch(mode=0o600)
        known.write_text(f"{user}:{password}\n")
        subprocess.run(["mosquitto_passwd", "-U", known], check=True, capture_output=True)
        lines += ["allow_anonymous false", f"password_file {known}"]
    else:
        lines.append("allow_anonymous true")
    lines.append(f"listener {found.plain_port} 127.0.0.1")
    if found.ca:
        lines.append(f"listener {found.port} 127.0.0.1")
        lines += [f"certfile {folder}/broker.crt", f"keyfile {folder}/broker.key"]
    config = folder / "mosquitto.conf"
    config.write_text("\n".join(lines) + "\n")
    return config


async def _listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = asyncio.get_running_loop().time() + _START_S
    while asyncio.get_running_loop().time() < deadline:
        if process.poll() is not None:
            raise OSError(f"mosquitto ended at once with {process.returncode}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.02)
    raise OSError("mosquitto did not start to listen")


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
