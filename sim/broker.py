"""The broker of a run and a subscriber that counts what arrives, in a process of their own.

`python -m sim.broker` reads one JSON line of wishes on standard input, answers {"port": N} or
{"error": "..."} on standard output, then sends every message that the subscriber receives as a
frame: two lengths (little-endian u16, u32), topic, payload.  An empty line on standard input asks
for an empty frame once everything sent so far has come through; the end of input is the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomqtt

HEAD = struct.Struct("<HI")
REPORTS = "smartbin/v1/+/report"
_START_S = 10.0


async def serve(wishes: dict[str, Any]) -> None:
    """Start the broker, subscribe, pass on what arrives until the end of input."""
    ready = False
    try:
        async with _started(wishes) as (host, port), _subscriber(wishes, host, port) as client:
            _say(json.dumps({"port": port, "host": host}).encode() + b"\n")
            ready = True
            await _pass_on(client)
    except (aiomqtt.MqttError, OSError, subprocess.SubprocessError) as e:
        if not ready:  # later the end of our output says that the broker is gone
            _say(json.dumps({"error": str(e)}).encode() + b"\n")


async def _pass_on(client: aiomqtt.Client) -> None:
    marker = f"smartbin/end/{secrets.token_hex(6)}"
    await client.subscribe(marker, qos=1)
    asks = asyncio.create_task(_asks(client, marker))
    hears = asyncio.create_task(_hears(client, marker))
    done, rest = await asyncio.wait((asks, hears), return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    for task in done:
        task.result()


async def _hears(client: aiomqtt.Client, marker: str) -> None:
    async for message in client.messages:
        topic, payload = message.topic.value, message.payload
        assert isinstance(payload, bytes)
        if topic == marker:
            _say(HEAD.pack(0, 0))
        else:
            _say(HEAD.pack(len(topic), len(payload)) + topic.encode() + payload)


async def _asks(client: aiomqtt.Client, marker: str) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.readline():
        await client.publish(marker, b"", qos=1)


def _say(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@contextlib.asynccontextmanager
async def _subscriber(
    wishes: dict[str, Any], host: str, port: int
) -> AsyncIterator[aiomqtt.Client]:
    user, password = wishes["user"] or None, wishes["password"] or None
    name = f"smartbin-sim-{os.getpid()}"
    async with aiomqtt.Client(
        host, port, username=user, password=password, identifier=name
    ) as client:
        await client.subscribe(REPORTS, qos=1)
        yield client


def _started(wishes: dict[str, Any]) -> contextlib.AbstractAsyncContextManager[tuple[str, int]]:
    return {"amqtt": _amqtt, "mosquitto": _mosquitto, "external": _external}[wishes["kind"]](
        wishes
    )


@contextlib.asynccontextmanager
async def _external(wishes: dict[str, Any]) -> AsyncIterator[tuple[str, int]]:
    yield wishes["host"], wishes["port"]


@contextlib.asynccontextmanager
async def _amqtt(wishes: dict[str, Any]) -> AsyncIterator[tuple[str, int]]:
    from sim.embedded import broker

    logging.disable(logging.CRITICAL)
    port = wishes["port"] or free_port()
    embedded = broker(port, wishes["user"], wishes["password"])
    await embedded.start()
    try:
        yield "127.0.0.1", port
    finally:
        await embedded.shutdown()


@contextlib.asynccontextmanager
async def _mosquitto(wishes: dict[str, Any]) -> AsyncIterator[tuple[str, int]]:
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if program is None:
        raise OSError('mosquitto is not installed; run `make setup`, or choose kind = "amqtt"')
    port = wishes["port"] or free_port()
    with tempfile.TemporaryDirectory(prefix="smartbin-") as folder:
        config = _mosquitto_files(Path(folder), port, wishes["user"], wishes["password"])
        process = subprocess.Popen(
            [program, "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            await _listening(port, process)
            yield "127.0.0.1", port
        finally:
            process.terminate()
            process.wait()


def _mosquitto_files(folder: Path, port: int, user: str, password: str) -> Path:
    lines = [f"listener {port} 127.0.0.1", "persistence false", "set_tcp_nodelay true"]
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


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end of input ends us
    asyncio.run(serve(json.loads(sys.stdin.buffer.raw.readline())))  # type: ignore[attr-defined]
