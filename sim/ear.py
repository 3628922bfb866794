"""Our end of the broker process: where it listens, and what its subscriber has received so far."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import subprocess
import sys
import time
from typing import Any

from sim import places
from sim.broker import HEAD
from sim.errors import SimError
from sim.scenario_table import Broker

_START_S = 20.0
_DRAIN_S = 20.0


class Ear:
    """A running broker process.  Close it, or use it as a context manager.

    tls: the name in the certificate that the broker shows to bins; "" for a broker without TLS.
    host, port, ca: where bins find it, and the CA's certificate (DER) that they must know.
    """

    def __init__(self, wishes: Broker, tls: str = ""):
        self.kind = wishes.kind
        self.messages: list[tuple[str, bytes]] = []
        self._buffer = b""
        self._drained = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sim.broker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=places.ROOT,
            start_new_session=True,
        )
        asked = {k: getattr(wishes, k) for k in ("kind", "host", "port", "user", "password")}
        try:
            self._tell(json.dumps({**asked, "tls": tls}).encode())
            answer = self._first_line(wishes)
        except BaseException:
            self.close()
            raise
        self.host, self.port = answer["host"], answer["port"]
        self.ca = base64.b64decode(answer["ca"])

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def fileno(self) -> int:
        """What becomes readable when something has arrived."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def hear(self) -> bool:
        """Take in what has arrived; False when the broker, or the way to it, is gone."""
        data = os.read(self.fileno(), 1 << 20)
        self._buffer += data
        self._unpack()
        return bool(data)

    def drain(self) -> bool:
        """Wait until everything that was published has come through; False when it cannot."""
        self._drained = False
        try:
            self._tell(b"")
        except BrokenPipeError:
            return False
        deadline = time.monotonic() + _DRAIN_S
        while not self._drained:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not select.select([self], [], [], left_s)[0] or not self.hear():
                return False
        return True

    def close(self) -> None:
        """End the process and the broker with it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _tell(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def _first_line(self, wishes: Broker) -> dict[str, Any]:
        deadline = time.monotonic() + _START_S
        while b"\n" not in self._buffer:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not select.select([self], [], [], left_s)[0]:
                raise SimError(f"The {wishes.kind} broker did not answer within {_START_S:.0f} s.")
            data = os.read(self.fileno(), 1 << 16)
            if not data:
                raise SimError(f"The {wishes.kind} broker ended before it was ready.")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        answer = json.loads(line)
        if "error" in answer:
            where = f" at {wishes.host}:{wishes.port}" if wishes.kind == "external" else ""
            raise SimError(
                f"The {wishes.kind} broker{where} cannot be used: {answer['error']}. See [broker] "
                "in the scenario: host, port, user and password."
            )
        return answer

    def _unpack(self) -> None:
        at = 0
        while len(self._buffer) - at >= HEAD.size:
            topic, payload = HEAD.unpack_from(self._buffer, at)
            end = at + HEAD.size + topic + payload
            if len(self._buffer) < end:
                break
            body = self._buffer[at + HEAD.size : end]
            if topic:
                self.messages.append((body[:topic].decode(), body[topic:]))
            else:
                self._drained = True
            at = end
        self._buffer = self._buffer[at:]
