"""The way back from JSON: what was sent comes back, rubbish is refused with a sentence."""

from smartbin import clock, echo, installed, message, report, rows
from tests.unit.one_report import (
    BARE,
    FIELDS,
    GOOD,
    HEADER,
    INSTALL,
    NOON,
    NULLABLE,
    ROW,
    SILENT,
    STATE,
    TIMELESS,
)

# Null together or not at all; the second of each is named.
PAIRS = {"last_pct": "last_age_s", "last_age_s": "last_age_s"}
PAIRS.update({"full_in_h": "full_in", "full_in": "full_in"})


def text(*fields):
    return ("{" + ",".join(fields) + "}").encode()


def without_news(r):
    """News travel on their own, not with their reading."""
    return rows.Reading(*(r[:15] + (0,)))


def name_of(field):
    return field.split('"')[1]


def with_field(field):
    """The message with another value for that field."""
    i = [name_of(old) for old in FIELDS].index(name_of(field))
    return text(*(FIELDS[:i] + (field,) + FIELDS[i + 1 :]))


def refused(payload):
    """The sentence with which it is refused, or None."""
    try:
        message.decode(payload)
    except ValueError as e:
        return str(e)
    return None


def wrong(name):
    return "This is not a smartbin report: %s is missing or wrong." % name


def test_the_message_comes_back_in_order():
    header, readings = message.decode(text(*FIELDS))
    assert header == report.Header(
        *(HEADER[:8] + ([("sonar", 1), ("tcp", 2)], STATE, 187, INSTALL))
    )
    assert [r.seq for r in readings] == [40, 41, 42]
    assert readings[-1] == without_news(GOOD)


def test_the_backlog_comes_back_without_what_does_not_travel():
    _, (timeless, silent, _) = message.decode(text(*FIELDS))
    rest = (None, 0, 2, None, None, -5, 0, 0, 0)
    assert silent == rows.Reading(*(SILENT[:7] + rest))
    rest = (None, 1, 5, None, None, 0, 1, 0, 0)
    assert timeless == rows.Reading(*((40, None, 0) + TIMELESS[3:7] + rest))


def test_every_reason_and_every_clock_comes_back():
    for reason in range(len(echo.REASONS)):
        for stamp in range(len(clock.NAMES)):
            r = rows.Reading(
                1, NOON, stamp, None, None, None, None, 0, 0, reason, 0, 3, 0, 0, 0, 0
            )
            _, (old, new) = message.decode(report.encode(BARE, [r, r]))
            assert (old.reason, old.stamp) == (new.reason, new.stamp) == (reason, stamp)
            assert old.at_s == new.at_s == (NOON if stamp else None)


def test_a_report_that_says_little_comes_back():
    assert message.decode(report.encode(BARE, [without_news(GOOD)])) == (
        BARE,
        [without_news(GOOD)],
    )


def test_later_fields_are_passed_over():
    extra = text(*FIELDS, '"weather":[]')
    assert message.decode(extra) == message.decode(text(*FIELDS))


def test_a_row_of_the_backlog_has_a_value_for_each_column():
    assert len(ROW.split(",")) == len(message.COLUMNS) == 12


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
        assert refused(text(*left)) == wrong(name_of(field))


def test_a_field_of_the_wrong_kind_is_named():
    for field in [name_of(field) for field in FIELDS]:
        for value in ('"x"', "true", "false", "1.5", "1.0", "1e999", "[]", "{}", "[[]]", "null"):
            name = field
            allowed = (
                (name == "bin" and value == '"x"')
                or (name == "notes" and value == "{}")
                or (name == "backlog" and value == "[]")
                or (name in NULLABLE and value == "null")
                or (name in ("events", "news") and value == "[]")
            )
            if PAIRS.get(name) and value == "null":
                name = PAIRS[name]
            if name == "emptied" and value == "{}":
                name = "before_pct"
            found = refused(with_field('"%s":%s' % (field, value)))
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
    assert refused(with_field('"backlog":[[1,null,2,1,1,1,1,1,1,1,0,0]]')) == wrong("at")
    assert refused(with_field('"backlog":[[1,1583107200,0,1,1,1,1,1,1,1,0,0]]')) == wrong("at")


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
    for table in ("null", "{}", '"abcdefghij"', "7"):
        assert refused(with_field('"backlog":' + table)) == wrong("backlog")
    for row in (
        "null",
        "7",
        "[]",
        '"abcdefghijk"',
        "[1,2,3]",
        "[1,1583107200,2,1,1,1,1,1,1,1,1,1,1]",
    ):
        assert refused(with_field('"backlog":[%s]' % row)) == wrong("backlog")


