"""Laws of the report: what is packed or sent comes back; rubbish is refused in a sentence."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smartbin import clock, echo, events, fill, installed, message, notes, report

law = settings(deadline=None)  # a busy machine is no failure

SENTENCE = re.compile(
    r"This is not a smartbin report: (it is not JSON|[a-z_]+ is missing or wrong)\."
    r"|A report of version \d+; this reads version 1\."
)

BARE = report.Header("b", 0, 1, None, None, 60, 0, None, [], report.QUIET, 0, None)

pcts = st.none() | st.integers(0, 100)
readings = st.builds(
    report.Reading,
    seq=st.integers(0, 0xFFFF_FFFF),
    at_s=st.integers(0, 0x7FFF_FFFF),
    stamp=st.integers(0, len(clock.NAMES) - 1),
    pct=pcts,
    lo=pcts,
    hi=pcts,
    mm=st.none() | st.integers(1, 0xFFFF),
    spread_mm=st.integers(0, 255),
    quality=st.integers(0, 4),
    reason=st.integers(0, len(echo.REASONS) - 1),
    heard=st.integers(0, 15),
    pings=st.integers(0, 15),
    air_c=st.integers(-128, 127),
    alarm=st.integers(0, 1),
    at_least=st.integers(0, 1),
    news=st.integers(0, 31),
).map(lambda r: r if r.pct is not None else r._replace(at_least=0))
gaps = st.tuples(st.integers(0, 0xFFFF_FFFF), st.integers(0, 0xFFFF_FFFF))
names = st.sampled_from(events.NAMES)
numbers32 = st.integers(0, 0xFFFF_FFFF)
words = st.sampled_from(events.SURE), st.sampled_from(events.TRIGGERS)
times = st.none() | st.integers(clock.UNIX_2000, 0xFFFF_FFFF)
states = st.builds(
    report.Bin,
    standing=st.lists(names, max_size=4).map(tuple),
    news=st.lists(st.tuples(names, st.integers(0, 1), numbers32), max_size=4).map(tuple),
    emptied=st.none()
    | st.tuples(st.integers(0, 100), st.integers(0, 100), *words, numbers32, times),
    last=st.none() | st.tuples(st.integers(0, 100), numbers32),
    full_in=st.none() | st.tuples(st.integers(0, 9999), words[0]),
    lid_c=st.none() | st.integers(-128, 127),
)
some16 = st.none() | st.integers(1, 0xFFFF)
installs = st.none() | st.builds(
    installed.Record,
    grade=st.integers(0, 2),
    at_s=st.none() | st.integers(0, 0xFFFF_FFFF - clock.UNIX_2000),
    empty_mm=st.integers(300, 4000),
    full_mm=st.integers(20, 2000),
    width_mm=st.integers(0, 10_000),
    floor_mm=some16,
    second_mm=some16,
    heard=st.integers(0, 30),
    pings=st.just(30),
    spread_mm=st.integers(0, 255),
    rssi_dbm=st.none() | st.integers(-128, -1),
    session_ms=some16,
    idle_mv=some16,
    loaded_mv=some16,
    reasons=st.lists(st.sampled_from([key for key, _ in installed.REASONS]), max_size=16).map(
        tuple
    ),
)
headers = st.builds(
    report.Header,
    bin=st.from_regex(r"[A-Za-z0-9_-]{1,24}", fullmatch=True),
    epoch=st.integers(0, 0xFFFF_FFFF),
    boot=st.integers(0, 0xFFFF_FFFF),
    battery_mv=st.none() | st.integers(0, 0xFFFF),
    rssi_dbm=st.none() | st.integers(-128, 0),
    next_s=st.integers(0, 1_000_000),
    lost=st.integers(0, 0xFFFF_FFFF),
    gap=st.none() | gaps.filter(lambda gap: gap[0] < gap[1]),
    notes=st.dictionaries(st.sampled_from(notes.NAMES), st.integers(1, 255)).map(
        lambda d: sorted(d.items())
    ),
    state=states,
    spent_mc=st.integers(0, 0xFFFF_FFFF),
    install=installs,
)
messages = st.builds(report.encode, headers, st.lists(readings, min_size=1, max_size=4)).map(
    json.loads
)
numbers = st.integers() | st.floats() | st.sampled_from([10**20, -(10**20), 1e300, 2**63])
leaves = st.none() | st.booleans() | numbers | st.text(max_size=8)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=15,
)


def travelled(r, newest):
    """What of a reading can arrive: no time without a clock, counts with the newest only."""
    counts = (r.heard, r.pings) if newest else (None, None)
    at_s = None if r.stamp == clock.UNKNOWN else r.at_s
    spread_mm = r.spread_mm if newest else None
    rest = (spread_mm, r.quality, r.reason, *counts, r.air_c, r.alarm, r.at_least, 0)
    return report.Reading(r.seq, at_s, r.stamp, r.pct, r.lo, r.hi, r.mm, *rest)


def decodes_or_says_why(payload):
    """What decode makes of it; fails where anything but a sentence comes out."""
    try:
        return message.decode(payload)
    except ValueError as e:
        kind, sentence = type(e), str(e)
    assert kind is ValueError  # not the parser's own JSONDecodeError or UnicodeDecodeError
    assert SENTENCE.fullmatch(sentence), sentence
    return None


@law
@given(readings, st.integers(1, 0xFFFF), st.binary(max_size=20))
def test_a_packed_row_is_sixteen_bytes_and_comes_back(r, ahead, before):
    row = report.pack(r)
    assert len(row) == 16
    assert report.unpack(before + row + b"\xff", len(before), r.seq + ahead) == r


@law
@given(st.binary(min_size=16, max_size=16))
def test_any_sixteen_bytes_can_be_unpacked(row):
    report.unpack(row, 0, 0)


@law
@given(
    st.none() | st.integers(1, 6000),
    st.integers(0, 6000),
    st.integers(-2000, 2000),
    pcts,
    st.booleans(),
)
def test_what_a_sounding_gives_can_be_packed(mm, spread_mm, air_dc, pct, alarm):
    sounding = echo.Sounding(mm, spread_mm, 3, echo.OK, 9, 9, air_dc, None, None, 1)
    r = report.reading(7, 5, clock.SET, sounding, fill.Level(pct, pct, pct, 0), alarm)
    assert report.unpack(report.pack(r), 0, 8) == r
    assert abs(10 * r.air_c - air_dc) <= 5 or abs(air_dc) > 1270


@law
@given(headers, st.lists(readings, min_size=1, max_size=6))
def test_a_message_comes_back(header, sent):
    back, arrived = message.decode(report.encode(header, sent))
    assert back == header
    assert arrived == [travelled(r, r is sent[-1]) for r in sent[:-1]] + [
        travelled(sent[-1], True)
    ]


@law
@given(headers, st.lists(readings, min_size=1, max_size=6))
def test_a_message_is_json_in_a_fixed_order(header, sent):
    text = report.encode(header, sent)
    d = json.loads(text)
    keys = "v bin epoch boot seq at clock alarm fill_pct lo_pct hi_pct at_least"
    keys += " last_pct last_age_s full_in_h full_in distance_mm spread_mm"
    keys += " quality reason heard pings air_c lid_c battery_mv rssi_dbm spent_mc next lost gap"
    keys += " events news emptied notes install backlog"
    assert " ".join(d) == keys
    assert all(len(row) == len(message.COLUMNS) for row in d["backlog"])
    assert json.dumps(d, separators=(",", ":")).encode() == text


@law
@given(readings)
def test_silence_never_travels_as_a_number(r):
    silent = r._replace(pct=None, lo=None, hi=None, mm=None, at_least=0)
    back = report.unpack(report.pack(silent), 0, r.seq + 1)
    assert (back.pct, back.lo, back.hi, back.mm) == (None, None, None, None)
    d = json.loads(report.encode(BARE, [silent, silent]))
    flat = [d[key] for key in ("fill_pct", "lo_pct", "hi_pct", "distance_mm")]
    assert flat == d["backlog"][0][3:7] == [None] * 4


@law
@given(st.binary() | st.text())
@example(b"[" * 100_000)
@example(b"[" * 100_000 + b"]" * 100_000)
@example(b'{"v":' * 100_000)
@example(b'{"v":1,"backlog":' + b"[" * 50_000 + b"]" * 50_000 + b"}")
@example(b"9" * 5000)
@example(b'{"v":' + b"9" * 5000 + b"}")
@example(b'{"v":1e999}')
@example(b'{"v":NaN}')
@example(b'"\\ud800"')
@example(b"\xff\xfe{\x00}\x00")
@example(b"\xef\xbb\xbf{}")
def test_bytes_from_anywhere_are_refused_with_a_sentence(payload):
    assert decodes_or_says_why(payload) is None


@law
@given(anything)
@example({"v": [], "bin": {}})
@example({"v": 1.0})
@example({"v": True})
def test_json_from_anywhere_is_refused_with_a_sentence(value):
    assert decodes_or_says_why(json.dumps(value)) is None


@settings(deadline=None, max_examples=300)
@given(messages, st.data(), anything)
def test_a_report_with_any_field_replaced_is_read_or_refused(d, data, value):
    d[data.draw(st.sampled_from(sorted(d)))] = value
    checked(decodes_or_says_why(json.dumps(d)))


@law
@given(messages, st.data(), anything)
def test_a_report_with_any_value_of_its_rows_replaced_is_read_or_refused(d, data, value):
    rows = d["backlog"] or [[0] * len(message.COLUMNS)]
    row = data.draw(st.sampled_from(rows))
    row[data.draw(st.integers(0, len(row) - 1))] = value
    d["backlog"] = rows
    checked(decodes_or_says_why(json.dumps(d)))


@law
@given(messages, st.data())
def test_a_report_without_a_field_is_refused(d, data):
    key = data.draw(st.sampled_from(sorted(d)))
    del d[key]
    with pytest.raises(ValueError, match=f"^This is not a smartbin report: {key} is missing"):
        message.decode(json.dumps(d))


@law
@given(messages, st.data())
def test_a_report_that_is_cut_is_refused(d, data):
    text = json.dumps(d).encode()
    assert decodes_or_says_why(text[: data.draw(st.integers(0, len(text) - 1))]) is None


@law
@given(messages, st.data(), st.integers(0, 255))
def test_a_report_with_a_byte_changed_is_read_or_refused(d, data, byte):
    text = bytearray(json.dumps(d).encode())
    text[data.draw(st.integers(0, len(text) - 1))] = byte
    checked(decodes_or_says_why(bytes(text)))


def checked(found):
    """Whatever was read can be used: looked up, packed and sent again."""
    if found is not None:
        header, arrived = found
        for r in arrived:
            assert echo.REASONS[r.reason]
            assert clock.NAMES[r.stamp]
            at_s, counts = r.at_s or 0, (r.heard or 0, r.pings or 0)
            rest = (
                r.spread_mm or 0,
                r.quality,
                r.reason,
                *counts,
                r.air_c,
                r.alarm,
                r.at_least,
                0,
            )
            report.encode(header, [report.Reading(r.seq, at_s, *r[2:7], *rest)])
