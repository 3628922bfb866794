# Wi-Fi, joined with all that spares time and charge; where that fails, in the same wake without.
import network
import time
from binascii import unhexlify
from micropython import const

from smartbin.deadline import Deadline
from smartbin.errors import LinkError
from smartbin.hw import lease

_POLL_MS = const(10)
_RETRIES = const(2)  # the driver's own; unbounded it would retry for ever at full power
_SURE_MS = const(3000)  # status() shows an old failure while it is still trying
_LEAST_MS = const(1000)  # with less left a second attempt is not begun
_CAREFUL = const(20)  # sessions that do without what failed once
# How network.WLAN.status() says that we are not wanted: (names differ from chip to chip)
_REFUSED = (202, 204, 15)  # authentication, handshake and 4-way handshake failures
_LEFT = const(8)  # our own disconnect(), which counts as a failure, too
_FULL_DBM, _STEP_DBM, _LOWEST_DBM = const(20), const(3), const(8)
_SOFTEST_DBM = const(2)  # the driver knows nothing lower
NEEDED_DBM = const(-88)  # an access point hears us down to this; an estimate
_NO_ADDRESS = "0.0.0.0"


class Station:
    reused = False  # is our address that of last time?

    def __init__(self, cfg, net, limit, raw_s, browned=0):
        self._cfg = cfg
        self._net = net
        self._limit = limit
        self._raw_s = raw_s  # callable() -> what the chip's clock says
        self._most_dbm = max(_LOWEST_DBM, _FULL_DBM - _STEP_DBM * browned)
        self._dbm = _FULL_DBM  # as the driver starts
        self._wlan = None

    def join(self):
        """On, joined, with an address; LinkError or OSError otherwise.  RSSI in dBm."""
        net = self._net
        wlan = self._wlan = network.WLAN(network.STA_IF)
        wlan.active(False)  # a soft reset leaves it running, and connect() then raises
        wlan.active(True)
        self._settle_addresses()
        if self._sparing():
            if not self._attempt(0, self._cfg.wifi_pmk, self._cfg.wifi_bssid, self._power_dbm()):
                net.careful = 1
                self._attempt(_RETRIES, "", "", self._most_dbm)
                net.careful = _CAREFUL
        else:
            self._attempt(_RETRIES, "", "", self._most_dbm)
            net.careful = max(0, net.careful - 1)
        net.channel = wlan.config("channel")
        net.rssi_dbm = max(-128, wlan.status("rssi"))
        self._keep_address()
        return net.rssi_dbm

    def anew(self):
        """Our address is not to be trusted: another one from DHCP, without joining again."""
        self.reused = False
        self._net.homeless()
        self._wlan.ifconfig("dhcp")  # type: ignore  # the stubs know of addresses only
        while self._wlan.ifconfig()[0] == _NO_ADDRESS or not self._wlan.isconnected():
            self._in_time(self._wlan.status())
            time.sleep_ms(_POLL_MS)
        self._keep_address()

    def off(self):
        if self._wlan is None:
            return
        try:
            self._wlan.disconnect()
        except OSError:
            pass  # was not connected
        self._wlan.active(False)

    def _settle_addresses(self):
        """Before joining: the address of last time, where it may be used."""
        found = lease.again(self._cfg, self._net, self._raw_s())
        if found:
            self._wlan.ifconfig(found)
            self.reused = True

    def _keep_address(self):
        """After joining: ask where that is due, remember what is new."""
        cfg, net, raw_s = self._cfg, self._net, self._raw_s()
        if not self.reused:
            if cfg.lease_s:
                net.got(self._wlan.ifconfig(), raw_s)
        elif lease.due(cfg, net, raw_s):
            ours = lease.renewed(self._wlan, net, raw_s, self._limit)
            if ours is None and net.lease_s:
                return  # half of it is left: the next session asks again
            if not ours:
                self.anew()

    def _sparing(self):
        """Is there anything in use that an access point may not like?"""
        if self._net.careful:
            return False
        return self._cfg.wifi_pmk or self._cfg.wifi_bssid or self._power_dbm() < self._most_dbm

    def _power_dbm(self):
        """As much less than full power as the signal of last time was better than it must be."""
        net, margin_db = self._net, self._cfg.tx_margin_db
        spare_db = net.rssi_dbm - NEEDED_DBM - margin_db
        if not margin_db or not net.rssi_dbm or spare_db <= 0:
            return self._most_dbm
        return max(_SOFTEST_DBM, min(self._most_dbm, _FULL_DBM - spare_db))

    def _attempt(self, retries, pmk, bssid, dbm):
        """Joined?  LinkError at the deadline; where there are retries, also after them."""
        wlan = self._wlan
        wlan.config(reconnects=retries)
        if dbm != self._dbm:
            wlan.config(txpower=dbm)
            self._dbm = dbm
        self._connect(pmk or self._cfg.wifi_key or self._cfg.wifi_pmk, bssid)
        failing = None
        while not wlan.isconnected():
            status = wlan.status()
            failing = self._watch(status, failing)
            if failing and not retries and self._limit.left_ms() > _LEAST_MS:
                return self._again()
            time.sleep_ms(_POLL_MS)
        return True

    def _again(self):
        """Ready for another attempt."""
        try:
            self._wlan.disconnect()
        except OSError:
            pass  # was not connected
        return False

    def _connect(self, key, bssid):
        wlan, cfg, net = self._wlan, self._cfg, self._net
        if bssid:
            wlan.connect(cfg.wifi_ssid, key, bssid=unhexlify(bssid))
        else:
            wlan.connect(cfg.wifi_ssid, key)
        if cfg.hint and net.channel and not net.careful:
            # connect() wipes the channel, and without arguments it leaves all as it is (facts 2.1)
            wlan.disconnect()
            wlan.config(channel=net.channel)
            wlan.connect()

    def _watch(self, status, failing):
        """Give up at the deadline, or when the driver has shown a failure for long enough."""
        self._in_time(status)
        if status in (network.STAT_CONNECTING, network.STAT_IDLE, network.STAT_GOT_IP, _LEFT):
            return None
        if failing is None:
            return Deadline(time, _SURE_MS)
        if not failing.left_ms():
            raise LinkError("join", _why_not(status), self._limit.spent_ms())
        return failing

    def _in_time(self, status):
        if not self._limit.left_ms():
            raise LinkError("join", _why_not(status), self._limit.spent_ms())


def _why_not(status):
    if status == network.STAT_NO_AP_FOUND:
        return "no_ap"
    return "bad_key" if status in _REFUSED else "join"
