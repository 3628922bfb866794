"""A broker that takes one packet after the other and may answer each with anything at all."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import BinaryIO

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, DISCONNECT = 1, 3, 4, 8, 14
HANG_UP = b""  # what a Mangle returns to end the connection

# Mangle(kind of the packet, the right answer) -> what is sent instead
Mangle = Callable[[int, bytes], bytes]


def honest(_: int, answer: bytes) -> bytes:
    return answer


def framed(kind: int, body: bytes) -> bytes:
    """A packet with its remaining length."""
    size, head = len(body), bytes([kind])
    while size > 127:
        head += bytes([size & 127 | 128])
        size >>= 7
    return head + bytes([size]) + body


class Peer(threading.Thread):
    """One session after the other, until it is closed."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.2)
        self._over = False
        self.port: int = self._server.getsockname()[1]
        self.mangle: Mangle = honest
        self.published: list[bytes] = []  # payloads of the messages that came

    def __enter__(self) -> Peer:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over = True
        self.join(10)
        self._server.close()

    def run(self) -> None:
        while not self._over:
            with contextlib.suppress(OSError):
                peer, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(peer, self.mangle), daemon=True).start()

    def _serve(self, peer: socket.socket, mangle: Mangle) -> None:
        """One session, by the rules that held when it began."""
        peer.settimeout(5)
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as stream:
            while packet := _packet(stream):
                kind = packet[0] >> 4
                if kind not in (CONNECT, PUBLISH, SUBSCRIBE):
                    continue
                reply = mangle(kind, self._answer(kind, packet))
                if reply == HANG_UP:
                    return
                peer.sendall(reply)

    def _answer(self, kind: int, packet: bytes) -> bytes:
        if kind == CONNECT:
            return b"\x20\x02\0\0"
        body = packet[_head_size(packet) :]
        if kind == SUBSCRIBE:
            return b"\x90\x03" + body[:2] + b"\1"
        at = 2 + int.from_bytes(body[:2], "big")
        self.published.append(body[at + 2 :])
        return b"\x40\x02" + body[at : at + 2] + framed(0x30, body[:at] + body[at + 2 :])


def _head_size(packet: bytes) -> int:
    return 2 + sum(1 for byte in packet[1:4] if byte > 127)


def _packet(stream: BinaryIO) -> bytes:
    """The next one, or b"" at the end."""
    packet = stream.read(1)
    if not packet:
        return b""
    size = shift = 0
    while True:
        byte = stream.read(1)
        if not byte:
            return b""
        packet += byte
        size |= (byte[0] & 127) << shift
        shift += 7
        if byte[0] < 128:
            return packet + stream.read(size)
