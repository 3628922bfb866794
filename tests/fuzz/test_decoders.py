"""Every decoder of what the node did not write in this wake, on the node's own interpreter.

Where the decoder runs on both interpreters, they must agree on every byte string.
"""

import base64
import json
import random
import struct
import sys
import types
from binascii import crc32

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartbin import clock, config, memory, notes, outbox, report
from smartbin.errors import ConfigError

sys.modules.setdefault("network", types.ModuleType("network"))  # who asks by address needs none
from smartbin.hw import ntp  # noqa: E402

law = settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# What each of the frame's byte strings is worth to a decoder, as text; or the error's name.
PROGRAM = """
import twin
from binascii import a2b_base64, crc32
from smartbin import config, memory, notes, outbox
from smartbin.errors import ConfigError
from smartbin.hw import store
{facts}
def worth(case):
    try:
        return {decode}(a2b_base64(case))
    except Exception as e:
        return type(e).__name__
say([crc32(worth(case).encode()) for case in twin.s.frame["cases"]])
machine.deepsleep(1000)
"""
FACTS = """
def image(data):
    mem = memory.load(data)
    if mem is None:
        return "none"
    names = sorted([name for name in dir(mem) if type(getattr(mem, name)) is int])
    facts = [(name, getattr(mem, name)) for name in names if name != "generation"]
    box = [tuple(r) for r in mem.outbox.readings(mem.seq)]
    past = bytes(mem.fill.pack()), bytes(mem.events.pack())
    return str((facts, mem.told_pct, mem.outbox.lost, box, noted(mem.notes), past))
def noted(n):
    return n.counts, [tuple(row) for row in n.last], bytes(n.text)
def segment(data):
    found = outbox.unpack_segment(data)
    if found is None:
        return "none"
    rows = [tuple(r) for r in outbox.Readings(found.rows, found.next_seq)]
    return str((found.epoch, found.next_seq, rows))
def note(data):
    return str(noted(notes.unpack_from(data, 0)))
"""
here: dict = {"memory": memory, "notes": notes, "outbox": outbox}
exec(FACTS, here)  # the same text that runs on the chip


def reading(seq, alarm=0):
    return report.Reading(seq, 636_422_400, 2, 43, 42, 44, 791, 4, 4, 0, 3, 3, 18, alarm, 0, 0)


def image(rows=12, seq=70_000):
    """An image as a node has it after some wakes."""
    mem = memory.Memory(305_419_896, 3, seq)
    mem.set_s = mem.known_s = 636_422_400
    for _ in range(rows):
        mem.outbox.put(reading(mem.seq))
        mem.seq += 1
    mem.notes.add("tcp", 700, 5)
    memory.save(mem)
    mem.seq += 1
    return memory.save(mem)


def segment(n=40):
    rows = b"".join(report.pack(reading(i)) for i in range(n))
    return outbox.pack_segment(outbox.Segment(9, n, rows))


def mangled(whole):
    """Byte strings that begin as a whole one: cut, with bytes changed, moved or put in."""

    @st.composite
    def one(draw):
        data = bytearray(whole)
        for _ in range(draw(st.integers(0, 4))):
            at = draw(st.integers(0, max(0, len(data) - 1)))
            piece = draw(st.binary(max_size=8))
            how = draw(st.sampled_from(["change", "cut", "put in", "move"]))
            if how == "change":
                data[at : at + len(piece)] = piece
            elif how == "cut":
                del data[at : at + draw(st.integers(1, 64))]
            elif how == "put in":
                data[at:at] = piece
            else:
                data = data[at:] + data[:at]
        return bytes(data)

    return one()


def forged(whole, sum_at, checksum):
    """As mangled, and the checksum made to fit: a bug of ours could have written that."""
    return mangled(whole).map(
        lambda data: (
            data[:sum_at] + struct.pack("<I", checksum(data)) + data[sum_at + 4 :]
            if len(data) > sum_at + 4
            else data
        )
    )


def batch(*kinds):
    return st.lists(st.one_of(*kinds), min_size=9, max_size=9)  # what fits the heap of a chip


def decoder(boot, decode):
    """decode(list of byte strings) -> a checksum of what each is worth on the chip."""
    chip = boot(PROGRAM.format(facts=FACTS, decode=decode))

    def once(cases):
        found = chip.wake(cases=[base64.b64encode(case).decode() for case in cases])
        assert found["how"] == "deepsleep", found["crash"]
        return found.said

    return once


def alike(run, name, cases):
    """Both interpreters make the same of every case, and no error of it."""
    expected = [here[name](case) for case in cases]
    assert run(cases) == [crc32(text.encode()) for text in expected]
    return expected


