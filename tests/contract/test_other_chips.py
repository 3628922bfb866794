"""What the S3 and the C6 do otherwise than the ESP32: waking by a pin, light sleep, UARTs."""

import pytest

from tests.contract.chip import device
from tools import boards

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


def test_before_1_27_the_c6_has_an_ext0_that_takes_none_of_its_pins(run):
    old = "import board, esp32\ndef ext0(pin, level):\n    raise ValueError('invalid pin')\n"
    program = "esp32.wake_on_ext0 = ext0\nfrom smartbin.hw import nap\n"
    found = run(old + program + "nap.arm(machine.Pin(board.SERVICE_PIN))\nsay('well')", C6)
    assert (found.said, found["wake_pins"]) == ("well", [])


def test_a_button_that_is_still_held_does_not_end_the_nap_at_once(run):
    program = "import board\nfrom smartbin.hw import nap\n"
    program += "nap.arm(machine.Pin(board.SERVICE_PIN, machine.Pin.IN, machine.Pin.PULL_UP))\n"
    pressed = {"reset_cause": 4, "wake_reason": 2}
    pin = boards.load(S3).SERVICE_PIN
    assert run(program, S3, **pressed)["wake_pins"] == [pin]
    assert run(program, S3, **pressed, held={pin: 0})["wake_pins"] == []
    timer = {"reset_cause": 4, "wake_reason": 4}
    assert run(program, S3, **timer, held={pin: 0})["wake_pins"] == [pin]


def test_a_reset_by_the_computer_at_the_chips_own_usb_is_as_good_as_power(run):
    program = "from smartbin.hw import nap\nsay(nap.cause())"
    assert run(program, C6, reset_cause=0).said == "power"
    assert run(program, C6, reset_cause=2).said == "reset"


@pytest.mark.parametrize("board", [S3, C6])
def test_they_let_go_of_the_rail_in_light_sleep(run, board):
    program = "import board\nmachine.Pin(board.RAIL_PIN, machine.Pin.OUT, value=1)\n"
    phases = run(program + "machine.lightsleep(200)", board)["phases"]
    assert (phases.get("doze", 0), phases["light"]) == (0, 200)


def test_the_s3_has_three_uarts_and_the_c6_two(run):
    program = "say(raised(machine.UART, 2, 9600, tx=5, rx=6))"
    assert run(program, S3).said is None
    assert run(program, C6).said == "ValueError"
