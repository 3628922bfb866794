"""Servers for tests.contract.listener that answer in TLS, write down what they read, or stop."""

from __future__ import annotations

import socket
import ssl
import struct
import tempfile
import threading
from pathlib import Path

from sim.authority import Paper
from tests.contract.listener import Reply

_NOT_AUTHORISED = b"\x20\x02\0\x05"


class Recorder:
    """A TLS server that keeps what it decrypts and lets nobody in."""

    def __init__(self, paper: Paper, context: ssl.SSLContext | None = None):
        context = context or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "both")
            path.write_bytes(paper.pem + paper.key_pem)
            context.load_cert_chain(path)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._shaken = False
        self.answer = _NOT_AUTHORISED  # to whatever comes through
        self.read = b""  # what came through, decrypted

    def __call__(self, data: bytes) -> bytes | None:
        """What to send back; None where there is nothing more to say."""
        self._in.write(data)
        try:
            self._go_on()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            return self._out.read() or None
        return self._out.read()

    def _go_on(self) -> None:
        if not self._shaken:
            self._tls.do_handshake()
            self._shaken = True
        while data := self._tls.read(65_536):
            self.read += data
            self._say()

    def _say(self) -> None:
        if self.answer:
            self._tls.write(self.answer)


def falls_silent(recorder: Recorder, after: int) -> Reply:
    """Sends so many bytes of its first answer, and then nothing more."""
    said: list[bytes] = []

    def reply(data: bytes) -> bytes | None:
        if said:
            return b""
        said.append(recorder(data) or b"")
        return said[0][:after]

    return reply


class Hasty(threading.Thread):
    """A server that takes one connection, sends so many bytes of its first answer and goes away,
    politely or with a reset."""

    def __init__(self, recorder: Recorder, after: int, reset: bool):
        super().__init__(daemon=True)
        self._recorder, self._after, self._reset = recorder, after, reset
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(10)
        self.port = self._server.getsockname()[1]
        self.heard = b""
        self.start()

    def run(self) -> None:
        with self._server, self._server.accept()[0] as peer:
            self.heard = peer.recv(65_536)
            peer.sendall((self._recorder(self.heard) or b"")[: self._after])
            if self._reset:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
