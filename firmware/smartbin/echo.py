# A burst of microseconds -> distance, spread, quality and a reason.  Silence is never a number.
from collections import namedtuple
from math import sqrt
from micropython import const

# Why a sounding is as good as it is; the order is a wire format (packed readings hold the index).
REASONS = ("ok", "noisy", "silent", "stuck", "dead", "near", "far", "safe")
OK, NOISY, SILENT, STUCK, DEAD, NEAR, FAR, SAFE = range(8)

# mm: median distance or None; spread_mm: nearest to farthest echo; quality: 0 none .. 4 best;
# reason: index into REASONS; heard of pings; air_dc: air temperature used.
Sounding = namedtuple(
    "Sounding", ("mm", "spread_mm", "quality", "reason", "heard", "pings", "air_dc")
)

SKIPPED = Sounding(None, 0, 0, SAFE, 0, 0, 150)  # in safe mode nobody asks the sensor

_FEWEST = const(3)  # pings in every burst
_AGREE_MM = const(20)  # modules jitter by +-4 mm (robert-hh/micropython#20); twice that, and air
_NOISY_MM = const(60)  # wider than this and the median may sit between two different things
_NEAR_MM = const(15)  # a reading this close to the blind zone may be the blind zone itself
_FAR_PCT = const(5)  # air temperature and a dented floor; beyond it is not our bin
_MILD_DC = const(150)  # without a thermometer: 15 C


def distance_mm(echo_us, air_dc):
    """Half the way of sound in echo_us microseconds, through air of air_dc tenths of a degree C.

    331.3 m/s at 0 C, with the square root of the absolute temperature (facts: dry air).
    """
    return int(echo_us * 0.16565 * sqrt(1 + air_dc / 2731.5) + 0.5)


def settle(sonar, air, cfg, up):
    """Ping until three agree, or cfg.pings are spent, or the wake has no time left."""
    with sonar:
        air_dc = air.read_dc()
        if air_dc is None:
            air_dc = _MILD_DC
        burst = []
        while len(burst) < cfg.pings and not _agreed(burst, air_dc, sonar.sensor):
            if up.left_ms() < 2 * sonar.sensor.period_ms:
                break
            burst.append(sonar.ping())
    return judge(burst, air_dc, sonar.sensor, cfg.empty_mm, sonar.trouble())


def judge(burst, air_dc, sensor, empty_mm, trouble=None):
    """A Sounding from a list of echo times in microseconds, None where nothing came back."""
    heard = _distances(burst, air_dc, sensor)
    if 2 * len(heard) <= len(burst) or not heard:
        reason = SILENT if heard or trouble is None else trouble
        return Sounding(None, 0, 0, reason, len(heard), len(burst), air_dc)
    mm = heard[len(heard) // 2]
    spread = heard[-1] - heard[0]
    quality, reason = _grade(mm, spread, len(burst) - len(heard), sensor, empty_mm)
    return Sounding(mm, spread, quality, reason, len(heard), len(burst), air_dc)


def _distances(burst, air_dc, sensor):
    mms = sorted([distance_mm(us, air_dc) for us in burst if us is not None])
    return [mm for mm in mms if mm <= sensor.range_mm]


def _agreed(burst, air_dc, sensor):
    last = _distances(burst[-_FEWEST:], air_dc, sensor)
    heard = len(_distances(burst, air_dc, sensor))
    if len(last) < _FEWEST or 2 * heard <= len(burst):
        return False
    return last[-1] - last[0] <= _AGREE_MM


def _grade(mm, spread, missed, sensor, empty_mm):
    if mm <= sensor.blind_mm + _NEAR_MM:
        return 1, NEAR
    if mm > empty_mm + empty_mm * _FAR_PCT // 100:
        return 1, FAR
    if spread > _NOISY_MM:
        return 2, NOISY
    return (4 if spread <= _AGREE_MM and not missed else 3), OK
