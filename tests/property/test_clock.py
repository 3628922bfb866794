"""Laws of the clock: it learns what a chip's clock does, and is never far off, nor runs back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from smartbin import clock, memory, report
from smartbin.errors import LinkError

law = settings(deadline=None)  # a busy machine is no failure

START = 636_422_400  # 2020-03-02
HOUR_S = 3600
REST = (None, None, None, None, 0, 0, 2, 0, 9, 15, 0, 0, 0)  # of a reading without an echo
drifts = st.integers(-50_000, 50_000)  # ppm: the worst oscillators of this kind
naps = st.lists(st.integers(30, 7200), min_size=1, max_size=40)


class Chip:
    """True time, and a clock that runs faster by drift_ppm between its settings."""

    def __init__(self, drift_ppm, true_s=START, raw_s=0):
        self.drift = drift_ppm
        self.true = float(true_s)
        self._raw = float(raw_s)

    def passes(self, s):
        self.true += s
        self._raw += s * (1_000_000 + self.drift) / 1_000_000

    def sleeps(self, raw_ms):
        """Until its clock has counted that many milliseconds."""
        self.passes(raw_ms / 1000 * 1_000_000 / (1_000_000 + self.drift))

    def raw_s(self):
        return int(self._raw)

    def set_clock(self, at_s):
        self._raw = float(at_s)

    def synced(self, mem):
        """The time server is asked, and asked again where it is not believed at once."""
        try:
            clock.adopt(self, mem, int(self.true))
        except LinkError:
            clock.adopt(self, mem, int(self.true))


def synced(drift_ppm, times=3, apart_s=6 * HOUR_S):
    """A chip and a memory after so many network times."""
    chip, mem = Chip(drift_ppm), memory.Memory()
    chip.synced(mem)
    for _ in range(times - 1):
        chip.passes(apart_s)
        chip.synced(mem)
    return chip, mem


@law
@given(drifts, st.integers(1, 24))
def test_after_three_network_times_it_is_right_within_ten_seconds_an_hour(drift_ppm, hours):
    chip, mem = synced(drift_ppm)
    chip.passes(hours * HOUR_S)
    assert abs(clock.now(mem, chip.raw_s()) - chip.true) <= 10 * hours
    assert mem.learnt == 2


@law
@given(drifts, st.integers(30, 86_400))
def test_after_three_network_times_a_nap_is_as_long_as_it_should_be(drift_ppm, nap_s):
    chip, mem = synced(drift_ppm)
    before = chip.true
    chip.sleeps(clock.raw_ms(mem, nap_s * 1000))
    assert abs(chip.true - before - nap_s) <= max(1, 10 * nap_s / HOUR_S)


@law
@given(drifts, st.integers(1801, 30 * 86_400), st.integers(2, 6))
def test_what_is_learnt_is_what_the_chip_does(drift_ppm, apart_s, times):
    _, mem = synced(drift_ppm, times, apart_s)
    wanted = 1_000_000 * 1_000_000 / (1_000_000 + drift_ppm) - 1_000_000
    if mem.learnt:
        assert abs(mem.rate_ppm - wanted) <= 3_000_000 / apart_s + 10
    else:
        assert mem.rate_ppm == 0


@law
@given(st.lists(st.tuples(drifts, st.integers(900, 40_000)), max_size=12))
def test_a_rate_is_never_beyond_what_an_oscillator_can_do(stretches):
    chip, mem = Chip(0), memory.Memory()
    chip.synced(mem)
    for drift_ppm, apart_s in stretches:
        chip.drift = drift_ppm
        chip.passes(apart_s)
        chip.synced(mem)
        assert -80_000 <= mem.rate_ppm <= 80_000


@law
@given(st.integers(-600_000, 1 << 30), st.integers(1800, 90_000))
def test_a_clock_that_was_moved_teaches_nothing_wild(jump_s, apart_s):
    chip, mem = synced(3000)
    before = mem.rate_ppm
    chip.passes(apart_s)
    chip.set_clock(max(0, chip.raw_s() + jump_s))
    clock.check(mem, chip.raw_s())
    chip.synced(mem)
    assert -80_000 <= mem.rate_ppm <= 80_000
    if not -80_000 <= jump_s * 1_000_000 // apart_s <= 80_000:
        assert abs(mem.rate_ppm - before) <= 80_000
    assert abs(clock.now(mem, chip.raw_s()) - chip.true) <= 1


@law
@given(drifts, naps, st.data())
def test_stamps_never_run_back(drift_ppm, naps, data):
    """Whenever it is set or a report is heard, and however stamps are put right: in the order in
    which they were taken, readings are told with times that never decrease."""
    chip, mem, told = Chip(drift_ppm), memory.Memory(), []
    chip.synced(mem)
    for nap_s in naps:
        chip.passes(nap_s)
        at_s = clock.never_back(mem, clock.now(mem, chip.raw_s()))
        mem.outbox.put(report.Reading(mem.seq, at_s, clock.SET, *REST))
        mem.seq += 1
        if data.draw(st.booleans()):
            chip.synced(mem)
        if data.draw(st.booleans()):
            told += mem.outbox.readings(mem.seq)
            mem.outbox.forget(len(mem.outbox))
            mem.spoke_s = clock.now(mem, chip.raw_s())
    told += mem.outbox.readings(mem.seq)
    assert [r.seq for r in told] == list(range(len(naps)))
    assert [r.at_s for r in told] == sorted(r.at_s for r in told)


@law
@given(drifts, naps)
def test_a_stamp_is_unknown_without_a_time_and_never_sure_without_a_recent_one(drift_ppm, naps):
    chip, mem = Chip(drift_ppm), memory.Memory()
    assert clock.stamp(mem, clock.now(mem, chip.raw_s())) == clock.UNKNOWN
    chip.synced(mem)
    for nap_s in naps:
        chip.passes(nap_s * 24)
        at_s = clock.now(mem, chip.raw_s())
        sure = at_s - mem.set_s < 2 * 86_400
        assert clock.stamp(mem, at_s) == (clock.SET if sure else clock.ESTIMATED)


@law
@given(st.integers(0, 630_000_000))
def test_a_clock_that_starts_again_has_no_time(raw_s):
    _, mem = synced(0)
    clock.check(mem, raw_s)
    assert clock.stamp(mem, clock.now(mem, raw_s)) == clock.UNKNOWN
    assert clock.unix(raw_s, clock.stamp(mem, raw_s)) is None


@law
@given(st.integers(0, 1 << 31), st.integers(0, 1 << 31))
def test_no_time_before_the_last_known_one_is_taken_at_once(known_s, at_s):
    mem = memory.Memory()
    mem.known_s = known_s
    if clock.believable(mem, 5, at_s):
        assert max(known_s, 631_152_000) <= at_s < 1 << 31
