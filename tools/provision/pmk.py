"""The WPA2 key of a network, reckoned once here instead of at every join on every bin."""

from __future__ import annotations

import hashlib

from tools.errors import UserError

_ROUNDS = 4096  # IEEE 802.11-2016 J.4: PBKDF2-SHA1 of passphrase and network name, 256 bits
_HEX = set("0123456789abcdefABCDEF")


def derive(ssid: str, passphrase: str) -> str:
    """64 hex digits for setting wifi_pmk.  Raises UserError without repeating the passphrase."""
    name = ssid.encode()
    if not 1 <= len(name) <= 32:
        raise UserError("The Wi-Fi network's name must have 1 to 32 bytes.")
    if len(passphrase) == 64 and set(passphrase) <= _HEX:
        return passphrase.lower()  # it is the key already
    if not 8 <= len(passphrase) <= 63 or not all(" " <= c <= "~" for c in passphrase):
        raise UserError(
            "The Wi-Fi passphrase must have 8 to 63 characters of ASCII, or 64 hex digits."
        )
    return hashlib.pbkdf2_hmac("sha1", passphrase.encode(), name, _ROUNDS, 32).hex()
