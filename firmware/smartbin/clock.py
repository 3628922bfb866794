# What time it is, how sure we are, and how fast this node's sleep clock runs.
# Seconds count from 2000-01-01.  `raw` is what the chip's clock says: the RC oscillator that
# carries it through sleep is off by 0.3-5 %, more when cold (OpenDisplay#42, esp-idf#6687).
from micropython import const

from smartbin import build
from smartbin.errors import LinkError

UNIX_2000 = 946_684_800  # Unix time of 2000-01-01 00:00:00
UNKNOWN, ESTIMATED, SET = 0, 1, 2
NAMES = ("unknown", "estimated", "set")

_CEILING_S = const(0x7FFF_FFFF)
_MOST_PPM = const(80_000)  # beyond what any oscillator of this kind was seen to do
_LEARN_S = const(1800)  # with whole seconds, a shorter stretch says little: 1 s in it is 556 ppm
_SOON_S = const(3600)  # a clock whose rate is not known yet is looked after this often
_DAY_S = const(86_400)
_SURE_S = const(172_800)  # two days after it was last set a stamp is an estimate
_AGREED_S = const(3600)  # two answers that contradict us agree, whatever the chip drifted between
_GRACE_S = const(60)  # a clock that lies further back than this has started anew, in 2000


def unix(at_s, stamp):
    """Unix time of a stamp, or None when the clock had never been set."""
    return None if stamp == UNKNOWN else at_s + UNIX_2000


def now(mem, raw_s):
    """The time: since the clock was set, corrected by what was learnt of its rate."""
    if not mem.set_s:
        return raw_s
    since_s = raw_s - mem.set_s
    return raw_s + since_s * mem.rate_ppm // 1_000_000


def stamp(mem, at_s):
    """How sure a stamp of now is."""
    if not mem.set_s or at_s < mem.set_s:
        return UNKNOWN
    return SET if at_s - mem.set_s < _SURE_S else ESTIMATED


def check(mem, raw_s):
    """A brown-out may take the chip's clock and leave memory: then the time is unknown again.

    Readings that had no time yet were taken before now, whatever their old count says.
    """
    if raw_s + _GRACE_S < (mem.set_s or mem.last_s):
        mem.outbox.restamp(UNKNOWN, raw_s - mem.last_s, UNKNOWN)
        mem.moved(raw_s - mem.last_s)
        mem.set_s = mem.spoke_s = mem.last_s = 0


def never_back(mem, at_s):
    """The stamp to give at at_s: a correction may slow the time down, it never turns it back."""
    if mem.set_s and 0 < mem.last_s - at_s < _SURE_S:
        return mem.last_s
    mem.last_s = at_s
    return at_s


def due(mem, now_s, cfg):
    """Is it time to look at the time server?"""
    if not cfg.ntp_host:
        return False
    wait_s = cfg.clock_s if mem.learnt else min(cfg.clock_s, _SOON_S)
    return not mem.set_s or not 0 <= now_s - mem.set_s < wait_s


def look(node, cfg, mem, link):
    """Ask the time server when it is time to; a report can do without."""
    if not due(mem, now(mem, node.raw_s()), cfg):
        return
    try:
        adopt(node, mem, link.network_time_s())
        node.keep(mem)  # the chip's clock has moved: a reset must not find a memory from before
    except LinkError as e:
        mem.notes.add(e.why, e.waited_ms, now(mem, node.raw_s()))


def believable(mem, raw_s, true_s):
    """Never before this build.  What contradicts what we know must be said in two sessions: one
    wrong answer is not to spoil the clock, and one that was believed not to keep the right time
    out for ever."""
    if not build.BUILT_S <= true_s <= _CEILING_S:
        return False
    doubt_s, mem.doubt_s = mem.doubt_s, 0
    if _fits(mem, raw_s, true_s):
        return True
    mem.doubt_s = max(-_CEILING_S, true_s - raw_s) or 1
    return doubt_s != 0 and abs(mem.doubt_s - doubt_s) <= _AGREED_S


def _fits(mem, raw_s, true_s):
    """Not before the last time known to be right, and no further off than our own clock drifts."""
    if true_s < mem.known_s:
        return False
    drift_s = abs(raw_s - mem.set_s) * _MOST_PPM // 1_000_000
    return not mem.set_s or abs(true_s - now(mem, raw_s)) <= _GRACE_S + drift_s


def adopt(node, mem, true_s):
    """Set the chip's clock to a network time; LinkError where that cannot be right."""
    raw_s = node.raw_s()
    if not believable(mem, raw_s, true_s):
        raise LinkError("clock", "clock", 0)
    told_s = now(mem, raw_s)
    if mem.set_s or mem.doubt_s:  # not one answer alone, but two, or our own clock as well
        mem.known_s = true_s
    if learn(mem, raw_s, true_s):
        mem.outbox.stretch(mem.set_s, told_s, true_s, mem.spoke_s)
        back_s = min(0, true_s - told_s)
        mem.last_s = max(mem.last_s + back_s, min(mem.last_s, mem.spoke_s))
    node.set_clock(true_s)
    was_set(mem, true_s - raw_s, true_s)


def learn(mem, raw_s, true_s):
    """The chip's clock said raw_s and will be set to true_s: what that tells of its rate, if
    anything.  A whole day tells all; a shorter stretch had only some of the day's temperatures."""
    since_s = raw_s - mem.set_s
    if not mem.set_s or since_s < _LEARN_S:
        return False
    ppm = (true_s - raw_s) * 1_000_000 // since_s
    if not -_MOST_PPM <= ppm <= _MOST_PPM:
        return False  # somebody moved the clock
    share_s = min(since_s, _DAY_S) if mem.learnt else _DAY_S
    mem.rate_ppm += (ppm - mem.rate_ppm) * share_s // _DAY_S
    mem.learnt = min(255, mem.learnt + 1)
    return True


def was_set(mem, by_s, true_s):
    """The chip's clock now reads true_s; it jumped by by_s seconds.

    Readings of this boot that had no time get one, counted back from now.
    """
    if not mem.set_s:
        mem.outbox.restamp(UNKNOWN, by_s, ESTIMATED)
        mem.moved(by_s)
        if mem.spoke_s:
            mem.spoke_s += by_s
    mem.set_s = true_s
    mem.doubt_s = 0


def raw_ms(mem, ms):
    """How long to sleep by the chip's clock so that ms milliseconds pass."""
    return ms - ms * mem.rate_ppm // (1_000_000 + mem.rate_ppm)
