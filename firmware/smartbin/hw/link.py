# Wi-Fi and broker as one with-block under one deadline; a publish returns when it is acknowledged.
import gc
from binascii import unhexlify
from micropython import const

from smartbin.errors import LinkError
from smartbin.hw import ntp, reach, secure
from smartbin.hw.join import Station
from smartbin.hw.net import NOWHERE, Net
from smartbin.hw.wire import Wire, session

_NTP_MS = const(1500)
_WHY = {"name": "name", "tcp": "tcp", "tls": "tls", "login": "login", "publish": "ack"}
_ECHO_MS = const(3000)  # our own report comes back within this, or the broker swallows it


class Link:
    rssi_dbm = None
    _kind = Station

    def __init__(self, cfg, up, mem, node):
        self._cfg = cfg
        self._up = up
        self._mem = mem
        self._node = node
        self.net = Net(mem.net, cfg)
        self._limit = None
        self._station = None
        self._mqtt = None
        self._wire = None
        self._heard = None

    def __enter__(self):
        limit = self._limit = self._up.within(self._cfg.link_ms)
        browned = self._mem.browned  # supplies that gave way: each one costs the transmitter 3 dB
        self._station = self._kind(self._cfg, self.net, limit, self._node.raw_s, browned)
        try:
            self.rssi_dbm = self._station.join()
        except OSError as e:  # the driver may raise anywhere: no memory, a state of its own
            self._off()
            raise LinkError("join", "join", limit.spent_ms(), e)
        except BaseException:
            self._off()  # nobody else will: __exit__ is not called when __enter__ raises
            raise
        self._book()
        gc.collect()  # what joining needed is in the way of the message
        return self

    def __exit__(self, *exc):
        try:
            if self._mqtt is not None and exc[0] is None:
                self._mqtt.disconnect()
            elif self._wire is not None:
                self._wire.close()
        except OSError:
            pass  # all that mattered has been acknowledged
        finally:
            self._off(exc[0] is not None or self._cfg.leave)
        return False

    def left_ms(self):
        return self._limit.left_ms()

    def network_time_s(self):
        """Seconds since 2000 from the time server."""
        try:
            return ntp.ask(self._cfg.ntp_host, min(_NTP_MS, self._limit.left_ms()))
        except OSError as e:
            raise LinkError("clock", "clock", self._limit.spent_ms(), e)

    def publish(self, topic, payload, retained, confirmed):
        """Returns when the broker has acknowledged; LinkError otherwise.

        confirmed: hear it back, too.  MQTT 3.1.1 acknowledges what an access list forbids.
        """
        try:
            if self._mqtt is None:
                self._login()
            self._wire.stage = "publish"
            if confirmed:
                self._mqtt.subscribe(topic, 1)
            self._mqtt.publish(topic, payload, retained, 1)
        except LinkError:  # DHCP, once more, in vain
            raise
        except Exception as e:  # umqtt raises what comes: OSError, AssertionError, IndexError ...
            self.net.broker = NOWHERE  # somebody else may live there now
            stage = self._wire.stage
            raise LinkError(stage, _why(stage, e), self._limit.spent_ms(), e)
        if confirmed:
            self._confirm(payload)

    def _login(self):
        cfg = self._cfg
        self._wire = Wire(self._limit, self._reached, self._secured if cfg.mqtt_tls else None)
        self._mqtt, self._heard = session(self._wire, cfg, cfg.bin_id.encode())

    def _reached(self, tell):
        return reach.broker(
            self._cfg, self.net, self._station, self._limit, self._node.raw_s(), tell
        )

    def _secured(self, stream):
        cfg = self._cfg
        if cfg.mqtt_psk:
            return secure.shared(stream, cfg.mqtt_user or cfg.bin_id, unhexlify(cfg.mqtt_psk))
        return secure.wrap(stream, cfg.mqtt_host, self._node.shelf.papers())

    def _confirm(self, payload):
        self._wire.hurry(_ECHO_MS)
        try:
            while payload not in self._heard:
                self._mqtt.wait_msg()
        except Exception as e:
            raise LinkError("publish", "acl", self._limit.spent_ms(), e)

    def _off(self, leave=True):
        """leave: an access point that is not told holds the session, and the next join waits."""
        self._mem.net = self.net.pack()
        if leave:
            self._station.off()
        self._book()

    def _book(self):
        """The charge so far, for the report or for the one after it."""
        meter = self._node.meter
        meter.radio_ms = self._limit.spent_ms()
        meter.book(self._mem, self._up.spent_ms(), self._node.raw_s())


def _why(stage, error):
    if stage == "publish" and type(error).__name__ == "MQTTException":
        return "acl"  # so late only a refused subscription raises it
    return secure.why(error) or _WHY[stage]
