"""What is kept of an installation: bytes for NVS, and back."""

from smartbin import installed

GOOD = installed.Record(
    1,
    636_422_400,
    1200,
    250,
    600,
    1197,
    640,
    29,
    30,
    8,
    -67,
    2310,
    3594,
    3450,
    ("blind", "second"),
)
NONE = installed.Record(
    2, None, 1200, 250, 0, None, None, 0, 30, 0, None, None, None, None, ("dead", "session")
)


def test_a_record_comes_back():
    for kept in (GOOD, NONE):
        data = installed.pack(kept)
        assert len(data) == installed.SIZE <= 64
        assert installed.unpack(data) == kept


def test_every_reason_comes_back():
    for key, _ in installed.REASONS:
        kept = installed.Record(*(GOOD[:-1] + ((key,),)))
        assert installed.unpack(installed.pack(kept)) == kept


def test_rubbish_is_no_record():
    data = bytearray(installed.pack(GOOD))
    assert installed.unpack(b"") is None
    assert installed.unpack(bytes(data[:-1])) is None
    for at, value in ((0, 2), (1, 3), (26, len(installed.REASONS))):
        broken = bytearray(data)
        broken[at] = value
        assert installed.unpack(bytes(broken)) is None


def test_a_reason_has_a_grade_and_one_name():
    keys = [key for key, _ in installed.REASONS]
    assert len(set(keys)) == len(keys)
    assert installed.grade_of("dead") == installed.NO
    assert installed.grade_of("blind") == installed.WARNINGS
