"""Laws of the memory: whatever happens to the image, a state that was saved comes out, or none."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from smartbin import memory, notes, outbox, report

law = settings(deadline=None)  # a busy machine is no failure

longs = st.integers(0, 0xFFFF_FFFF)
heads = st.integers(0, 90) | st.integers(1024, 1024 + 90)  # where a cut or a flip could do harm
rates = st.integers(-80_000, 80_000)
cuts = heads | st.integers(0, memory.IMAGE_SIZE)
flips = st.tuples(heads | st.integers(0, memory.IMAGE_SIZE - 1), st.integers(0, 7))


def reading(seq, stamp=2):
    return report.Reading(seq, 636_422_400, stamp, 43, 42, 44, 791, 4, 4, 0, 3, 3, 18, 0, 0, 0)


def facts(mem):
    """Everything that must outlive a nap."""
    numbers = {name: n for name, n in vars(mem).items() if isinstance(n, int)}
    del numbers["generation"]
    told = (mem.notes.counts, mem.notes.last, mem.notes.text)
    told += (bytes(mem.fill.pack()), bytes(mem.events.pack()), mem.spent_mc, bytes(mem.net))
    return numbers, mem.told_pct, mem.outbox.lost, bytes(mem.outbox.rows), told


def found(image):
    mem = memory.load(image)
    return None if mem is None else facts(mem)


@st.composite
def memories(draw):
    mem = memory.Memory(draw(longs), draw(longs), draw(st.integers(1000, 0xFFFF_FFFF)))
    for name in ("reserved", "acked", "set_s", "known_s", "last_s", "spoke_s", "retry_s"):
        setattr(mem, name, draw(longs))
    mem.gap_from, mem.gap_to = draw(longs), draw(longs)
    mem.rate_ppm, mem.doubt_s = draw(rates), draw(st.integers(-(2**31), 2**31 - 1))
    for name in (
        "learnt",
        "ill",
        "browned",
        "prompts",
        "alarmed",
        "radio",
        "spilled",
        "installed",
    ):
        setattr(mem, name, draw(st.integers(0, 255)))
    mem.fails = draw(st.integers(0, 12))
    mem.told_pct = draw(st.none() | st.integers(0, 100))
    mem.outbox.lost = draw(longs)
    mem.fill.tenths, mem.fill.last_s = draw(st.none() | st.integers(0, 1000)), draw(longs)
    mem.events.raised, mem.events.lid_s = draw(st.integers(0, 0x7FF)), draw(longs)
    mem.events.lid_dc = draw(st.none() | st.integers(-400, 1200))
    mem.spent_mc, mem.booked_s = draw(st.floats(0, 1e6, width=32)), draw(longs)
    mem.net = draw(st.binary(min_size=memory.NET_SIZE, max_size=memory.NET_SIZE))
    rows = draw(st.integers(0, memory.ROOM))
    for seq in range(mem.seq - rows, mem.seq):
        mem.outbox.put(reading(seq))
    for name in draw(st.lists(st.sampled_from(notes.NAMES), max_size=6)):
        mem.notes.add(name, draw(st.integers()), draw(longs))
    return mem


def saved(mem, more):
    """Two images one after the other, and what each holds."""
    memory.save(mem)
    old, before = memory.save(mem), facts(mem)
    mem.told_pct = None
    mem.outbox.forget(more)
    mem.retry_s ^= 1
    return old, before, memory.save(mem), facts(mem)


@law
@given(memories())
def test_all_comes_back_after_a_nap(mem):
    image = memory.save(mem)
    assert len(image) == 2048
    assert found(image) == facts(mem)
    numbers = [r.seq for r in memory.load(image).outbox.readings(mem.seq)]
    assert numbers == list(range(mem.seq - len(mem.outbox), mem.seq))


@law
@given(memories(), st.integers(0, 60), cuts)
def test_a_torn_write_leaves_the_old_state_or_the_new(mem, more, cut):
    old, before, new, after = saved(mem, more)
    assert found(new[:cut] + old[cut:]) in (before, after)
    assert found(old[:cut] + new[cut:]) in (before, after)


@law
@given(memories(), st.integers(0, 60), st.lists(cuts, min_size=2, max_size=2))
def test_a_piece_of_a_write_leaves_the_old_state_or_the_new(mem, more, ends):
    old, before, new, after = saved(mem, more)
    first, last = sorted(ends)
    assert found(old[:first] + new[first:last] + old[last:]) in (before, after)


@law
@given(memories(), st.integers(0, 60), st.lists(flips, max_size=5))
def test_flipped_bits_give_a_state_that_was_saved_or_none(mem, more, bits):
    _, before, new, after = saved(mem, more)
    image = bytearray(new)
    for at, bit in bits:
        image[at] ^= 1 << bit
    assert found(bytes(image)) in (before, after, None)


@law
@given(st.binary(max_size=3000) | st.binary(min_size=2048, max_size=2048))
def test_garbage_is_a_cold_start(image):
    assert memory.load(image) is None


@law
@given(st.integers(0, 0xFFFF_FFFF), st.integers(0, 300))
def test_no_reading_leaves_the_outbox_uncounted(first, n):
    mem = memory.Memory(1, 1, first)
    for seq in range(first, first + n):
        mem.outbox.put(reading(seq))
    kept = [r.seq for r in mem.outbox.readings(first + n)]
    assert kept == list(range(first + n - len(kept), first + n))
    assert len(kept) + mem.outbox.lost == n
    assert len(kept) == min(n, memory.ROOM)


@law
@given(st.lists(st.integers(0, 2), max_size=memory.ROOM), st.integers(0, 900_000_000))
def test_restamping_moves_one_kind_and_no_other(stamps, by_s):
    box = outbox.Outbox(memory.ROOM)
    for seq, stamp in enumerate(stamps):
        box.put(reading(seq, stamp))
    box.restamp(0, by_s, 1)
    for r, stamp in zip(box.readings(len(stamps)), stamps, strict=True):
        moved = 636_422_400 + (0 if stamp else by_s)
        assert r == report.Reading(r.seq, moved, stamp or 1, *reading(0)[3:])


class Life(RuleBasedStateMachine):
    """Any order of readings, acknowledgements, naps and torn writes, beside a plain list."""

    def __init__(self):
        super().__init__()
        self.mem = memory.Memory(1, 1, 0)
        self.model = ([], 0, 0)  # numbers in the outbox, dropped, next number
        self.image = memory.save(self.mem)
        self.kept = self.model  # the model as it was last saved

    @rule(n=st.integers(1, 70))
    def measure(self, n):
        box, lost, seq = self.model
        for _ in range(n):
            self.mem.outbox.put(reading(self.mem.seq))
            self.mem.seq += 1
        box = box + list(range(seq, seq + n))
        dropped = max(0, len(box) - memory.ROOM)
        self.model = (box[dropped:], lost + dropped, seq + n)

    @rule(n=st.integers(1, 55))
    def acknowledge(self, n):
        box, lost, seq = self.model
        self.mem.outbox.forget(n)
        self.model = (box[n:], lost, seq)

    @rule()
    def nap(self):
        self.image = memory.save(self.mem)
        self.mem = memory.load(self.image)
        self.kept = self.model

    @rule(cut=cuts)
    def nap_torn(self, cut):
        old = self.image
        self.image = memory.save(self.mem)[:cut] + old[cut:]
        self.mem = memory.load(self.image)
        box = [r.seq for r in self.mem.outbox.readings(self.mem.seq)]
        woken = (box, self.mem.outbox.lost, self.mem.seq)
        assert woken in (self.kept, self.model)
        self.kept = self.model = woken

    @rule()
    def reset_before_the_nap(self):
        self.mem = memory.load(self.image)
        self.model = self.kept

    @invariant()
    def the_outbox_is_as_expected(self):
        box, lost, seq = self.model
        assert [r.seq for r in self.mem.outbox.readings(seq)] == box
        assert (self.mem.outbox.lost, self.mem.seq) == (lost, seq)


TestLife = Life.TestCase
TestLife.settings = settings(deadline=None, max_examples=50, stateful_step_count=30)
