# Wi-Fi and broker as one with-block under one deadline; a publish returns when it is acknowledged.
import network
import time
from micropython import const

from smartbin.deadline import Deadline
from smartbin.errors import LinkError
from smartbin.hw import ntp, secure
from smartbin.hw.wire import Wire, session

_POLL_MS = const(20)
_RETRIES = const(2)  # the driver's own; unbounded it would retry for ever at full power
_SURE_MS = const(3000)  # status() shows an old failure while it is still trying
_NTP_MS = const(1500)
# How network.WLAN.status() says that we are not wanted: (names differ from chip to chip)
_REFUSED = (202, 204, 15)  # authentication, handshake and 4-way handshake failures
_WHY = {"name": "name", "tcp": "tcp", "tls": "tls", "login": "login", "publish": "ack"}
_ECHO_MS = const(3000)  # our own report comes back within this, or the broker swallows it
_FULL_DBM, _STEP_DBM, _LOWEST_DBM = const(20), const(3), const(8)


class Link:
    def __init__(self, cfg, up, client_id, papers, browned=0):
        self._cfg = cfg
        self._papers = papers  # callable() -> what TLS needs: see secure.wrap
        self._browned = browned  # supplies that gave way: each one costs the transmitter 3 dB
        self._up = up
        self._client_id = client_id
        self._limit = None
        self._wlan = None
        self._mqtt = None
        self._wire = None
        self._heard = None
        self.rssi_dbm = None

    def __enter__(self):
        self._limit = self._up.within(self._cfg.link_ms)
        try:
            self._join()
        except OSError as e:  # the driver may raise anywhere: no memory, a state of its own
            self._off()
            raise LinkError("join", "join", self._limit.spent_ms(), e)
        except BaseException:
            self._off()  # nobody else will: __exit__ is not called when __enter__ raises
            raise
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
            self._off()
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
        except Exception as e:  # umqtt raises what comes: OSError, AssertionError, IndexError ...
            stage = self._wire.stage
            raise LinkError(stage, _why(stage, e), self._limit.spent_ms(), e)
        if confirmed:
            self._confirm(payload)

    def _login(self):
        cfg = self._cfg
        self._wire = Wire(self._limit, self._secured if cfg.mqtt_tls else None)
        self._mqtt, self._heard = session(self._wire, cfg, self._client_id)

    def _secured(self, stream):
        return secure.wrap(stream, self._cfg.mqtt_host, self._papers())

    def _confirm(self, payload):
        self._wire.hurry(_ECHO_MS)
        try:
            while payload not in self._heard:
                self._mqtt.wait_msg()
        except Exception as e:
            raise LinkError("publish", "acl", self._limit.spent_ms(), e)

    def _join(self):
        wlan = self._wlan = network.WLAN(network.STA_IF)
        wlan.active(False)  # a soft reset leaves it running, and connect() then raises
        wlan.active(True)
        wlan.config(reconnects=_RETRIES)
        if self._browned:
            wlan.config(txpower=max(_LOWEST_DBM, _FULL_DBM - _STEP_DBM * self._browned))
        wlan.connect(self._cfg.wifi_ssid, self._cfg.wifi_key)
        failing = None
        while not wlan.isconnected():
            failing = self._watch(wlan.status(), failing)
            time.sleep_ms(_POLL_MS)
        self.rssi_dbm = wlan.status("rssi")

    def _watch(self, status, failing):
        """Give up at the deadline, or when the driver has shown a failure for long enough."""
        if not self._limit.left_ms():
            raise LinkError("join", _why_not(status), self._limit.spent_ms())
        if status in (network.STAT_CONNECTING, network.STAT_IDLE, network.STAT_GOT_IP):
            return None
        if failing is None:
            return Deadline(time, _SURE_MS)
        if not failing.left_ms():
            raise LinkError("join", _why_not(status), self._limit.spent_ms())
        return failing

    def _off(self):
        if self._wlan is None:
            return
        try:
            self._wlan.disconnect()
        except OSError:
            pass  # was not connected
        self._wlan.active(False)


def _why(stage, error):
    if stage == "publish" and type(error).__name__ == "MQTTException":
        return "acl"  # so late only a refused subscription raises it
    return secure.why(error) or _WHY[stage]


def _why_not(status):
    if status == network.STAT_NO_AP_FOUND:
        return "no_ap"
    return "bad_key" if status in _REFUSED else "join"
