"""Rows: one reading as sixteen bytes, and back."""

from smartbin import clock, echo, fill, rows

NOON = 636_422_400
GOOD = rows.Reading(42, NOON, 2, 43, 42, 44, 791, 4, 4, 0, 3, 3, 18, 1, 0, 8)
SILENT = rows.Reading(41, NOON - 900, 1, None, None, None, None, 0, 0, 2, 1, 9, -5, 0, 0, 0)
TIMELESS = rows.Reading(40, 77, 0, None, None, None, 30, 2, 1, 5, 3, 3, 0, 1, 0, 0)


def heard(*facts):
    """A Sounding without a thermometer."""
    return echo.Sounding(*(facts + (None, None, 1)))


def test_a_row_is_sixteen_bytes():
    assert rows.ROW_SIZE == 16
    for r in (GOOD, SILENT, TIMELESS):
        assert len(rows.pack(r)) == 16


def test_a_row_is_laid_out_like_this():
    assert rows.pack(GOOD) == (b"\x2a\x00\x00\x09\xef\x25\x17\x03\x2b\x2a\x2c\x04\x80\x33\x12\x46")
    assert rows.pack(SILENT) == (
        b"\x29\x00\x7c\x05\xef\x25\x00\x00\xff\xff\xff\x00\x02\x19\xfb\x01"
    )


def test_rows_come_back_as_they_were():
    buf = b"\xaa" * 7 + rows.pack(TIMELESS) + rows.pack(SILENT) + rows.pack(GOOD)
    found = [rows.unpack(buf, 7 + 16 * i, 43) for i in range(3)]
    assert found == [TIMELESS, SILENT, GOOD]


def test_the_extremes_come_back():
    lowest = rows.Reading(0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, -128, 0, 0, 0)
    highest = rows.Reading(
        99, 0xFFFF_FFFF, 2, 100, 100, 100, 0xFFFF, 255, 4, 31, 15, 15, 127, 1, 1, 31
    )
    for r in (lowest, highest):
        assert rows.unpack(rows.pack(r), 0, 100) == r


def test_silence_is_not_zero_per_cent():
    empty = rows.Reading(1, 0, 2, 0, 0, 2, 1200, 0, 4, 0, 3, 3, 15, 0, 0, 0)
    back = rows.unpack(rows.pack(empty), 0, 2)
    assert (back.pct, back.mm) == (0, 1200)
    back = rows.unpack(rows.pack(SILENT), 0, 42)
    assert (back.pct, back.lo, back.hi, back.mm) == (None, None, None, None)


def test_the_high_bits_of_a_number_come_from_the_next_one():
    for seq in (0, 1, 0xFFFF, 0x1_0000, 0x1_0001, 0x1234_5678, 0xFFFF_FFFF):
        r = rows.Reading(seq, *GOOD[1:])
        for ahead in (1, 55, 0xFFFF):
            assert rows.unpack(rows.pack(r), 0, seq + ahead).seq == seq


def test_a_reading_is_made_of_a_sounding_and_a_level():
    sounding = heard(791, 4, 4, echo.OK, 3, 3, 183)
    made = rows.reading(42, NOON, clock.SET, sounding, fill.Level(43, 42, 44, 0), True, 8)
    assert made == GOOD
    sounding = heard(None, 0, 0, echo.SILENT, 1, 9, -54)
    assert rows.reading(41, NOON - 900, 1, sounding, fill.NOTHING, False) == SILENT


def test_temperature_and_spread_are_cut_to_what_can_be_packed():
    for air_dc, air_c in (
        (0, 0),
        (4, 0),
        (5, 1),
        (-5, 0),
        (-6, -1),
        (1274, 127),
        (9999, 127),
        (-9999, -128),
    ):
        sounding = heard(800, 4000, 2, echo.NOISY, 3, 9, air_dc)
        made = rows.reading(1, 0, 0, sounding, fill.NOTHING, 0)
        assert (made.air_c, made.spread_mm) == (air_c, 255)
        assert rows.unpack(rows.pack(made), 0, 2) == made


def test_a_lower_bound_stays_one():
    least = rows.reading(1, 0, 0, heard(30, 0, 1, 5, 3, 3, 150), fill.Level(97, 95, 100, 1), 0)
    assert (least.pct, least.at_least, least.news) == (97, 1, 0)
    assert rows.unpack(rows.pack(least), 0, 2) == least
    held = rows.reading(1, 0, 0, heard(30, 0, 1, 5, 3, 3, 150), fill.Level(40, 38, 100, 2), 0)
    assert held.at_least == 0


def test_news_and_alarm_and_clock_share_a_byte():
    for news in range(32):
        for alarm in (0, 1):
            for stamp in range(3):
                r = rows.Reading(*(GOOD[:2] + (stamp,) + GOOD[3:13] + (alarm, 0, news)))
                assert rows.unpack(rows.pack(r), 0, 43) == r
