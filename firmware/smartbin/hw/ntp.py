# One question to a time server (RFC 4330): seconds since 2000.
import os
import socket
import struct
import time
from micropython import const

from smartbin.deadline import Deadline
from smartbin.hw import names

_LEAST_MS = const(100)  # with less the port would not wait at all
_SIZE = const(48)
_1900_TO_2000 = const(3_155_673_600)
_ERA = const(4_294_967_296)


def ask(host, timeout_ms):
    """Seconds since 2000.  OSError where no answer comes, or none from a server in good health."""
    query = bytearray(_SIZE)
    query[0] = 0x1B  # version 3, client
    nonce = os.urandom(8)
    query[40:48] = nonce  # comes back as the originate stamp: an answer to us and to nobody else
    limit = Deadline(time, timeout_ms)
    server = names.look_up(host, limit)
    address = socket.getaddrinfo(server, 123, 0, socket.SOCK_DGRAM)[0][-1]
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.settimeout(max(_LEAST_MS, limit.left_ms()) / 1000)
        sock.sendto(query, address)
        return _read(sock.recv(_SIZE), nonce)
    finally:
        sock.close()


def _read(answer, nonce):
    if len(answer) < _SIZE or answer[24:32] != nonce:
        raise OSError("not an answer to our question")
    if answer[0] & 7 != 4 or answer[0] >> 6 == 3 or not 1 <= answer[1] <= 15:
        raise OSError("the server does not know the time")  # also the kiss of death, stratum 0
    at_s = struct.unpack_from("!I", answer, 40)[0] - _1900_TO_2000
    return at_s if at_s >= 0 else at_s + _ERA  # the count starts again in February 2036