def test_rtc_images(boot):
    run = decoder(boot, "image")
    whole = image()

    @law
    @given(batch(mangled(whole), st.binary(max_size=99)))
    def rubbish_is_none_and_a_whole_slot_is_what_it_was(cases):
        states = {here["image"](whole), here["image"](bytes(1024) + whole[1024:])}
        states |= {here["image"](whole[:1024] + bytes(1024)), "none"}
        assert set(alike(run, "image", cases)) <= states

    rubbish_is_none_and_a_whole_slot_is_what_it_was()


def test_noise_in_rtc_memory(boot):
    run = decoder(boot, "image")
    rng = random.Random("noise")
    for _ in range(8):
        noise = [bytearray(rng.randbytes(memory.IMAGE_SIZE)) for _ in range(20)]
        for one in noise:
            one[:4] = one[1024:1028] = b"BS\2" + bytes([rng.randrange(memory.ROOM + 1)])
        assert set(alike(run, "image", noise)) == {"none"}


def test_segments(boot):
    run = decoder(boot, "segment")
    whole = segment()

    @law
    @given(batch(mangled(whole), mangled(segment(1)), st.binary(max_size=999)))
    def rubbish_is_none(cases):
        good = {here["segment"](whole), here["segment"](segment(1)), "none"}
        assert set(alike(run, "segment", cases)) <= good

    rubbish_is_none()


def test_segments_that_fit_their_checksum(boot):
    """Whatever they hold, they can be unpacked: nothing in a row is beyond its bits."""
    run = decoder(boot, "segment")

    def checksum(data):
        return crc32(data[16:], crc32(data[:12]))

    @law
    @given(batch(forged(segment(3), 12, checksum)))
    def any_rows_can_be_read(cases):
        alike(run, "segment", cases)

    any_rows_can_be_read()


def test_notes(boot):
    run = decoder(boot, "note")

    @law
    @given(batch(st.binary(min_size=notes.SIZE, max_size=notes.SIZE)))
    def any_bytes_can_be_read_and_packed_again(cases):
        alike(run, "note", cases)
        for case in cases:
            back = bytearray(notes.SIZE)
            notes.unpack_from(case, 0).pack_into(back, 0)

    any_bytes_can_be_read_and_packed_again()


# -- settings ----------------------------------------------------------------------------------

TABLE = """
def table(data):
    try:
        cfg = config.check(store.table(data))
    except (ConfigError, ValueError):
        return "refused"
    return "taken " + str(tuple(cfg))
"""
TEXT = json.dumps(
    {
        "bin_id": "a-1",
        "empty_mm": 2000,
        "wifi_key": '}{"\\\u00fc',
        "full_mm": 300,
        "mqtt_host": "b",
    }
).encode()
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=70),
    st.just([{}]),
    st.just({}),
)
tables = st.dictionaries(st.sampled_from([row[0] for row in config.TABLE]) | st.text(), values)


def settings_of(boot):
    chip = boot(
        PROGRAM.format(facts=TABLE, decode="table").replace(
            "crc32(worth(case).encode())", "worth(case)"
        )
    )

    def once(cases):
        found = chip.wake(cases=[base64.b64encode(case).decode() for case in cases])
        assert found["how"] == "deepsleep", found["crash"]
        return found.said

    return once


def test_settings_that_are_cut_anywhere_are_refused(boot):
    run = settings_of(boot)
    for text in (
        TEXT,
        b'{"bin_id":"}"}',
        b'{"mqtt_host":"a}b","bin_id":"}}"}',
        b"{}",
        b'{"pings":3}',
    ):
        cuts = [text[:cut] for cut in range(len(text))]
        for at in range(0, len(cuts), 40):
            assert set(run(cuts[at : at + 40])) == {"refused"}
    assert [one[:5] for one in run([TEXT, b"{}", b" { } \n", TEXT + b" "])] == ["taken"] * 4


def test_settings(boot):
    run = settings_of(boot)

    @law
    @given(
        st.lists(
            mangled(TEXT) | st.binary(max_size=60) | tables.map(lambda t: json.dumps(t).encode()),
            min_size=5,
            max_size=5,
        )
    )
    def they_are_within_their_bounds_or_refused(cases):
        for case, found in zip(cases, run(cases), strict=True):
            assert found == "refused" or found.startswith("taken "), (case, found)
            if found != "refused":
                assert case.strip().endswith(b"}")

    they_are_within_their_bounds_or_refused()


def test_settings_that_both_parsers_know_are_the_same(boot):
    run = settings_of(boot)

    @law
    @given(st.lists(tables, min_size=5, max_size=5))
    def taken_here_and_there(cases):
        found = run([json.dumps(case).encode() for case in cases])
        for case, there in zip(cases, found, strict=True):
            try:
                config.check(case)
            except ConfigError:
                assert there == "refused"
            else:
                assert there.startswith("taken ")

    taken_here_and_there()


# -- the time server ---------------------------------------------------------------------------


