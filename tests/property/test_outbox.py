"""Laws of the outbox: what it drops is counted and the least that matters; a segment is whole."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from smartbin import outbox, report

law = settings(deadline=None)  # a busy machine is no failure

longs = st.integers(0, 0xFFFF_FFFF)
rows = st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=53).map(b"".join)
segments = st.builds(outbox.Segment, longs, longs, rows)
alarms = st.lists(st.integers(0, 1), max_size=60)


def reading(seq, alarm=0):
    return report.Reading(seq, 636_422_400, 2, 43, 42, 44, 791, 4, 4, 0, 3, 3, 18, alarm, 0, 0)


def kept(box, next_seq):
    return [r.seq for r in box.readings(next_seq)]


@law
@given(alarms, st.integers(1, 12))
def test_nothing_is_dropped_uncounted_and_no_alarm_before_a_routine_reading(alarms, room):
    box = outbox.Outbox(room)
    for seq, alarm in enumerate(alarms):
        box.put(reading(seq, alarm))
    found = box.readings(len(alarms))
    assert len(found) + box.lost == len(alarms)
    assert len(found) == min(room, len(alarms))
    alarmed = [seq for seq, alarm in enumerate(alarms) if alarm]
    assert [r.seq for r in found if r.alarm] == alarmed[-room:]
    routine = [seq for seq, alarm in enumerate(alarms) if not alarm]
    left = room - len(alarmed[-room:])
    assert [r.seq for r in found if not r.alarm] == (routine[-left:] if left else [])


@law
@given(segments)
def test_a_segment_comes_back(segment):
    found = outbox.unpack_segment(outbox.pack_segment(segment))
    assert (found.epoch, found.next_seq, bytes(found.rows)) == segment


@law
@given(segments, st.data())
def test_a_bit_that_flipped_or_a_piece_that_is_missing_makes_it_none(segment, data):
    whole = bytearray(outbox.pack_segment(segment))
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert outbox.unpack_segment(bytes(whole[:cut])) is None
    whole[cut] ^= 1 << data.draw(st.integers(0, 7))
    assert outbox.unpack_segment(bytes(whole)) is None


@law
@given(st.binary(max_size=1200) | st.binary(max_size=80).map(lambda tail: b"BO\x01\x01" + tail))
def test_garbage_is_no_segment(data):
    assert outbox.unpack_segment(data) is None


@law
@given(st.integers(0, 53), st.integers(0, 3_000_000_000), longs)
def test_a_name_holds_what_a_broken_segment_cost(count, first, epoch):
    rows = b"".join(report.pack(reading(first + i)) for i in range(count or 1))
    name = outbox.name_of(outbox.Segment(epoch, first + (count or 1), rows))
    assert outbox.size_of(name) == (count or 1)
    assert name.split("-")[:2] == [f"{epoch:08x}", f"{first:08x}"]


@law
@given(st.text(max_size=30))
def test_any_name_has_a_size(name):
    assert 0 <= outbox.size_of(name) <= 99


class Box(RuleBasedStateMachine):
    """Readings, acknowledgements and moves to flash in any order, beside a plain list."""

    def __init__(self):
        super().__init__()
        self.box = outbox.Outbox(8)
        self.model = []  # (number, alarm)
        self.next = 65_530
        self.lost = 0

    @rule(alarm=st.integers(0, 1))
    def measure(self, alarm):
        self.box.put(reading(self.next, alarm))
        self.model.append((self.next, alarm))
        self.next += 1
        if len(self.model) > 8:
            routine = [one for one in self.model if not one[1]]
            self.model.remove((routine or self.model)[0])
            self.lost += 1

    @rule(n=st.integers(1, 9))
    def acknowledge(self, n):
        self.box.forget(n)
        del self.model[:n]

    @precondition(lambda self: self.model)
    @rule(n=st.integers(1, 8))
    def move_to_flash(self, n):
        n = min(n, len(self.model))
        next_seq = self.box.readings(self.next)[n - 1].seq + 1
        moved = outbox.Segment(5, next_seq, self.box.rows[: n * 16])
        self.box.forget(n)
        back = outbox.unpack_segment(outbox.pack_segment(moved))
        found = [(r.seq, r.alarm) for r in outbox.Readings(back.rows, back.next_seq)]
        assert found == self.model[:n]
        del self.model[:n]

    @invariant()
    def all_is_there_or_counted(self):
        assert [(r.seq, r.alarm) for r in self.box.readings(self.next)] == self.model
        assert self.box.lost == self.lost


TestBox = Box.TestCase
TestBox.settings = settings(deadline=None, max_examples=50, stateful_step_count=40)
