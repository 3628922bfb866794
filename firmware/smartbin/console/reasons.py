# Why a sounding is as good as it is, in words, and what to do about it.
from micropython import const

# In the order of echo.REASONS.
_ALL_WELL = const(("", ""))
_REASONS = (
    (("clear echo", "반사음 깨끗함"), _ALL_WELL),
    (
        ("echoes differ", "반사음이 흩어짐"),
        (
            "The echoes differ: fasten the sensor and keep cables out of its beam.",
            "반사음이 서로 다릅니다. 센서를 단단히 고정하고 앞의 전선을 치우십시오.",
        ),
    ),
    (
        ("no echo", "반사음 없음"),
        (
            "No echo came back: aim the sensor straight down at the middle of the bin.",
            "반사음이 없습니다. 센서가 통 가운데를 똑바로 내려다보게 하십시오.",
        ),
    ),
    (
        ("line stuck", "신호선 고정됨"),
        (
            "The sensor's line does not move: check its wires and its supply.",
            "센서 신호선이 움직이지 않습니다. 배선과 전원을 확인하십시오.",
        ),
    ),
    (
        ("no answer", "센서 응답 없음"),
        (
            "The sensor does not answer: check its plug, its supply and the setting sensor.",
            "센서가 응답하지 않습니다. 커넥터, 전원, sensor 설정을 확인하십시오.",
        ),
    ),
    (
        ("blind zone", "사각지대 안"),
        (
            "Something is in the blind zone: look for a rim, a cable or a wet sensor.",
            "사각지대 안에 무언가 있습니다. 테두리, 전선, 젖은 센서를 확인하십시오.",
        ),
    ),
    (
        ("beyond the floor", "바닥보다 멂"),
        (
            "That is farther than empty_mm: check it, or calibrate empty.",
            "empty_mm보다 멉니다. 설정을 확인하거나 calibrate empty를 하십시오.",
        ),
    ),
    (("not measured", "측정 안 함"), _ALL_WELL),
    (
        ("too early", "너무 이른 응답"),
        (
            "Answers come sooner than an echo can: dry the sensor, check the setting sensor.",
            "응답이 너무 빠릅니다. 센서의 물기를 닦고 sensor 설정을 확인하십시오.",
        ),
    ),
    (
        ("two surfaces", "두 곳에서 반사"),
        (
            "Two surfaces answer: a rim, a hinge or a bag hangs in the beam.",
            "두 곳에서 반사됩니다. 테두리, 경첩, 봉투가 앞을 가리는지 보십시오.",
        ),
    ),
    (("the bin lies", "통이 누움"), _ALL_WELL),
)


def short(desk, reason):
    """A few words."""
    return _REASONS[reason][0][desk.language]


def advice(reason):
    """A pair: what to do; of empty texts where there is nothing to do."""
    return _REASONS[reason][1]


def advise(desk, reason):
    if advice(reason) != _ALL_WELL:
        desk.say(advice(reason))
