"""The report: sixteen bytes for memory, one fixed JSON for the broker, and the way back."""

from smartbin import clock, echo, fill, report

NOON = 636_422_400
GOOD = report.Reading(42, NOON, 2, 43, 42, 44, 791, 4, 4, 0, 3, 3, 18, 1)
SILENT = report.Reading(41, NOON - 900, 1, None, None, None, None, 0, 0, 2, 1, 9, -5, 0)
TIMELESS = report.Reading(40, 77, 0, None, None, None, 30, 2, 1, 5, 3, 3, 0, 1)
TOLD = [("tcp", 2), ("sonar", 1)]
HEADER = report.Header("bank-7", 7, 3, 3594, -67, 21_600, 0, (30, 40), TOLD)
BARE = report.Header("bank-7", 0, 1, None, None, 60, 12, None, [])

ROW = "[41,1583106300,1,null,null,null,null,0,2,-5,0]"

# The fields of a message, in their order.
FIELDS = (
    '"v":1',
    '"bin":"bank-7"',
    '"epoch":7',
    '"boot":3',
    '"seq":42',
    '"at":1583107200',
    '"clock":"set"',
    '"alarm":1',
    '"fill_pct":43',
    '"lo_pct":42',
    '"hi_pct":44',
    '"distance_mm":791',
    '"spread_mm":4',
    '"quality":4',
    '"reason":"ok"',
    '"heard":3',
    '"pings":3',
    '"air_c":18',
    '"battery_mv":3594',
    '"rssi_dbm":-67',
    '"next":21600',
    '"lost":0',
    '"gap":[30,40]',
    '"notes":{"tcp":2,"sonar":1}',
    '"backlog":[[40,null,0,null,null,null,30,1,5,0,1],%s]' % ROW,
)
NULLABLE = ("fill_pct", "lo_pct", "hi_pct", "distance_mm", "battery_mv", "rssi_dbm", "gap")


def message(*fields):
    return ("{" + ",".join(fields) + "}").encode()


def name_of(field):
    return field.split('"')[1]


def with_field(field):
    """The message with another value for that field."""
    i = [name_of(old) for old in FIELDS].index(name_of(field))
    return message(*(FIELDS[:i] + (field,) + FIELDS[i + 1 :]))


def refused(payload):
    """The sentence with which it is refused, or None."""
    try:
        report.decode(payload)
    except ValueError as e:
        return str(e)
    return None


def wrong(name):
    return "This is not a smartbin report: %s is missing or wrong." % name


# -- sixteen bytes -----------------------------------------------------------------------------


def test_a_row_is_sixteen_bytes():
    assert report.ROW_SIZE == 16
    for r in (GOOD, SILENT, TIMELESS):
        assert len(report.pack(r)) == 16


def test_a_row_is_laid_out_like_this():
    assert report.pack(GOOD) == (
        b"\x2a\x00\x00\x09\xef\x25\x17\x03\x2b\x2a\x2c\x04\x80\x33\x12\x06"
    )
    assert report.pack(SILENT) == (
        b"\x29\x00\x7c\x05\xef\x25\x00\x00\xff\xff\xff\x00\x02\x19\xfb\x01"
    )


def test_rows_come_back_as_they_were():
    buf = b"\xaa" * 7 + report.pack(TIMELESS) + report.pack(SILENT) + report.pack(GOOD)
    found = [report.unpack(buf, 7 + 16 * i, 43) for i in range(3)]
    assert found == [TIMELESS, SILENT, GOOD]


def test_the_extremes_come_back():
    lowest = report.Reading(0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, -128, 0)
    highest = report.Reading(99, 0xFFFF_FFFF, 2, 100, 100, 100, 0xFFFF, 255, 4, 7, 9, 9, 127, 1)
    for r in (lowest, highest):
        assert report.unpack(report.pack(r), 0, 100) == r


def test_silence_is_not_zero_per_cent():
    empty = report.Reading(1, 0, 2, 0, 0, 2, 1200, 0, 4, 0, 3, 3, 15, 0)
    back = report.unpack(report.pack(empty), 0, 2)
    assert (back.pct, back.mm) == (0, 1200)
    back = report.unpack(report.pack(SILENT), 0, 42)
    assert (back.pct, back.lo, back.hi, back.mm) == (None, None, None, None)


def test_the_high_bits_of_a_number_come_from_the_next_one():
    for seq in (0, 1, 0xFFFF, 0x1_0000, 0x1_0001, 0x1234_5678, 0xFFFF_FFFF):
        r = report.Reading(seq, *GOOD[1:])
        for ahead in (1, 55, 0xFFFF):
            assert report.unpack(report.pack(r), 0, seq + ahead).seq == seq


