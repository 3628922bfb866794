"""An image goes to the chip it is for, or nowhere."""

from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from tools.cli import app
from tools.device import flash
from tools.device.talk import DeviceError
from tools.errors import UserError

# As esptool 5 writes.
ESP32 = "Detecting chip type... ESP32\nConnected to ESP32 on /dev/x:\nChip type: ESP32-D0WD\n"
C3 = "Connected to ESP32-C3 on /dev/x:\nChip type:          ESP32-C3 (QFN32) (revision v0.4)\n"
WRITTEN = "Writing at 0x00010000 [===>   ]  40.0% 400/1000 bytes...\nHash of data verified.\n"


@pytest.fixture
def image(tmp_path):
    def made(chip=0, magic=0xE9):
        head = bytearray(64)
        head[0], head[12] = magic, chip
        (tmp_path / "image.bin").write_bytes(head)
        return tmp_path / "image.bin"

    return made


class Tool:
    """esptool, by heart."""

    def __init__(self, *answers):
        self.answers, self.commands = list(answers), []

    def __call__(self, command, heard):
        self.commands.append(command)
        code, said = self.answers.pop(0)
        for line in said.splitlines():
            heard(line)
        return code, said


def test_the_chip_is_named_and_the_image_written_to_its_place(image):
    tool, seen = Tool((0, ESP32), (0, WRITTEN)), []
    said = flash.write("p", image(0), "devkit_v1", lambda *s: seen.append(s), tool)
    assert said == "esp32: image.bin is written and verified."
    assert tool.commands[1][3:] == [
        "--port", "p", "--chip", "esp32", "--baud", "460800", "write-flash", "0x1000",
        str(image(0)),
    ]  # fmt: skip
    assert seen == [(40, 100)]


def test_a_c3_begins_at_nought_and_may_be_erased(image):
    tool = Tool((0, C3), (0, WRITTEN))
    flash.write("p", image(5), "xiao_esp32c3", lambda *s: None, tool, erase=True)
    assert tool.commands[1][-4:-1] == ["write-flash", "--erase-all", "0x0"]


def test_the_wrong_chip_is_refused_before_anything_is_written(image):
    tool = Tool((0, C3))
    with pytest.raises(DeviceError, match="is an esp32c3, and devkit_v1 has an esp32; nothing"):
        flash.write("p", image(0), "devkit_v1", lambda *s: None, tool)
    assert len(tool.commands) == 1


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([(2, "A fatal error occurred: Failed to connect.\n")], "hold BOOT, press reset"),
        ([(0, ESP32), (1, "Lost connection\n")], r"not written whole.*Lost connection\.$"),
        ([(0, ESP32), (0, "40 %\n")], "not written whole"),
    ],
)
def test_what_fails_says_what_to_do(image, answers, sentence):
    with pytest.raises(DeviceError, match=sentence):
        flash.write("p", image(0), "devkit_v1", lambda *s: None, Tool(*answers))


def test_what_esptool_says_is_its_error_and_no_link(image):
    said = "ERROR: Failed to connect.\nFor troubleshooting steps visit: x.html\n"
    with pytest.raises(DeviceError, match=r"esptool says: ERROR: Failed to connect\.$"):
        flash.write("p", image(0), "devkit_v1", lambda *s: None, Tool((2, said)))


def test_an_image_for_another_chip_or_none_is_refused(image, tmp_path):
    with pytest.raises(UserError, match="is for an esp32c3, and devkit_v1 has an esp32"):
        flash.suits(image(5), "devkit_v1")
    with pytest.raises(UserError, match="no image for an ESP32 of any kind"):
        flash.suits(image(0, magic=0x50), "devkit_v1")
    with pytest.raises(UserError, match="published per board by its project"):
        flash.suits(tmp_path / "none.bin", "devkit_v1")


@pytest.mark.parametrize(
    ("said", "chip"),
    [
        (ESP32, "esp32"),
        (C3, "esp32c3"),
        ("Chip is ESP32-S3 (QFN56)", "esp32s3"),
        ("Connected to ESP32-C6 on COM3:", "esp32c6"),
        ("no serial data", ""),
    ],
)
def test_esptool_is_understood(said, chip):
    assert flash.named(said) == chip


def test_the_real_esptool_knows_these_words():
    """Its commands and switches are named as we call them."""
    code, said = flash.run_tool([sys.executable, "-m", "esptool", "write-flash", "-h"], print)
    assert code == 0
    assert "--erase-all" in said


def test_a_port_that_does_not_open_fails_in_the_real_esptool_as_we_say(image):
    with pytest.raises(DeviceError, match="/dev/none cannot be opened: another program"):
        flash.write("/dev/none", image(0), "devkit_v1", lambda *s: None, flash.run_tool)


@pytest.mark.parametrize(("board", "name"), [("", "image.bin"), ("devkit_v1", "")])
def test_make_flash_without_a_board_or_an_image_says_how(image, board, name):
    image()
    done = CliRunner().invoke(app, ["flash", "--board", board, "--image", name])
    assert "make flash BOARD=name IMAGE=file.bin" in str(done.exception)


def test_the_command_looks_at_the_image_before_the_ports(image):
    words = ["flash", "--board", "devkit_v1", "--image", str(image(5)), "--port", "/dev/none"]
    assert "is for an esp32c3" in str(CliRunner().invoke(app, words).exception)
