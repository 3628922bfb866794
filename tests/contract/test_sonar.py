"""What the rest of the firmware may expect of every family of sonar, whatever its line does."""

import pytest

from sim import energy
from sim.device import line_of
from smartbin import echo, sensors
from tests.contract.chip import C3, DEVKIT, NODE

SONAR = (
    NODE
    + """
sonar = node.sonar(config.check({{"sensor": "{sensor}"}}))
def burst(n=3):
    began = time.ticks_ms()
    with sonar:
        pings = [sonar.ping() for _ in range(n)]
    return pings, sonar.trouble(), time.ticks_ms() - began, level(board.RAIL_PIN)
"""
)
ECHO_PIN = "26"
SLACK_MS = 60  # a serial reading, and what a driver waits beyond the sensor's own time
ECHOES = [5831, 5840, 5829]
COLD_DC = -100


def by(name):
    sensor = sensors.find(name)
    assert sensor is not None
    return sensor


def of(family):
    return [name for name in sensors.NAMES if by(name).family == family]


PULSE, FRAMES = of("pulse"), of("frames")
SERIAL = [*FRAMES, *of("maxbotix")]


def unit(sensor, us):
    """What a ping should say for an echo of that many microseconds."""
    if sensor.family == "pulse":
        return us
    speed = sensor.speed if sensor.speed > 0 else 331.3 * (1 + COLD_DC / 2731.5) ** 0.5
    return int(us * speed / 2000 + 0.5)


def figures(name):
    sensor = by(name)
    return {
        "trigger_us": sensor.trigger_us,
        "settle_us": sensor.settle_ms * 1000,
        "sensor": line_of(sensor),
        "lid_dc": COLD_DC,
    }


@pytest.fixture
def ping(run):
    """ping(name, program, **changes) -> Outcome, with that sensor on the board."""

    def once(name, program, **changes):
        return run(SONAR.format(sensor=name) + program, **(figures(name) | changes))

    return once


@pytest.fixture(params=sensors.NAMES)
def sensor(request):
    return by(request.param)


def longest_ms(sensor, pings=3):
    return sensor.settle_ms + pings * 2 * sensor.period_ms + SLACK_MS


# -- every sensor ---------------------------------------------------------------------------------


def test_a_ping_is_in_the_sensors_own_unit(ping, sensor):
    pings, trouble, took_ms, rail = ping(sensor.name, "say(burst())", echoes=ECHOES).said
    assert pings == [unit(sensor, us) for us in ECHOES]
    assert (trouble, rail) == (None, 0)
    unasked = sensor.family == "frames" and not sensor.ask  # its next frame may be a period away
    periods = 4 if unasked else 3
    assert took_ms <= sensor.settle_ms + periods * sensor.period_ms + SLACK_MS


def test_silence_is_none(ping, sensor):
    silent = [sensor.silent_us, sensor.silent_us, sensor.silent_us + 90_000]
    pings, trouble, took_ms, rail = ping(sensor.name, "say(burst())", echoes=silent).said
    assert (pings, trouble if sensor.family == "pulse" else None, rail) == ([None] * 3, None, 0)
    assert took_ms <= longest_ms(sensor)


@pytest.mark.parametrize(
    ("level", "pulse", "serial"), [(1, echo.STUCK, echo.DEAD), (0, echo.DEAD, echo.STUCK)]
)
def test_a_line_that_never_moves_is_trouble_and_ends(ping, sensor, level, pulse, serial):
    found = ping(sensor.name, "say(burst())", echoes=ECHOES, held={ECHO_PIN: level})
    pings, trouble, took_ms, rail = found.said
    rests_high = sensor.family in ("frames", "maxbotix")
    assert (pings, trouble, rail) == ([None] * 3, serial if rests_high else pulse, 0)
    assert took_ms <= longest_ms(sensor)


def test_a_sensor_that_never_answers_is_dead(ping, sensor):
    pings, trouble, took_ms, rail = ping(sensor.name, "say(burst())", echoes=[]).said
    assert (pings, trouble, rail) == ([None] * 3, echo.DEAD, 0)
    assert took_ms <= longest_ms(sensor)


def test_trouble_is_forgotten_at_the_next_burst(ping, sensor):
    program = "a = burst(1)[1]; twin_echoes(); say(a, burst(1)[:2])"
    helper = "import twin\ndef twin_echoes(): twin.s.echoes.append(5831)\n"
    said = ping(sensor.name, helper + program, echoes=[]).said
    assert said == [echo.DEAD, [[unit(sensor, 5831)], None]]


def test_the_rail_goes_off_when_something_is_raised(ping, sensor):
    program = """
try:
    with sonar:
        on = level(board.RAIL_PIN)
        1 / 0
except ZeroDivisionError:
    say(on, level(board.RAIL_PIN), level(board.SONAR_TRIG_PIN))
"""
    assert ping(sensor.name, program).said == [1, 0, 0]


def test_the_rail_goes_off_when_a_driver_fails_to_open(ping, sensor):
    program = """
def broken(): raise OSError(5)
sonar._open = broken
say(raised(burst), level(board.RAIL_PIN), level(board.SONAR_TRIG_PIN))
"""
    assert ping(sensor.name, program).said == ["OSError", 0, 0]


@pytest.mark.parametrize("name", ["hc_sr04", "a02yyuw", "mb7389"])
def test_a_sensor_without_a_switched_rail(run, name):
    program = SONAR.format(sensor=name) + "say(burst())"
    pings, trouble, _, rail = run(program, DEVKIT, **figures(name), echoes=[5831] * 3).said
    assert (pings, trouble, rail) == ([unit(by(name), 5831)] * 3, None, None)


