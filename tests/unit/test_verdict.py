"""The installation check: what is heard of an empty bin -> fit, warnings, or not here."""

from smartbin import config, echo, family, installed, sensors
from smartbin.console import verdict

CFG = {"empty_mm": 1200, "full_mm": 250, "width_mm": 600, "sensor": "hc_sr04"}
FLOOR = [6993] * 30  # us: 1200 mm and there and back at 20 C
SILENT = 38_000


def us(mm):
    return int(mm * 2000 / 343.2 + 0.5)


def heard(answers, cfg=None, trouble=None):
    cfg = cfg or config.check(CFG)
    sensor = sensors.find(cfg.sensor)
    ear = family.Ear(sensor, 200, 200, 0, None, cfg.empty_mm * 105 // 100)
    return verdict.listen(answers, ear, trouble)


def facts(answers=None, trouble=None, settings=None, **others):
    """A good mounting, but for what is named."""
    table = dict(CFG)
    table.update(settings or {})
    cfg = config.check(table)
    found = {"rssi_dbm": -60, "session": "", "session_ms": 2000, "idle_mv": 3600}
    found["loaded_mv"] = 3500
    found.update(others)
    sensor = sensors.find(cfg.sensor)
    floor = cfg.empty_mm if sensor.speed else us(cfg.empty_mm)
    listened = heard([floor] * 30 if answers is None else answers, cfg, trouble)
    return verdict.Facts(sensor, cfg, listened, **found)


def judged(*args, **named):
    grade, reasons = verdict.verdict(facts(*args, **named))
    return installed.GRADES[grade], reasons


def test_a_good_mounting_is_fit_and_nothing_is_said_against_it():
    assert judged() == ("fit", [])


def test_what_thirty_pings_heard():
    answers = [us(1200)] * 20 + [us(1210)] * 4 + [us(700)] * 3 + [SILENT] * 2 + [None]
    found = heard(answers)
    assert (found.pings, found.heard, found.agree, found.second) == (30, 27, 24, 3)
    assert (found.mm, found.spread_mm, found.second_mm) == (1200, 10, 700)
    assert heard([None] * 30) == verdict.Heard(30, 0, None, 0, 0, None, 0, echo.SILENT)


# -- what it hears -----------------------------------------------------------------------------


def test_a_sensor_that_does_not_work_is_named_with_its_fault():
    assert judged([None] * 30, echo.STUCK) == ("no", [("stuck", ())])
    assert judged([None] * 30, echo.DEAD) == ("no", [("dead", ())])
    assert judged([10] * 30) == ("no", [("early", ())])


def test_six_echoes_of_ten_are_the_least():
    assert judged(FLOOR[:17] + [SILENT] * 13) == ("no", [("silent", (17, 30))])
    assert judged(FLOOR[:18] + [SILENT] * 12) == ("warnings", [("few", (18, 30))])
    assert judged(FLOOR[:26] + [SILENT] * 4) == ("warnings", [("few", (26, 30))])
    assert judged(FLOOR[:27] + [SILENT] * 3) == ("fit", [])


def test_a_bin_that_answers_from_the_sensors_face():
    for mm in (21, 35):
        assert judged([us(mm)] * 30) == ("no", [("near", (mm, 35))])
    half = [us(50), SILENT] * 15
    assert judged(half) == ("no", [("silent", (15, 30))])


def test_the_floor_is_where_the_settings_say():
    for mm in (1200, 1143, 1257):
        assert judged([us(mm)] * 30) == ("fit", [])
    for mm in (1130, 963):
        assert judged([us(mm)] * 30) == ("warnings", [("floor", (mm, 1200))])
    assert judged([us(961)] * 30) == ("no", [("short", (961, 1200))])
    assert judged([us(1262)] * 30) == ("no", [("far", (1262, 1200))])


def test_echoes_that_do_not_keep_still():
    for off, said in ((20, []), (22, [("spread", (22,))]), (60, [("spread", (60,))])):
        answers = [us(1180), us(1180 + off // 2), us(1180 + off)] * 10
        assert judged(answers)[1] == said, off
    answers = [us(1160), us(1191), us(1222)] * 10
    assert judged(answers) == ("no", [("noisy", (62,))])
    answers = [us(400 + 50 * i % 800) for i in range(30)]
    assert ("noisy", (0,)) in judged(answers)[1]


def test_a_second_thing_that_answers():
    few, many = [us(600)] * 3, [us(600)] * 10
    assert judged(FLOOR[:28] + [us(600)] * 2) == ("fit", [])
    assert judged(FLOOR[:27] + few) == ("warnings", [("second", (3, 600))])
    assert judged(FLOOR[:20] + many) == ("no", [("walls", (10, 600))])


# -- the bin and the sensor --------------------------------------------------------------------


def test_a_blind_zone_that_begins_below_the_full_mark_never_tells_of_a_full_bin():
    jsn = {"sensor": "jsn_sr04t_v2", "width_mm": 1150}  # 290 mm of blind zone
    blind = judged(settings=dict(jsn, full_mm=250))
    assert blind == ("warnings", [("blind", (40, 96))])
    shallow = dict(jsn, empty_mm=500, full_mm=100, width_mm=500)
    assert ("never_full", (53, 80)) in judged(settings=shallow)[1]
    assert judged(settings=shallow)[0] == "no"
    assert judged(settings=dict(shallow, full_pct=50))[0] == "warnings"
    assert judged(settings=dict(jsn, full_mm=290)) == ("fit", [])


def test_a_floor_out_of_reach():
    deep = {"sensor": "hc_sr04p", "width_mm": 1400, "empty_mm": 3100}
    assert ("range", (3100, 3000)) in judged(settings=deep)[1]
    assert judged(settings=dict(deep, empty_mm=1900))[1] == [("reach", (1900, 1860))]
    assert judged(settings=dict(deep, empty_mm=1860)) == ("fit", [])


def test_the_beam_must_reach_the_floor_before_the_wall():
    """Milesight wants 24 cm of radius at 88 cm: half a cone of 15 degrees."""
    bin_ = {"empty_mm": 880, "sensor": "a02yyuw"}  # 60 degrees: 508 mm at 880
    assert judged(settings=dict(bin_, width_mm=1018)) == ("fit", [])
    assert judged(settings=dict(bin_, width_mm=1000))[1] == [("beam", (866, 880))]
    assert judged(settings=dict(bin_, width_mm=240)) == ("no", [("narrow", (207, 250))])
    assert judged(settings=dict(bin_, sensor="hc_sr04", width_mm=480)) == ("fit", [])


def test_one_beam_sees_little_of_a_wide_bin():
    assert judged(settings={"width_mm": 1050}) == ("fit", [])
    assert judged(settings={"width_mm": 1060}) == ("warnings", [("wide", (211, 1060))])


def test_a_width_that_nobody_measured_is_not_taken_for_enough():
    assert judged(settings={"width_mm": 0}) == ("warnings", [("width", ())])


# -- radio and supply --------------------------------------------------------------------------


def test_the_signal_must_have_something_in_hand():
    assert judged(rssi_dbm=-70) == ("fit", [])
    assert judged(rssi_dbm=-71) == ("warnings", [("signal", (-71,))])
    assert judged(rssi_dbm=-80) == ("warnings", [("signal", (-80,))])
    assert judged(rssi_dbm=-81) == ("no", [("weak", (-81,))])


def test_a_session_that_fails_or_is_slow():
    assert judged(rssi_dbm=None, session="no_ap") == ("no", [("session", ("no_ap",))])
    assert judged(session_ms=4750) == ("fit", [])
    assert judged(session_ms=4751) == ("warnings", [("slow", (4751, 9500))])


def test_the_battery_is_judged_under_load():
    assert judged(loaded_mv=2901, idle_mv=3000) == ("fit", [])
    assert judged(loaded_mv=2900, idle_mv=3000) == ("warnings", [("battery", (2900, 2900))])
    assert judged(loaded_mv=2600, idle_mv=3500) == ("no", [("cell", (2600, 2600))])
    assert judged(loaded_mv=3299, idle_mv=3600) == ("warnings", [("sag", (301,))])
    assert judged(loaded_mv=3300, idle_mv=3600) == ("fit", [])
    assert judged(loaded_mv=None, idle_mv=2700) == ("warnings", [("battery", (2700, 2900))])
    assert judged(loaded_mv=None, idle_mv=None) == ("fit", [])


def test_the_worst_reason_decides_and_comes_first():
    found = judged(FLOOR[:26] + [SILENT] * 4, rssi_dbm=-90, settings={"width_mm": 0})
    assert found == ("no", [("weak", (-90,)), ("few", (26, 30)), ("width", ())])


# -- the record --------------------------------------------------------------------------------


def test_the_record_of_a_good_mounting():
    kept = verdict.record(facts(), 636_422_400)
    assert kept == installed.Record(
        0, 636_422_400, 1200, 250, 600, 1200, None, 30, 30, 0, -60, 2000, 3600, 3500, ()
    )


def test_the_record_of_a_bad_one():
    bad = facts([None] * 30, echo.DEAD, rssi_dbm=None, session="no_ap", idle_mv=None)
    kept = verdict.record(bad, None)
    assert (kept.grade, kept.at_s, kept.floor_mm, kept.heard) == (2, None, None, 0)
    assert (kept.rssi_dbm, kept.session_ms, kept.idle_mv) == (None, None, None)
    assert kept.reasons == ("dead", "session")


def test_a_second_thing_is_kept_where_it_counts():
    assert verdict.record(facts(FLOOR[:28] + [us(600)] * 2), None).second_mm is None
    assert verdict.record(facts(FLOOR[:27] + [us(600)] * 3), None).second_mm == 600
