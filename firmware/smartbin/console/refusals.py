# What config.py says of a setting that cannot be used, in both languages.
_PAIRS = (
    ("There is no setting named %s.", "%s 설정은 없습니다."),
    ("%s must be a text.", "%s에는 글자만 쓸 수 있습니다."),
    ("%s may have at most %d bytes.", "%s은(는) %d바이트까지 쓸 수 있습니다."),
    ("%s must be a whole number.", "%s에는 정수만 쓸 수 있습니다."),
    (
        "%s is %d; it must be from %d to %d%s.",
        "%s 값 %d은(는) 쓸 수 없습니다. 범위는 %d~%d%s입니다.",
    ),
    (
        "bin_id may have letters, digits, - and _ only.",
        "bin_id에는 영문자, 숫자, -, _만 쓸 수 있습니다.",
    ),
    ("sensor must be one of %s, or empty.", "sensor는 %s 중 하나이거나 빈 값이어야 합니다."),
    ("%s must be %s or %s.", "%s에는 %s 또는 %s만 쓸 수 있습니다."),
    ("%s must be %s hex digits, or empty.", "%s은(는) 16진수 %s자리이거나 빈 값이어야 합니다."),
    ("mqtt_psk needs mqtt_tls = 1.", "mqtt_psk를 쓰려면 mqtt_tls가 1이어야 합니다."),
    ("mqtt_password needs a mqtt_user.", "mqtt_password를 쓰려면 mqtt_user가 있어야 합니다."),
    ("%s must be no more than %s.", "%s은(는) %s보다 클 수 없습니다."),
    ("%s must be at least %d below %s.", "%s은(는) %d 이상 차이로 %s보다 작아야 합니다."),
    (
        "volume must be mm:pct,... from empty to full, or empty.",
        "volume은 빈 통부터 가득까지 mm:pct,...이거나 빈 값이어야 합니다.",
    ),
    (
        "All settings together are too long by %d bytes.",
        "설정 전체가 %d바이트 넘쳐 저장할 수 없습니다.",
    ),
)


def pair(error):
    """The sentence of a ConfigError as the console says it; its facts are error.facts."""
    for one in _PAIRS:
        if one[0] == error.sentence:
            return one
    return error.sentence, error.sentence
