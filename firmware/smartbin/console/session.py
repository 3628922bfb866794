# A session with its steps shown while they go, and how good the signal is, in words.
from smartbin.console import table, troubles
from smartbin.errors import ConsoleError, LinkError

# Margin from which on it is so: 12 dB is what the transmitter keeps in hand (tx_margin_db); the
# others are estimates.
_MARGINS = (
    (20, ("good", "좋음")),
    (12, ("enough", "충분함")),
    (
        6,
        (
            "weak: a closed lid or a parked car may end it; try another place",
            "약함: 덮개나 주차된 차에 막힐 수 있으니 다른 자리를 찾으십시오",
        ),
    ),
    (
        -200,
        (
            "too weak: bring the access point closer, or the bin to another place",
            "너무 약함: 공유기를 가까이 두거나 통을 옮기십시오",
        ),
    ),
)
_STEPS = {
    "radio": ("radio on", "무선 켜기"),
    "join": ("let in", "망 접속"),
    "address": ("address", "주소 받기"),
    "clock": ("clock", "시각 받기"),
    "name": ("name", "이름 찾기"),
    "tcp": ("TCP", "TCP"),
    "tls": ("TLS", "TLS"),
    "login": ("login", "로그인"),
    "publish": ("publish", "보내기"),
}
_EMPTY = (
    "The setting %s is empty: config set %s VALUE.",
    "설정 %s이(가) 비었습니다: config set %s 값",
)
_PAYLOAD = b'{"v":1,"test":1}'
_SIGNAL = ("Signal %d dBm, margin %d dB: %s.", "신호 %d dBm, 여유 %d dB: %s.")
_FAILED = ("%s failed after %d ms", "%s 실패, %d ms")


def hold(desk, todo):
    """todo(link) inside a session whose steps are shown; ConsoleError where one fails."""
    link = desk.node.session(desk.cfg, desk.mem, desk.up(), lambda *step: _show_step(desk, *step))
    on_air(desk, 1)
    try:
        with link:
            return todo(link)
    except LinkError as e:
        step = (_STEPS[e.stage][desk.language], link.step_ms())
        desk.show("  %s\r\n" % (_FAILED[desk.language] % step))
        raise troubles.sentence(e, desk.cfg)
    finally:
        on_air(desk, 0)


def need(desk, *names):
    """ConsoleError where one of these settings is empty."""
    for name in names:
        if not getattr(desk.cfg, name):
            raise ConsoleError(_EMPTY, name, name)


def speak(desk, link):
    """Something for the broker that is heard again, on the topic that this returns."""
    topic = "smartbin/v1/%s/test" % desk.cfg.bin_id
    link.publish(topic.encode(), _PAYLOAD, False, True)
    return topic


def signal(desk, rssi_dbm):
    """The signal, its margin, and what that means."""
    db = desk.node.probe().margin_db(rssi_dbm)
    word = next(pair for least, pair in _MARGINS if db >= least)
    desk.say(_SIGNAL, rssi_dbm, db, word[desk.language])


def _show_step(desk, step, ms):
    desk.feed()
    desk.show("  %s\r\n" % table.row((_STEPS[step][desk.language], "%d ms" % ms), (10, -9)))


def on_air(desk, on):
    """A supply that gives way while the radio is on is known by this at the next start."""
    desk.feed()
    desk.mem.radio = on
    desk.node.keep(desk.mem)
