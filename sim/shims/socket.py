# The ESP32's sockets over the computer's own: real bytes, virtual waiting, setblocking(True) that
# cancels the timeout.  Names and addresses are the scenario's; the frame says where they lead.
import errno
import select
import struct
from network import STAT_GOT_IP

import twin

_real = twin.builtin("socket")

AF_INET, AF_INET6 = 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW = 1, 2, 3
IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IP = 6, 17, 0
SOL_SOCKET, SO_REUSEADDR, TCP_NODELAY = 0xFFF, 4, 1

_NO_SUCH_NAME = -202  # EAI_FAIL as lwIP counts
_NTP_PORT = 123
_POLL_MS = 100  # the port waits in steps of this (facts 2.3)
_CHUNK = 512
_WALL_MS = 5000  # what takes longer in the real world never comes in the virtual one


def getaddrinfo(host, port, af=0, type=0, proto=0, flags=0):
    _round_trip()
    names = twin.s.frame["net"]["names"]
    if host not in names and not _is_address(host):
        raise OSError(_NO_SUCH_NAME)
    return [(AF_INET, type or SOCK_STREAM, 0, "", (names.get(host, host), port))]


def _is_address(host):
    parts = host.split(".")
    return len(parts) == 4 and all([p.isdigit() and int(p) < 256 for p in parts])


def _round_trip():
    _on_air(errno.EHOSTUNREACH)
    twin.spend(twin.s.frame["air"]["rtt_ms"] * 1000)


def _on_air(error):
    twin.here()
    radio = twin.s.radio
    if radio is None or not radio.on or radio.state() != STAT_GOT_IP:
        raise OSError(error)


class socket:
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=IPPROTO_TCP):
        twin.here()
        self._type = type
        self._wait_us = None  # how long one wait lasts; None: for ever
        self._nothing = errno.ETIMEDOUT  # what comes of waiting in vain
        self._sock = None
        self._poll = None
        self._due_us = 0  # before this no answer to what was sent can be here
        self._answer = None  # of the time server

    def settimeout(self, value):
        """In whole polls of 100 ms, and one more; with none of them it counts as non-blocking."""
        if value is None:
            self._wait_us = None
            return
        ms = int(value * 1000)
        polls = ms // _POLL_MS
        self._wait_us = (polls + 1) * _POLL_MS * 1000 if ms else 0
        self._nothing = errno.ETIMEDOUT if polls else errno.EAGAIN

    def setblocking(self, value):
        self.settimeout(None if value else 0)

    def setsockopt(self, level, optname, value):
        twin.here()

    def connect(self, address):
        _round_trip()
        net = twin.s.frame["net"]
        if not net["up"]:
            raise OSError(errno.ECONNREFUSED)
        host, port = net["hosts"].get("%s:%d" % address, (None, 0))
        if host is None:
            _in_vain(self._wait_us)
            raise OSError(errno.ETIMEDOUT)
        self._sock = _real.socket()
        twin.s.sockets.append(self)
        self._sock.setsockopt(6, 1, struct.pack("i", 1))  # TCP_NODELAY: our waiting is virtual
        self._sock.connect(_real.getaddrinfo(host, port)[0][-1])
        self._poll = select.poll()
        self._poll.register(self._sock, select.POLLIN)

    def write(self, buf):
        self._alive()
        self._due_us = twin.s.up_us + twin.s.frame["air"]["rtt_ms"] * 1000
        return self._sock.write(buf)

    def send(self, bytes):
        return self.write(bytes)

    def sendall(self, bytes):
        self.write(bytes)

    def read(self, size=-1):
        """Exactly size bytes, fewer at the end; a timeout loses what had come before it.  None, or
        what there is, where a timeout below 100 ms finds nothing."""
        data = b""
        while len(data) != size:
            more = self._take(_CHUNK if size < 0 else size - len(data))
            if more is None:
                return data or None
            if not more:
                break
            data += more
        return data

    def readinto(self, buf, nbytes=-1):
        data = self.read(len(buf) if nbytes < 0 else nbytes)
        if data is not None:
            buf[: len(data)] = data
        return None if data is None else len(data)

    def recv(self, bufsize):
        data = self._take(bufsize) if self._type == SOCK_STREAM else self._datagram()
        if data is None:
            raise OSError(errno.EAGAIN)
        return data

    def recvfrom(self, bufsize):
        return self._datagram(), ("0.0.0.0", _NTP_PORT)

    def sendto(self, bytes, address):
        _round_trip()
        if address[1] == _NTP_PORT and twin.s.frame["net"]["time"]:
            self._answer = _time_answer(bytes)
        return len(bytes)

    def close(self):
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _alive(self):
        if self._sock is None:
            raise OSError(errno.ENOTCONN)
        _on_air(errno.ECONNABORTED)  # without Wi-Fi a connection is soon gone

    def _datagram(self):
        if self._answer is None:
            _in_vain(self._wait_us)
            raise OSError(self._nothing)
        answer, self._answer = self._answer, None
        return answer

    def _take(self, size):
        """Some bytes, b"" at the end; None where a timeout below 100 ms finds nothing."""
        self._alive()
        early_us, wait_us = max(0, self._due_us - twin.s.up_us), self._wait_us
        if wait_us is None or early_us <= wait_us:
            twin.spend(early_us)
            if self._poll.poll(_wall_ms() if wait_us != 0 else 0):
                return self._sock.recv(size)
            wait_us = None if wait_us is None else wait_us - early_us
        _in_vain(wait_us)
        if self._nothing == errno.ETIMEDOUT:
            raise OSError(errno.ETIMEDOUT)
        return None


def _in_vain(wait_us):
    """Nothing comes as long as the caller is patient; the watchdog may be less so."""
    if wait_us is None and twin.s.bite_us == twin.NEVER_US:
        twin.end("hung", twin.Reset)  # awake for ever: no timeout, no watchdog
    twin.spend(twin.NEVER_US if wait_us is None else wait_us)


def _wall_ms():
    return twin.s.frame["net"].get("wall_ms", _WALL_MS)


def _time_answer(query):
    """RFC 4330: what a healthy stratum 2 server says, by the scenario's true time."""
    answer = bytearray(48)
    answer[0], answer[1] = 0x1C, 2
    answer[24:32] = query[40:48]
    true_us = twin.s.frame["true_ms"] * 1000 + twin.s.up_us
    struct.pack_into("!II", answer, 40, true_us // 1_000_000 + 2_208_988_800, 0)
    return bytes(answer)
