# What went wrong: counters since the last report that arrived, and the last few by name.
import struct
from micropython import const

# The order is a wire format: the RTC image holds the index.
NAMES = (
    "no_ap",  # the access point was not found
    "bad_key",  # the access point refused us
    "join",  # no address in time
    "name",  # the broker's name was not resolved
    "tcp",  # nobody listens at the broker
    "login",  # the broker refused us
    "ack",  # the broker did not acknowledge
    "clock",  # no usable answer from the time server
    "settings",  # stored settings could not be used
    "memory",  # RTC memory held rubbish
    "crash",  # an error in this firmware
    "sonar",  # a reading without a distance
    "reset",  # a reset that nobody asked for: watchdog, panic
    "brownout",  # the supply gave way while the radio was on
    "flash",  # the file system failed, or was made anew
    "acl",  # the broker acknowledges our reports and passes them on to nobody
    "tls",  # no TLS handshake
    "tls_expired",  # the broker's certificate is over
    "tls_early",  # the broker's certificate is not valid yet: or our clock is wrong
    "tls_ca",  # the broker's certificate is not from our CA
    "tls_host",  # the broker's certificate is for another name
    "tls_plain",  # what answered speaks no TLS
    "tls_cut",  # the handshake broke off: a network that failed, or a port without TLS
    "tls_refused",  # the broker does not accept our own certificate, or wants one
    "tls_psk",  # this MicroPython has no TLS by a shared key: 1.29 or later has
)

_LAST = const(4)
_TEXT = const(38)
_ROW = "<BhI"  # what, argument, when (seconds since 2000)

_ROOM = const(26)  # for counters

SIZE = const(92)  # 26 counters + 4 x 7 + 38


class Notes:
    def __init__(self):
        self.counts = [0] * _ROOM
        self.last = []
        self.text = b""  # of the newest crash

    def add(self, what, argument=0, at_s=0):
        i = NAMES.index(what)
        self.counts[i] = min(255, self.counts[i] + 1)
        self.last.append((i, max(-32768, min(32767, argument)), at_s & 0xFFFFFFFF))
        del self.last[:-_LAST]

    def crash(self, error, at_s=0):
        self.add("crash", 0, at_s)
        self.text = ("%s%s" % (type(error).__name__, error.args)).encode()[:_TEXT]

    def told(self):
        """The counters have arrived somewhere: start again from nought."""
        self.counts = [0] * _ROOM

    def since(self):
        """(name, count) of everything that was counted, in the order of NAMES."""
        return [(NAMES[i], self.counts[i]) for i in range(len(NAMES)) if self.counts[i]]

    def pack_into(self, buf, at):
        buf[at : at + _ROOM] = bytes(self.counts)
        rows = ([(255, 0, 0)] * _LAST + self.last)[-_LAST:]
        for i, row in enumerate(rows):
            struct.pack_into(_ROW, buf, at + _ROOM + 7 * i, *row)
        buf[at + 54 : at + SIZE] = (self.text + bytes(_TEXT))[:_TEXT]


def unpack_from(buf, at):
    notes = Notes()
    notes.counts = list(buf[at : at + _ROOM])
    rows = [struct.unpack_from(_ROW, buf, at + _ROOM + 7 * i) for i in range(_LAST)]
    notes.last = [row for row in rows if row[0] < len(NAMES)]
    notes.text = bytes(buf[at + 54 : at + SIZE]).rstrip(b"\0")
    return notes
