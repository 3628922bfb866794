"""`machine.UART` and `machine.I2C` as on the ESP32, with a sensor that speaks on the line."""

import pytest

from tests.contract.chip import BOARD, C3
from tests.contract.test_sonar import figures

TX, RX = 25, 26
LINE = """
import time, board
from machine import Pin, UART
rail = Pin(board.RAIL_PIN, Pin.OUT, value=1)
def uart(**more):
    return UART(1, 9600, tx=board.SONAR_TRIG_PIN, rx=board.SONAR_ECHO_PIN, **more)
"""
A02 = figures("a02yyuw")  # a frame 300 ms after power-on, and every 100 ms
FRAME = [0xFF, 0x03, 0xE8, 0xEA]  # 1000 mm
US = 5831  # of echo


def listen(run, program, **changes):
    return run(LINE + program, **(A02 | {"echoes": [US]} | changes)).said


def test_bytes_come_when_the_sensor_says_them(run):
    program = (
        "u = uart(); time.sleep_ms(301); a = u.any(); time.sleep_ms(4); say(a, list(u.read()))"
    )
    assert listen(run, program) == [0, FRAME]


def test_nothing_is_none_and_not_empty(run):
    assert listen(run, "u = uart(); say(u.read(), u.read(4), u.any())") == [None, None, 0]


def test_read_waits_for_its_timeout_and_no_longer(run):
    program = """
u = uart(timeout=50)
a = time.ticks_ms(); x = u.read(4); b = time.ticks_ms()
u = uart(timeout=400); y = u.read(4)
say(x, b - a, list(y))
"""
    assert listen(run, program) == [None, 50, FRAME]


def test_half_of_what_was_asked_for_is_given_after_the_timeout(run):
    program = """
u = uart(timeout=50); time.sleep_ms(305)
a = time.ticks_ms(); x = u.read(6)
say(len(x), time.ticks_ms() - a)
"""
    assert listen(run, program, line=["ff03"]) == [2, 50]


def test_what_came_before_the_uart_was_opened_is_lost(run):
    assert listen(run, "time.sleep_ms(350); u = uart(); time.sleep_ms(40); say(u.any())") == 0


def test_it_is_deaf_in_light_sleep_and_half_a_frame_is_left(run):
    program = """
import machine
u = uart(); machine.lightsleep({ms}); time.sleep_ms(10)
say(list(u.read() or b""))
"""
    assert listen(run, program.format(ms=295)) == FRAME
    assert listen(run, program.format(ms=302)) == FRAME[2:]
    assert listen(run, program.format(ms=320)) == []


def test_the_buffer_has_an_end(run):
    assert listen(run, "u = uart(rxbuf=3); time.sleep_ms(310); say(u.any())") == 3


def test_at_another_speed_the_bytes_are_others(run):
    program = "u = UART(1, 19_200, tx=25, rx=26); time.sleep_ms(310); say(list(u.read()))"
    said = listen(run, program)
    assert said
    assert said != FRAME


def test_a_line_stuck_low_is_one_zero_and_stuck_high_nothing(run):
    program = "u = uart(); time.sleep_ms(900); say(list(u.read() or b''))"
    assert listen(run, program, held={str(RX): 0}) == [0]
    assert listen(run, program, held={str(RX): 1}) == []


@pytest.mark.parametrize(("board", "number"), [(BOARD, 0), (BOARD, 3), (C3, 2)])
def test_there_are_not_more_uarts_and_the_console_is_none_of_ours(run, board, number):
    program = f"say(raised(machine.UART, {number}, 9600, tx=6, rx=7))"
    assert run(program, board).said == "ValueError"


def test_without_both_pins_uart_1_takes_those_of_the_flash(run):
    assert run("machine.UART(1, 9600, rx=26)")["how"] == "reset"


def test_the_rail_decides_what_the_line_rests_at(run):
    program = "p = Pin(26, Pin.IN); on = p(); rail(0); say(on, p())"
    assert listen(run, program) == [1, 0]


def test_after_deinit_nothing_is_heard(run):
    assert listen(run, "u = uart(); u.deinit(); time.sleep_ms(400); say(u.any(), u.read())") == [
        0,
        None,
    ]


def test_light_sleep_with_the_rail_on_is_dozing(run):
    found = run(LINE + "machine.lightsleep(200); rail(0); machine.lightsleep(100)", **A02)
    assert (found["phases"]["doze"], found["phases"]["light"]) == (200, 100)


def test_the_c3_lets_go_of_the_rail_in_light_sleep(run):
    found = run(LINE + "machine.lightsleep(200); say(rail())", C3, **A02)
    assert found.said == 1, "it comes back"
    assert found["phases"]["light"] == 200


# -- I2C and 1-Wire -------------------------------------------------------------------------------

I2C = (
    "bus = machine.I2C(0, scl=machine.Pin(22), sda=machine.Pin(21), freq=100_000, timeout=5000)\n"
)
WIRED = {"i2c_pins": [21, 22]}


def test_who_is_not_there_is_an_error(run):
    program = (
        I2C + "say(raised(bus.readfrom_mem, 0x19, 0x0F, 1), bus.readfrom_mem(0x18, 0x0F, 1)[0])"
    )
    assert run(program, **WIRED).said == ["OSError", 0x33]


def test_a_stuck_bus_costs_its_timeout(run):
    program = (
        I2C
        + """
import time
a = time.ticks_us()
say(raised(bus.readfrom_mem, 0x18, 0x0F, 1), time.ticks_us() - a)
"""
    )
    assert run(program, **WIRED, held={"21": 0}).said == ["OSError", 5000]


def test_lis3dh_repeats_a_register_without_its_auto_increment_bit(run):
    program = (
        I2C
        + """
import time
bus.writeto_mem(0x18, 0x20, b"\\x77"); time.sleep_ms(20)
say(list(bus.readfrom_mem(0x18, 0x28, 6)), list(bus.readfrom_mem(0x18, 0xA8, 6)))
"""
    )
    assert run(program, **WIRED).said == [[0] * 6, [0, 0, 0, 0, 0, 0x40]]


def test_an_accelerometer_that_sleeps_has_nothing_to_tell(run):
    program = (
        I2C + "say(bus.readfrom_mem(0x18, 0x27, 1)[0], list(bus.readfrom_mem(0x18, 0xA8, 6)))"
    )
    assert run(program, **WIRED).said == [0, [0] * 6]


def test_one_wire_has_presence_and_a_sum(run):
    program = (
        LINE
        + """
import onewire
w = onewire.OneWire(Pin(22))
there = w.reset(); w.write(b"\\xcc\\xbe"); pad = bytearray(9); w.readinto(pad)
rail(0)
say(there, pad[0] | pad[1] << 8, w.crc8(pad), w.reset(), raised(w.reset, True))
"""
    )
    said = run(program, wire_pin=22).said
    assert said == [True, 85 * 16, 0, False, "OneWireError"]
