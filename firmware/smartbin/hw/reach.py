# A connection to the broker: at the address of last time; where that fails, in the same wake by a
# fresh look-up, and from a fresh address of our own where the old one may be to blame.
import errno
import socket
from micropython import const

from smartbin.hw import names
from smartbin.hw.net import NOWHERE, packed, shown

_REMEMBERED_MS = const(2500)  # for what is remembered; two SYNs are lost before that is over
_LEAST_MS = const(1500)  # with less left there is no second attempt
_STEP_MS = const(100)  # the port waits in steps of this, and one more than it was asked for


def broker(cfg, net, station, limit, raw_s, tell):
    """A connected socket; OSError where there is no way.  tell(stage): "name" or "tcp"."""
    known, found = _known(cfg, net, raw_s), None
    if known or station.reused:
        try:
            found = _connected(cfg, known, limit.within(_REMEMBERED_MS), tell)
        except OSError as e:
            if limit.left_ms() < _LEAST_MS:
                raise
            net.broker = NOWHERE
            # who is refused has been heard: then our own address is a good one
            if station.reused and e.errno != errno.ECONNREFUSED:
                station.anew()
            elif not known:
                raise
            known = None
    sock, address = found or _connected(cfg, None, limit, tell)
    if not known and cfg.name_s and address != cfg.mqtt_host:
        net.broker, net.found_s = packed(address), raw_s
    return sock


def _known(cfg, net, raw_s):
    """The broker's address where it was looked up lately, or None."""
    if net.broker == NOWHERE or not 0 <= raw_s - net.found_s < cfg.name_s:
        return None
    return shown(net.broker)


def _connected(cfg, address, limit, tell):
    if address is None:
        tell("name")
        address = names.look_up(cfg.mqtt_host, limit)
    tell("tcp")
    wait_ms = limit.left_ms() - _STEP_MS
    if wait_ms < _STEP_MS:  # with less the port would not wait at all
        raise OSError(errno.ETIMEDOUT)
    sock = socket.socket()
    try:
        sock.settimeout(wait_ms / 1000)
        sock.connect((address, cfg.mqtt_port))
        if cfg.nodelay:  # or a second small piece would wait for the first one's acknowledgement
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock, address