def test_a_value_of_a_row_is_checked_like_a_field():
    row = ["41", "1583106300", "1", "43", "42", "44", "791", "4", "0", "-5", "1", "0"]
    assert refused(with_field('"backlog":[[%s]]' % ",".join(row))) is None
    for i, column in enumerate(message.COLUMNS):
        for value in ('"x"', "true", "1.5", "[]", "{}", "-129", "4294967296"):
            text = ",".join(row[:i] + [value] + row[i + 1 :])
            assert refused(with_field('"backlog":[[%s]]' % text)) == wrong(column)


def test_what_is_nested_deeply_is_refused():
    deep = "[" * 2000 + "]" * 2000
    for text in (deep, '{"v":%s}' % deep):
        assert refused(text.encode()).startswith("This is not a smartbin report: ")
    assert refused(with_field('"backlog":' + deep)).startswith("This is not a smart")


def test_events_are_names_that_exist():
    assert refused(with_field('"events":["fire","emptied"]')) is None
    for names in ('["sunshine"]', "[1]", "[null]", '[["fire"]]', '"fire"'):
        assert refused(with_field('"events":' + names)) == wrong("events")


def test_news_are_a_name_a_way_and_a_number():
    assert refused(with_field('"news":[["fire",0,7]]')) is None
    bad = ('["sunshine",1,7]', '["fire",2,7]', '["fire",true,7]', '["fire",1]', '["fire",1.0,7]')
    for row in bad + ("7", "[]", '["fire",1,7,8]', '"fire"'):
        assert refused(with_field('"news":[%s]' % row)) == wrong("news"), row
    assert refused(with_field('"news":[["fire",1,-7]]')) == wrong("seq")
    assert refused(with_field('"news":[["fire",1,null]]')) == wrong("seq")


def test_an_emptying_is_levels_words_and_when():
    good = '"before_pct":90,"after_pct":0,"confidence":"%s","trigger":"%s","seq":%s,"at":%s'
    for facts in (("low", "tilt", 7, "null"), ("medium", "level", 0, 1_583_107_200)):
        assert refused(with_field('"emptied":{%s}' % (good % facts))) is None
    for key, facts in (
        ("confidence", ("certain", "tilt", 7, "null")),
        ("trigger", ("low", "crane", 7, "null")),
        ("seq", ("low", "tilt", "null", "null")),
        ("at", ("low", "tilt", 7, -1)),
    ):
        assert refused(with_field('"emptied":{%s}' % (good % facts))) == wrong(key)
    assert refused(with_field('"emptied":[90,0]')) == wrong("emptied")


def test_an_installation_comes_back():
    header, _ = message.decode(text(*FIELDS))
    assert header.install == INSTALL


def test_an_installation_that_is_wrong_is_refused():
    (good,) = [field for field in FIELDS if field.startswith('"install"')]
    for old, new in (
        ('"warnings"', '"perhaps"'),
        ('"few"', '"because"'),
        ('"asked":30', '"asked":256'),
        ('"full_mm":250', '"full_mm":null'),
        ('"second_mm":null', '"second_mm":"far"'),
    ):
        assert old in good
        bad = [field.replace(old, new) if field == good else field for field in FIELDS]
        name = old.split(":")[0].strip('"') if ":" in old else "install"
        assert refused(text(*bad)) == wrong(name), old
    bad = ['"install":[]' if field == good else field for field in FIELDS]
    assert refused(text(*bad)) == wrong("install")


def test_every_reason_against_an_installation_comes_back():
    for key, _ in installed.REASONS:
        kept = installed.Record(*(INSTALL[:-1] + ((key,),)))
        header, _ = message.decode(report.encode(report.Header(*(BARE[:-1] + (kept,))), [GOOD]))
        assert header.install == kept
