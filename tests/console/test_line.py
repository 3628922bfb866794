"""One line of typing: what is shown and what is kept, byte by byte."""

import random

import pytest

from smartbin.console import line

UP, DOWN, RIGHT, LEFT, HOME, END, DELETE = (
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[H", b"\x1b[F", b"\x1b[3~",
)  # fmt: skip


def typed(one, data):
    """(all that was written back, how the last line ended)."""
    shown, end = "", None
    for key in data:
        echo, end = one.take(key)
        shown += echo
    return shown, end


class Terminal:
    """Enough of one to see what a person sees in the row."""

    def __init__(self):
        self.cells, self.at = [], 0

    def show(self, text):
        i = 0
        while i < len(text):
            if text.startswith("\x1b[", i):
                end = next(j for j in range(i + 2, len(text)) if text[j].isalpha())
                if text[end] == "K":
                    del self.cells[self.at :]
                else:
                    self.at -= int(text[i + 2 : end])
                i = end + 1
                continue
            for _ in range(line.width(text[i])):
                self.cells[self.at : self.at + 1] = [text[i]]
                self.at += 1
            i += 1


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (b"status", "status"),
        (b"statsu\x08\x7fus", "status"),
        (b"tatus" + HOME + b"s" + END + b"!", "status!"),
        (b"tatus\x1b[1~s\x1b[4~!", "status!"),
        (b"\x1b[D\x1b[Cab" + LEFT + LEFT + RIGHT + b"x", "axb"),
        (b"abc" + LEFT + LEFT + DELETE, "ac"),
        (b"abc\x01x\x05y", "xabcy"),
        (b"abc" + LEFT + b"\x0b", "ab"),
        (b"abc\x15d", "d"),
        (b"a\x00\x02\x0e\x1ab", "ab"),
        ("쓰레기통".encode() + b"\x7f", "쓰레기"),
        (b"\x80\xff\xfea", "a"),
        (b"a\x1b[9;5~b\x1bOCc", "abc"),
    ],
)
def test_keys_edit_the_line(keys, text):
    one = line.Line()
    shown, end = typed(one, keys + b"\r")
    assert (one.text(), end) == (text, line.ENTER)
    seen = Terminal()
    seen.show(shown[:-2])
    assert "".join(seen.cells).replace("", "") == "".join(c * line.width(c) for c in text)


@pytest.mark.parametrize(
    ("keys", "end"),
    [
        (b"ab\x03", line.CANCEL),
        (b"\x01", line.HANDOVER),
        (b"a\x7f\x01", line.HANDOVER),
        (b"a\x01", None),
        (b"\r", line.ENTER),
        (b"\n", line.ENTER),
        (b"x" * 201 + b"\r", line.TOO_LONG),
        (b"x" * 200 + b"\r", line.ENTER),
    ],
)
def test_how_a_line_ends(keys, end):
    assert typed(line.Line(), keys)[1] == end


def test_the_last_eight_lines_come_back():
    one = line.Line()
    for n in range(10):
        one.remember(f"line {n}")
    one.remember("line 9")
    assert one.history == [f"line {n}" for n in range(2, 10)]
    one.clear()
    typed(one, UP * 20)
    assert one.text() == "line 2"
    typed(one, DOWN)
    assert one.text() == "line 3"
    typed(one, DOWN * 20)
    assert one.text() == ""


def test_a_quiet_line_shows_nothing():
    assert typed(line.Line(quiet=True), b"secret")[0] == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  a  b ", ["a", "b"]),
        ('set ssid "two words"', ["set", "ssid", "two words"]),
        ('set ssid ""', ["set", "ssid", ""]),
        ('a "b', None),
    ],
)
def test_words(text, words):
    assert line.words(text) == words


def test_no_bytes_break_it_and_what_is_seen_is_what_is_kept():
    rng = random.Random(6)
    keys = [*range(32, 127), 8, 127, 1, 5, 11, 27, 27, 27, 91, 65, 66, 67, 68, 0xEA, 0xB0, 0x80]
    for _ in range(500):
        one, seen = line.Line(), Terminal()
        one.remember("first")
        one.clear()
        for _ in range(60):
            echo, _end = one.take(rng.choice(keys))
            seen.show(echo.replace("\x07", ""))
        assert "".join(seen.cells) == "".join(c * line.width(c) for c in one.text())
        assert seen.at >= 0
