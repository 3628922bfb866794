# The ESP32's espnow: a frame to a neighbour, sent again until it is acknowledged, or in vain.
import errno

import twin

_OK_MS, _OK_SENDS_MS = 2, 0.8  # a short frame and its acknowledgement (bursts of 0.6 ms: A3) ...
# ... and one that nobody acknowledges: the rows espnow_ok and espnow_fail are 26 ms and 7.3 mC
# apart, which is sending for two fifths of that.
_FAIL_MS, _FAIL_SENDS_MS = 28, 11
_ADDRESS = 6
_NOT_FOUND = -12_393  # ESP_ERR_ESPNOW_NOT_FOUND


class ESPNow:
    def __init__(self):
        twin.here()
        self._on = False
        self._peers = []

    def active(self, *flag):
        twin.here()
        if flag:
            if flag[0] and (twin.s.radio is None or not twin.s.radio.on):
                raise OSError("WiFi must be active")
            self._on = bool(flag[0])
        return self._on

    def add_peer(self, mac):
        twin.here()
        if len(mac) != _ADDRESS:
            raise ValueError("ESPNow: bytes or bytearray wrong length")
        self._peers.append(bytes(mac))

    def send(self, mac, msg, sync=True):
        """Is it acknowledged?  Without sync nobody waits to hear."""
        twin.here()
        if not self._on:
            raise OSError(errno.EPERM)
        if bytes(mac) not in self._peers:
            raise OSError(_NOT_FOUND, "ESP_ERR_ESPNOW_NOT_FOUND")
        there = mac.hex() in twin.s.frame["air"].get("peers", ())
        ms, sends_ms = (_OK_MS, _OK_SENDS_MS) if there else (_FAIL_MS, _FAIL_SENDS_MS)
        twin.during("send", int(sends_ms * 1000))
        if sync:
            twin.spend(int((ms - sends_ms) * 1000))
        return there if sync else True
