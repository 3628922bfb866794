# Which echoes of a burst came from one thing, and which of the things is the waste.
from collections import namedtuple
from micropython import const

# What a burst is judged by: last_mm is the distance last believed (None: none yet), far_mm the
# distance beyond which nothing is ours, scale_pm the floor's calibration (past.py), per mille.
Ear = namedtuple("Ear", ("sensor", "air_dc", "lid_dc", "scale_pm", "last_mm", "far_mm"))

FEWEST = const(3)  # echoes that end a burst
AGREE_MM = const(20)  # modules jitter by +-4 mm (robert-hh/micropython#20); twice that, and air
NOISY_MM = const(60)  # wider than this and a distance may sit between two different things

_SURPRISE = const(2)  # more of them where the level would have jumped
_GAP_MM = const(40)  # a wider gap between two echoes, and they came from two things
_DEPOSIT_MM = const(250)  # a bag; what answers from much nearer than before is rather a fold
_FRONT_MM = const(150)  # more than a corner is behind the waste that it belongs to
_NEAR_MM = const(15)  # a reading this close to the blind zone may be the blind zone itself,
_NEAR_PCT = const(16)  # or so close: what a wet or frozen sensor rings on


def families(mms):
    """Sorted distances, cut wherever two neighbours cannot have come from one thing."""
    found = []
    for mm in mms:
        if found and mm - found[-1][-1] <= _GAP_MM:
            found[-1].append(mm)
        else:
            found.append([mm])
    return found


def choose(found, ear):
    """The family to believe and the next best; among equals the nearer."""
    front_mm = _front_mm([middle(f) for f in found if len(f) > 1], ear)
    ranked = sorted([(-len(f) * _belief(middle(f), front_mm, ear), f[0], f) for f in found])
    first, second = (ranked + [(0, 0, []), (0, 0, [])])[:2]
    return first[2], second[2]


def _front_mm(mms, ear):
    """Nearer than this is only what stands in front of the waste."""
    within = [mm for mm in mms if ear.last_mm is not None and mm <= ear.last_mm + NOISY_MM]
    within = within or [mm for mm in mms if not _at_floor(mm, ear)]
    return max(within) - _FRONT_MM if within else 0


def _at_floor(mm, ear):
    return mm * 8 > ear.far_mm * 7


def _belief(mm, front_mm, ear):
    """How much an echo from there counts: waste stays or grows; it goes at an emptying only.

    Behind waste that has grown nothing answers from where it was: what stands in front of such an
    answer is a fold or a single thing.
    """
    if mm > ear.far_mm or mm <= near_mm(ear) or mm < front_mm:
        return 1
    if expected(mm, ear):
        return 8  # two such echoes of fifteen outweigh all in front of them
    if mm > ear.last_mm:
        return 3 if _at_floor(mm, ear) else 2
    return 3 if ear.last_mm - mm < _DEPOSIT_MM else 2


def expected(mm, ear):
    return ear.last_mm is None or abs(mm - ear.last_mm) <= NOISY_MM


def likely(mm, ear):
    """May the waste be there: where it was, or one deposit nearer?"""
    if mm is None or ear.last_mm is None:
        return False
    return -NOISY_MM <= ear.last_mm - mm < _DEPOSIT_MM


def near_mm(ear):
    blind_mm = ear.sensor.blind_mm
    return blind_mm + max(_NEAR_MM, blind_mm * _NEAR_PCT // 100)


def middle(family):
    return family[len(family) // 2] if family else None


def enough(mms, pings, ear):
    """The wider, stranger or more disputed an answer is, the more echoes must give it."""
    family, _ = choose(families(mms), ear)
    if len(family) < FEWEST:
        return False
    silent, strays = pings - len(mms), len(mms) - len(family)
    doubt = silent + 2 * strays + (family[-1] - family[0]) // (AGREE_MM + 1)
    if not expected(middle(family), ear):
        doubt += _SURPRISE
    return len(family) >= FEWEST + doubt
