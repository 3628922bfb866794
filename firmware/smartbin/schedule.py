# When to speak and how long to nap.  Every comparison that decides *when* is here.
from binascii import crc32
from micropython import const

from smartbin import clock

_MOST_FAILS = const(12)  # beyond this the back-off has reached its ceiling, and 30 bits their end
_PROMPTS = const(3)  # tries for a new alarm before it joins the back-off
_PROMPT_S = const(60)  # from one of them to the next
_SAFE_BOOTS = const(3)  # unhealthy boots in a row that lead to safe mode ...
_STARTS = const(2)  # cold starts without a report, after which the next one is not tried at once
_SAFE_S = const(21_600)  # ... in which the node sleeps this long
_GUARD = const(2)  # a wake within half a period before a slot was meant for that slot


def safe(mem):
    """So many unhealthy boots that the node no longer trusts itself with more than a report."""
    return mem.ill >= _SAFE_BOOTS


def recover(cfg, mem, now_s):
    """A wake that ended with its radio on counts as a failed report.  So does the third start in
    a row that no report came before: the supply may give way so far that memory goes, too."""
    if not mem.radio and mem.starts < _STARTS:
        return
    mem.browned = min(255, mem.browned + 1)
    if mem.radio:
        mem.notes.add("brownout", mem.browned, now_s)
    mem.radio = 0
    failed(cfg, mem, now_s)


def alarm(level, cfg, mem):
    """Does this level raise an alarm?  It stands until somebody has heard of it."""
    if level.pct is None or level.pct < cfg.full_pct or _told_full(cfg, mem):
        return False
    if not mem.prompts and not mem.alarmed:
        mem.prompts = _PROMPTS
    mem.alarmed = 1
    return True


def due(level, cfg, mem, now_s, asked):
    """Why to speak in this wake, as a word, or None."""
    if asked:
        return "asked"
    if mem.prompts and not safe(mem):
        return "alarm"
    if mem.fails and 0 < mem.retry_s - now_s <= cfg.backoff_s:
        return None  # in safe mode, too: what resets the chip at each report must not empty it
    if safe(mem):
        return "safe"
    return "first" if not mem.spoke_s else _routine(level, cfg, mem, now_s - mem.spoke_s)


def _routine(level, cfg, mem, since_s):
    """Why to speak since_s seconds after the last report, or None."""
    slack_s = cfg.sample_s // 2  # the wake nearest to the moment, not the one after it
    if since_s < 0 or since_s + slack_s >= cfg.silence_s:
        return "silence"
    if len(mem.outbox) >= mem.outbox.room * 3 // 4:
        return "crowded"
    if mem.alarmed:
        return "alarm"
    if since_s + slack_s < cfg.report_s:
        return None
    if mem.spilled:
        return "backlog"
    return "change" if _changed(level, cfg, mem) else None


def spoke(level, mem, now_s):
    """A report was acknowledged."""
    mem.spoke_s = now_s
    mem.retry_s = mem.fails = mem.prompts = mem.alarmed = mem.ill = 0
    mem.browned = max(0, mem.browned - 1)
    mem.told_pct = level.pct


def failed(cfg, mem, now_s):
    """A report failed: back off with full jitter, longer each time, never two bins alike."""
    if mem.prompts:
        mem.prompts -= 1
    mem.fails = min(_MOST_FAILS, mem.fails + 1)
    ceiling_s = min(cfg.backoff_s, 2 * cfg.sample_s << (mem.fails - 1))
    mem.retry_s = now_s + 1 + chance(cfg, mem.seq, ceiling_s)


def chance(cfg, salt, below):
    """A number from 0 up to below, different for each bin and each salt, the same on every run."""
    return (crc32(b"%s/%d" % (cfg.bin_id.encode(), salt)) & 0x3FFF_FFFF) % below


def next_report_s(cfg):
    """The longest that anyone who hears this report should wait for the next one."""
    return cfg.silence_s + cfg.sample_s // 2  # the wake that is nearest may come after it


def next_nap_ms(cfg, mem, now_s, up):
    """Until the next slot, by the chip's own clock.

    Slots lie one sample_s apart, shifted by the bin's id so that no two bins of a fleet are alike.
    Without the time of day they are counted from this wake.
    """
    if safe(mem):
        nap_ms = _SAFE_S * 1000
    elif mem.prompts:
        nap_ms = (_PROMPT_S + chance(cfg, mem.seq, _PROMPT_S)) * 1000
    elif mem.set_s:
        nap_ms = _to_slot_s(cfg, now_s) * 1000
    else:
        nap_ms = cfg.sample_s * 1000 - up.spent_ms()
    return max(1000, clock.raw_ms(mem, nap_ms))


def _to_slot_s(cfg, now_s):
    """Seconds to the next slot; one that is nearly reached is this wake's own."""
    shift_s = chance(cfg, 0, cfg.sample_s)
    left_s = cfg.sample_s - (now_s - shift_s) % cfg.sample_s
    return left_s if left_s * _GUARD > cfg.sample_s else left_s + cfg.sample_s


def _told_full(cfg, mem):
    return mem.told_pct is not None and mem.told_pct >= cfg.full_pct


def _changed(level, cfg, mem):
    if level.pct is None or mem.told_pct is None:
        return level.pct is not mem.told_pct
    return abs(level.pct - mem.told_pct) >= cfg.change_pct
