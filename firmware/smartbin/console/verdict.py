# Does this sensor fit this bin, here?  What was measured at the mounting -> verdict and reasons.
#
# Field trials died because nobody asked: same sensor, another bin, no success.  Each reason is
# (key, numbers); what to change stands beside the console's words for the key.
from collections import namedtuple
from math import radians, tan
from micropython import const

from smartbin import echo, family, fill, installed
from smartbin.installed import FIT, NO, WARNINGS

PINGS = const(30)

_HEARD_PCT = const(60)  # fewer valid ones are no reading (facts B4)
_SURE_PCT = const(90)  # an empty bin answers nearly always; an estimate
_SHORT_PCT = const(25)  # of the depth: users were content with quartiles, so one is the most
_FLOOR_PCT = const(6)  # of the depth: what fill.py takes for two looks at one surface
_FAR_PCT = const(5)  # of empty_mm: beyond it echo.py tells no fill
_WALLS = const(3)  # one echo in three from elsewhere: no vote can be relied on; an estimate
_WIDE = const(5)  # a beam that sees a fifth of the width at half the depth; an estimate
_REACH_PCT = const(62)  # HC-SR04: 2.5 m in use of 4 m claimed (facts B1); for others an estimate
_WEAK_DBM = const(-80)  # 8 dB above what a session needs: a closed lid takes that; an estimate
_SIGNAL_DBM = const(-70)  # 18 dB: rain, a parked van and an old battery, too; an estimate
_SLOW_PCT = const(50)  # of link_ms: twice as long, on a bad day, and it fails; an estimate
_SAG_MV = const(300)  # the radio's peaks draw four times its mean (facts A3); an estimate

# What the pings heard: pings, heard: how many, and how many came back; mm, agree, spread_mm: the
# most frequent distance, in how many, and from nearest to farthest of them; second_mm, second:
# the next; reason: of echo.REASONS.  None: nothing heard.
Heard = namedtuple("Heard", "pings heard mm agree spread_mm second_mm second reason")

# All that the verdict is made of.  session: "" or what went wrong (notes.NAMES); session_ms: how
# long it took; rssi_dbm, idle_mv, loaded_mv: None where nobody can tell.
Facts = namedtuple("Facts", "sensor cfg heard rssi_dbm session session_ms idle_mv loaded_mv")


def listen(answers, ear, trouble=None):
    """What so many pings at an empty bin heard: Heard.  ear: family.Ear, trouble: of the sonar."""
    mms = echo.distances(answers, ear)
    found = sorted([(-len(f), f[0], f) for f in family.families(mms)]) + [(0, 0, [])] * 2
    first, second = found[0][2], found[1][2]
    spread_mm = first[-1] - first[0] if first else 0
    most = (family.middle(first), len(first), spread_mm, family.middle(second), len(second))
    return Heard(len(answers), len(mms), *most, echo.judge(answers, ear, trouble).reason)


def verdict(facts):
    """(grade, [(key, numbers), worst first])."""
    found = _echoes(facts) + _geometry(facts) + _radio(facts) + _power(facts)
    grades = [installed.grade_of(key) for key, _ in found]
    ranked = [row for grade in (NO, WARNINGS) for row, own in zip(found, grades) if own == grade]
    return max(grades + [FIT]), ranked


def record(facts, at_s):
    """The Record of a verdict on these facts."""
    grade, reasons = verdict(facts)
    cfg, heard = facts.cfg, facts.heard
    bin_ = (cfg.empty_mm, cfg.full_mm, cfg.width_mm, heard.mm)
    second_mm = heard.second_mm if heard.second >= family.FEWEST else None
    echoes = (second_mm, heard.heard, heard.pings, min(255, heard.spread_mm))
    session_ms = None if facts.session else facts.session_ms
    supply = (facts.idle_mv, facts.loaded_mv)
    keys = tuple([key for key, _ in reasons])
    return installed.Record(grade, at_s, *bin_, *echoes, facts.rssi_dbm, session_ms, *supply, keys)


# -- each check: a list of (key, numbers) ----------------------------------------------------