class Server:
    """The socket module, and a socket of a time server with one answer for everybody."""

    AF_INET, SOCK_DGRAM = 2, 2

    def __init__(self, answer):
        self._answer = answer
        self._asked = b""
        self.closed = False

    def socket(self, *_):
        return self

    def getaddrinfo(self, *_):
        return [(0, 0, 0, "", ("10.0.0.3", 123))]

    def settimeout(self, _):
        pass

    def sendto(self, query, _):
        self._asked = bytes(query)

    def recv(self, size):
        return self._answer(self._asked)[:size]

    def close(self):
        self.closed = True


class Ticks:
    """A clock that stands still."""

    ticks_ms = staticmethod(lambda: 0)
    ticks_diff = staticmethod(lambda end, start: end - start)


def asked(monkeypatch, answer):
    """What the node makes of the answer: seconds since 2000, or None."""
    server = Server(answer)
    monkeypatch.setattr(ntp, "socket", server)
    monkeypatch.setattr(ntp, "time", Ticks)
    try:
        return ntp.ask("10.0.0.3", 1000)
    except OSError:
        return None
    finally:
        assert server.closed


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.booleans())
def test_an_answer_that_is_not_ours_is_none(monkeypatch, data, echoed):
    def answer(query):
        return data[:24] + query[40:48] + data[32:] if echoed and len(data) >= 48 else data

    at_s = asked(monkeypatch, answer)
    if at_s is None:
        return
    assert echoed, "eight random bytes came back by chance"
    assert data[0] & 7 == 4
    assert data[0] >> 6 != 3
    assert 1 <= data[1] <= 15
    count = int.from_bytes(data[40:44], "big")
    assert at_s == count - 3_155_673_600 + (count < 3_155_673_600) * 2**32


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 0xFFFF_FFFF), st.integers(0, 255), st.integers(0, 255), st.data())
def test_a_healthy_answer_is_believed_within_bounds_only(monkeypatch, at, flags, stratum, data):
    cut = data.draw(st.integers(0, 60))

    def answer(query):
        head = bytes([flags, stratum]) + bytes(22) + query[40:48] + bytes(8)
        return (head + struct.pack("!II", at, 0) + bytes(20))[:cut]

    at_s = asked(monkeypatch, answer)
    healthy = cut >= 48 and flags & 7 == 4 and flags >> 6 != 3 and 1 <= stratum <= 15
    assert (at_s is not None) == healthy
    if healthy and clock.believable(memory.Memory(), 5, at_s):
        assert 631_152_000 <= at_s < 1 << 31


def test_the_count_of_time_servers_starts_again_in_2036(monkeypatch):
    for at, at_s in ((0xFFFF_FFFF, 1_139_293_695), (0, 1_139_293_696), (86_400, 1_139_380_096)):

        def answer(query, at=at):
            return b"\x1c\2" + bytes(22) + query[40:48] + bytes(8) + struct.pack("!II", at, 0)

        assert asked(monkeypatch, answer) == at_s


# -- the name server ---------------------------------------------------------------------------

NAME = """
from smartbin.hw import names
QUERY = bytes.fromhex("{query}")
def name(data):
    try:
        return names._read(data, QUERY)
    except OSError:
        return "refused"
"""
QUERY = b"\xab\xcd\1\0\0\1\0\0\0\0\0\0\6broker\4city\0\0\1\0\1"
ALIAS = b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\xc0\x13"
ADDRESS = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\0\0\2"


def name_answer(*records):
    return (
        QUERY[:2]
        + b"\x81\x80\0\1"
        + bytes([0, len(records)])
        + bytes(4)
        + QUERY[12:]
        + b"".join(records)
    )


def test_name_servers_may_say_anything(boot):
    chip = boot(
        PROGRAM.format(facts=NAME.format(query=QUERY.hex()), decode="name").replace(
            "crc32(worth(case).encode())", "worth(case)"
        )
    )

    def said(*cases):
        found = chip.wake(cases=[base64.b64encode(case).decode() for case in cases])
        assert found["how"] == "deepsleep", found["crash"]
        return found.said

    good = name_answer(ALIAS, ADDRESS)
    assert said(good, name_answer(ADDRESS), name_answer(ALIAS), name_answer(), b"") == [
        "10.0.0.2",
        "10.0.0.2",
        "refused",
        "refused",
        "refused",
    ]
    assert said(b"\0\0" + good[2:], good[:3] + b"\x83" + good[4:]) == ["refused"] * 2

    @law
    @given(batch(mangled(good), st.binary(max_size=60).map(lambda tail: good[:30] + tail)))
    def it_is_an_address_or_refused(cases):
        for text in said(*cases):
            parts = text.split(".")
            assert text == "refused" or (len(parts) == 4 and all(0 <= int(p) < 256 for p in parts))

    it_is_an_address_or_refused()
