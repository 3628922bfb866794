"""Anything at all from the broker's side of the line: the wake ends in time, nothing grows, and
nothing is forgotten that was not acknowledged."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import places
from smartbin import memory, message
from tests.contract.chip import NEVER_MS, leads_to
from tests.contract.chip import settings as stored
from tests.fuzz.peer import CONNECT, HANG_UP, PUBLISH, SUBSCRIBE, framed, honest

law = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

LONGEST_MS = 12_100  # awake_ms, and one look at the driver
FLAG = b"\x30\x06\0\x01abcd"  # a message that nobody asked for
TOO_LONG = [
    b"\x30\xff\xff\xff\x7f\0\x01a" + b"x" * 60_000,  # claims 268 MB
    b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\x7f\0\x01a",  # a length of nine bytes
    b"\x30" + b"\xff" * 5000,  # a length without an end
    b"\x30\x80\x80\x01\xff\xff" + b"t" * 16_384,  # a topic as long as its packet
    framed(0x30, b"\0\x01t" + b"x" * 8190),
    framed(0x30, b"\0\x01t" + b"x" * 100_000),
]
TOO_SHORT = [b"\x30\0", b"\x30\x01\0", b"\x30\x02\0\x09", b"\x32\x02\0\0", b"\x30\x03\0\x05a"]
FLOODS = [
    FLAG * 20_000,
    b"\x30\x02\0\0" * 40_000,
    b"\xd0\0" * 60_000,
    b"\x40\x02\0\x09" * 30_000,
    b"\xff" * 150_000,
    b"\0" * 150_000,
    framed(0x30, b"\0\x01t" + b"x" * 8000) * 30,
]

# A nap as long as the heap is full: that is how this program answers.
HELD = """
import twin
gc = twin.builtin("gc")
real = machine.deepsleep
def deepsleep(ms):
    gc.collect()
    machine.deepsleep = real
    real(gc.mem_alloc())
machine.deepsleep = deepsleep
"""


@pytest.fixture
def wake(node, peer, flash):
    """wake(mangle, rtc) -> the Outcome of a wake, with its invariants checked."""

    def once(mangle, rtc=b""):
        peer.mangle = mangle
        del peer.published[:]
        cause = {"reset_cause": 4, "wake_reason": 4} if rtc else {}
        net = leads_to(peer.port, NEVER_MS)
        found = node.wake(rtc, flash=flash, nvs=stored(), net=net, **cause)
        assert found["how"] == "deepsleep", found["crash"]
        assert found.awake_ms <= LONGEST_MS
        mem = memory.load(found.rtc)
        assert "crash" not in dict(mem.notes.since())
        assert mem.radio == 0
        if mem.outbox:  # nothing was forgotten
            assert [r.seq for r in mem.outbox.readings(mem.seq)] == list(range(mem.seq))
        return mem

    return once


def at(kind, data, instead=True):
    """Answer packets of that kind with these bytes: instead of the right ones, or before them."""
    return lambda k, answer: answer if k != kind else (data if instead else data + answer)


def acknowledged(mem):
    return mem.acked == mem.seq and not len(mem.outbox)


def test_a_broker_that_does_right_is_told_all(wake, peer):
    assert acknowledged(wake(honest))
    ((header, _),) = [message.decode(payload) for payload in peer.published]
    assert header.bin == "desk"


@pytest.mark.parametrize("kind", [CONNECT, SUBSCRIBE, PUBLISH])
def test_random_bytes_from_the_broker(wake, kind):
    @law
    @given(st.binary(min_size=1, max_size=300))
    def are_no_acknowledgement(data):
        assert not acknowledged(wake(at(kind, data)))

    are_no_acknowledgement()


@pytest.mark.parametrize("kind", [CONNECT, SUBSCRIBE, PUBLISH])
def test_answers_with_bytes_changed(wake, kind):
    @law
    @given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 255)), min_size=1, max_size=3))
    def end_in_time(changes):
        def mangle(k, answer):
            if k != kind:
                return answer
            data = bytearray(answer)
            for where, bits in changes:
                data[where % len(data)] ^= bits
            return bytes(data)

        wake(mangle)

    end_in_time()


@pytest.mark.parametrize("kind", [CONNECT, SUBSCRIBE, PUBLISH])
def test_packets_between_the_answers(wake, kind):
    @law
    @given(
        st.lists(
            st.builds(framed, st.integers(0, 255), st.binary(max_size=200)), min_size=1, max_size=6
        ).map(b"".join),
        st.booleans(),
    )
    def end_in_time(packets, before):
        wake(at(kind, packets, instead=not before))

    end_in_time()


@pytest.mark.parametrize(("kind", "size"), [(CONNECT, 4), (SUBSCRIBE, 5), (PUBLISH, 60)])
def test_answers_that_are_cut(wake, kind, size):
    """PUBLISH: the acknowledgement, and a message that does not come back whole."""
    for cut in range(1, size):
        assert not acknowledged(wake(lambda k, a, cut=cut: a[:cut] if k == kind else a))
    assert not acknowledged(wake(at(kind, HANG_UP)))


@pytest.mark.parametrize("data", [*TOO_LONG, *TOO_SHORT], ids=range(len(TOO_LONG + TOO_SHORT)))
def test_lengths_that_cannot_be(wake, data):
    for kind in (CONNECT, SUBSCRIBE, PUBLISH):
        wake(at(kind, data))
    wake(at(PUBLISH, data, instead=False))


@pytest.mark.parametrize("data", FLOODS, ids=range(len(FLOODS)))
def test_floods(wake, data):
    for kind in (SUBSCRIBE, PUBLISH):
        wake(at(kind, data, instead=False))


def test_a_flood_leaves_nothing_behind(boot, peer, flash):
    """What the interpreter holds after a wake does not depend on what the broker said in it."""
    chip = boot(HELD + places.MAIN.read_text())
    net = leads_to(peer.port, NEVER_MS)
    grown = []
    for data in (b"", b"", FLOODS[0], FLOODS[2], FLOODS[4], TOO_LONG[0], TOO_LONG[2], b""):
        peer.mangle = at(PUBLISH, data, instead=False)
        grown.append(chip.wake(flash=flash, nvs=stored(), net=net)["sleep_ms"])
    assert max(grown[1:]) - min(grown[1:]) < 4096, grown
