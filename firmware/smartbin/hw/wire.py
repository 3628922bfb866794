# What umqtt takes for the socket module and for its socket.  Writes wait for the next read and
# leave together; every wait ends with the one deadline, and nobody can cancel that.
import errno
import io
from micropython import const

_AGAIN = (errno.EAGAIN, errno.ETIMEDOUT)
_MOST = const(8192)  # twice the longest report; who sends more is no broker of ours
_HEARD = const(2)  # the retained report and our own; the rest is not for us
_KEYS_MS = const(1000)  # of a handshake are arithmetic that nothing can cut short (facts A4)
_PACKET = const(1024)  # what waits is at most so much; what is more goes at once, uncopied
_STEP_MS = const(100)  # the port waits in steps of this, and one more than it was asked for


class Wire:
    def __init__(self, limit, reach, secured=None):
        self._limit = limit
        self._reach = reach  # callable(tell) -> a connected socket; tell(stage)
        self._secured = secured  # callable(socket) -> the socket in TLS, or None
        self._raw = None
        self._sock = None
        self._out = bytearray()
        self._waits = 0  # so many bytes in it
        self.stage = "name"  # how far we came: name, tcp, login, publish

    # -- the module ---------------------------------------------------------------------------

    def socket(self, *_):
        return self

    def getaddrinfo(self, host, port, *_):
        return [(0, 0, 0, "", (host, port))]  # reach() knows where that is

    # -- the socket ---------------------------------------------------------------------------

    def connect(self, _):
        reach, secured = self._reach, self._secured
        self._reach = self._secured = None  # umqtt keeps us, and we would keep the whole link
        self._out = bytearray(_PACKET)  # once: to let it grow takes more room, in larger pieces
        self._raw = self._sock = reach(self._tell)  # type: ignore
        if secured is not None:
            self.stage = "tls"
            self._sock = secured(_Stream(self._raw, self._patience))
        self.stage = "login"

    def _tell(self, stage):
        self.stage = stage

    def write(self, data, size=None):
        data = memoryview(data)[:size]
        fits, at = min(len(data), _PACKET - self._waits), self._waits
        self._out[at : at + fits] = data[:fits]
        self._waits += fits
        if fits < len(data):
            self.flush()
            self._send(data[fits:])
        return len(data)

    def read(self, size):
        """Exactly size bytes, or OSError: ETIMEDOUT at the deadline, ECONNRESET at the end.

        A length that the peer made up is refused: at most _MOST bytes, none where it is negative.
        """
        if size > _MOST:
            raise OSError(errno.ENOMEM)
        self.flush()
        data = b""
        while len(data) < size:
            data += self._some(size - len(data))
        return data

    def flush(self):
        waits, self._waits = self._waits, 0
        self._send(memoryview(self._out)[:waits])

    def _send(self, data):
        while data:
            self._patience()
            try:
                sent = self._sock.write(data)
            except OSError as e:
                if e.errno not in _AGAIN:
                    raise
                sent = 0
            data = data[sent or 0 :]

    def hurry(self, ms):
        """From now on the deadline is at most this far away."""
        self._limit = self._limit.within(ms)

    def setblocking(self, _):
        pass  # on the ESP32 this would cancel the timeout (facts 12.2)

    def settimeout(self, _):
        pass

    def close(self):
        """Say what is left to say, if the peer takes it at once, and let go."""
        if self._sock is not None:
            try:
                self.flush()
            except OSError:
                pass
            self._sock.close()
            self._raw.close()
            self._sock = self._raw = None

    def _some(self, size):
        """One byte or more.  Not read(): its patience starts anew with every byte that drips."""
        while True:
            self._patience()
            try:
                data = self._take(size)
            except OSError as e:
                if e.errno not in _AGAIN:
                    raise
            else:
                if data:
                    return data
                if data is not None:
                    raise OSError(errno.ECONNRESET)

    def _take(self, size):
        """A TLS socket knows read() only."""
        return self._sock.recv(size) if self._sock is self._raw else self._sock.read(size)

    def _patience(self):
        wait_ms = self._limit.left_ms() - _STEP_MS
        if self.stage == "tls":
            wait_ms -= _KEYS_MS
        if wait_ms < _STEP_MS:  # with less the port would not wait at all
            raise OSError(errno.ETIMEDOUT)
        self._raw.settimeout(wait_ms / 1000)


class _Stream(io.IOBase):
    """The socket as TLS takes it: a handshake, too, ends with the one deadline, however it drips.

    The interpreter wants errors as negative numbers here.
    """

    def __init__(self, raw, patience):
        self._raw = raw
        self._patience = patience

    def readinto(self, buf):
        return self._bounded(self._read, buf)

    def write(self, buf):
        return self._bounded(self._raw.send, buf)

    def ioctl(self, _request, _argument):
        return 0  # TLS asks to close; whoever opened this socket closes it

    def _read(self, buf):
        data = self._raw.recv(len(buf))
        buf[: len(data)] = data
        return len(data)

    def _bounded(self, step, buf):
        try:
            self._patience()
            return step(buf)
        except OSError as e:
            return -(e.errno or errno.EIO)


def session(wire, cfg, client_id):
    """An MQTT client, logged in over the wire, and the list of the last things that it heard."""
    import umqtt.simple

    umqtt.simple.socket = wire  # type: ignore  # where every version looks its sockets up
    user = cfg.mqtt_user.encode() or None
    password = cfg.mqtt_password.encode()
    client = umqtt.simple.MQTTClient(
        client_id, cfg.mqtt_host, cfg.mqtt_port, user, password, keepalive=60
    )
    heard = []

    def hear(_, message):
        heard.append(message)
        del heard[:-_HEARD]

    client.set_callback(hear)
    client.connect()
    return client, heard