def test_a_reading_is_made_of_a_sounding_and_a_level():
    sounding = echo.Sounding(791, 4, 4, echo.OK, 3, 3, 183)
    made = report.reading(42, NOON, clock.SET, sounding, fill.Level(43, 42, 44), True)
    assert made == GOOD
    sounding = echo.Sounding(None, 0, 0, echo.SILENT, 1, 9, -54)
    assert report.reading(41, NOON - 900, 1, sounding, fill.NOTHING, False) == SILENT


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
        sounding = echo.Sounding(800, 4000, 2, echo.NOISY, 3, 9, air_dc)
        made = report.reading(1, 0, 0, sounding, fill.NOTHING, 0)
        assert (made.air_c, made.spread_mm) == (air_c, 255)
        assert report.unpack(report.pack(made), 0, 2) == made


# -- the message -------------------------------------------------------------------------------


def test_the_message_is_this_text_to_the_letter():
    assert report.encode(HEADER, [TIMELESS, SILENT, GOOD]) == message(*FIELDS)


def test_the_fields_keep_their_order_when_nothing_is_known():
    assert report.encode(BARE, [TIMELESS]) == (
        b'{"v":1,"bin":"bank-7","epoch":0,"boot":1,"seq":40,"at":null,"clock":"unknown","alarm":1,'
        b'"fill_pct":null,"lo_pct":null,"hi_pct":null,"distance_mm":30,"spread_mm":2,'
        b'"quality":1,"reason":"near","heard":3,"pings":3,"air_c":0,'
        b'"battery_mv":null,"rssi_dbm":null,"next":60,"lost":12,"gap":null,"notes":{},"backlog":[]}'
    )


def test_silence_is_null_in_the_message():
    text = report.encode(BARE, [SILENT])
    assert b'"fill_pct":null,"lo_pct":null,"hi_pct":null,"distance_mm":null' in text
    assert b'"quality":0,"reason":"silent"' in text


def test_a_row_of_the_backlog_has_a_value_for_each_column():
    assert len(ROW.split(",")) == len(report.COLUMNS) == 11


def test_a_topic_names_the_bin():
    assert report.topic("bank-7") == b"smartbin/v1/bank-7/report"


# -- and back ----------------------------------------------------------------------------------


def test_the_message_comes_back_in_order():
    header, readings = report.decode(message(*FIELDS))
    assert header == report.Header(*HEADER[:8], [("sonar", 1), ("tcp", 2)])
    assert [r.seq for r in readings] == [40, 41, 42]
    assert readings[-1] == GOOD


def test_the_backlog_comes_back_without_what_does_not_travel():
    _, (timeless, silent, _) = report.decode(message(*FIELDS))
    assert silent == report.Reading(*SILENT[:7], None, 0, 2, None, None, -5, 0)
    assert timeless == report.Reading(40, None, 0, *TIMELESS[3:7], None, 1, 5, None, None, 0, 1)


def test_every_reason_and_every_clock_comes_back():
    for reason in range(len(echo.REASONS)):
        for stamp in range(len(clock.NAMES)):
            r = report.Reading(1, NOON, stamp, None, None, None, None, 0, 0, reason, 0, 3, 0, 0)
            _, (old, new) = report.decode(report.encode(BARE, [r, r]))
            assert (old.reason, old.stamp) == (new.reason, new.stamp) == (reason, stamp)
            assert old.at_s == new.at_s == (NOON if stamp else None)


def test_a_report_that_says_little_comes_back():
    assert report.decode(report.encode(BARE, [GOOD])) == (BARE, [GOOD])


def test_later_fields_are_passed_over():
    extra = message(*FIELDS, '"events":[]')
    assert report.decode(extra) == report.decode(message(*FIELDS))


# -- rubbish -----------------------------------------------------------------------------------


def test_another_version_is_named():
    assert refused(with_field('"v":2')) == "A report of version 2; this reads version 1."
    assert refused(b'{"v":0}') == "A report of version 0; this reads version 1."


def test_what_is_no_json_is_refused():
    for rubbish in (b"", b"report", b"{'v':1}", b"\xff\xfe\x00", b"\0", b"1 2", b"nan", b'"'):
        assert refused(rubbish) == "This is not a smartbin report: it is not JSON.", rubbish


def test_json_that_is_no_report_is_refused():
    for rubbish in (b"null", b"1", b'"v"', b"[]", b"{}", b"true", b"1e9", b'["v",1]', b'{"w":1}'):
        assert refused(rubbish) == wrong("v"), rubbish


def test_a_field_that_is_missing_is_named():
    for i, field in enumerate(FIELDS):
        left = FIELDS[:i] + FIELDS[i + 1 :]
        assert refused(message(*left)) == wrong(name_of(field))