# -- answers too early ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PULSE)
def test_the_tiny_echoes_of_an_aj_sr04m_are_told_as_they_are(ping, name):
    """Ten microseconds: nearer than any blind zone, so `echo` calls it early."""
    assert ping(name, "say(burst())", echoes=[10] * 3).said[:2] == [[10] * 3, None]


def test_a_line_that_is_still_high_from_the_ping_before_is_no_new_ping(ping):
    program = """
with sonar:
    sonar._rest = lambda ms: None
    first = sonar._timed(1000)
    say(first >= 1000, sonar.ping(), sonar.trouble())
"""
    assert ping("hc_sr04", program, echoes=[30_000, 5831]).said == [True, None, echo.STUCK]


# -- serial lines ---------------------------------------------------------------------------------

GOOD = {"frames": "ff07a1a7", "maxbotix": "52313935330d"}  # both 1953 mm


def other(name, line):
    return [GOOD[by(name).family] if one == "good" else one for one in line]


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("ff07a1a8", "wrong sum"),
        ("ff07a1", "half a frame"),
        ("07a1a7", "the head is missing"),
        ("ff", "only the head"),
        ("00", "a framing error"),
        ("ff0000ff", "its own word for nothing"),
        ("ffffffff", "no reading, and no sum"),
        ("ff7fff7d", "farther than it can hear"),
        ("ff" * 40, "rubbish without an end"),
        ("", "not a word"),
    ],
)
def test_what_is_no_frame_is_no_reading(ping, name, bad, why):
    pings, _, took_ms, _ = ping(name, "say(burst())", line=[bad]).said
    assert pings == [None] * 3, why
    assert took_ms <= longest_ms(by(name))


@pytest.mark.parametrize(
    "bad",
    [
        "523139350d",
        "R1953",
        "523139353320",
        "54313935330d",
        "5231393533",
        "52352e31330d",
        "523530303020 0d",
    ],
)
def test_what_is_no_word_of_maxbotix_is_no_reading(ping, bad):
    line = [bad.encode().hex() if bad.startswith("R") else bad.replace(" ", "")]
    pings, _, took_ms, _ = ping("mb7389", "say(burst())", line=line).said
    assert pings == [None] * 3
    assert took_ms <= longest_ms(by("mb7389"))


@pytest.mark.parametrize(
    "word", ["52313935330d", "5231393533200d", "0d52313935330d", "00ff52313935330d"]
)
def test_maxbotix_says_it_with_or_without_a_space_after_rubbish(ping, word):
    assert ping("mb7389", "say(burst())", line=[word]).said[:2] == [[1953] * 3, None]


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("rubbish", ["a1a7", "ff07", "ffff", "00", "ff07a1a8"])
def test_a_frame_behind_rubbish_is_heard(ping, name, rubbish):
    assert ping(name, "say(burst())", line=[rubbish + "ff07a1a7"]).said[:2] == [[1953] * 3, None]


@pytest.mark.parametrize("name", SERIAL)
def test_one_bad_frame_spoils_one_ping_only(ping, name):
    said = ping(name, "say(burst(4))", line=other(name, ["good", "ff01", "good", "good"])).said
    assert [mm for mm in said[0] if mm is not None] == [1953] * said[0].count(1953)
    assert said[0].count(1953) >= 3


@pytest.mark.parametrize("name", SERIAL)
def test_another_speed_on_the_line_is_no_reading(ping, name):
    wrong = figures(name)["sensor"] | {"baud": 19_200}
    assert ping(name, "say(burst())", sensor=wrong, echoes=ECHOES).said[:2] == [
        [None] * 3,
        echo.DEAD,
    ]


@pytest.mark.parametrize("name", SERIAL)
def test_the_uart_is_given_back(ping, name):
    program = "burst(1); say(sonar._uart is None, level(board.SONAR_TRIG_PIN))"
    assert ping(name, program, echoes=ECHOES).said == [True, 0]


# -- sleep between pings --------------------------------------------------------------------------


def test_the_cpu_sleeps_while_nothing_is_awaited(ping, sensor):
    found = ping(sensor.name, "say(burst())", echoes=ECHOES)
    phases = found["phases"]
    assert phases["doze"] + phases["sense"] == pytest.approx(found.said[2], abs=2)
    assert 100 * phases["doze"] >= 60 * found.said[2]


def test_dozing_costs_the_sensor_and_a_little(ping):
    charge = energy.of_wake({"sense": 100, "doze": 1000}, "esp32", 8)
    assert charge == pytest.approx({"sense": 0.1 * 48, "doze": 8.8})


def test_a_board_that_must_not_doze_stays_awake(run):
    program = SONAR.format(sensor="jsn_sr04t_v3") + "say(burst())"
    found = run(program, C3, **figures("jsn_sr04t_v3"), echoes=ECHOES)
    assert found.said[0] == ECHOES
    assert "doze" not in found["phases"]
    assert "light" not in found["phases"]


def test_why_it_must_not_its_rail_falls(run):
    program = SONAR.format(sensor="jsn_sr04t_v3") + "sonar._doze = True; say(burst())"
    found = run(program, C3, **figures("jsn_sr04t_v3"), echoes=ECHOES)
    assert found.said[:2] == [[None] * 3, echo.DEAD]


# -- the thermometer on the rail ------------------------------------------------------------------


def test_the_lid_is_told_while_the_rail_is_on(ping):
    program = "\nwith sonar:\n    a = sonar.air_dc()\nsay(a, node.air.read_dc())"
    found = ping("hc_sr04", program, adc={"35": [1_650_000, 1_650_000, True]})
    assert found.said == [250, None]


def test_a_board_without_a_thermometer_tells_none(run):
    program = SONAR.format(sensor="hc_sr04") + "\nwith sonar:\n    say(sonar.air_dc())"
    assert run(program, DEVKIT).said is None
