"""The broker of a run and a subscriber that counts what arrives, in a process of their own.

`python -m sim.broker` reads one JSON line of wishes on standard input, answers where bins find it
({"host", "port", "ca"}) or {"error": "..."} on standard output, then sends every message that the
subscriber receives as a frame: two lengths (little-endian u16, u32), topic, payload.  An empty
line on standard input asks for an empty frame once everything sent so far has come through; the
end of input is the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt

from sim import mosquitto
from sim.mosquitto import Found, free_port

HEAD = struct.Struct("<HI")
REPORTS = "smartbin/v1/+/report"


async def serve(wishes: dict[str, Any]) -> None:
    """Start the broker, subscribe, pass on what arrives until the end of input."""
    ready = False
    try:
        async with _started(wishes) as found, _subscriber(wishes, found) as client:
            _say(found.told())
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
async def _subscriber(wishes: dict[str, Any], found: Found) -> AsyncIterator[aiomqtt.Client]:
    user, password = wishes["user"] or None, wishes["password"] or None
    name = f"smartbin-sim-{os.getpid()}"
    async with aiomqtt.Client(
        found.host, found.plain_port, username=user, password=password, identifier=name
    ) as client:
        await client.subscribe(REPORTS, qos=1)
        yield client


def _started(wishes: dict[str, Any]) -> contextlib.AbstractAsyncContextManager[Found]:
    return {"amqtt": _amqtt, "mosquitto": mosquitto.started, "external": _external}[
        wishes["kind"]
    ](wishes)


@contextlib.asynccontextmanager
async def _external(wishes: dict[str, Any]) -> AsyncIterator[Found]:
    yield Found(wishes["host"], wishes["port"], wishes["port"])


@contextlib.asynccontextmanager
async def _amqtt(wishes: dict[str, Any]) -> AsyncIterator[Found]:
    from sim.embedded import broker

    logging.disable(logging.CRITICAL)
    port = wishes["port"] or free_port()
    embedded = broker(port, wishes["user"], wishes["password"])
    await embedded.start()
    try:
        yield Found("127.0.0.1", port, port)
    finally:
        await embedded.shutdown()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end of input ends us
    asyncio.run(serve(json.loads(sys.stdin.buffer.raw.readline())))  # type: ignore[attr-defined]
