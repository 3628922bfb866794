# When to speak and how long to nap.  Every comparison that decides *when* is here.
from binascii import crc32
from micropython import const

from smartbin import clock, events, fill

_MOST_FAILS = const(12)  # beyond this the back-off has reached its ceiling, and 30 bits their end
_PROMPTS = const(3)  # tries for a new alarm before it joins the back-off
_PROMPT_S = const(60)  # from one of them to the next
_SAFE_BOOTS = const(3)  # unhealthy boots in a row that lead to safe mode ...
_STARTS = const(2)  # cold starts without a report, after which the next one is not tried at once
_SAFE_S = const(21_600)  # ... in which the node sleeps this long
_GUARD = const(2)  # a wake within half a period before a slot was meant for that slot
_DRIFT = const(16)  # a sleep clock whose rate is not learnt yet may be off by so much: 1/16
_LOOKS = const(3)  # at a level that jumped, in quick succession
_SOON = const(8)  # full within so many measurements: time to look more often


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


def alarm(news, mem):
    """Is there an alarm among these news?  It stands until somebody has heard of it."""
    if not events.alarms(news):
        return False
    mem.prompts = _PROMPTS
    mem.alarmed = 1
    return True


def due(level, cfg, mem, now_s, asked, period_s):
    """Why to speak in this wake, as a word, or None.  period_s: see below."""
    if asked:
        return "asked"
    if mem.prompts and not safe(mem):
        return "alarm"
    if mem.fails and 0 < mem.retry_s - now_s <= cfg.backoff_s:
        return None  # in safe mode, too: what resets the chip at each report must not empty it
    if safe(mem):
        return "safe"
    if not mem.spoke_s:
        return "first"
    if mem.installed:
        return "installed"  # who has just closed the lid wants to hear of it
    return _routine(level, cfg, mem, now_s - mem.spoke_s, nap_s(cfg, mem, now_s, period_s))


def _routine(level, cfg, mem, since_s, left_s):
    """Why to speak since_s seconds after the last report, left_s before the next wake, or None."""
    if since_s < 0 or since_s + left_s >= next_report_s(cfg):
        return "silence"  # the next wake would come later than the last report promised
    if len(mem.outbox) >= mem.outbox.room * 3 // 4:
        return "crowded"
    if mem.alarmed:
        return "alarm"
    if since_s + left_s // 2 < cfg.report_s:
        return None  # the wake nearest to the moment, not the one after it
    if mem.spilled:
        return "backlog"
    if mem.outbox.news():
        return "news"
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


def period_s(level, cfg, mem, now_s):
    """From this measurement to the next: it follows what the bin does.

    However slow, the thermometer is looked at once in fire_s.
    """
    slow_s = max(cfg.sample_s, min(cfg.slow_s, cfg.silence_s * 2 // 3))  # a nap may be 3/2 of it
    if mem.events.stands(events.FIRE):
        wait_s = min(cfg.sample_s, cfg.fast_s)
    elif mem.events.stands(events.LOW) or mem.events.stands(events.CRITICAL):
        wait_s = slow_s
    elif _disputed(level, mem) or _nearing(level, cfg, mem, now_s):
        wait_s = min(cfg.sample_s, cfg.fast_s)
    elif _night(cfg, mem, now_s) or _quiet(level, cfg):
        wait_s = slow_s
    else:
        wait_s = cfg.sample_s
    return min(wait_s, cfg.fire_s) if mem.events.lid_s else wait_s


def _disputed(level, mem):
    """Do two readings disagree?  One that goes on to be alone is not worth so many looks."""
    return level.kind == fill.HELD and mem.fill.looks < _LOOKS


def _nearing(level, cfg, mem, now_s):
    """Will it soon be full, and is not yet?"""
    if level.pct is None or mem.events.stands(events.FULL):
        return False
    left = events.full_in(cfg, mem.fill, now_s)
    soon = left is not None and left[0] * 3600 < _SOON * cfg.sample_s
    return 2 * level.pct >= cfg.near_pct + cfg.full_pct or (soon and not _quiet(level, cfg))


def _quiet(level, cfg):
    """So far from full that no few deposits fill it, and nothing is held back."""
    if level.pct is None or level.kind == fill.HELD:
        return False
    return level.pct < cfg.near_pct // 2


def _night(cfg, mem, now_s):
    if not mem.set_s:
        return False
    since_h = (now_s // 3600 - cfg.night_from_h) % 24
    return since_h < (cfg.night_to_h - cfg.night_from_h) % 24


def next_nap_ms(cfg, mem, now_s, up, period_s):
    """Until the next slot, by the chip's own clock."""
    if safe(mem):
        nap_ms = _SAFE_S * 1000
    elif mem.prompts:
        nap_ms = (_PROMPT_S + chance(cfg, mem.seq, _PROMPT_S)) * 1000
    else:
        nap_ms = nap_s(cfg, mem, now_s, period_s) * 1000
        if not mem.set_s:
            nap_ms -= up.spent_ms()
    return max(1000, clock.raw_ms(mem, nap_ms))


def nap_s(cfg, mem, now_s, period_s):
    """Seconds to the next slot; one that is nearly reached is this wake's own.

    Slots lie one period apart, shifted by the bin's id so that no two bins of a fleet are alike.
    Without the time of day they are counted from this wake.
    """
    if not mem.set_s:
        return period_s
    left_s = period_s - (now_s - chance(cfg, 0, period_s)) % period_s
    if left_s * _GUARD <= period_s:
        left_s += period_s
    if mem.events.lid_s and left_s > cfg.fire_s + cfg.fire_s // _DRIFT:
        left_s //= 2  # from an odd moment to a slot, with a look at the thermometer half way
    return left_s


def _changed(level, cfg, mem):
    if level.pct is None or mem.told_pct is None:
        return level.pct is not mem.told_pct
    return abs(level.pct - mem.told_pct) >= cfg.change_pct
