"""`network.WLAN` as on the ESP32: what the driver says, and what it does on its own."""

import pytest

# One channel to look at, 120 ms; the key, 138 ms; the rest makes 600 ms until it has joined.
AIR = {"channel": 1, "join_ms": 342, "dhcp_ms": 900, "rssi_dbm": -61}
SCAN_MS = 1560  # one look for an access point that is not there

START = """
import network, time
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
def connect(ssid="city-bins", key="rain-on-the-lid"):
    wlan.connect(ssid, key)
def after(ms):
    time.sleep_ms(ms)
    return wlan.status()
"""
IDLE, CONNECTING, GOT_IP = 1000, 1001, 1010
NO_AP, WRONG_KEY, LEFT = 201, 202, 8


def test_joining_takes_association_and_dhcp(run):
    found = run(
        START + "s = [wlan.status()]; connect()\n"
        "s += [after(0), after(1400), wlan.isconnected(), after(100), wlan.isconnected()]; say(s)",
        air=AIR,
    )
    assert found.said == [IDLE, CONNECTING, CONNECTING, False, GOT_IP, True]


def test_the_time_on_air_is_booked_by_phase(run):
    program = """
connect()
while not wlan.isconnected(): time.sleep_ms(10)
time.sleep_ms(250)
wlan.active(False)
time.sleep_ms(40)
"""
    found = run(START + program, air=AIR)
    phases = found["phases"]
    assert (phases["start"], phases["scan"], phases["mqtt"]) == (47, 120, 250)
    assert (phases["leave"], phases["cpu"]) == (10, 40), "switching it off takes a moment"
    assert phases["join"] + phases["dhcp"] + phases["send"] == 480 + 900
    assert phases["send"] == pytest.approx(0.138 * 342 + 0.01 * 900, abs=1)
    assert found["radio"] is True


def test_a_fixed_address_saves_dhcp(run):
    program = "wlan.ifconfig(('10.0.0.9', '255.0.0.0', '10.0.0.1', '10.0.0.1')); connect()\n"
    assert run(START + program + "say(after(600))", air=AIR).said == GOT_IP


@pytest.mark.parametrize(
    ("connect", "air", "status", "round_ms"),
    [
        ("connect()", {"ap": False}, NO_AP, SCAN_MS),
        ("connect(ssid='elsewhere')", {}, NO_AP, SCAN_MS),
        ("connect(key='guess')", {}, WRONG_KEY, 600 + 1500),
    ],
)
def test_status_shows_the_last_failure_while_it_still_tries(run, connect, air, status, round_ms):
    program = (
        START + f"{connect}; say(after({round_ms} - 1), after(1), after(40), raised(connect))"
    )
    assert run(program, air=AIR | air).said == [CONNECTING, status, status, "OSError"]


def test_an_old_failure_still_shows_while_the_next_try_succeeds(run):
    program = START + "connect(key='guess'); time.sleep(3); wlan.status(); wlan.disconnect()\n"
    program += "connect(); say(after(10), after(1480), after(10))"
    assert run(program, air=AIR).said == [WRONG_KEY, WRONG_KEY, GOT_IP]


def test_our_own_leaving_shows_as_a_failure_too(run):
    program = START + "connect(); time.sleep(2); wlan.disconnect(); s = wlan.status(); connect()\n"
    program += "say(s, after(100), after(1400))"
    assert run(program, air=AIR).said == [LEFT, LEFT, GOT_IP]


def test_a_failure_does_not_outlive_the_wake(boot):
    chip = boot(START + "s = wlan.status(); connect(); time.sleep(2); say(s, wlan.status())")
    for _ in range(2):
        assert chip.wake(air=AIR | {"ap": False}).said == [IDLE, NO_AP]


def test_it_tries_for_ever_unless_told_otherwise(run):
    program = START + "connect(); time.sleep(24 * 3600); say(raised(connect), wlan.status())"
    found = run(program, air=AIR | {"ap": False})
    assert found.said == ["OSError", NO_AP]
    assert found["phases"]["scan"] == 24 * 3600 * 1000, "at full power"


def test_reconnects_bound_its_tries(run):
    program = (
        START
        + f"""
wlan.config(reconnects=2)
connect()
time.sleep_ms(3 * {SCAN_MS} - 1)
busy = raised(connect)
time.sleep_ms(1)
say(wlan.config("reconnects"), busy, wlan.status(), raised(connect))
"""
    )
    assert run(program, air=AIR | {"ap": False}).said == [2, "OSError", NO_AP, None]


@pytest.mark.parametrize("wait_ms", [0, 10, 599, 1499, 5000])
def test_connect_raises_while_it_connects_and_while_it_is_connected(run, wait_ms):
    program = START + f"connect(); time.sleep_ms({wait_ms}); say(raised(connect))"
    assert run(program, air=AIR).said == "OSError"


def test_connect_is_welcome_again_after_disconnect(run):
    program = START + "connect(); time.sleep_ms(50); wlan.disconnect(); say(raised(connect))"
    assert run(program, air=AIR).said is None


def test_a_radio_that_is_off_does_nothing(run):
    program = (
        START
        + """
wlan.active(False)
say(wlan.active(), raised(connect), raised(wlan.disconnect), raised(wlan.scan))
"""
    )
    assert run(program, air=AIR).said == [False, "OSError", "OSError", "OSError"]


def test_it_is_the_same_radio_for_every_object(run):
    program = (
        START + "connect(); time.sleep(2); say(network.WLAN().isconnected(), wlan.status('rssi'))"
    )
    assert run(program, air=AIR).said == [True, -61]


def test_there_is_no_rssi_before_the_join(run):
    assert run(START + "say(raised(wlan.status, 'rssi'))", air=AIR).said == "OSError"


@pytest.mark.parametrize(
    ("config", "error"),
    [("color=1", "ValueError"), ("'color'", "ValueError"), ("'pm', pm=1", "TypeError")],
)
def test_config_refuses_what_the_port_refuses(run, config, error):
    assert run(START + f"say(raised(lambda: wlan.config({config})))").said == error


def test_a_scan_takes_its_time_and_finds_the_access_point(run):
    program = (
        START + "a = time.ticks_ms(); n = wlan.scan(); say(time.ticks_ms() - a, len(n), n[0][0])"
    )
    assert run(program, air=AIR).said == [SCAN_MS, 1, "city-bins"]
