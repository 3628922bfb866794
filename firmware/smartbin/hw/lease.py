# Our address: that of last time as long as it is ours, or a new one from the driver's own DHCP.
#
# The driver gives an address and does not say for how long.  So the session after it asks (RFC
# 2131, 4.4.5, REBINDING: a broadcast from the address itself), and half of what is granted may
# pass before the next question.  An address is never used beyond that without an answer.
# Untried on hardware: that port 68 is free while the driver has a static address.
import os
import socket
import struct
from micropython import const

from smartbin.hw.net import shown

_SERVER = ("255.255.255.255", 67)
_OUR_PORT = const(68)
_WAIT_MS = const(800)  # for one answer; a server in the same network takes milliseconds
_TRIES = const(2)
_MUTE = const(30)  # sessions in which nobody is asked who did not answer when he was
_UNTOLD_S = const(86_400)  # how long an address is worth the question that nobody said it is ours
_LONGEST_S = const(0x3FFF_FFFF)
_COOKIE = b"\x63\x82\x53\x63"
_HEAD, _OPTIONS_AT, _SIZE = const(28), const(240), const(300)  # 300: the least of BOOTP
_TYPE, _LEASE, _CLIENT, _WISHES, _END = const(53), const(51), const(61), const(55), const(255)
_REQUEST, _ACK, _NAK = const(3), const(5), const(6)
_PLACES = ((1, 1), (3, 2), (6, 3))  # option -> its place in the addresses: mask, gateway, names


def again(cfg, net, raw_s):
    """The addresses of last time as text where they may be used or asked for, or None."""
    if not cfg.lease_s or not net.asked_s:
        return None
    if net.mute:
        net.mute -= 1
        return None
    if not 0 <= raw_s - net.asked_s < _safe_s(net):
        return None
    own, mask, gateway, names = net.addresses
    return shown(own), shown(mask), shown(gateway), shown(names)


def due(cfg, net, raw_s):
    """Is it time to ask whether the address is still ours?"""
    return raw_s - net.asked_s >= min(net.lease_s // 2, cfg.lease_s)


def renewed(wlan, net, raw_s, limit):
    """Did the server say that the address is ours?  None: it said nothing."""
    try:
        granted_s = _asked(wlan.config("mac"), net, limit)
    except OSError:  # nobody answered, or port 68 is not to be had
        if not net.lease_s:
            net.mute = _MUTE
        return None
    if granted_s:
        net.asked_s, net.lease_s = raw_s, granted_s
    return granted_s > 0


def _safe_s(net):
    """An eighth less than was granted: the clock that counts it is off by up to 8 %."""
    return net.lease_s - net.lease_s // 8 if net.lease_s else _UNTOLD_S


def _asked(mac, net, limit):
    """Seconds granted, 0 where the server refuses; OSError where none answers."""
    number = os.urandom(4)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.bind(("0.0.0.0", _OUR_PORT))
        for _ in range(_TRIES):
            sock.settimeout(max(100, min(_WAIT_MS, limit.left_ms())) / 1000)
            sock.sendto(_question(number, mac, net.addresses[0]), _SERVER)
            try:
                granted_s = _read(sock.recv(600), number, net)
            except OSError:
                continue
            if granted_s is not None:
                return granted_s
    finally:
        sock.close()
    raise OSError("no answer")


def _question(number, mac, address):
    head = b"\1\1\6\0" + number + bytes(4) + address + bytes(12) + mac
    client = bytes([_CLIENT, 7, 1]) + mac  # as the driver's own DHCP names itself
    options = bytes([_TYPE, 1, _REQUEST, _WISHES, 4, 1, 3, 6, _LEASE]) + client + bytes([_END])
    body = head + bytes(_OPTIONS_AT - 4 - len(head)) + _COOKIE + options
    return body + bytes(_SIZE - len(body))


def _read(answer, number, net):
    """Seconds granted, 0 for a refusal, None where this is no answer to us."""
    if answer[:1] != b"\2" or answer[4:8] != number or answer[236:240] != _COOKIE:
        return None
    found = _options(answer)
    kind = found.get(_TYPE)
    if kind == bytes([_NAK]):
        return 0
    seconds = found.get(_LEASE, b"")
    if kind != bytes([_ACK]) or answer[16:20] != net.addresses[0] or len(seconds) != 4:
        return None
    places = list(net.addresses)
    for option, place in _PLACES:
        if len(found.get(option, b"")) >= 4:
            places[place] = bytes(found[option][:4])
    net.addresses = tuple(places)
    return min(_LONGEST_S, struct.unpack("!I", seconds)[0])


def _options(answer):
    found, at = {}, _OPTIONS_AT
    while at + 1 < len(answer) and answer[at] != _END:
        if answer[at]:
            found[answer[at]] = answer[at + 2 : at + 2 + answer[at + 1]]
            at += 1 + answer[at + 1]
        at += 1
    return found
