"""The report: one fixed JSON for the broker, and the way back."""

from smartbin import report
from tests.unit.one_report import BARE, FIELDS, GOOD, HEADER, SILENT, TIMELESS


def message(*fields):
    return ("{" + ",".join(fields) + "}").encode()


def name_of(field):
    return field.split('"')[1]


def test_the_message_is_this_text_to_the_letter():
    assert report.encode(HEADER, [TIMELESS, SILENT, GOOD]) == message(*FIELDS)


def test_the_fields_keep_their_order_when_nothing_is_known():
    assert report.encode(BARE, [TIMELESS]) == (
        b'{"v":1,"bin":"bank-7","epoch":0,"boot":1,"seq":40,"at":null,"clock":"unknown","alarm":1,'
        b'"fill_pct":null,"lo_pct":null,"hi_pct":null,"at_least":0,"last_pct":null,'
        b'"last_age_s":null,"full_in_h":null,"full_in":null,"distance_mm":30,"spread_mm":2,'
        b'"quality":1,"reason":"near","heard":3,"pings":3,"air_c":0,"lid_c":null,'
        b'"battery_mv":null,"rssi_dbm":null,"spent_mc":0,"next":60,"lost":12,"gap":null,'
        b'"events":[],"news":[],"emptied":null,"notes":{},"install":null,"backlog":[]}'
    )


def test_silence_is_null_in_the_message():
    text = report.encode(BARE, [SILENT])
    assert b'"fill_pct":null,"lo_pct":null,"hi_pct":null,"at_least":0' in text
    assert b'"distance_mm":null' in text
    assert b'"quality":0,"reason":"silent"' in text


def test_a_topic_names_the_bin():
    assert report.topic("bank-7") == b"smartbin/v1/bank-7/report"