def test_a_field_of_the_wrong_kind_is_named():
    for name in [name_of(field) for field in FIELDS]:
        for value in ('"x"', "true", "false", "1.5", "1.0", "1e999", "[]", "{}", "[[]]", "null"):
            allowed = (
                (name == "bin" and value == '"x"')
                or (name == "notes" and value == "{}")
                or (name == "backlog" and value == "[]")
                or (name in NULLABLE and value == "null")
            )
            found = refused(with_field('"%s":%s' % (name, value)))
            assert found == (None if allowed else wrong(name)), value


def test_a_number_beyond_reason_is_refused():
    for name in [name_of(field) for field in FIELDS]:
        for value in ("-129", "4294967296", "-1" + "0" * 30, "1" + "0" * 30):
            assert refused(with_field('"%s":%s' % (name, value))) == wrong(name), value


def test_bounds_of_single_fields():
    for name, good, bad in (
        ("fill_pct", "100", "101"),
        ("quality", "4", "5"),
        ("heard", "15", "16"),
        ("at", "946684800", "946684799"),
        ("air_c", "-128", "128"),
        ("seq", "4294967295", "-1"),
        ("distance_mm", "65535", "65536"),
        ("epoch", "4294967295", "4294967296"),
        ("alarm", "1", "2"),
        ("gap", "[0,4294967295]", "[0,4294967296]"),
    ):
        assert refused(with_field('"%s":%s' % (name, good))) is None
        assert refused(with_field('"%s":%s' % (name, bad))) == wrong(name)


def test_names_that_nobody_knows_are_refused():
    for name in ("clock", "reason"):
        for value in ('"sundial"', '""', "0", '["ok"]', '{"set":1}'):
            assert refused(with_field('"%s":%s' % (name, value))) == wrong(name)


def test_a_time_and_a_clock_that_contradict_each_other_are_refused():
    assert refused(with_field('"clock":"unknown"')) == wrong("at")
    assert refused(with_field('"at":null')) == wrong("at")
    assert refused(with_field('"backlog":[[1,null,2,1,1,1,1,1,1,1,0]]')) == wrong("at")
    assert refused(with_field('"backlog":[[1,1583107200,0,1,1,1,1,1,1,1,0]]')) == wrong("at")


def test_notes_are_names_with_counts():
    assert refused(with_field('"notes":{"tcp":65535,"ack":0}')) is None
    bad = ("null", '"2"', "1.5", "true", "[]", "-1", "65536", "1" + "0" * 30)
    for notes in ["[]", "null"] + ['{"ack":1,"tcp":%s}' % count for count in bad]:
        assert refused(with_field('"notes":' + notes)) == wrong("notes")


def test_a_gap_is_two_numbers_in_their_order_or_nothing():
    for gap in ("null", "[0,1]", "[41,42]"):
        assert refused(with_field('"gap":' + gap)) is None
    bad = ("[]", "[1]", "[1,1]", "[2,1]", "[-1,4]", "[0,1,2]", "[0,true]", "[0,1.0]", '[0,"1"]')
    for gap in bad + ("{}", "0", "false", '"01"', "[null,1]", "[[0,1]]"):
        assert refused(with_field('"gap":' + gap)) == wrong("gap"), gap


def test_the_backlog_is_rows():
    for rows in ("null", "{}", '"abcdefghij"', "7"):
        assert refused(with_field('"backlog":' + rows)) == wrong("backlog")
    for row in (
        "null",
        "7",
        "[]",
        '"abcdefghijk"',
        "[1,2,3]",
        "[1,1583107200,2,1,1,1,1,1,1,1,1,1]",
    ):
        assert refused(with_field('"backlog":[%s]' % row)) == wrong("backlog")


def test_a_value_of_a_row_is_checked_like_a_field():
    row = ["41", "1583106300", "1", "43", "42", "44", "791", "4", "0", "-5", "1"]
    assert refused(with_field('"backlog":[[%s]]' % ",".join(row))) is None
    for i, column in enumerate(report.COLUMNS):
        for value in ('"x"', "true", "1.5", "[]", "{}", "-129", "4294967296"):
            text = ",".join(row[:i] + [value] + row[i + 1 :])
            assert refused(with_field('"backlog":[[%s]]' % text)) == wrong(column)


def test_what_is_nested_deeply_is_refused():
    deep = "[" * 2000 + "]" * 2000
    for text in (deep, '{"v":%s}' % deep):
        assert refused(text.encode()).startswith("This is not a smartbin report: ")
    assert refused(with_field('"backlog":' + deep)).startswith("This is not a smart")