def _echoes(facts):
    heard = facts.heard
    if heard.agree * 100 < _HEARD_PCT * heard.pings:
        if heard.reason in (echo.STUCK, echo.DEAD, echo.EARLY):
            return [(echo.REASONS[heard.reason], ())]
        key = "noisy" if heard.heard * 100 >= _HEARD_PCT * heard.pings else "silent"
        numbers = (heard.spread_mm,) if key == "noisy" else (heard.heard, heard.pings)
        return _other(heard) + [(key, numbers)]
    found = _place(facts) + _other(heard)
    if heard.heard * 100 < _SURE_PCT * heard.pings:
        found += [("few", (heard.heard, heard.pings))]
    if heard.spread_mm > family.AGREE_MM:
        noisy = heard.spread_mm > family.NOISY_MM
        found += [("noisy" if noisy else "spread", (heard.spread_mm,))]
    return found


def _other(heard):
    if heard.second < family.FEWEST:
        return []
    often = _WALLS * heard.second >= heard.heard
    return [("walls" if often else "second", (heard.second, heard.second_mm))]


def _place(facts):
    """Is what answers the floor?"""
    cfg, mm, sensor = facts.cfg, facts.heard.mm, facts.sensor
    near_mm = near(sensor)
    if mm <= near_mm:
        return [("near", (mm, near_mm))]
    off_pct = 100 * (cfg.empty_mm - mm) // (cfg.empty_mm - cfg.full_mm)
    if 100 * (mm - cfg.empty_mm) > _FAR_PCT * cfg.empty_mm:
        return [("far", (mm, cfg.empty_mm))]
    if off_pct >= _SHORT_PCT:
        return [("short", (mm, cfg.empty_mm))]
    return [("floor", (mm, cfg.empty_mm))] if abs(off_pct) > _FLOOR_PCT else []


def near(sensor):
    """Where the blind zone ends for good: mm."""
    return family.near_mm(family.Ear(sensor, 0, None, 0, None, 0))


def _geometry(facts):
    return _blind(facts) + _depth(facts) + _beam(facts)


def _blind(facts):
    """The highest levels are within the sensor's blind zone: does that hide a full bin?"""
    cfg, near_mm = facts.cfg, near(facts.sensor)
    if near_mm <= cfg.full_mm:
        return []
    top_pct = fill.pct_of(near_mm, fill.curve_of(cfg))
    if top_pct < cfg.full_pct:
        return [("never_full", (top_pct, cfg.full_pct))]
    return [("blind", (near_mm - cfg.full_mm, top_pct))]


def _depth(facts):
    empty_mm, range_mm = facts.cfg.empty_mm, facts.sensor.range_mm
    if empty_mm > range_mm:
        return [("range", (empty_mm, range_mm))]
    reach_mm = range_mm * _REACH_PCT // 100
    return [("reach", (empty_mm, reach_mm))] if empty_mm > reach_mm else []


def _beam(facts):
    cfg, slope = facts.cfg, tan(radians(facts.sensor.beam_deg / 2))
    if not cfg.width_mm:
        return [("width", ())]
    wall_mm = int(cfg.width_mm / 2 / slope)
    if wall_mm < cfg.full_mm:
        return [("narrow", (wall_mm, cfg.full_mm))]
    if wall_mm < cfg.empty_mm:
        return [("beam", (wall_mm, cfg.empty_mm))]
    seen_mm = int(cfg.empty_mm * slope)  # across, at half the depth
    return [("wide", (seen_mm, cfg.width_mm))] if _WIDE * seen_mm < cfg.width_mm else []


def _radio(facts):
    found = []
    if facts.rssi_dbm is not None and facts.rssi_dbm < _SIGNAL_DBM:
        weak = facts.rssi_dbm < _WEAK_DBM
        found += [("weak" if weak else "signal", (facts.rssi_dbm,))]
    if facts.session:
        found += [("session", (facts.session,))]
    elif facts.session_ms * 100 > _SLOW_PCT * facts.cfg.link_ms:
        found += [("slow", (facts.session_ms, facts.cfg.link_ms))]
    return found


def _power(facts):
    cfg, mv = facts.cfg, facts.idle_mv if facts.loaded_mv is None else facts.loaded_mv
    if mv is None:
        return []
    if mv <= cfg.battery_critical_mv:
        return [("cell", (mv, cfg.battery_critical_mv))]
    found = [("battery", (mv, cfg.battery_low_mv))] if mv <= cfg.battery_low_mv else []
    sag_mv = 0 if facts.idle_mv is None else facts.idle_mv - mv
    return found + ([("sag", (sag_mv,))] if sag_mv > _SAG_MV else [])
