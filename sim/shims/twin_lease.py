# The addresses of the simulated network: whom its DHCP server has lent which one, and until when.
#
# Not a module of the ESP32.
import twin

NO_ADDRESS = "0.0.0.0"
_POOL = "10.0.0."
_FIRST, _LAST = 77, 199  # of the addresses that are lent
GATEWAY, MASK = "10.0.0.1", "255.255.255.0"
LEASE_S = 86_400
NEVER_MS = 1 << 40  # of a server that says nothing


def now_ms():
    """True time, since 1970."""
    return twin.s.frame["true_ms"] + twin.s.up_us // 1000


def lease_s():
    return twin.s.frame["air"].get("lease_s", LEASE_S)


def lend():
    """An exchange with the DHCP server: the address of last time, unless somebody else has it."""
    last = twin.s.lease
    if last is None:
        number = _FIRST
    elif _gone(last):
        number = last["number"] + 1 if last["number"] < _LAST else _FIRST
    else:
        number = last["number"]
    twin.s.lease = {"number": number, "until_ms": now_ms() + lease_s() * 1000}


def renew(address):
    """Does the server let this bin keep that address?"""
    last = twin.s.lease
    if last is None or _gone(last) or address != _POOL + str(last["number"]):
        return False
    lend()
    return True


def lent():
    """(address, mask, gateway, name server) by DHCP."""
    return (_POOL + str(twin.s.lease["number"]), MASK, GATEWAY, GATEWAY)


def barred():
    """Does somebody else have the address that this bin sends from?  Then nothing comes back."""
    radio, lease = twin.s.radio, twin.s.lease
    if not radio.static() or not _lendable(radio.addresses[0]):
        return False
    if lease is None or radio.addresses[0] != _POOL + str(lease["number"]):
        twin.s.stolen += 1
        return True
    if now_ms() >= lease["until_ms"]:
        twin.s.stolen += 1
    return _gone(lease)  # taken away while the lease ran: not our doing


def _lendable(address):
    last = address[len(_POOL) :]
    return address.startswith(_POOL) and last.isdigit() and _FIRST <= int(last) <= _LAST


def _gone(lease):
    return bool(lease.get("taken")) or now_ms() >= lease["until_ms"]
