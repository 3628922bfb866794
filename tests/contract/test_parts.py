"""The parts that a board may have: DS18B20, tilt switch, accelerometer, lid contact."""

import pytest

from tests.contract.chip import C3, DEVKIT, NODE

WIRE_PIN = 22
DS18B20 = (
    f"""
import board
board.DS18B20_PIN = {WIRE_PIN}
"""
    + NODE.replace("\nnode =", f"\nboard.DS18B20_PIN = {WIRE_PIN}\nnode =")
    + """
board.DS18B20_PIN = None
sonar = node.sonar(config.check({}))
def lid():
    began = time.ticks_ms()
    with sonar:
        dc = sonar.air_dc()
    return dc, time.ticks_ms() - began
"""
)
CONVERT_MS = 95


def wired(**changes):
    return {"wire_pin": WIRE_PIN, **changes}


@pytest.mark.parametrize("dc", [-400, -101, -5, 0, 4, 253, 600, 1000])
def test_ds18b20_tells_half_degrees(run, dc):
    said, took_ms = run(DS18B20 + "say(lid())", **wired(lid_dc=dc)).said
    assert abs(said - dc) <= 5
    assert took_ms <= 10 + CONVERT_MS + 20


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"wire_pin": None}, "nobody on the wire"),
        ({"held": {str(WIRE_PIN): 1}}, "stuck high"),
        ({"held": {str(WIRE_PIN): 0}}, "stuck low: presence, and zeros with a right sum"),
        ({"wire_noise": 4}, "a wrong sum"),
    ],
)
def test_ds18b20_tells_none_rather_than_nonsense(run, changes, why):
    said, took_ms = run(DS18B20 + "say(lid())", **(wired(lid_dc=200) | changes)).said
    assert said is None, why
    assert took_ms <= 10 + CONVERT_MS + 80


def test_ds18b20_that_has_converted_nothing_says_85_degrees_and_is_not_believed(run):
    program = "\nsonar._air.left_ms = lambda: 0\nsonar._air.begin()\n"
    program += "\nsonar._rail(1); sonar._air.begin(); say(sonar._air.read_dc())"
    assert run(DS18B20 + program, **wired(lid_dc=200)).said is None


def test_ds18b20_may_be_read_at_any_time(run):
    program = "say(node.air.left_ms(), node.air.read_dc())"
    assert run(DS18B20 + program, **wired(lid_dc=200)).said == [0, None]


# -- tilt and lid ---------------------------------------------------------------------------------


@pytest.mark.parametrize("tilt", [0, 1])
@pytest.mark.parametrize("lid", [0, 1])
def test_contacts_tell_tilt_and_lid(run, tilt, lid):
    found = run(
        NODE + "s = node.senses(); say(s.battery_mv, s.tilted, s.lid_open)", tilt=tilt, lid=lid
    )
    assert found.said[1:] == [tilt, lid]
    assert found.said[0] > 2000
    assert found["up_ms"] <= 70 + 8


@pytest.mark.parametrize(("level", "told"), [(0, 0), (1, 1)])
def test_a_torn_or_shorted_wire_reads_as_its_level(run, level, told):
    assert run(NODE + "say(node.senses().lid_open)", held={"17": level}).said == told


def test_a_contact_that_chatters_tells_nothing(run):
    program = """
from smartbin.hw.contacts import Contact
c = Contact(17); reads = [0, 1, 0]
class Pin:
    def init(self, *a): pass
    def value(self): return reads.pop()
c._pin = Pin()
say(c.read())
"""
    assert run(NODE + program).said is None


def test_the_pull_up_is_off_afterwards(run):
    assert run(NODE + "node.senses(); say(level(17), level(13))", tilt=1, lid=1).said == [0, 0]


@pytest.mark.parametrize("name", [C3, DEVKIT])
def test_a_board_without_these_parts_tells_none(run, name):
    assert run(NODE + "say(node.senses()[1:])", name).said == [None, None]


# -- the accelerometer ----------------------------------------------------------------------------

PINS = [21, 22]
GRAVITY = (
    NODE
    + """
from smartbin.hw.gravity import Gravity
g = Gravity(21, 22)
began = time.ticks_ms()
say(g.read(), time.ticks_ms() - began)
"""
)
LONGEST_MS = 60


@pytest.mark.parametrize("accel", ["lis3dh", "adxl345"])
@pytest.mark.parametrize(
    ("gravity", "told"),
    [
        ([0, 0, 1000], 0),
        ([0, 0, -1000], 0),
        ([450, 0, 893], 0),
        ([0, -550, 835], 1),
        ([1000, 0, 0], 1),
        ([-707, 0, 707], 1),
        ([0, 0, 0], None),
        ([1200, 1200, 1200], None),
    ],
)
def test_gravity_tells_the_angle_or_nothing(run, accel, gravity, told):
    found = run(GRAVITY, i2c_pins=PINS, accel=accel, gravity=gravity)
    assert found.said[0] == told
    assert found.said[1] <= LONGEST_MS


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"accel": "none"}, "nobody answers"),
        ({"held": {"21": 0}}, "data stuck low"),
        ({"held": {"22": 0}}, "clock stuck low"),
    ],
)
def test_a_bus_without_an_answer_is_none_and_ends(run, changes, why):
    found = run(GRAVITY, i2c_pins=PINS, **changes)
    assert found.said[0] is None, why
    assert found.said[1] <= LONGEST_MS


def test_the_accelerometer_sleeps_afterwards(run):
    found = run(GRAVITY + "import twin; say(twin.s.accel_us)", i2c_pins=PINS)
    assert found.said is None
