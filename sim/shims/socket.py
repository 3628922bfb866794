# The ESP32's sockets over the computer's own: real bytes, virtual waiting, setblocking(True) that
# cancels the timeout.  Names and addresses are the scenario's; the frame says where they lead.
import errno
import io

import twin
import twin_lease
import twin_line
import twin_radio
import twin_servers
import twin_talk

AF_INET, AF_INET6 = 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW = 1, 2, 3
IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IP = 6, 17, 0
SOL_SOCKET, SO_REUSEADDR, SO_BROADCAST, TCP_NODELAY = 0xFFF, 4, 32, 1

_POLL_MS = 100  # the port waits in steps of this (facts 2.3)
_CHUNK = 512
_HANDSHAKE, _CONTENT = 22, 23  # first byte of TLS records: those that open a session, and data
_DHCP_CLIENT = 68
_DATAGRAMS = {53: "dns", 67: "dhcp"}  # by port: what their time is booked as
_TCP_BYTES = 0  # of a packet that says nothing but "hello", "yes" or "bye"


def getaddrinfo(host, port, af=0, type=0, proto=0, flags=0):
    names = twin.s.frame["net"]["names"]
    if not _is_address(host):
        twin_talk.ask_names()
        if host not in names:
            raise OSError(twin_talk.NO_SUCH_NAME)
    return [(AF_INET, type or SOCK_STREAM, 0, "", (names.get(host, host), port))]


def _is_address(host):
    parts = host.split(".")
    return len(parts) == 4 and all([p.isdigit() and int(p) < 256 for p in parts])


class _Stream(io.IOBase):
    """What the interpreter's own TLS can sit on."""

    def ioctl(self, request, arg):
        return 0  # TLS asks to close; whoever opened this socket closes it


class socket(_Stream):
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=IPPROTO_TCP):
        twin.here()
        self._type = type
        self._wait_us = None  # how long one wait lasts; None: for ever
        self._nothing = errno.ETIMEDOUT  # what comes of waiting in vain
        self._line = None
        self._answer = None  # of the time server or the name server ...
        self._answer_us = 0  # ... and when it is here
        self._secured = False  # a TLS handshake has begun on it
        self._at_once = False  # TCP_NODELAY
        self._port = None  # our own, where it matters
        self._phase = "mqtt"  # what its datagrams are for

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
        if level == IPPROTO_TCP and optname == TCP_NODELAY:
            self._at_once = bool(value)
            if self._line is not None:
                self._line.at_once = self._at_once

    def bind(self, address):
        """Port 68 belongs to the driver's own DHCP client, unless the address is a fixed one."""
        twin.here()
        radio = twin.s.radio
        if address[1] == _DHCP_CLIENT and (radio is None or not radio.static()):
            raise OSError(errno.EADDRINUSE)
        self._port = address[1]

    def connect(self, address):
        trip_us, wait_us = twin_talk.trip_ms() * 1000, self._wait_us
        net = twin.s.frame["net"]
        host, port = net["hosts"].get("%s:%d" % address, (None, 0))
        twin_talk.about("tcp")
        twin_line.sending(_TCP_BYTES)
        if twin_lease.barred() or (wait_us is not None and trip_us > wait_us > 0):
            twin_talk.in_vain(wait_us)
            twin_talk.about("mqtt")
            raise OSError(errno.ETIMEDOUT)
        twin.spend(trip_us)
        if not net["up"]:
            twin_talk.about("mqtt")
            raise OSError(errno.ECONNREFUSED)
        if host is None:
            twin_talk.in_vain(wait_us)
            twin_talk.about("mqtt")
            raise OSError(errno.ETIMEDOUT)
        twin_line.sending(_TCP_BYTES)  # its acknowledgement
        twin_talk.about("mqtt")
        self._line = twin_line.opened(host, port)
        self._line.at_once = self._at_once
        twin.s.sockets.append(self)

    def write(self, buf, *size):
        """The port also takes how many bytes of it to send, as umqtt tells it."""
        self._alive()
        if size:
            buf = memoryview(buf)[: size[0]]
        if buf[0] == _HANDSHAKE and buf[1] == 3 and not self._secured:
            self._secured = True
            twin_talk.reckon()
        elif buf[0] == _CONTENT and self._secured:
            twin_talk.about("mqtt")
        return self._line.send(buf)

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
        return self._datagram(), self._from

    def sendto(self, bytes, address):
        twin_talk.on_air(errno.EHOSTUNREACH)
        self._phase = _DATAGRAMS.get(address[1], "mqtt")
        twin_talk.about(self._phase)
        twin_line.sending(len(bytes))
        twin.spend(twin.s.frame["air"]["rtt_ms"] * 1000)
        twin_talk.about("mqtt")
        if not twin_line.lost_ms():
            self._answer, late_us = twin_servers.answered(bytes, address[1], self._port)
            self._answer_us, self._from = twin.s.up_us + late_us, (address[0], address[1])
        return len(bytes)

    def close(self):
        if self._line is not None:
            self._line.close()
            self._line = None
            if not twin.s.ended and twin_radio.on_air():
                twin_line.sending(_TCP_BYTES)

    def _alive(self):
        if self._line is None:
            raise OSError(errno.ENOTCONN)
        twin_talk.on_air(errno.ECONNABORTED)  # without Wi-Fi a connection is soon gone

    def _datagram(self):
        late_us = self._answer_us - twin.s.up_us
        dead = self._answer is None or (self._wait_us is not None and late_us > self._wait_us)
        twin_talk.about(self._phase)
        if dead:
            twin_talk.in_vain(self._wait_us)
        else:
            twin.spend(max(0, late_us))
        twin_talk.about("mqtt")
        if dead:
            raise OSError(self._nothing)
        answer, self._answer = self._answer, None
        return answer

    def _take(self, size):
        """Some bytes, b"" at the end; None where a timeout below 100 ms finds nothing."""
        self._alive()
        line, wait_us = self._line, self._wait_us
        until_us = twin.NEVER_US if wait_us is None else twin.s.up_us + wait_us
        while line.due_us <= until_us:
            twin.spend(max(0, line.due_us - twin.s.up_us))
            data = line.take(size, twin_talk.wall_ms() if wait_us != 0 else 0)
            if data is not None:
                return data
            if line.due_us <= twin.s.up_us:
                break  # nobody knows of anything that comes
        twin_talk.in_vain(None if wait_us is None else until_us - twin.s.up_us)
        if self._nothing == errno.ETIMEDOUT:
            raise OSError(errno.ETIMEDOUT)
        return None
