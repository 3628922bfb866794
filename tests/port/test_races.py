"""Keys and Ctrl-C at the worst of times: while the chip dies, boots, or has just done with it."""

import os
import signal

import pytest

from tests.port.conftest import Mpremote, terminal, until


@pytest.fixture
def line(stock):
    with terminal(stock.path) as one:
        one.expect(">>> ")
        yield one


def test_keys_that_a_dying_chip_leaves_are_read_by_the_next_boot(line):
    line.send("import machine; machine.reset()\rprint('ke' + 'pt')\r")
    line.expect_exact('Type "help()" for more information.\r\n>>> ')
    line.expect_exact("\r\nkept\r\n>>> ")


def test_keys_typed_before_a_sleep_are_not_heard_after_it(line):
    line.send("import machine; machine.deepsleep(100)\rprint('ke' + 'pt')\r")
    line.expect_exact('Type "help()" for more information.\r\n>>> ')
    line.send("print('awake')\r")
    line.expect_exact("\r\nawake\r\n>>> ")
    assert "kept" not in line.before


def test_keys_typed_before_the_battery_was_out_are_not_heard_after_it(stock, line):
    line.send("while True: pass\r\rprint('ke' + 'pt')\r")
    line.expect_exact("... \r\n")
    stock.power_cycle()
    line.expect_exact('Type "help()" for more information.\r\n>>> ')
    line.send("print('awake')\r")
    line.expect_exact("\r\nawake\r\n>>> ")
    assert "kept" not in line.before


def test_mpremote_may_come_while_the_chip_is_being_reset(stock):
    mpremote = Mpremote(stock.path)
    for _ in range(3):
        boots = stock.boots
        mpremote("exec", "--no-follow", "import machine; machine.reset()")
        assert mpremote("exec", "print(1)") == "1\n"
        until(lambda: stock.boots > boots)  # noqa: B023 - it is called here


def test_each_program_hears_its_own_ctrl_c_however_soon_it_follows(line):
    for _ in range(5):
        line.send("while True: pass\r\r")
        line.expect_exact("... \r\n")
        line.send("\x03")
        line.expect_exact("KeyboardInterrupt: \r\n>>> ")


def test_a_ctrl_c_too_soon_after_one_that_was_caught_comes_later(line):
    line.send("\x05")
    line.expect_exact("=== ")
    line.send("n = 0\rprint('it', 'runs')\rwhile n < 2:\r  try:\r    while True: pass\r")
    line.send("  except KeyboardInterrupt:\r    n += 1\r    print('caught', n)\r\x04")
    line.expect_exact("it runs\r\n")
    for n in (1, 2):
        line.send("\x03")
        line.expect_exact(f"caught {n}\r\n")


def test_an_interrupt_that_comes_when_all_is_over_harms_nothing(line):
    line.send("import ffi; ffi.open(None).func('i', 'getpid', '')()\r")
    line.expect(r"\r\n(\d+)\r\n>>> ")
    pid = int(line.match[1])
    line.send("\x01")
    line.expect_exact("raw REPL; CTRL-B to exit\r\n>")
    line.send("print(")
    os.kill(pid, signal.SIGINT)
    line.send("4)\x04")
    line.expect_exact("OK4\r\n\x04\x04>")


def test_a_ctrl_c_in_the_file_system_is_put_off(stock):
    mpremote = Mpremote(stock.path)
    program = """
import twin_inside
done = []
class Blocks:
    def put_off(self):
        done.append("later")
def do(self, *given):
    done.append(given)
    if len(done) == 1:
        raise KeyboardInterrupt
for method in (twin_inside._readblocks, twin_inside._writeblocks, twin_inside._ioctl):
    done.clear()
    method(Blocks(), 6, 7, do=do)
    assert done[1:] == ["later", done[0]], done
import time, twin
try:
    twin.live.put_off()
    time.sleep(9)
except KeyboardInterrupt:
    print("now")
"""
    assert mpremote("exec", program) == "now\n"
