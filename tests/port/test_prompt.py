"""The prompt and the line, byte by byte, as the ESP32 has them (shared/runtime/pyexec.c)."""

import time

import pytest

from tests.port.conftest import terminal


@pytest.fixture
def line(stock):
    with terminal(stock.path) as one:
        one.expect(">>> ")
        yield one


def test_raw_mode_refuses_raw_paste_and_does_the_rest(line):
    line.send("\r\x03\r\x01")
    line.expect_exact("raw REPL; CTRL-B to exit\r\n>")
    line.send("\x05A\x01")
    line.expect_exact("R\x00")
    line.send("print(3)\x04")
    line.expect_exact("OK3\r\n\x04\x04>")
    line.send("nonsense\x04")
    line.expect_exact("OK\x04Traceback (most recent call last):\r\n")
    line.expect_exact("NameError: name 'nonsense' isn't defined\r\n\x04>")


def test_a_soft_reset_in_raw_mode_stays_in_raw_mode(line):
    line.send("\x01")
    line.expect_exact("raw REPL; CTRL-B to exit\r\n>")
    line.send("\x04")
    line.expect_exact("OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>")
    line.send("\x02")
    line.expect_exact('Type "help()" for more information.\r\n>>> ')


def test_a_soft_reset_at_the_friendly_prompt_starts_anew(line):
    line.send("x = 1\r")
    line.expect_exact("x = 1\r\n>>> ")
    line.send("\x04")
    line.expect_exact("\r\nMPY: soft reboot\r\n")
    line.expect_exact(">>> ")
    line.send("x\r")
    line.expect_exact("NameError: name 'x' isn't defined\r\n>>> ")


def test_a_line_may_go_on_be_edited_and_come_back(line):
    line.send("for i in (1, 2):\rprint(i * 7)\r\r".replace("print", "  print"))
    line.expect_exact("... \r\n7\r\n14\r\n>>> ")
    line.send("4 + 5\x7f6\r")
    line.expect_exact("\r\n10\r\n>>> ")
    line.send("\x1b[A\r")
    line.expect_exact("4 + 6\r\n10\r\n>>> ")


def test_pasted_lines_run_together(line):
    line.send("\x05")
    line.expect_exact("paste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ")
    line.send("if 1:\r  print('both')\r  print('lines')\x04")
    line.expect_exact("\r\nboth\r\nlines\r\n>>> ")


def test_ctrl_c_ends_a_loop_and_a_wait_and_no_more(line):
    for endless in ("while 1: pass\r\r", "import time; time.sleep(99)\r"):
        line.send(endless)
        time.sleep(0.3)
        line.send("\x03\x03\x03")
        line.expect_exact("KeyboardInterrupt: \r\n")
        line.expect_exact(">>> ")
    line.send("1 + 1\r")
    line.expect_exact("2\r\n>>> ")


def test_waiting_takes_its_real_time(line):
    line.send(
        "import time; t = time.ticks_ms(); time.sleep_ms(500);"
        "print(time.ticks_diff(time.ticks_ms(), t))\r"
    )
    began = time.monotonic()
    line.expect(r"\r\n(\d+)\r\n>>> ")
    assert 500 <= int(line.match[1]) < 800
    assert 0.4 < time.monotonic() - began < 2


def test_the_watchdog_bites_at_the_prompt_too(line):
    line.send("import machine; w = machine.WDT(timeout=1000)\r")
    line.expect_exact(">>> ")
    line.expect_exact('Type "help()" for more information.\r\n>>> ')
    line.send(
        "machine.reset_cause() if 'machine' in dir() else __import__('machine').reset_cause()\r"
    )
    line.expect_exact("\r\n3\r\n>>> ")


def test_asleep_it_says_nothing_and_then_boots_anew(stock, line):
    line.send("import machine; machine.deepsleep(100_000)\r")
    line.expect_exact('Type "help()" for more information.\r\n>>> ')
    line.send("__import__('machine').reset_cause()\r")
    line.expect_exact("\r\n4\r\n>>> ")


def test_closing_the_terminal_ends_nothing(stock):
    for word in ("one", "two"):
        with terminal(stock.path) as line:
            line.send(f"\rprint('{word}')\r")
            line.expect_exact(f"\r\n{word}\r\n>>> ")


def test_a_wait_without_an_end_is_interrupted_too(line):
    line.send("import twin; twin.for_ever()\r")
    time.sleep(0.3)
    line.send("\x03")
    line.expect_exact("KeyboardInterrupt: \r\n>>> ")


def test_nobody_need_be_there_to_read(stock):
    with terminal(stock.path) as line:
        line.expect(">>> ")
        line.send("for i in range(20000): print('0123456789')\r\r")
    time.sleep(1)
    with terminal(stock.path) as line:
        line.send("\rprint('still', 'here')\r")
        line.expect_exact("still here\r\n")
