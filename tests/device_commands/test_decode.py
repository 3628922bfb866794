"""Reports, images of RTC memory and captures, as lines."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from smartbin import memory
from tests.unit import one_report as one
from tools.cli import app
from tools.device import decode
from tools.errors import UserError


@pytest.fixture
def payload():
    return ("{" + ",".join(one.FIELDS) + "}").encode()


@pytest.fixture
def image():
    mem = memory.Memory(epoch=7, boot=3, seq=43)
    mem.acked, mem.set_s, mem.fails = 40, one.NOON, 2
    for reading in (one.TIMELESS, one.SILENT, one.GOOD):
        mem.outbox.put(reading)
    mem.notes.add("tcp", 111, one.NOON)
    mem.notes.crash(ValueError("no such pin"), one.NOON)
    return bytes(memory.save(mem))


def test_a_report_is_told(payload):
    lines = list(decode.lines(payload))
    assert lines[0].startswith("bank-7: boot 3, epoch 00000007, ")
    assert "  battery 3594 mV, signal -67 dBm" in lines
    assert "  notes: sonar 1, tcp 2" in lines
    assert "  stands: full, tilted" in lines
    good = next(line for line in lines if line.startswith("  42: "))
    assert "(set): at least 43 % (42 to 44), 791 mm, quality 4 (ok), 18 C, alarm" in good


def test_an_image_is_told_as_bytes_and_as_hex(image):
    lines = list(decode.lines(image))
    assert lines[0] == "boot 3, epoch 00000007: next 43, acknowledged below 40"
    assert "  2 failed reports in a row, 0 unhealthy boots" in lines
    assert any(
        "noted 2020-03-02 00:00:00Z: tcp 111 (nobody listens at the broker)" in line
        for line in lines
    )
    assert any("last crash: ValueError('no such pin',)" in line for line in lines)
    assert any("40: at an unknown time" in line for line in lines)
    assert list(decode.lines(image.hex().encode())) == lines


def test_a_capture_is_told_line_by_line(payload):
    lines = list(decode.lines(b"smartbin/bank-7/state " + payload + b"\nother/thing 17\n"))
    assert lines[0] == "smartbin/bank-7/state"
    assert lines[-1] == "line 2: other/thing: not a report; left out."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"{", "it is not JSON"),
        (b'{"v":9}', "A report of version 9"),
        (bytes(2048), "holds nothing whole"),
        (b"", "This is no report (JSON)"),
        (b"\xff\x00\x81", "This is no report (JSON)"),
    ],
)
def test_what_is_none_of_them_is_a_sentence(data, sentence):
    with pytest.raises(UserError, match=re.escape(sentence)):
        list(decode.lines(data))


def test_the_command_takes_a_file_a_text_or_standard_input(payload, image, tmp_path):
    (tmp_path / "dump").write_bytes(image)
    for words, given in (
        ([str(tmp_path / "dump")], None),
        ([payload.decode()], None),
        (["-"], payload),
        ([image.hex()], None),
    ):
        result = CliRunner().invoke(app, ["decode", *words], input=given)
        assert result.exit_code == 0
        assert "epoch 00000007" in result.output
    assert "Nothing was given" in str(CliRunner().invoke(app, ["decode", ""]).exception)
    assert "cannot be read" in str(CliRunner().invoke(app, ["decode", "nowhere"]).exception)


def test_a_capture_without_a_report_is_an_error_and_nothing_moves_the_cursor(payload):
    for nothing in (b"smartbin/v1/x/report {garbage}\n", b"\x00\xff\n" * 9):
        with pytest.raises(UserError, match="is no report"):
            list(decode.lines(nothing))
    evil = b"smartbin/\x1b[2J " + payload + b"\n"
    result = CliRunner().invoke(app, ["decode", "-"], input=evil)
    assert (result.exit_code, "\x1b" in result.output, "?[2J" in result.output) == (0, False, True)
