"""What the S3 and the C6 do otherwise than the ESP32: waking by a pin, light sleep, UARTs."""

import pytest

from tests.contract.chip import device

S3, C6 = "xiao_esp32s3", "xiao_esp32c6"
ARM = """
import esp32, board
pin = machine.Pin(board.SERVICE_PIN, machine.Pin.IN)
ways = [hasattr(esp32, "wake_on_" + n) for n in ("ext0", "ext1", "gpio")]
"""
LOW = "esp32.WAKEUP_ALL_LOW"


@pytest.mark.parametrize(
    ("board", "ways", "call", "pin"),
    [
        (S3, [True, True, True], f"esp32.wake_on_ext0(pin, {LOW})", 7),
        (C6, [False, True, True], f"esp32.wake_on_gpio((pin,), {LOW})", 1),
    ],
)
def test_how_a_button_is_armed(run, board, ways, call, pin):
    found = run(ARM + f"say(ways); {call}; machine.deepsleep(1000)", board)
    assert (found.said, found["wake_pins"]) == (ways, [pin])


def test_on_the_s3_wake_on_gpio_is_for_light_sleep(run):
    program = f"esp32.wake_on_gpio((pin,), {LOW}); say(raised(machine.deepsleep, 1000))"
    assert run(ARM + program, S3).said == "ValueError"


@pytest.mark.parametrize(("board", "reason"), [(S3, b"[4, 2]"), (C6, b"[4, 7]")])
def test_the_firmware_arms_the_button_and_it_ends_the_nap(boot, board, reason):
    program = """
import board
from smartbin.hw import nap
say(machine.reset_cause(), machine.wake_reason())
nap.arm(machine.Pin(board.SERVICE_PIN, machine.Pin.IN))
machine.deepsleep(1000)
"""
    chip, twin = boot(program, board), device(board)
    end_ms = chip.live(twin).t_ms + 500
    assert twin.press_button(end_ms)
    chip.live(twin)
    assert twin.rtc == reason


@pytest.mark.parametrize("board", [S3, C6])
def test_they_let_go_of_the_rail_in_light_sleep(run, board):
    program = "import board\nmachine.Pin(board.RAIL_PIN, machine.Pin.OUT, value=1)\n"
    phases = run(program + "machine.lightsleep(200)", board)["phases"]
    assert (phases.get("doze", 0), phases["light"]) == (0, 200)


def test_the_s3_has_three_uarts_and_the_c6_two(run):
    program = "say(raised(machine.UART, 2, 9600, tx=5, rx=6))"
    assert run(program, S3).said is None
    assert run(program, C6).said == "ValueError"
