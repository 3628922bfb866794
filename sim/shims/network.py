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


class _Radio:
    """The one station interface; it outlives WLAN objects."""

    def __init__(self):
        self.on = False
        self.began_ms = None  # when connect() was called
        self.asked = None  # (ssid, key)
        self.reconnects = -1
        self.failure = None
        self.pm = 1
        self.addresses = ("0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0")


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
            r.on = twin.s.radio_on = True
            twin.enter("join")
        elif r.on and not is_active[0]:
            twin.spend(_STOP_MS * 1000)
            r.on, r.began_ms, r.failure = False, None, None
            twin.enter("other")
        return r.on

    def connect(self, ssid=None, key=None, *, bssid=None):
        twin.here()
        if not self._r.on or self._trying():
            raise OSError("Wifi Internal Error")
        self._r.began_ms = _now_ms()
        self._r.asked = (ssid, key)

    def disconnect(self):
        twin.here()
        if not self._r.on:
            raise OSError("Wifi Not Started")
        self._r.began_ms = None

    def isconnected(self):
        twin.here()
        return self._state() == STAT_GOT_IP

    def status(self, *param):
        twin.here()
        if param == ("rssi",):
            if self._state() != STAT_GOT_IP:
                raise OSError("Wifi Not Connected")
            return twin.s.frame["air"]["rssi_dbm"]
        if param:
            raise ValueError("unknown status param")
        return self._state()

    def config(self, *args, **kw):
        twin.here()
        r = self._r
        for key, value in kw.items():
            if key == "reconnects":
                r.reconnects = value
            elif key == "pm":
                r.pm = value
            elif key not in ("txpower", "channel", "hostname", "protocol", "mac"):
                raise ValueError("unknown config param")
        if args:
            return {"reconnects": r.reconnects, "pm": r.pm, "mac": b"\0" * 6}[args[0]]

    def ifconfig(self, *addresses):
        twin.here()
        if not addresses:
            return self._r.addresses
        self._r.addresses = addresses[0]

    def scan(self):
        twin.spend(_SCAN_MS * 1000)
        air = twin.s.frame["air"]
        return (
            [(air["ssid"].encode(), b"\2" * 6, 6, air["rssi_dbm"], 3, False)] if air["ap"] else []
        )

    def _trying(self):
        state = self._state()
        if self._r.began_ms is None or state == STAT_IDLE:
            return False
        return not self._given_up()

    def _static(self):
        return self._r.addresses[0] != "0.0.0.0"

    def _state(self):
        """Where the driver is by now; enters the phase that the time was spent on."""
        r, air = self._r, twin.s.frame["air"]
        if r.began_ms is None:
            return STAT_IDLE
        since_ms = _now_ms() - r.began_ms
        round_ms, failure = self._obstacle(air)
        if failure is not None:
            return failure if since_ms >= round_ms else STAT_CONNECTING
        if since_ms < air["join_ms"]:
            return STAT_CONNECTING
        if since_ms < air["join_ms"] + (0 if self._static() else air["dhcp_ms"]):
            twin.enter("dhcp")
            return STAT_CONNECTING
        if twin.s.phase in ("join", "dhcp"):
            twin.enter("talk")
        return STAT_GOT_IP

    def _obstacle(self, air):
        """(how long one try takes, how it fails) or (0, None)."""
        if not air["ap"] or self._r.asked[0] != air["ssid"]:
            return _SCAN_MS, STAT_NO_AP_FOUND
        if self._r.asked[1] != air["key"]:
            return air["join_ms"] + _REFUSAL_MS, STAT_WRONG_PASSWORD
        return 0, None

    def _given_up(self):
        round_ms, failure = self._obstacle(twin.s.frame["air"])
        tries = 1 + self._r.reconnects
        if failure is None or self._r.reconnects < 0:
            return False
        return _now_ms() - self._r.began_ms >= round_ms * tries


def hostname(*name):
    return None if name else "esp32"


def country(*code):
    return None if code else "XX"
