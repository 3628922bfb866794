"""A real mosquitto with the configuration of docs/broker.md, folders and ports filled in."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sim import places
from sim.authority import Paper
from sim.mosquitto import free_port

DOC = places.ROOT / "docs" / "broker.md"
FOLDER, STATE = "/etc/mosquitto/smartbin", "/var/lib/mosquitto"
CHIP, NEWEST = "TLSv1.2", "TLSv1.3"  # the chip's mbedTLS speaks 1.2 alone (facts 7.1)
_OPENSSL = """\
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = limits
[limits]
MaxProtocol = {newest}
"""
_START_S = 10.0
_GUARD = '"$0" -c "$1" & pid=$!; read -r _; kill $pid; wait $pid'  # the end of input is its end


class Ports(NamedTuple):
    """Where it listens on 127.0.0.1."""

    tls: int
    plain: int


def block(kind: str) -> str:
    """The one fenced block of that kind on the page."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", DOC.read_text(), re.S | re.M)
    return found


def filled(folder: Path, ports: Ports, **changed: str) -> str:
    """The page's configuration for this folder and these ports; changed: option -> other value."""
    text = block("conf").replace(FOLDER, str(folder)).replace(f"{STATE}/", f"{folder}/")
    text = _once(text, "listener 8883", f"listener {ports.tls} 127.0.0.1")
    text = _once(text, "listener 1883", f"listener {ports.plain}")
    for option, value in changed.items():
        (line,) = re.findall(rf"^{option} .*$", text, re.M)
        text = _once(text, line, f"{option} {value}")
    return text + ("user root\n" if os.geteuid() == 0 else "")  # else it could not read our files


def _once(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{DOC.name} says {old!r} {text.count(old)} times, not once"
    return text.replace(old, new)


@contextlib.contextmanager
def running(
    folder: Path, ca: Paper, own: Paper, users: Mapping[str, str], newest: str, **changed: str
) -> Iterator[Ports]:
    """A mosquitto with these papers and users (name -> password), and TLS up to `newest`."""
    for name, data in (("ca.crt", ca.pem), ("broker.crt", own.pem), ("broker.key", own.key_pem)):
        (folder / name).write_bytes(data)
    (folder / "acl").write_text(block("acl"))
    (folder / "acl").chmod(0o600)
    (folder / "openssl.cnf").write_text(_OPENSSL.format(newest=newest))
    _passwords(folder / "passwords", users)
    ports = Ports(free_port(), free_port())
    (folder / "mosquitto.conf").write_text(filled(folder, ports, **changed))
    with started(folder) as process:
        for port in ports:
            _listening(port, process, folder / "log")
        yield ports


@contextlib.contextmanager
def started(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process on that folder's files; it ends with us, however we end."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    assert program, "mosquitto is not installed: run make setup"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", "-c", _GUARD, program, folder / "mosquitto.conf"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env={**os.environ, "OPENSSL_CONF": str(folder / "openssl.cnf")},
        )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(10)


def _passwords(path: Path, users: Mapping[str, str]) -> None:
    path.touch(mode=0o600)
    path.write_text("".join(f"{user}:{password}\n" for user, password in users.items()))
    subprocess.run(["mosquitto_passwd", "-U", path], check=True, capture_output=True)


def _listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise OSError(f"mosquitto does not listen: {log.read_text()}")
