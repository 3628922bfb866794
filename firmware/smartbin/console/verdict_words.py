# What the installation check says: each reason in words, and what to change.
from smartbin import installed

GRADES = (
    ("FIT: this sensor fits this bin, here.", "적합: 이 센서는 이 통, 이 자리에 맞습니다."),
    (
        "FIT WITH WARNINGS: it will work; read on.",
        "조건부 적합: 쓸 수 있으나 아래를 확인하십시오.",
    ),
    ("DO NOT INSTALL HERE before this is changed:", "설치 불가: 먼저 아래를 고치십시오."),
)

_WIRES = (
    "Check plug and wires; sensor must name the part that is fitted.",
    "커넥터, 배선, sensor 설정을 확인하십시오.",
)
_LEVEL = (
    "Hang it level, look straight down at the floor, and tighten it.",
    "수평으로 단단히 달아 바닥을 똑바로 향하게 하십시오.",
)
_CLEAR = (
    "Move it until no rim, rib, cable or bracket stands in its beam.",
    "테두리, 전선, 받침이 빔에 걸리지 않게 옮기십시오.",
)
_BOTH = (
    "If a tape agrees: calibrate empty. Else clear what stands in its beam.",
    "줄자와 같으면 calibrate empty, 다르면 빔을 가리는 것을 치우십시오.",
)
_TAPE = (
    "Measure with a tape. If that agrees with the sensor: calibrate empty.",
    "줄자로 재고 센서 값이 맞으면 calibrate empty를 하십시오.",
)
_NARROW = (
    "Hang it over the middle, or take a sensor with a narrower beam.",
    "통 가운데로 옮기거나 빔이 좁은 센서를 쓰십시오.",
)
_HIGHER = (
    "Hang it higher above the full mark, or take one that hears nearer.",
    "더 높이 달거나 사각지대가 짧은 센서를 쓰십시오.",
)
_OTHER = (
    "Take a sensor that hears farther, or hang it lower.",
    "더 멀리 재는 센서를 쓰거나 더 낮게 다십시오.",
)
_AIR = (
    "Turn the antenna outwards, off metal; or bring the access point closer.",
    "안테나를 금속에서 떼고, 공유기를 가까이 두십시오.",
)
_POWER = (
    "Fit fresh cells of the right kind, and clean their contacts.",
    "알맞은 새 전지를 넣고 단자를 닦으십시오.",
)
_AGAIN = ("Try mqtt test; it shows every step.", "mqtt test로 단계별로 확인하십시오.")
_WIDTH = (
    "Measure it where it is narrowest: config set width_mm MILLIMETRES.",
    "가장 좁은 안쪽 폭을 재어 config set width_mm 으로 넣으십시오.",
)
_WHERE = (
    "Hang it where waste piles up, under the opening; or fit two.",
    "쓰레기가 쌓이는 투입구 아래에 다십시오.",
)

_FLOOR = ("The floor is at %d mm, the settings say %d.", "바닥은 %d mm, 설정은 %d mm입니다.")
_ELSE = (
    "%d echoes come from something else, at %d mm.",
    "반사음 %d번은 %d mm의 다른 물체입니다.",
)

# In the order of installed.REASONS.
_WORDS = (
    (
        ("The sensor's echo line does not fall.", "센서 신호선이 높은 상태로 멈춰 있습니다."),
        _WIRES,
    ),
    (("The sensor does not answer at all.", "센서가 전혀 응답하지 않습니다."), _WIRES),
    (("Answers come sooner than an echo can.", "응답이 반사음보다 빠릅니다."), _WIRES),
    (("Only %d of %d pings met anything.", "반사음이 적습니다: %d/%d번."), _LEVEL),
    (("Only %d of %d pings came back.", "반사음이 일부 없습니다: %d/%d번."), _LEVEL),
    (
        (
            "It answers from %d mm: its blind zone ends at %d mm.",
            "%d mm에서 반사: 사각지대는 %d mm까지.",
        ),
        _CLEAR,
    ),
    (_FLOOR, _TAPE),
    (
        ("What answers is at %d mm, the floor at %d.", "반사 위치 %d mm, 설정된 바닥 %d mm."),
        _BOTH,
    ),
    (_FLOOR, _TAPE),
    (("The echoes do not agree: %d mm of spread.", "반사음 편차가 큽니다: %d mm."), _LEVEL),
    (("The echoes spread over %d mm.", "반사음 편차: %d mm."), _LEVEL),
    (
        _ELSE,
        _CLEAR,
    ),
    (
        _ELSE,
        _CLEAR,
    ),
    (
        (
            "The beam meets the wall at %d mm, above the full mark at %d.",
            "빔이 %d mm에서 벽에 닿음 (가득 %d mm).",
        ),
        _NARROW,
    ),
    (
        (
            "The beam meets the wall at %d mm; the floor is at %d.",
            "빔이 %d mm에서 벽에 닿음 (바닥 %d mm).",
        ),
        _NARROW,
    ),
    (("The beam sees %d mm of %d mm.", "빔이 보는 폭 %d mm, 통의 폭 %d mm."), _WHERE),
    (("Nobody has said how wide the bin is.", "통의 폭(width_mm)이 설정되지 않았습니다."), _WIDTH),
    (
        (
            "Above %d %% it is blind; full is %d %%: full is never told.",
            "%d %% 위는 사각지대: 가득(%d %%)을 못 잽니다.",
        ),
        _HIGHER,
    ),
    (
        (
            'The top %d mm are blind: from %d %% up it says "at least".',
            "위쪽 %d mm는 사각지대 (%d %%부터).",
        ),
        _HIGHER,
    ),
    (("The floor at %d mm is beyond its range of %d mm.", "바닥 %d mm, 측정 범위 %d mm."), _OTHER),
    (
        (
            "Floor at %d mm: soft waste is heard to %d mm only.",
            "바닥 %d mm: 부드러운 것은 %d mm까지.",
        ),
        _OTHER,
    ),
    (("The signal is too weak: %d dBm.", "신호가 너무 약합니다: %d dBm."), _AIR),
    (("The signal is weak: %d dBm.", "신호가 약합니다: %d dBm."), _AIR),
    (("No session with the broker (%s).", "브로커와 통신하지 못했습니다 (%s)."), _AGAIN),
    (("The session took %d ms; at most %d are allowed.", "통신에 %d ms 걸림 (한도 %d ms)."), _AIR),
    (
        (
            "The battery under load: %d mV; it may fail at %d.",
            "무선 중 배터리 %d mV (한계 %d mV).",
        ),
        _POWER,
    ),
    (("The battery under load: %d mV; %d is low.", "무선 중 배터리 %d mV (부족 %d mV)."), _POWER),
    (
        ("The radio pulls the battery down by %d mV.", "무선을 켜면 전압이 %d mV 떨어집니다."),
        _POWER,
    ),
)


def of(key):
    """(what it is, what to change) of a reason, each in both languages."""
    keys = [name for name, _ in installed.REASONS]
    return _WORDS[keys.index(key)]
