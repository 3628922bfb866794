"""Numbers 15 to 24 of the field failures: power, sleep and clocks.

Each test is named by what a user saw; its docstring has number, complaint, who made it, and what
we do instead.
"""

from __future__ import annotations

from itertools import pairwise

from tests.field.lived import asleep_again, nothing_vanished

EVEN = "settings = {fast_s = 900, slow_s = 900}"  # a quarter of an hour, whatever the bin does


def test_wifi_is_gone_for_days_and_the_battery_lives_on(live) -> None:
    """15. Wi-Fi absent: endless reset or portal loop, battery gone.

    esphome/issues#1838; esphome/feature-requests#210

    Ours: a failed session backs off across naps, up to six hours; every wake is bounded.
    """
    life = live("ap_down 6h 4d", days=5)
    asleep_again(life)
    nothing_vanished(life)
    tries = [w for w in life.awake_between(30, 100) if w.radio]
    assert len(tries) <= 3 * 24, "the back-off has reached hours"
    assert life.summary["charge"]["mah_per_day"] < 3


def test_a_dead_broker_keeps_nobody_awake(live) -> None:
    """16. MQTT server down: the device stayed awake, flat after 8 h.

    stefanbode/Sonoff-Tasmota#21

    Ours: one deadline for all waits of a session; asleep again within 12 s.
    """
    for fault in ("broker_down 2h 20h", "broker_silent 2h 20h"):
        life = live(fault)
        asleep_again(life)
        nothing_vanished(life)
        assert life.troubles["tcp" if "down" in fault else "login"] >= 3


def test_out_of_range_it_sleeps_its_whole_nap(live) -> None:
    """17. Leaving Wi-Fi range then sleeping: immediate spurious wakes, dead wake pin.

    esphome/issues#3881

    Ours: the nap is the same whatever the radio did; the wake pin is armed before every nap.
    """
    life = live("ap_down 3h 20h")
    asleep_again(life)
    assert [w.cause for w in life.wakes[1:-1]] == ["timer"] * (len(life.wakes) - 2)
    assert life.wakes[-1].cause == "button", "the pin still wakes it"
    for one, other in pairwise(life.wakes[:-1]):
        asleep_ms = other.t_ms - one.t_ms - one.awake_ms
        assert asleep_ms > one.nap_ms * 0.99, "the sleep clock's drift is 0.3 % at most here"


def test_the_sensor_has_no_power_while_the_node_sleeps(live) -> None:
    """18. Ultrasonic module left powered draws about 3 mA asleep.

    stefanbode/Sonoff-Tasmota#99

    Ours: the sensor's rail is a with-block: off on every way out, errors included.
    """
    life = live("ap_down 6h 6h", "sonar_stuck_high 14h 2h", "crash 18h 1h")
    assert not any(w.rail for w in life.wakes), "the rail is off at the end of every wake"


def test_no_report_goes_out_without_its_distance(live) -> None:
    """19. Awake window too short: signal and voltage arrive, the distance never does.

    stefanbode/Sonoff-Tasmota#85

    Ours: the sensor is asked before the radio is switched on; a report is made of the reading.
    """
    life = live("weak_signal 2h 20h 18", sound="miss_pct = 0")
    newest = [d for d in life.run.bins[0].deliveries if d.newest]
    assert len(newest) >= 5
    assert all(d.distance_mm is not None for d in newest)


def test_one_wake_for_one_slot_whatever_the_clock_does(live) -> None:
    """20. Early wake, then a second wake minutes later.

    arendst/Tasmota#21423; G6EJD e-paper PR#186

    Ours: wakes aim at slots; a wake that comes a little early counts for its slot.
    """
    for seed in (1, 2, 3):
        life = live(
            days=4,
            run=f"seed = {seed}",
            board="drift_ppm = 50000",
            waste="rate_pct_day = 5",  # no alarm: its prompt tries are a minute apart
            bin=EVEN,
        )
        slots = life.wakes[2:-1]  # after the clock is set the first nap only leads to a slot
        assert min(b.t_ms - a.t_ms for a, b in pairwise(slots)) > 450_000


def test_an_hour_is_an_hour_once_the_drift_is_learnt(live) -> None:
    """21. Drift of -9.7 s per hour; an RC clock that depends on the temperature; 26 s in 5
    minutes.

    OpenDisplay/Firmware#42; espressif/esp-idf#2502, #6687

    Ours: the rate of the sleep clock is learnt from successive network times, naps and stamps are
    corrected.
    """
    life = live(days=4, board="drift_ppm = 27000", weather="swing_c = 0\nnoise_c = 0", bin=EVEN)
    late = life.awake_between(72, 95.9)
    hour_ms = [(b.t_ms - a.t_ms) * 3600 // 900 for a, b in pairwise(late)]
    assert all(abs(ms - 3_600_000) <= 10_000 for ms in hour_ms)


def test_without_a_time_server_it_still_wakes(live) -> None:
    """22. No NTP: the sleep is computed from 1970 and the node never wakes.

    stefanbode/Sonoff-Tasmota#181, #191

    Ours: without a clock a nap is a nap: it is counted from this wake; readings go out without a
    time.
    """
    life = live("time_server_silent 0s 2d", days=1)
    asleep_again(life)
    nothing_vanished(life)
    assert len(life.wakes) >= 95
    assert {d.clock for d in life.run.bins[0].deliveries} == {"unknown"}


def test_a_weak_supply_is_not_hammered(live) -> None:
    """23. Brown-out at Wi-Fi start; on a weak cell it reboots for ever and ruins the battery.

    espressif/esp-idf PR#5913; espressif/arduino-esp32#5484

    Ours: a start that finds the radio flag set backs off and lowers the transmit power.
    """
    life = live("brownout 4h 12h", days=1)
    asleep_again(life)
    nothing_vanished(life)
    assert life.troubles["brownout"] >= 2
    tries = [w for w in life.awake_between(4, 16) if w.radio]
    assert len(tries) <= 12


def test_it_wakes_the_thousandth_time_as_it_did_the_first(live) -> None:
    """24. Never wakes, or sticks after some number of sleep cycles.

    esphome/issues#5834; espressif/arduino-esp32#796

    Ours: a nap is always a whole number of milliseconds between a second and a day, whatever led
    to it.
    """
    life = live(days=15)
    asleep_again(life)
    nothing_vanished(life)
    assert len(life.wakes) > 1400
    assert max(b.t_ms - a.t_ms for a, b in pairwise(life.wakes)) < 2 * 900_000
