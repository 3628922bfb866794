# The address behind a name (RFC 1035), within a deadline: lwIP's own resolver keeps its caller for
# 14 s when nobody answers, and no timeout of a socket shortens that (facts 2.3).
import errno
import network
import os
import socket
import struct
from micropython import const

_PORT = const(53)
_HEAD = const(12)
_TRY_MS = const(1500)  # then the question, or its answer, was lost
_LEAST_MS = const(200)  # with less than two polls of 100 ms the port would not wait at all
_AGAIN = (errno.EAGAIN, errno.ETIMEDOUT)


def look_up(host, limit):
    """The IPv4 address of host as text; OSError where none comes before the deadline."""
    if _is_address(host):
        return host
    server = network.WLAN(network.STA_IF).ifconfig()[3]
    name = b"".join([bytes([len(part)]) + part.encode() for part in host.split(".")])
    query = os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0" + name + b"\0\0\1\0\1"
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        return _asked(sock, (server, _PORT), query, limit)
    finally:
        sock.close()


def _asked(sock, server, query, limit):
    while limit.left_ms() > _LEAST_MS:
        sock.settimeout(min(_TRY_MS, limit.left_ms() - _LEAST_MS // 2) / 1000)
        sock.sendto(query, server)
        try:
            return _read(sock.recv(512), query)
        except OSError as e:
            if e.errno not in _AGAIN:
                raise
    raise OSError(errno.ETIMEDOUT)


def _read(answer, query):
    """The first IPv4 address in an answer to our question."""
    try:
        if answer[:2] != query[:2] or answer[3] & 15:
            raise OSError(errno.ENOENT)
        at = len(query)
        for _ in range(struct.unpack_from("!H", answer, 6)[0]):
            at = _after_name(answer, at)
            kind, _, _, size = struct.unpack_from("!HHIH", answer, at)
            at += 10 + size
            if kind == 1 and size == 4:
                return "%d.%d.%d.%d" % tuple(answer[at - 4 : at])
    except (IndexError, ValueError, TypeError):
        pass  # cut short
    raise OSError(errno.ENOENT)


def _after_name(answer, at):
    while answer[at] and answer[at] < 0xC0:
        at += 1 + answer[at]
    return at + (2 if answer[at] else 1)


def _is_address(host):
    parts = host.split(".")
    return len(parts) == 4 and all([part.isdigit() for part in parts])
