# What is remembered of the network from session to session: 40 bytes of the RTC image.
# Moments are the chip's own clock; whoever sets that says so to moved().
import struct
from binascii import crc32

_FORMAT = "<HBBbBxx4s4s4s4sII4sI"  # memory.NET_SIZE bytes
NOWHERE = b"\0\0\0\0"


class Net:
    def __init__(self, packed, cfg):
        """What `packed` holds, or nothing where it is of another network or another broker."""
        who = crc32(("%s/%s" % (cfg.wifi_ssid, cfg.mqtt_host)).encode()) & 0xFFFF
        if struct.unpack_from("<H", packed)[0] != who:
            packed = bytes(len(packed))
        found = struct.unpack(_FORMAT, packed)
        self._who = who
        self.channel, self.careful, self.rssi_dbm, self.mute = found[1:5]
        self.addresses = found[5:9]  # our own, mask, gateway, name server; or NOWHERE
        self.asked_s, self.lease_s = found[9:11]  # when it was given, for how long (0: not told)
        self.broker, self.found_s = found[11:]  # the broker's address, and when that was looked up

    def pack(self):
        radio = (self._who, self.channel, self.careful, self.rssi_dbm, self.mute)
        rest = (self.asked_s, self.lease_s, self.broker, self.found_s)
        return struct.pack(_FORMAT, *radio, *self.addresses, *rest)

    def moved(self, by_s):
        """The chip's clock was set: it jumped by so much."""
        if self.asked_s:
            self.asked_s = max(0, self.asked_s + by_s)
        if self.found_s:
            self.found_s = max(0, self.found_s + by_s)

    def got(self, addresses, raw_s, lease_s=0):
        """These are ours now; lease_s: how long, or 0 where nobody said."""
        self.addresses = tuple([packed(address) for address in addresses])
        self.asked_s, self.lease_s = max(1, raw_s), lease_s

    def homeless(self):
        """The address is no longer ours."""
        self.addresses = (NOWHERE,) * 4
        self.asked_s = self.lease_s = 0


def packed(address):
    return bytes([int(part) for part in address.split(".")])


def shown(address):
    return "%d.%d.%d.%d" % tuple(address)
