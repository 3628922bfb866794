# What umqtt takes for the socket module and for its socket.  Writes wait for the next read and
# leave together; every wait ends with the one deadline, and nobody can cancel that.
import errno
import socket
from micropython import const

_AGAIN = (errno.EAGAIN, errno.ETIMEDOUT)
_STEP_MS = const(100)  # the port waits in steps of this, and one more than it was asked for


class Wire:
    def __init__(self, limit):
        self._limit = limit
        self._sock = None
        self._out = bytearray()
        self.stage = "name"  # how far we came: name, tcp, login, publish

    # -- the module ---------------------------------------------------------------------------

    def socket(self, *_):
        return self

    def getaddrinfo(self, host, port, *_):
        self.stage = "name"
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)

    # -- the socket ---------------------------------------------------------------------------

    def connect(self, address):
        self.stage = "tcp"
        self._sock = socket.socket()
        self._patience()
        self._sock.connect(address)
        self.stage = "login"

    def write(self, data, size=None):
        self._out.extend(data if size is None else memoryview(data)[:size])
        return len(data) if size is None else size

    def read(self, size):
        """Exactly size bytes, or OSError: ETIMEDOUT at the deadline, ECONNRESET at the end."""
        self.flush()
        data = self._some(size)
        while len(data) < size:
            data += self._some(size - len(data))
        return data

    def flush(self):
        while self._out:
            self._patience()
            try:
                sent = self._sock.write(self._out)
            except OSError as e:
                if e.errno not in _AGAIN:
                    raise
                sent = 0
            self._out = self._out[sent or 0 :]

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
                self._out = bytearray()
            self._sock.close()
            self._sock = None

    def _some(self, size):
        """One byte or more.  Not read(): its patience starts anew with every byte that drips."""
        while True:
            self._patience()
            try:
                data = self._sock.recv(size)
            except OSError as e:
                if e.errno not in _AGAIN:
                    raise
            else:
                if data:
                    return data
                raise OSError(errno.ECONNRESET)

    def _patience(self):
        wait_ms = self._limit.left_ms() - _STEP_MS
        if wait_ms < _STEP_MS:  # with less the port would not wait at all
            raise OSError(errno.ETIMEDOUT)
        self._sock.settimeout(wait_ms / 1000)


def session(wire, cfg, client_id):
    """An MQTT client, logged in over the wire."""
    import umqtt.simple

    umqtt.simple.socket = wire  # type: ignore  # where every version looks its sockets up
    user = cfg.mqtt_user.encode() or None
    password = cfg.mqtt_password.encode()
    client = umqtt.simple.MQTTClient(
        client_id, cfg.mqtt_host, cfg.mqtt_port, user, password, keepalive=60
    )
    client.set_callback(_unasked)
    client.connect()
    return client


def _unasked(topic, message):
    """A broker may send what we never asked for; it must not stop us."""
