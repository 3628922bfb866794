"""A TCP server on a free port of this computer that answers as a test wants it to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

Reply = Callable[[bytes], "bytes | None"]

CONNACK, PUBACK = b"\x20\x02\0\0", b"\x40\x02"


def mqtt(
    connect: Reply | bytes = CONNACK,
    publish: Reply | bytes | None = None,
    subscribe: Reply | bytes = b"",
) -> Reply:
    """A broker, by what it answers to CONNECT, PUBLISH and SUBSCRIBE: bytes, or a function of the
    packet; by default the right thing, and silence for SUBSCRIBE."""
    answers = {1: connect, 3: puback if publish is None else publish, 8: subscribe, 14: b""}

    def reply(packet: bytes) -> bytes | None:
        answer = answers[packet[0] >> 4]
        return answer(packet) if callable(answer) else answer

    return reply


def hang_up(packet: bytes) -> None:
    """The reply that ends the connection."""


def puback(packet: bytes) -> bytes:
    """What acknowledges a short PUBLISH of QoS 1."""
    topic = packet[3]
    return PUBACK + packet[4 + topic : 6 + topic]


class Listener(threading.Thread):
    """Accepts until it is closed; reply(data) is what it sends back, None hangs up."""

    def __init__(self, reply: Reply):
        super().__init__(daemon=True)
        self._reply = reply
        self._server = socket.create_server(("127.0.0.1", 0))
        self._peers: list[socket.socket] = []
        self.port = self._server.getsockname()[1]
        self.heard: list[bytes] = []  # what came, in the pieces in which it came
        self.ended = threading.Event()  # a peer has closed its end
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):  # closed under us: the test is over
            while True:
                peer = self._server.accept()[0]
                self._peers.append(peer)
                self._talk(peer)

    def close(self) -> None:
        # A listening socket that is only closed would leave accept() waiting.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        for one in [self._server, *self._peers]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.join(10)
        for late in self._peers:  # accepted while we closed the others
            late.close()

    def _talk(self, peer: socket.socket) -> None:
        while data := peer.recv(65_536):
            self.heard.append(data)
            answer = self._reply(data)
            if answer is None:
                peer.close()
                return
            peer.sendall(answer)
        self.ended.set()
