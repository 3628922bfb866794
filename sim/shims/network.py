# The ESP32's network.WLAN: retries for ever unless told otherwise, keeps showing the last failure
# while it does, raises on a second connect().
from binascii import unhexlify

import twin
import twin_lease
import twin_radio

STA_IF, AP_IF = 0, 1
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 1000, 1001, 1010
STAT_BEACON_TIMEOUT, STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD = 200, 201, 202
STAT_ASSOC_FAIL, STAT_HANDSHAKE_TIMEOUT = 203, 204

_STOP_MS = 10  # active(False) waits for the driver; an estimate
_FIRST_MS = 50  # from connect() to the first thing that is sent; an estimate
_NO_DBM = 1000


class WLAN:
    IF_STA, IF_AP = 0, 1
    PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2
    SEC_OPEN, SEC_WPA2, SEC_WPA_WPA2, SEC_WPA3 = 0, 3, 4, 6

    def __init__(self, interface_id=STA_IF):
        twin.here()
        if interface_id != STA_IF:
            raise OSError("only the station interface is simulated")
        if twin.s.radio is None:
            twin.s.radio = twin_radio.Radio()
        self._r = twin.s.radio

    def active(self, *is_active):
        twin.here()
        r = self._r
        if not is_active:
            return r.on
        if is_active[0] and not r.on:
            twin.s.radio_used = True
            twin.enter("start")
            twin.spend(twin.s.frame["chip"]["start_ms"] * 1000)
            r.on = True
            twin.settle()
        elif r.on and not is_active[0]:
            r.leave()
            twin.enter("leave")
            twin.spend(_STOP_MS * 1000)
            r.on = False
            twin.settle()
        return r.on

    def connect(self, ssid=None, key=None, *, bssid=None):
        """With a name everything told before is forgotten, the channel to begin with, too."""
        twin.here()
        r = self._r
        if not r.on:
            raise OSError("Wifi Not Started")
        if r.busy():
            raise OSError("Wifi Internal State Error")
        if ssid is not None:
            r.asked, r.channel = (ssid, key or "", bssid), None
        if r.asked is None:
            raise OSError("Wifi Invalid Argument")
        r.begin()
        if r.txpower_dbm >= twin.s.fault.get("brownout", _NO_DBM):
            twin.spend(_FIRST_MS * 1000)
            twin.end("brownout", twin.Reset)

    def disconnect(self):
        twin.here()
        if not self._r.on:
            raise OSError("Wifi Not Started")
        self._r.leave()
        twin.settle()

    def isconnected(self):
        twin.here()
        return self._r.state() == STAT_GOT_IP

    def status(self, *param):
        twin.here()
        if not param:
            return self._r.state()
        if param[0] != "rssi":
            raise ValueError("unknown status param")
        joined = self._r.state() == STAT_GOT_IP or self._r.phase == "dhcp"  # with no address yet
        if not joined:
            raise OSError("Wifi Not Connected")
        return twin.s.frame["air"]["rssi_dbm"]

    def config(self, *param, **kw):
        twin.here()
        r = self._r
        if param and kw:
            raise TypeError("either pos or kw args are allowed")
        for key, value in kw.items():
            _configure(r, key, value)
        if param:
            known = {
                "reconnects": r.reconnects,
                "pm": r.pm,
                "mac": b"\0" * 6,
                "channel": _channel(r),
                "txpower": r.txpower_dbm,
            }
            if param[0] not in known:
                raise ValueError("unknown config param")
            return known[param[0]]

    def ifconfig(self, *ip_mask_gateway_dns):
        twin.here()
        r = self._r
        if ip_mask_gateway_dns and ip_mask_gateway_dns[0] == "dhcp":
            r.ask()
        elif ip_mask_gateway_dns:
            r.addresses = ip_mask_gateway_dns[0]
        elif not r.static() and r.state() == STAT_GOT_IP:
            return twin_lease.lent()
        return r.addresses

    def scan(self):
        if not self._r.on:
            raise OSError("STA must be active")
        twin.during("scan", twin_radio.CHANNELS * twin_radio.CHANNEL_MS * 1000)
        air = twin.s.frame["air"]
        one = (air["ssid"].encode(), unhexlify(air["bssid"]), air["channel"], air["rssi_dbm"])
        return [one + (3, False)] if air["ap"] else []


def _configure(r, key, value):
    if key == "reconnects":
        r.reconnects = value
    elif key == "pm":
        r.pm = value
    elif key == "txpower":
        r.txpower_dbm = value
    elif key == "channel":
        r.channel = value
    elif key not in ("hostname", "protocol", "mac"):
        raise ValueError("unknown config param")


def _channel(r):
    """The one it is on, or the one that it was told to begin with."""
    return twin.s.frame["air"]["channel"] if r.state() == STAT_GOT_IP else r.channel or 0


def hostname(*name):
    return None if name else "esp32"


def country(*code):
    return None if code else "XX"
