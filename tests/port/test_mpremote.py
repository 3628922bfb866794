"""The real mpremote, as from PyPI, with a simulated stock board: all that people do with it."""

import sys

import pexpect
import pytest

from tests.port.conftest import PATIENCE_S, Mpremote, terminal, until

BOOT_PY = "139 boot.py"


@pytest.fixture
def mpremote(stock):
    return Mpremote(stock.path)


def test_code_runs_there_and_its_output_comes_back(mpremote):
    assert mpremote("exec", "import sys; print(sys.platform, 6 * 7)") == "esp32 42\n"


def test_an_error_comes_back_with_its_own_traceback_only(mpremote):
    done = mpremote.tried("exec", "1/0")
    assert done.returncode == 1
    assert (done.stdout + done.stderr).split("\n") == [
        "Traceback (most recent call last):",
        '  File "<stdin>", line 1, in <module>',
        "ZeroDivisionError: divide by zero",
        "",
    ]


def test_a_file_goes_there_and_comes_back_as_it_was(mpremote, tmp_path):
    there, back = tmp_path / "there", tmp_path / "back"
    there.write_bytes(bytes(range(256)) * 40 + "ö가".encode())
    mpremote("fs", "cp", str(there), ":some.bin")
    assert "10245 some.bin" in mpremote("fs", "ls")
    mpremote("fs", "cp", ":some.bin", str(back))
    assert back.read_bytes() == there.read_bytes()


def test_folders_are_made_and_removed(mpremote):
    mpremote("fs", "mkdir", ":app", "+", "fs", "mkdir", ":app/A", "+", "fs", "touch", ":app/A/x")
    assert "0 x" in mpremote("fs", "ls", ":app/A")
    mpremote("fs", "rm", "-r", ":app")
    assert mpremote("fs", "ls").split("\n")[1:-1] == [f"         {BOOT_PY}"]


def test_the_computers_files_are_out_of_reach(mpremote, tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("stays")
    assert "host" not in mpremote("fs", "ls", ":/")
    assert mpremote.tried("fs", "rm", f":/host{mine}").returncode == 1
    mpremote.tried("fs", "rm", "-r", ":/")
    assert mine.read_text() == "stays"


def test_a_program_of_the_computer_runs_there(mpremote, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("for i in range(3):\n    print(i)\n")
    assert mpremote("run", str(program)) == "0\n1\n2\n"


def test_a_soft_reset_forgets_variables_and_keeps_files(mpremote):
    mpremote("exec", "x = 5; open('kept', 'w').close()")
    mpremote("soft-reset")
    said = mpremote(
        "resume",
        "exec",
        "import os, machine; print('x' in dir(), os.listdir(), machine.reset_cause())",
    )
    assert said == "False ['boot.py', 'kept'] 5\n"


def test_a_program_that_never_ends_is_interrupted_by_the_next_connection(stock, mpremote):
    mpremote("exec", "--no-follow", "while True: pass")
    assert mpremote("exec", "print(1)") == "1\n"


def test_main_py_of_the_board_runs_after_power_on_and_not_in_raw_mode(stock, mpremote, tmp_path):
    main = tmp_path / "main.py"
    main.write_text("print('main runs')\n")
    mpremote("fs", "cp", str(main), ":main.py")
    assert mpremote("exec", "print(1)") == "1\n"  # with a soft reset of its own
    with terminal(stock.path) as line:
        stock.power_cycle()
        line.expect("main runs\r\n")
        line.expect(">>> ")


def test_files_and_nvs_outlive_the_power(stock, mpremote):
    mpremote(
        "exec",
        "import esp32; n = esp32.NVS('a'); n.set_i32('b', 7); n.commit(); open('f', 'w').close()",
    )
    stock.power_cycle()
    assert stock.nvs() == {"a": {"b": 7}}
    said = "import esp32, os; print(esp32.NVS('a').get_i32('b'), os.listdir())"
    assert mpremote("exec", said) == "7 ['boot.py', 'f']\n"


def test_power_may_go_while_a_file_is_written(stock, mpremote):
    mpremote("exec", "f = open('old', 'w'); f.write('whole'); f.close()")
    mpremote(
        "exec", "--no-follow", "while True:\n f = open('new', 'w'); f.write('x' * 999); f.close()"
    )
    stock.power_cycle()
    assert mpremote("exec", "print(open('old').read())") == "whole\n"


def test_a_hard_reset_boots_anew(stock, mpremote):
    boots = stock.boots
    mpremote("reset")
    until(lambda: stock.boots > boots)  # it lets mpremote go first
    said = mpremote("resume", "exec", "import machine; print(machine.reset_cause())")
    assert said == "2\n"


def test_a_folder_of_the_computer_is_mounted(mpremote, tmp_path):
    (tmp_path / "far.py").write_text("print('from afar')\n")
    (tmp_path / "bytes").write_bytes(bytes(range(256)) * 3)
    program = (
        "import far; data = open('bytes', 'rb').read(); "
        "f = open('copy', 'wb'); f.write(data); f.close(); print(len(data))"
    )
    said = mpremote("mount", str(tmp_path), "exec", program)
    assert said.split("\n")[1:] == ["from afar", "768", ""]
    assert (tmp_path / "copy").read_bytes() == (tmp_path / "bytes").read_bytes()
    assert BOOT_PY in mpremote("fs", "ls")


@pytest.fixture
def person(stock):
    """person(*words): a terminal with that mpremote in it."""
    spawned = []

    def at(*words):
        arguments = ["-m", "mpremote", "connect", stock.path, *words]
        spawned.append(pexpect.spawn(sys.executable, arguments, timeout=PATIENCE_S))
        return spawned[-1]

    yield at
    for one in spawned:
        one.close(force=True)


def test_a_person_at_the_prompt(person):
    seen = person("repl")
    seen.expect_exact(b"Use Ctrl-] or Ctrl-x to exit this shell\r\n")
    seen.send(b"1+1\r")
    seen.expect_exact(b"1+1\r\n2\r\n>>> ")
    seen.send(b"while True: pass\r\r")
    seen.expect_exact(b"... \r\n")
    seen.send(b"\x03")
    seen.expect_exact(b"KeyboardInterrupt: \r\n>>> ")
    seen.send(b"\x04")
    seen.expect_exact(b"MPY: soft reboot\r\n")
    seen.expect_exact(b">>> ")
    seen.send(b"\x18")
    seen.expect(pexpect.EOF)
    assert seen.wait() == 0


def test_a_mounted_folder_comes_back_after_a_soft_reset(person, tmp_path):
    (tmp_path / "far.py").write_text("X = 6\n")
    seen = person("mount", str(tmp_path), "repl")
    seen.expect_exact(b"Use Ctrl-] or Ctrl-x to exit this shell\r\n")
    for _ in range(2):
        seen.send(b"import far; far.X * 7\r")
        seen.expect_exact(b"\r\n42\r\n>>> ")
        seen.send(b"\x04")
        seen.expect_exact(b"Remount local directory")
        seen.expect_exact(b">>> ")
    seen.send(b"\x18")
    seen.expect(pexpect.EOF)
