# The servers that answer datagrams around the simulated chip: addresses, names and time.
#
# Not a module of the ESP32.
import struct

import twin
import twin_lease

_NTP_PORT, _DNS_PORT = 123, 53
_DHCP_PORT, _DHCP_CLIENT = 67, 68
_COOKIE = b"\x63\x82\x53\x63"
_REQUEST, _ACK, _NAK = 3, 5, 6
_KIND, _WANTED, _SERVER = 53, 50, 54  # options of DHCP (RFC 2132)


def answered(query, port, ours):
    """(what a server says to a datagram from our port `ours`, or None; by how much later than a
    round trip)"""
    net, fault = twin.s.frame["net"], twin.s.fault
    if port == _DHCP_PORT:
        return (_dhcp_answer(query) if ours == _DHCP_CLIENT else None), 0
    if twin_lease.barred():
        return None, 0
    if port == _NTP_PORT and net["time"]:
        return _time_answer(query), 0
    if port == _DNS_PORT and "dns_dead" not in fault:
        return _name_answer(query, net["names"]), int(fault.get("dns_slow", 0) * 1_000_000)
    return None, 0


def _name_answer(query, names):
    """RFC 1035: one question for an IPv4 address, answered, or refused with "no such name"."""
    labels, at = [], 12
    while query[at]:
        labels.append(bytes(query[at + 1 : at + 1 + query[at]]).decode())
        at += 1 + query[at]
    address = names.get(".".join(labels))
    found = b"" if address is None else b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4"
    found += bytes([int(part) for part in address.split(".")] if address else [])
    head = bytes(query[:2]) + (b"\x81\x80" if address else b"\x81\x83") + b"\0\1"
    return head + (b"\0\1" if address else b"\0\0") + bytes(4) + bytes(query[12 : at + 5]) + found


def _time_answer(query):
    """RFC 4330: what a healthy stratum 2 server says, by the scenario's true time or its own."""
    answer = bytearray(48)
    answer[0], answer[1] = 0x1C, 2
    answer[24:32] = query[40:48]
    true_us = twin.s.frame["true_ms"] * 1000 + twin.s.up_us
    at_s = true_us // 1_000_000 + twin.s.fault.get("time_server_wrong", 0)
    struct.pack_into("!II", answer, 40, (at_s + 2_208_988_800) & 0xFFFFFFFF, 0)
    return bytes(answer)


def _dhcp_answer(query):
    """RFC 2131, 4.3.2: a DHCPREQUEST of a client that has an address and wants to keep it (ciaddr
    set, no server named): DHCPACK with the time that it may, or DHCPNAK.  Anything else, and
    anything at all while nobody hands out addresses, gets silence."""
    query = bytes(query)
    if twin.s.frame["air"]["dhcp_ms"] >= twin_lease.NEVER_MS or query[236:240] != _COOKIE:
        return None
    told = _options(query[240:])
    address = ".".join([str(part) for part in query[12:16]])
    asks = query[0] == 1 and told.get(_KIND) == bytes((_REQUEST,))
    if not asks or _SERVER in told or _WANTED in told or address == twin_lease.NO_ADDRESS:
        return None
    head = b"\2" + query[1:12]
    if not twin_lease.renew(address):
        return head + bytes(16) + query[28:236] + _COOKIE + bytes((_KIND, 1, _NAK)) + _said()
    lent = b"".join([bytes((1, 4)), _bytes(twin_lease.MASK), bytes((3, 4)), _GATE, b"\6\4", _GATE])
    lease = struct.pack("!BBI", 51, 4, twin_lease.lease_s())
    body = head + query[12:16] + query[12:16] + bytes(8) + query[28:236] + _COOKIE
    return body + bytes((_KIND, 1, _ACK)) + lease + lent + _said()


def _said():
    return bytes((_SERVER, 4)) + _GATE + b"\xff"


def _options(data):
    """number -> value."""
    found, at = {}, 0
    while at < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        found[data[at]] = data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
    return found


def _bytes(address):
    return bytes([int(part) for part in address.split(".")])


_GATE = _bytes(twin_lease.GATEWAY)
