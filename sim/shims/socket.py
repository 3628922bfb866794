# The ESP32's sockets over the computer's own: real bytes, virtual waiting, setblocking(True) that
# cancels the timeout.  Names and addresses are the scenario's; the frame says where they lead.
import errno
import select
import struct

import twin

_real = twin.builtin("socket")

AF_INET, AF_INET6 = 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW = 1, 2, 3
IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IP = 6, 17, 0
SOL_SOCKET, SO_REUSEADDR, TCP_NODELAY = 0xFFF, 4, 1

_NO_SUCH_NAME = -202  # EAI_FAIL as lwIP counts
_WALL_MS = 5000  # an answer that takes longer in the real world never comes in the virtual one
_NTP_PORT = 123
_FOR_EVER_US = 1 << 40


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
    radio = twin.s.radio
    if radio is None or not radio.on or twin.s.phase != "talk":
        raise OSError(errno.EHOSTUNREACH)
    twin.spend(twin.s.frame["air"]["rtt_ms"] * 1000)


class socket:
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=0):
        twin.here()
        self._type = type
        self._timeout_us = _FOR_EVER_US
        self._sock = None
        self._poll = None
        self._asked = False  # something was sent that an answer may follow
        self._answer = None  # of the time server

    def settimeout(self, value):
        self._timeout_us = _FOR_EVER_US if value is None else int(value * 10) * 100_000

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
            self._wait_in_vain(errno.EHOSTUNREACH)
        self._sock = _real.socket()
        self._sock.setsockopt(6, 1, struct.pack("i", 1))  # TCP_NODELAY: our waiting is virtual
        self._sock.connect(_real.getaddrinfo(host, port)[0][-1])
        self._poll = select.poll()
        self._poll.register(self._sock, select.POLLIN)

    def write(self, buf):
        twin.here()
        self._asked = True
        return self._sock.write(buf)

    def send(self, data):
        return self.write(data)

    def sendall(self, data):
        self.write(data)

    def read(self, size=-1):
        """Up to size bytes; b"" at the end; None where a timeout of 0 finds nothing."""
        return self._take(size, True)

    def recv(self, bufsize):
        return self._take(bufsize, False) if self._type == SOCK_STREAM else self._datagram()

    def readinto(self, buf, nbytes=-1):
        data = self.read(len(buf) if nbytes < 0 else nbytes)
        if data is not None:
            buf[: len(data)] = data
        return None if data is None else len(data)

    def sendto(self, data, address):
        _round_trip()
        if address[1] == _NTP_PORT and twin.s.frame["net"]["time"]:
            self._answer = _time_answer(data)
        return len(data)

    def recvfrom(self, bufsize):
        return self._datagram(), ("0.0.0.0", _NTP_PORT)

    def close(self):
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _datagram(self):
        if self._answer is None:
            self._wait_in_vain(errno.ETIMEDOUT)
        answer, self._answer = self._answer, None
        return answer

    def _take(self, size, whole):
        twin.here()
        if self._asked:
            twin.spend(twin.s.frame["air"]["rtt_ms"] * 1000)
            self._asked = False
        if not self._poll.poll(_WALL_MS if self._timeout_us else 0):
            if not self._timeout_us:
                return None
            self._wait_in_vain(errno.ETIMEDOUT)
        return self._sock.recv(size) if not whole else self._sock.read(size)

    def _wait_in_vain(self, error):
        """Nothing will come: as long as the caller is patient; the watchdog may be less so."""
        step_us = 100_000
        left_us = self._timeout_us
        while left_us > 0:
            twin.spend(min(step_us, left_us))
            left_us -= step_us
            if left_us > 3_600_000_000 and twin.s.wdt_ms is None:
                twin.end("hung", twin.Reset)  # awake for ever: no timeout, no watchdog
        raise OSError(error)


def _time_answer(query):
    """RFC 4330: what a healthy stratum 2 server says, by the scenario's true time."""
    answer = bytearray(48)
    answer[0], answer[1] = 0x1C, 2
    answer[24:32] = query[40:48]
    true_us = twin.s.frame["true_ms"] * 1000 + twin.s.up_us
    struct.pack_into("!II", answer, 40, true_us // 1_000_000 + 2_208_988_800, 0)
    return bytes(answer)
