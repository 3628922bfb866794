"""What each trouble that a node notes (notes.NAMES) means, and what to do about it."""

from __future__ import annotations

ADVICE = {
    "no_ap": "the Wi-Fi network was not found: check wifi_ssid and the signal at this place",
    "bad_key": "the Wi-Fi network refused it: check wifi_key",
    "join": "no address in time: look at the DHCP server, and at the signal",
    "name": "the broker's name was not resolved: check mqtt_host and the DNS",
    "tcp": "nobody listens at the broker: check mqtt_host, mqtt_port and the firewall",
    "login": "the broker refused the login: check mqtt_user and mqtt_password",
    "ack": "the broker did not acknowledge: look at its log",
    "clock": "no usable answer from the time server: check ntp_host and UDP port 123",
    "settings": "stored settings could not be used: write them again",
    "memory": "RTC memory held rubbish: normal once after a new version",
    "crash": "an error in the firmware: report it with the line below",
    "sonar": "readings without a distance: check the sensor, its cable and what hangs before it",
    "reset": "resets that nobody asked for: check supply and contacts",
    "brownout": "the supply gave way while the radio was on: renew the battery, check contacts",
    "flash": "the file system failed or was made anew: replace the board if it comes again",
    "acl": "the broker passes its reports on to nobody: check the broker's ACL",
    "tls": "no TLS handshake: check mqtt_port and the broker's log",
    "tls_expired": "the broker's certificate is over: renew it",
    "tls_early": "the broker's certificate is not valid yet, or the clock is wrong",
    "tls_ca": "the broker's certificate is not from the CA on the device",
    "tls_host": "the broker's certificate is for another name than mqtt_host",
    "tls_plain": "what answered speaks no TLS: check mqtt_port",
    "tls_cut": "the handshake broke off: a network that fails, or a port without TLS",
    "tls_refused": "the broker does not accept the device's certificate, or wants one",
    "tls_psk": "TLS by a shared key needs MicroPython 1.29: use a certificate",
}


def meaning(name: str) -> str:
    """What it is, without what to do about it."""
    return ADVICE[name].partition(":")[0]
