# A burst of pings -> distance, spread, quality and a reason.  Silence is never a number.
from collections import namedtuple
from math import sqrt
from micropython import const

from smartbin import family

# Why a sounding is as good as it is; the order is a wire format (packed readings hold the index).
REASONS = ("ok", "noisy", "silent", "stuck", "dead", "near", "far", "safe")
REASONS += ("early", "split", "tilted")
OK, NOISY, SILENT, STUCK, DEAD, NEAR, FAR, SAFE, EARLY, SPLIT, TILTED = range(11)

# mm: distance or None; spread_mm: nearest to farthest echo of the family that was believed;
# quality: 0 none .. 4 best; reason: index into REASONS; heard of pings; air_dc: air temperature
# used; lid_dc: the thermometer's own, or None; second_mm: the other family of echoes, or None;
# tries: how often the sensor was switched on for it.
_FIELDS = ("mm", "spread_mm", "quality", "reason", "heard", "pings", "air_dc", "lid_dc")
Sounding = namedtuple("Sounding", _FIELDS + ("second_mm", "tries"))

MILD_DC = const(150)  # without a thermometer: 15 C

_PAIR = const(2)  # echoes that make a distance, after many pings: textiles swallow most; one is
# enough where the waste may be
_EARLY_PCT = const(75)  # an answer before this much of the blind zone: no echo comes so soon
_FAR_PCT = const(5)  # air temperature and a dented floor; beyond it is not our bin
_FAR_BLIND_PCT = const(10)  # without a thermometer: 343 m/s is wrong by 7.6 % at -20 C


def distance_mm(echo_us, air_dc):
    """Half the way of sound in echo_us microseconds, through air of air_dc tenths of a degree C.

    331.3 m/s at 0 C, with the square root of the absolute temperature (facts: dry air).
    """
    return int(echo_us * 0.16565 * sqrt(1 + air_dc / 2731.5) + 0.5)


def settle(sonar, cfg, mem, up):
    """Ping until the echoes agree, or cfg.pings are spent, or the wake has no time left.

    A sensor that is stuck or dead is switched off and on once: many a latched one comes back.
    """
    sounding = _burst(sonar, cfg, mem, up, 1)
    if sounding.reason in (STUCK, DEAD) and up.left_ms() > cfg.pings * sonar.sensor.period_ms:
        return _burst(sonar, cfg, mem, up, 2)
    return sounding


def skipped(reason, lid_dc=None):
    """The Sounding of a wake that did not ask the sensor: safe mode, or a bin that lies."""
    return Sounding(None, 0, 0, reason, 0, 0, MILD_DC, lid_dc, None, 0)


def lying(sonar, _cfg, _mem, _up):
    """In place of settle() where the bin lies: a thermometer tells of a fire there, too."""
    with sonar:
        return skipped(TILTED, sonar.air_dc())


def judge(burst, ear, trouble=None, tries=1):
    """A Sounding from what the pings answered, None where nothing came back."""
    mms = distances(burst, ear)
    waste, second = family.choose(family.families(mms), ear)
    tail = (len(mms), len(burst), ear.air_dc, ear.lid_dc, family.middle(second), tries)
    if len(waste) < _PAIR and not family.likely(family.middle(waste), ear):
        return Sounding(None, 0, 0, _why_not(burst, mms, ear, trouble), *tail)
    spread = waste[-1] - waste[0]
    quality, reason = _grade(waste, second, len(burst), ear)
    return Sounding(family.middle(waste), spread, quality, reason, *tail)


def _burst(sonar, cfg, mem, up, tries):
    with sonar:
        lid_dc = sonar.air_dc()
        ear = _ear(sonar.sensor, cfg, mem.fill, lid_dc)
        burst = []
        while len(burst) < cfg.pings and not family.enough(distances(burst, ear), len(burst), ear):
            if up.left_ms() < 2 * sonar.sensor.period_ms:
                break
            burst.append(sonar.ping())
    return judge(burst, ear, sonar.trouble(), tries)


def _ear(sensor, cfg, state, lid_dc):
    slack_pct = _FAR_BLIND_PCT if lid_dc is None and sensor.speed >= 0 else _FAR_PCT
    far_mm = cfg.empty_mm + cfg.empty_mm * slack_pct // 100
    return family.Ear(sensor, state.air_dc(lid_dc), lid_dc, state.scale_pm, state.mm, far_mm)


def distances(burst, ear):
    """What can be a distance, nearest first: not silence, not an answer that came too early."""
    mms = sorted([_mm(answer, ear) for answer in burst if answer is not None])
    return [mm for mm in mms if _early_mm(ear) <= mm <= ear.sensor.range_mm]


def _early_mm(ear):
    return ear.sensor.blind_mm * _EARLY_PCT // 100


def _mm(answer, ear):
    """Millimetres; a sensor that reckoned them at some speed of sound is taken at its time."""
    speed = ear.sensor.speed
    if speed < 0 and ear.lid_dc is None:
        mm = answer
    elif speed < 0:  # its own thermometer hangs where ours does
        mm = int(answer * sqrt((2731.5 + ear.air_dc) / (2731.5 + ear.lid_dc)) + 0.5)
    else:
        mm = distance_mm(answer * 2000 // speed if speed else answer, ear.air_dc)
    return mm + mm * ear.scale_pm // 1000


def _why_not(burst, mms, ear, trouble):
    if len(mms) >= _PAIR:
        return NOISY
    answers = [answer for answer in burst if answer is not None]
    early = [a for a in answers if _mm(a, ear) < _early_mm(ear)]
    if 2 * len(early) > len(burst):
        return EARLY
    return SILENT if answers or trouble is None else trouble


def _grade(waste, second, pings, ear):
    mm = family.middle(waste)
    if mm <= family.near_mm(ear):
        return 1, NEAR
    if mm > ear.far_mm:
        return 1, FAR
    if len(second) >= family.FEWEST:
        if len(waste) >= 3 * len(second):
            return 3, SPLIT
        return (2 if family.expected(mm, ear) else 1), SPLIT
    if len(waste) < family.FEWEST:
        return 1, NOISY
    spread = waste[-1] - waste[0]
    if spread > family.NOISY_MM or 2 * len(waste) <= pings:
        return 2, NOISY
    return (4 if spread <= family.AGREE_MM and len(waste) == pings else 3), OK
