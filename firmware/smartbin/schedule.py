# When to speak and how long to nap.  Every comparison that decides *when* is here.
from binascii import crc32
from micropython import const

from smartbin import memory

_MOST_FAILS = const(16)  # beyond this the back-off has long reached its ceiling
_CROWDED = memory.ROOM * 3 // 4


def due(level, cfg, mem, now_s, asked):
    """Why to speak in this wake, as a word, or None."""
    if asked:
        return "asked"
    if mem.fails and 0 < mem.retry_s - now_s <= cfg.backoff_s:
        return None
    if not mem.spoke_s:
        return "first"
    if _full(level, cfg) and not _told_full(cfg, mem):
        return "full"
    since_s = now_s - mem.spoke_s
    slack_s = cfg.sample_s // 2  # the wake nearest to the moment, not the one after it
    if since_s < 0 or since_s + slack_s >= cfg.silence_s:
        return "silence"
    if len(mem.outbox) >= _CROWDED:
        return "crowded"
    if since_s + slack_s >= cfg.report_s and _changed(level, cfg, mem):
        return "change"
    return None


def spoke(level, cfg, mem, now_s):
    """A report was acknowledged."""
    mem.spoke_s = now_s
    mem.retry_s = 0
    mem.fails = 0
    mem.told_pct = level.pct


def failed(cfg, mem, now_s):
    """A report failed: back off, longer each time, never two bins alike."""
    mem.fails = min(_MOST_FAILS, mem.fails + 1)
    ceiling_s = min(cfg.backoff_s, cfg.sample_s << (mem.fails - 1))
    chance = crc32(b"%s/%d/%d" % (cfg.bin_id.encode(), mem.seq, mem.fails)) & 0xFFFF
    mem.retry_s = now_s + ceiling_s // 2 + (ceiling_s // 2 * chance >> 16)


def next_report_s(cfg):
    """The longest that anyone who hears this report should wait for the next one."""
    naps = (cfg.silence_s - cfg.sample_s // 2 + cfg.sample_s - 1) // cfg.sample_s
    return max(cfg.silence_s, naps * cfg.sample_s)  # the nearest wake may be the one after it


def next_nap_ms(cfg, up):
    """Until the next measurement; a wake that ran long does not move the ones after it."""
    return max(1000, cfg.sample_s * 1000 - up.spent_ms())


def _full(level, cfg):
    return level.pct is not None and level.pct >= cfg.full_pct


def _told_full(cfg, mem):
    return mem.told_pct is not None and mem.told_pct >= cfg.full_pct


def _changed(level, cfg, mem):
    if level.pct is None or mem.told_pct is None:
        return level.pct is not mem.told_pct
    return abs(level.pct - mem.told_pct) >= cfg.change_pct
