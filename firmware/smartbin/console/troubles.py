# Why a session failed, as a sentence for the person at the bin: what is wrong, and what to do.
from smartbin.errors import ConsoleError

# Name of the note: (English, Korean, settings that both name).
_WHY = {
    "no_ap": (
        "No network %s answers: check wifi_ssid, look with wifi scan, try another place.",
        "망 %s이(가) 응답하지 않습니다. wifi_ssid와 자리를 확인하고 wifi scan을 해 보십시오.",
        ("wifi_ssid",),
    ),
    "bad_key": (
        "The network %s refuses the key: set wifi_key anew.",
        "망 %s이(가) 암호를 거부했습니다. wifi_key를 다시 넣으십시오.",
        ("wifi_ssid",),
    ),
    "join": (
        "The network %s let nobody in, or gave no address: check its DHCP, try again closer.",
        "망 %s에 접속하지 못했거나 주소를 못 받았습니다. DHCP를 확인하고 가까이서 해 보십시오.",
        ("wifi_ssid",),
    ),
    "clock": (
        "The time server %s gives no usable time: check ntp_host and UDP port 123.",
        "시각 서버 %s의 답이 없습니다. ntp_host와 UDP 123번 포트를 확인하십시오.",
        ("ntp_host",),
    ),
    "name": (
        "The name %s is not known here: check mqtt_host and the network's name server.",
        "이름 %s을(를) 찾을 수 없습니다. mqtt_host와 이름 서버를 확인하십시오.",
        ("mqtt_host",),
    ),
    "tcp": (
        "Nobody listens at %s, port %d: is the broker running, is a firewall between?",
        "%s의 %d번 포트가 응답하지 않습니다. 브로커와 방화벽을 확인하십시오.",
        ("mqtt_host", "mqtt_port"),
    ),
    "login": (
        "The broker %s does not answer the login: does port %d speak MQTT? Is mqtt_tls right?",
        "브로커 %s이(가) 로그인에 답하지 않습니다. %d번 포트와 mqtt_tls를 확인하십시오.",
        ("mqtt_host", "mqtt_port"),
    ),
    "refused": (
        "The broker refuses the user '%s': check mqtt_user and mqtt_password.",
        "브로커가 사용자 '%s'을(를) 거부했습니다. mqtt_user와 mqtt_password를 확인하십시오.",
        ("mqtt_user",),
    ),
    "unwilling": (
        "The broker %s takes no more sessions just now, or not this bin_id: ask who runs it.",
        "브로커 %s이(가) 지금 접속을 받지 않습니다. 브로커 관리자에게 물으십시오.",
        ("mqtt_host",),
    ),
    "ack": (
        "The broker %s took the message and did not acknowledge it: try again.",
        "브로커 %s이(가) 수신을 확인해 주지 않았습니다. 다시 해 보십시오.",
        ("mqtt_host",),
    ),
    "acl": (
        "The broker swallows the message: its access list must give '%s' smartbin/v1/%s/#.",
        "브로커가 메시지를 버립니다. 접근 목록에서 '%s'에게 smartbin/v1/%s/#을 허용하십시오.",
        ("mqtt_user", "bin_id"),
    ),
    "settings": (
        "The stored CA, certificate or key cannot be used: provision this bin anew.",
        "저장된 CA, 인증서 또는 키를 쓸 수 없습니다. 다시 등록하십시오.",
        (),
    ),
    "tls_expired": (
        "The certificate of %s has run out: the broker needs a new one.",
        "%s의 인증서가 만료되었습니다. 브로커에 새 인증서가 필요합니다.",
        ("mqtt_host",),
    ),
    "tls_early": (
        "The certificate of %s is not valid yet: is this clock right? See status.",
        "%s의 인증서가 아직 유효하지 않습니다. status로 시각을 확인하십시오.",
        ("mqtt_host",),
    ),
    "tls_ca": (
        "The certificate of %s is not from our CA: wrong broker, or another CA is stored here.",
        "%s의 인증서가 우리 CA의 것이 아닙니다. 브로커와 저장된 CA를 확인하십시오.",
        ("mqtt_host",),
    ),
    "tls_host": (
        "The broker's certificate is for another name than %s: check mqtt_host.",
        "인증서의 이름이 %s이(가) 아닙니다. mqtt_host를 확인하십시오.",
        ("mqtt_host",),
    ),
    "tls_plain": (
        "What answers at %s, port %d, speaks no TLS: check mqtt_port and mqtt_tls.",
        "%s의 %d번 포트는 TLS를 쓰지 않습니다. mqtt_port와 mqtt_tls를 확인하십시오.",
        ("mqtt_host", "mqtt_port"),
    ),
    "tls_cut": (
        "The TLS handshake with %s broke off: a bad network, or port %d speaks no TLS.",
        "%s과(와)의 TLS 연결이 끊겼습니다. 망 상태와 %d번 포트를 확인하십시오.",
        ("mqtt_host", "mqtt_port"),
    ),
    "tls_refused": (
        "The broker %s refuses this bin's certificate or key: provision this bin anew.",
        "브로커 %s이(가) 이 통의 인증서나 키를 거부했습니다. 다시 등록하십시오.",
        ("mqtt_host",),
    ),
    "tls_psk": (
        "This MicroPython has no TLS by a shared key: empty mqtt_psk, or use 1.29 or later.",
        "이 MicroPython은 공유 키 TLS가 없습니다. mqtt_psk를 비우거나 1.29 이상을 쓰십시오.",
        (),
    ),
    "tls": (
        "There is no TLS with %s: see which versions and suites it speaks.",
        "%s과(와) TLS를 맺지 못했습니다. 브로커의 TLS 버전을 확인하십시오.",
        ("mqtt_host",),
    ),
}
_NO_USER = (4, 5)  # return codes of CONNACK: bad user or password; not authorised


def sentence(error, cfg):
    """The ConsoleError for a LinkError."""
    if isinstance(error.cause, MemoryError):  # nothing that a network can be blamed for
        raise error.cause
    english, korean, names = _WHY[_name(error)]
    return ConsoleError((english, korean), *[getattr(cfg, name) for name in names])


def _name(error):
    cause = error.cause
    if error.why == "login" and type(cause).__name__ == "MQTTException" and cause.args:
        return "refused" if cause.args[0] in _NO_USER else "unwilling"
    return error.why if error.why in _WHY else "join"
