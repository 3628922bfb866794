# wifi and mqtt: who is in reach, and how far the way to the broker goes, step by step.
from micropython import const

from smartbin import clock
from smartbin.console import commands, session, table
from smartbin.errors import ConsoleError

_SHOWN = const(16)  # networks: the others are too faint to matter
_LOOKS = const(8)  # at the signal,
_APART_MS = const(200)

_HEADS = (
    ("network", "channel", "signal", "margin", "lock"),
    ("망", "채널", "신호", "여유", "암호"),
)
_COLUMNS = (32, -7, -8, -6, 4)
_LOCK = (("no", "yes"), ("없음", "있음"))
_HIDDEN = ("(hidden)", "(숨김)")
_NOBODY = (
    "No network is in reach: this chip hears 2.4 GHz only. Try another place.",
    "잡히는 망이 없습니다 (2.4 GHz만 가능). 다른 자리에서 해 보십시오.",
)
_OURS = ("* is the network of the setting wifi_ssid.", "* 표시는 wifi_ssid 설정의 망입니다.")
_ABSENT = (
    "The network %s of wifi_ssid is not among them.",
    "wifi_ssid의 망 %s은(는) 보이지 않습니다.",
)
_MORE = ("%d fainter ones are not shown.", "더 약한 망 %d개는 생략했습니다.")
_DRIVER = (
    "The radio did not work (%s): reboot, then try again.",
    "무선이 동작하지 않습니다 (%s). reboot 후 다시 하십시오.",
)
_ADDRESS = ("Address %s (%s).", "주소 %s (%s).")
_FROM = (("from DHCP", "DHCP에서 받음"), ("that of last time", "지난번 주소"))
_RANGE = ("%d looks: from %d to %d dBm.", "%d번 측정: %d~%d dBm.")
_ARRIVED = (
    "The broker has the test message, on %s.",
    "브로커가 시험 메시지를 받았습니다: %s",
)


def wifi(desk, args):
    todo = {"scan": _scan, "join": _join, "test": _test}
    if len(args) != 1 or args[0] not in todo:
        raise commands.usage("wifi")
    todo[args[0]](desk)


def mqtt(desk, args):
    """To the broker and back: what is published is heard again."""
    if args != ["test"]:
        raise commands.usage("mqtt")
    session.need(desk, "wifi_ssid", "mqtt_host")

    def speak(link):
        if desk.cfg.mqtt_tls and clock.stamp(desk.mem, _now_s(desk)) == clock.UNKNOWN:
            clock.adopt(desk.node, desk.mem, link.network_time_s())  # or no certificate is valid
        return session.speak(desk, link)

    desk.say(_ARRIVED, session.hold(desk, speak))


def _scan(desk):
    session.on_air(desk, 1)
    try:
        found = desk.node.probe().networks()
    except OSError as e:
        raise ConsoleError(_DRIVER, e)
    finally:
        session.on_air(desk, 0)
    if not found:
        raise ConsoleError(_NOBODY)
    desk.show(table.row(_HEADS[desk.language], _COLUMNS) + "\r\n")
    for one in found[:_SHOWN]:
        desk.show(_network(desk, *one) + "\r\n")
    if len(found) > _SHOWN:
        desk.say(_MORE, len(found) - _SHOWN)
    if desk.cfg.wifi_ssid:
        ours = [one for one in found if one[2] == desk.cfg.wifi_ssid.encode()]
        desk.say(*((_OURS,) if ours else (_ABSENT, desk.cfg.wifi_ssid)))


def _join(desk):
    def look(link):
        address, reused = link.address()
        desk.say(_ADDRESS, address, _FROM[reused][desk.language])
        session.signal(desk, link.rssi_dbm)

    session.need(desk, "wifi_ssid")
    session.hold(desk, look)


def _test(desk):
    """The signal moves: people walk by.  So, some looks at it."""

    def look(link):
        seen = []
        while len(seen) < _LOOKS:
            seen.append(link.signal_dbm())
            desk.node.ticks.sleep_ms(_APART_MS)
        seen.sort()
        desk.say(_RANGE, _LOOKS, seen[0], seen[-1])
        session.signal(desk, seen[0])

    session.need(desk, "wifi_ssid")
    session.hold(desk, look)


def _network(desk, rssi_dbm, channel, name, locked):
    try:
        text = str(name, "utf-8")
    except UnicodeError:
        text = repr(name)
    shown = table.shortened(text, 30) or _HIDDEN[desk.language]
    mark = "* " if name == desk.cfg.wifi_ssid.encode() else "  "
    facts = ("%d" % channel, "%d dBm" % rssi_dbm)
    margin = "%d dB" % desk.node.probe().margin_db(rssi_dbm)
    return table.row((mark + shown,) + facts + (margin, _LOCK[desk.language][locked]), _COLUMNS)


def _now_s(desk):
    return clock.now(desk.mem, desk.node.raw_s())
