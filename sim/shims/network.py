# The ESP32's network.WLAN: retries for ever unless told otherwise, keeps showing the last failure
# while it does, raises on a second connect().
import twin

STA_IF, AP_IF = 0, 1
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 1000, 1001, 1010
STAT_BEACON_TIMEOUT, STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD = 200, 201, 202
STAT_ASSOC_FAIL, STAT_HANDSHAKE_TIMEOUT = 203, 204

_SCAN_MS = 1560  # 13 channels of 120 ms, ESP-IDF's default active dwell (facts A3)
_REFUSAL_MS = 1500  # from association to the end of a failed 4-way handshake; an estimate
_STOP_MS = 10  # active(False) waits for the driver; an estimate
_FIRST_MS = 50  # from connect() to the first thing that is sent; an estimate
_NO_DBM = 1000
_LEFT = 8  # WIFI_REASON_ASSOC_LEAVE: our own doing counts as a failure too
_NO_ADDRESS = "0.0.0.0"
_FROM_DHCP = ("10.0.0.77", "255.255.255.0", "10.0.0.1", "10.0.0.1")


class _Radio:
    """The one station interface; it outlives WLAN objects, but not deep sleep."""

    def __init__(self):
        self.on = False
        self.began_ms = None  # when connect() was called
        self.asked = None  # (ssid, key)
        self.reconnects = -1
        self.failure = None  # the last one, until an address is there (facts 2.1)
        self.pm = 1
        self.txpower_dbm = 20
        self.addresses = (_NO_ADDRESS,) * 4

    def state(self):
        """Where the driver is by now; enters the phase that the time was spent on."""
        if self.began_ms is not None:
            since_ms, air = _now_ms() - self.began_ms, twin.s.frame["air"]
            round_ms, why = self._obstacle(air)
            if why is None:
                if since_ms >= round_ms:
                    self.failure = None
                    if twin.s.phase in ("join", "dhcp"):
                        twin.enter("talk")
                    return STAT_GOT_IP
                if since_ms >= air["join_ms"]:
                    twin.enter("dhcp")
            elif since_ms >= round_ms:
                self.failure = why
        if self.failure is not None:
            return self.failure
        return STAT_IDLE if self.began_ms is None else STAT_CONNECTING

    def busy(self):
        """Is it connected, or still trying to be?"""
        if self.began_ms is None:
            return False
        round_ms, why = self._obstacle(twin.s.frame["air"])
        if why is None or self.reconnects < 0:
            return True
        return _now_ms() - self.began_ms < round_ms * (1 + self.reconnects)

    def leave(self):
        if self.state() == STAT_GOT_IP:
            self.failure = _LEFT
        self.began_ms = None

    def _obstacle(self, air):
        """(how long one try takes, how it fails or None)"""
        if not air["ap"] or self.asked[0] != air["ssid"]:
            return _SCAN_MS, STAT_NO_AP_FOUND
        if self.asked[1] != air["key"]:
            return air["join_ms"] + _REFUSAL_MS, STAT_WRONG_PASSWORD
        static = self.addresses[0] != _NO_ADDRESS
        return air["join_ms"] + (0 if static else air["dhcp_ms"]), None


def _now_ms():
    return twin.s.up_us // 1000


class WLAN:
    IF_STA, IF_AP = 0, 1
    PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2
    SEC_OPEN, SEC_WPA2, SEC_WPA_WPA2, SEC_WPA3 = 0, 3, 4, 6

    def __init__(self, interface_id=STA_IF):
        twin.here()
        if interface_id != STA_IF:
            raise OSError("only the station interface is simulated")
        if twin.s.radio is None:
            twin.s.radio = _Radio()
        self._r = twin.s.radio

    def active(self, *is_active):
        twin.here()
        r = self._r
        if not is_active:
            return r.on
        if is_active[0] and not r.on:
            r.on = twin.s.radio_used = True
            twin.enter("join")
        elif r.on and not is_active[0]:
            r.leave()
            twin.spend(_STOP_MS * 1000)
            r.on = False
            twin.enter("other")
        return r.on

    def connect(self, ssid=None, key=None, *, bssid=None):
        twin.here()
        if not self._r.on:
            raise OSError("Wifi Not Started")
        if self._r.busy():
            raise OSError("Wifi Internal State Error")
        self._r.began_ms = _now_ms()
        self._r.asked = (ssid, key)
        if self._r.txpower_dbm >= twin.s.fault.get("brownout", _NO_DBM):
            twin.spend(_FIRST_MS * 1000)
            twin.end("brownout", twin.Reset)

    def disconnect(self):
        twin.here()
        if not self._r.on:
            raise OSError("Wifi Not Started")
        self._r.leave()

    def isconnected(self):
        twin.here()
        return self._r.state() == STAT_GOT_IP

    def status(self, *param):
        twin.here()
        if not param:
            return self._r.state()
        if param[0] != "rssi":
            raise ValueError("unknown status param")
        if self._r.state() != STAT_GOT_IP:
            raise OSError("Wifi Not Connected")
        return twin.s.frame["air"]["rssi_dbm"]

    def config(self, *param, **kw):
        twin.here()
        r = self._r
        if param and kw:
            raise TypeError("either pos or kw args are allowed")
        for key, value in kw.items():
            if key == "reconnects":
                r.reconnects = value
            elif key == "pm":
                r.pm = value
            elif key == "txpower":
                r.txpower_dbm = value
            elif key not in ("channel", "hostname", "protocol", "mac"):
                raise ValueError("unknown config param")
        if param:
            known = {"reconnects": r.reconnects, "pm": r.pm, "mac": b"\0" * 6}
            if param[0] not in known:
                raise ValueError("unknown config param")
            return known[param[0]]

    def ifconfig(self, *ip_mask_gateway_dns):
        twin.here()
        if not ip_mask_gateway_dns:
            given = self._r.addresses[0] != _NO_ADDRESS or self._r.state() != STAT_GOT_IP
            return self._r.addresses if given else _FROM_DHCP
        self._r.addresses = ip_mask_gateway_dns[0]

    def scan(self):
        if not self._r.on:
            raise OSError("STA must be active")
        twin.spend(_SCAN_MS * 1000)
        air = twin.s.frame["air"]
        one = (air["ssid"].encode(), b"\2" * 6, 6, air["rssi_dbm"], 3, False)
        return [one] if air["ap"] else []


def hostname(*name):
    return None if name else "esp32"


def country(*code):
    return None if code else "XX"
