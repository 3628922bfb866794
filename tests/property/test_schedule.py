"""Laws of the schedule: slots that are kept, failures that get cheaper, alarms that pass."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from smartbin import config, events, fill, memory, schedule
from smartbin.fill import NOTHING, Level

law = settings(deadline=None)  # a busy machine is no failure

START = 636_422_400
ids = st.from_regex(r"[A-Za-z0-9_-]{1,24}", fullmatch=True)
pcts = st.none() | st.integers(0, 100)
drifts = st.integers(-50_000, 50_000)  # ppm


@st.composite
def configs(draw):
    sample_s = draw(st.integers(30, 86_400))
    raw = {"bin_id": draw(ids), "sample_s": sample_s, "report_s": draw(st.integers(30, 604_800))}
    raw["silence_s"] = draw(st.integers(max(60, sample_s, raw["report_s"]), 604_800))
    for name in ("backoff_s", "fire_s"):
        raw[name] = draw(st.integers(60, 86_400))
    for name in ("fast_s", "slow_s"):
        raw[name] = draw(st.integers(30, 86_400))
    raw["night_from_h"], raw["night_to_h"] = draw(st.integers(0, 23)), draw(st.integers(0, 23))
    return config.check(raw)


def level(pct):
    return NOTHING if pct is None else Level(pct, pct, pct, fill.MEASURED)


class Up:
    def __init__(self, spent_ms=0):
        self._spent = spent_ms

    def spent_ms(self):
        return self._spent


def timed(**facts):
    """A memory with a clock that was set."""
    mem = memory.Memory()
    mem.set_s = START
    for name, value in facts.items():
        setattr(mem, name, value)
    return mem


def nap_ms(cfg, mem, now_s, spent_ms=0, period_s=None):
    return schedule.next_nap_ms(cfg, mem, now_s, Up(spent_ms), period_s or cfg.sample_s)


def due(pct, cfg, mem, now_s, asked=False, period_s=None):
    return schedule.due(level(pct), cfg, mem, now_s, asked, period_s or cfg.sample_s)


# -- slots -------------------------------------------------------------------------------------


@law
@given(configs(), st.integers(START, START + 10_000_000), st.integers(0, 15_000))
def test_a_nap_ends_in_the_bins_own_slot_and_never_soon(cfg, now_s, spent_ms):
    nap_s = nap_ms(cfg, timed(), now_s, spent_ms) // 1000
    shift_s = schedule.chance(cfg, 0, cfg.sample_s)
    assert (now_s + nap_s - shift_s) % cfg.sample_s == 0
    assert cfg.sample_s <= 4 * nap_s
    assert 2 * nap_s <= 3 * cfg.sample_s


@law
@given(configs(), drifts, st.integers(-200, 200), st.lists(st.integers(0, 12), max_size=40))
def test_no_slot_has_two_wakes_and_none_is_left_out(cfg, drift_ppm, error_ppm, awake):
    """A clock that was learnt to within error_ppm, and wakes of up to 12 s each."""
    assume(cfg.sample_s >= 50)
    mem = timed(rate_ppm=1_000_000 * 1_000_000 // (1_000_000 + drift_ppm) - 1_000_000 + error_ppm)
    shift_s = schedule.chance(cfg, 0, cfg.sample_s)
    first_s = START - START % cfg.sample_s + shift_s
    true_s, slots = float(first_s), []
    for awake_s in awake:
        slots.append(round((true_s - first_s) / cfg.sample_s))
        true_s += awake_s
        raw_ms = nap_ms(cfg, mem, int(true_s))  # what clock.now() makes of its own count
        true_s += raw_ms / 1000 * 1_000_000 / (1_000_000 + drift_ppm)
    assert slots == list(range(len(slots)))


@law
@given(configs(), st.integers(0, 1_000_000_000))
def test_without_a_time_the_period_is_kept(cfg, spent_ms):
    assert nap_ms(cfg, memory.Memory(), 5, spent_ms) == max(1000, cfg.sample_s * 1000 - spent_ms)


@law
@given(configs(), st.integers(START, 1 << 31), st.integers(-80_000, 80_000), st.integers(0, 255))
def test_every_nap_is_bounded(cfg, now_s, rate_ppm, ill):
    for prompts in (0, 1):
        mem = timed(rate_ppm=rate_ppm, ill=ill, prompts=prompts)
        assert 1000 <= nap_ms(cfg, mem, now_s) <= 86_400 * 1700


@law
@given(st.lists(ids, min_size=2, max_size=9, unique=True), st.integers(60, 86_400))
def test_a_slot_belongs_to_its_bin(ids, sample_s):
    silence = {"silence_s": 86_400, "sample_s": sample_s}
    slots = [
        schedule.chance(config.check({"bin_id": bin_id, **silence}), 0, sample_s) for bin_id in ids
    ]
    again = [
        schedule.chance(config.check({"bin_id": bin_id, **silence}), 0, sample_s) for bin_id in ids
    ]
    assert slots == again
    assert all(0 <= slot < sample_s for slot in slots)


# -- back-off ----------------------------------------------------------------------------------


@law
@given(configs(), st.integers(0, 0xFFFF_FFFF), st.integers(1, 40), st.integers(START, 1 << 31))
def test_a_wait_is_below_its_ceiling(cfg, seq, times, now_s):
    mem = timed(seq=seq)
    for n in range(times):
        schedule.failed(cfg, mem, now_s)
        ceiling_s = min(cfg.backoff_s, cfg.sample_s * 2 ** (n + 1))
        assert 0 < mem.retry_s - now_s <= ceiling_s
        assert mem.fails == min(12, n + 1)


@law
@given(configs(), st.integers(0, 255), st.integers(1, 12), pcts)
def test_no_wait_lasts_longer_than_its_end(cfg, ill, fails, pct):
    mem = timed(ill=ill, spoke_s=START - cfg.silence_s)
    for _ in range(fails):
        schedule.failed(cfg, mem, START)
    assert due(pct, cfg, mem, mem.retry_s)
    assert due(pct, cfg, mem, mem.retry_s - 1) is None
    assert due(pct, cfg, mem, START, True) == "asked"


@law
@given(configs(), st.integers(1, 20))
def test_a_radio_that_is_cut_short_is_used_less_and_less(cfg, cuts):
    mem, now_s, tries = timed(), START, 0
    for _ in range(cuts):
        while not due(40, cfg, mem, now_s):
            now_s += nap_ms(cfg, mem, now_s) // 1000
        tries += 1
        mem.radio = 1  # and the supply gives way
        schedule.recover(cfg, mem, now_s)
        assert not mem.radio
        assert mem.retry_s > now_s
    assert (mem.browned, mem.fails) == (tries, min(12, tries))


# -- news --------------------------------------------------------------------------------------


@law
@given(configs(), st.lists(pcts, max_size=30), st.booleans(), st.sets(st.integers(0, 29)))
def test_an_alarm_stands_until_it_is_told_and_is_told_within_its_bound(cfg, pcts, safe, alarms):
    """Nobody answers; then somebody does: at the first wake after the wait an alarm is heard."""
    mem, now_s, standing = timed(ill=3 * safe, spoke_s=START), START, False
    for n, pct in enumerate(pcts):
        news = [(events.FULL, 1)] if n in alarms else [(events.LID, 1), (events.FULL, 0)]
        standing = schedule.alarm(news, mem) or standing
        if due(pct, cfg, mem, now_s):
            schedule.failed(cfg, mem, now_s)
        assert mem.alarmed == standing
        now_s += nap_ms(cfg, mem, now_s) // 1000
        mem.seq += 1
    assert mem.prompts <= 3
    if standing:
        late_s = max(now_s, mem.retry_s)
        assert late_s - now_s <= cfg.backoff_s
        assert due(None, cfg, mem, late_s)
        schedule.spoke(level(100), mem, late_s)
        assert not mem.alarmed


levels = st.builds(
    lambda pct, kind: NOTHING if pct is None else Level(pct, pct, pct, kind),
    pcts,
    st.integers(0, 2),
)


@law
@given(configs(), st.lists(levels, max_size=40), st.integers(0, 0x7FF), st.booleans())
def test_the_promise_of_the_next_report_is_kept(cfg, levels, standing, burns):
    """Whatever the bin does and however often it is looked at: none is later than told."""
    mem, now_s = timed(), START
    mem.events.raised, mem.events.lid_s = standing, START * burns
    schedule.spoke(NOTHING, mem, now_s)
    for found in levels:
        period_s = schedule.period_s(found, cfg, mem, now_s)
        if schedule.due(found, cfg, mem, now_s, False, period_s):
            schedule.spoke(found, mem, now_s)
        now_s += nap_ms(cfg, mem, now_s, 0, period_s) // 1000
        assert now_s - mem.spoke_s <= schedule.next_report_s(cfg)


@law
@given(configs(), levels, st.integers(0, 0x7FF), st.integers(START, START + 200_000))
def test_however_slow_the_thermometer_is_looked_at(cfg, found, standing, now_s):
    mem = timed()
    mem.events.raised, mem.events.lid_s = standing, START
    period_s = schedule.period_s(found, cfg, mem, now_s)
    assert 30 <= period_s <= cfg.fire_s
    assert nap_ms(cfg, mem, now_s, 0, period_s) <= 1000 * (cfg.fire_s + cfg.fire_s // 16)
    mem.events.lid_s = 0
    alone_s = schedule.period_s(found, cfg, mem, now_s)
    assert 30 <= alone_s <= max(cfg.sample_s, min(cfg.slow_s, cfg.silence_s * 2 // 3))
    assert period_s == min(alone_s, cfg.fire_s)
