# A TCP connection of the simulated chip: the computer's own, with the chip's times and with what a
# network does to it.
#
# Not a module of the ESP32.  Faults are found where they happen, in the stream of bytes.  Those
# that look into MQTT packets leave a stream alone that begins with a TLS handshake.
import errno
import struct

import twin

_socket = twin.builtin("socket")
select = twin.builtin("select")  # of the computer: for its sockets

_HANDSHAKE = 22  # first byte of a TLS record that opens a session
_CONNACK, _PUBACK = 0x20, 0x40
_LOOK_INTO = ("connack_refused", "puback_lost", "puback_late", "duplicate_session")
_SICK = _LOOK_INTO + ("broker_silent", "connection_reset", "drip")
_CHUNK = 512
_SOON_MS = 100  # real time in which something may still follow what was swallowed
# What sending takes at 1 Mbit/s: bursts of 0.6 ms for one byte, 2.5 ms for 255 were measured (A3).
# An access point that is near hears faster ones: so, an estimate.
_FRAME_US, _BYTE_US = 600, 8
_SEGMENT = 1440  # lwIP's largest; a shorter one waits while something is not acknowledged (Nagle)


def opened(host, port):
    """The line to a broker: healthy, or with this wake's faults."""
    for kind in _SICK:
        if kind in twin.s.fault:
            return _Sick(host, port, twin.s.fault)
    return _Line(host, port)


def lost_ms():
    """What repetitions cost the next exchange, in milliseconds; mostly nothing."""
    losses = twin.s.fault.get("packet_loss")
    return losses.pop(0) if losses else 0


def sending(size, along=False):
    """So many bytes go out, in frames of their own or along with others; nobody waits for it."""
    frames = 0 if along else max(1, (size + _SEGMENT - 1) // _SEGMENT)
    twin.s.radio.send(frames * _FRAME_US + size * _BYTE_US)


class _Line:
    """due_us: before this nothing that the peer says can be here; at_once: TCP_NODELAY."""

    at_once = False

    def __init__(self, host, port):
        self._sock = _socket.socket()
        self._sock.setsockopt(6, 1, struct.pack("i", 1))  # TCP_NODELAY: our waiting is virtual
        self._sock.connect(_socket.getaddrinfo(host, port)[0][-1])
        self._poll = select.poll()
        self._poll.register(self._sock, select.POLLIN)
        self.due_us = 0
        self._acked_us = 0  # when the peer has acknowledged all that was written
        self._goes_us = 0  # when the last segment that had to wait goes out

    def send(self, buf):
        """How many bytes are under way."""
        s = twin.s
        rtt_us = s.frame["air"]["rtt_ms"] * 1000
        along = False
        if self.at_once or len(buf) >= _SEGMENT or s.up_us >= self._acked_us:
            self._acked_us = max(self._acked_us, s.up_us + rtt_us)
        elif self._goes_us > s.up_us:
            along = True  # with what waits already
        else:
            self._goes_us = self._acked_us
            self._acked_us += rtt_us
        late_ms = lost_ms() + s.frame["net"].get("think_ms", 0)  # the server's time
        self.due_us = max(self.due_us, self._acked_us + late_ms * 1000)
        sent = self._sock.write(buf)
        sending(len(buf), along)
        return sent

    def take(self, size, wall_ms):
        """Up to size bytes, b"" at the end; None where none come within wall_ms of real time."""
        return self._sock.recv(size) if self._poll.poll(wall_ms) else None

    def close(self):
        self._sock.close()


class _Sick(_Line):
    """What the peer says waits in a queue of [when it may be read, bytes]."""

    def __init__(self, host, port, fault):
        super().__init__(host, port)
        self._fault = fault
        self._left = fault.get("connection_reset", twin.NEVER_US)  # bytes until then
        self._looks = None  # into packets?  Known with the first byte that we say
        self._part = b""  # of a packet
        self._queue = []
        self._next_us = 0  # of bytes that drip
        self._over = False  # the peer has ended it, as far as we are told

    def send(self, buf):
        if self._looks is None:
            self._begin(buf[0])
        size, left = len(buf), self._left
        self._spent(min(size, left))
        if not self._over and "broker_silent" not in self._fault:
            super().send(memoryview(buf)[:left] if size > left else buf)
        if size > left:
            raise OSError(errno.ECONNRESET)
        return size

    def take(self, size, wall_ms):
        self._spent(0)
        if "broker_silent" in self._fault:
            return None
        if not self._queue and not self._over:
            self._listen(wall_ms)
        if not self._queue:
            return b"" if self._over else None
        due_us = max(self._queue[0][0], self._next_us)
        if due_us > twin.s.up_us:
            self.due_us = due_us
            return None
        return self._portion(min(size, self._left))

    def _begin(self, first):
        fault = self._fault
        self._looks = first != _HANDSHAKE and any([kind in fault for kind in _LOOK_INTO])
        if self._looks and "connack_refused" in fault:
            self._queue.append([0, bytes((_CONNACK, 2, 0, fault["connack_refused"]))])
            self._hang_up()

    def _spent(self, size):
        """So many bytes are on their way; without a byte left the connection is gone."""
        if not self._left:
            raise OSError(errno.ECONNRESET)
        self._left -= size

    def _hang_up(self):
        self._over = True
        self.close()

    def _listen(self, wall_ms):
        while not self._queue and not self._over:
            data = super().take(_CHUNK, wall_ms)
            if data is None:
                return
            if not data:
                self._over = True
            elif self._looks:
                self._sort(data)
                wall_ms = min(wall_ms, _SOON_MS)
            else:
                self._queue.append([0, data])

    def _sort(self, data):
        """Whole packets into the queue, or to nowhere."""
        self._part += data
        size = _packet_size(self._part)
        while size and len(self._part) >= size and not self._over:
            packet, self._part = self._part[:size], self._part[size:]
            self._packet(packet, packet[0] & 0xF0)
            size = _packet_size(self._part)

    def _packet(self, packet, kind):
        fault, due_us = self._fault, 0
        if kind == _PUBACK:
            if "puback_lost" in fault:
                return
            due_us = twin.s.up_us + int(fault.get("puback_late", 0) * 1_000_000)
        self._queue.append([due_us, packet])
        if kind == _CONNACK and "duplicate_session" in fault:
            self._hang_up()

    def _portion(self, size):
        """What one read gets of what may be read."""
        drip_s = self._fault.get("drip")
        if drip_s:
            size = min(size, 1)
            self._next_us = twin.s.up_us + int(drip_s * 1_000_000)
        self._spent(size)
        first = self._queue[0]
        data, first[1] = first[1][:size], first[1][size:]
        if not first[1]:
            self._queue.pop(0)
        return data


def _packet_size(data):
    """Of the MQTT packet that begins here, with its header; 0 where that cannot be told yet."""
    size = shift = 0
    for i in range(1, min(5, len(data))):
        size |= (data[i] & 0x7F) << shift
        shift += 7
        if not data[i] & 0x80:
            return 1 + i + size
    return 0
