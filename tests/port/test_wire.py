"""The line itself: what a chip prints arrives as a terminal wants it, however it is cut."""

import os

import pytest

from sim.errors import SimError
from sim.port.wire import Wire


@pytest.fixture
def wire():
    one = Wire()
    yield one
    one.close()


@pytest.mark.parametrize(
    "pieces",
    [
        (b"a\nb\n",),
        (b"a\n", b"b\n"),
        (b"a", b"\n", b"b", b"\n"),
        (b"a\r", b"\nb\r\n"),
        (b"a\r\nb\n",),
    ],
)
def test_a_line_feed_goes_out_once_as_cr_lf(wire, pieces):
    end = os.open(wire.path, os.O_RDWR | os.O_NOCTTY)
    for piece in pieces:
        wire.show(piece)
    heard = b""
    while len(heard) < 6:
        heard += os.read(end, 99)
    assert heard == b"a\r\nb\r\n"
    os.close(end)


@pytest.mark.parametrize("cut", range(12))
def test_a_byte_after_0xff_goes_out_as_it_is(wire, cut):
    coded, meant = b"a\n\xff\n\xff\xff\xff\n\r\n\xff\xff", b"a\r\n\n\xff\n\r\n\xff"
    end = os.open(wire.path, os.O_RDWR | os.O_NOCTTY)
    wire.show(coded[:cut])
    wire.show(coded[cut:])
    heard = b""
    while len(heard) < len(meant):
        heard += os.read(end, 99)
    assert heard == meant
    os.close(end)


def test_keys_arrive_untouched_and_without_echo(wire):
    end = os.open(wire.path, os.O_RDWR | os.O_NOCTTY)
    os.set_blocking(end, False)
    os.write(end, bytes(range(256)))
    typed = b""
    while len(typed) < 256:
        typed += wire.read()
    assert typed == bytes(range(256))
    with pytest.raises(BlockingIOError):
        os.read(end, 1)
    os.close(end)


def test_who_comes_late_finds_the_newest_of_what_was_printed(wire):
    for i in range(60_000):
        wire.show(b"%05d\n" % i)
    end, heard = os.open(wire.path, os.O_RDWR | os.O_NOCTTY), b""
    while not heard.endswith(b"59999\r\n"):
        heard += os.read(end, 4096)
        wire.flush()
    assert len(heard) < 210_000
    os.close(end)


def test_a_link_leads_there_as_long_as_the_line_is_there(tmp_path):
    link = tmp_path / "bin"
    one = Wire(link)
    assert os.readlink(link) == one.path
    one.close()
    assert not os.path.lexists(link)


def test_a_link_that_is_not_a_benches_own_stays(tmp_path):
    theirs, file = tmp_path / "theirs", tmp_path / "file"
    file.write_text("mine")
    theirs.symlink_to(file)
    for there in (theirs, file):
        with pytest.raises(SimError, match="is there already"):
            Wire(there)
    assert theirs.readlink() == file
    with pytest.raises(SimError, match="cannot be made"):
        Wire(file / "below")


def test_the_second_bench_at_a_link_keeps_it_when_the_first_ends(tmp_path):
    link = tmp_path / "bin"
    first, second = Wire(link), Wire(link)
    first.close()
    assert str(link.readlink()) == second.path
    second.close()
    assert not link.is_symlink()
