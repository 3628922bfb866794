"""Ten thousand bins and a broker that is away for an hour: how many knock when it returns?

The bins are the firmware's own schedule, memory and outbox; the network is a yes or a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from sim import places, seeds
from smartbin import clock, config, echo, events, memory, report, schedule
from smartbin.fill import MEASURED, Level
from smartbin.senses import Senses

BINS = 10_000
HOUR_S = 3600
AWAY_S, BACK_S = 24 * HOUR_S, 25 * HOUR_S  # the broker's hour
END_S = 37 * HOUR_S
SETTLED_S = 13 * HOUR_S  # by then the events that all bins begin with are history
WINDOW_S = 60  # in which the connections of 10,000 bins are counted
_START_S = 636_422_400  # 2020-03-02 in seconds since 2000
_AWAKE_S = 3  # a wake with a session takes 2.7 s in the demo
_RATE_PCT_DAY, _RATE_SIGMA = 33.0, 0.52  # street bins (facts, physics-energy C2)
_EMPTIED_PCT = 95


@dataclass(frozen=True)
class Story:
    """When the bins of a fleet connected, or tried to: seconds since the start."""

    bins: int
    at_s: np.ndarray
    failed: int  # connections in the broker's hour
    whole_s: float  # when the last bin that had failed got through: the recovery's end

    @property
    def window_s(self) -> int:
        """As many connections in a window of a small fleet as in one of the large fleet."""
        return WINDOW_S * BINS // self.bins

    def per_s(self, from_s: float, to_s: float) -> np.ndarray:
        """Connections per second in windows of window_s."""
        edges = np.arange(from_s, to_s + 1, self.window_s)
        return np.histogram(self.at_s, edges)[0] / self.window_s

    def peak_to_mean(self, from_s: float, to_s: float) -> float:
        """The busiest window against the mean."""
        rates = self.per_s(from_s, to_s)
        return float(rates.max() / rates.mean())

    def hour_peak_to_mean(self) -> float:
        """In normal life: the busiest minute of the hour against the mean minute."""
        normal = self.at_s[(self.at_s >= SETTLED_S) & (self.at_s < AWAY_S)]
        minutes = np.histogram(normal % HOUR_S, 60, (0, HOUR_S))[0]
        return float(minutes.max() / minutes.mean())


def tell(bins: int) -> Story:
    """What so many bins do before, in and after the broker's hour."""
    lives = [_life(i) for i in range(bins)]
    losers = [life for life in lives if not all(ok for _, ok in life)]
    back = [next(t for t, ok in life if ok and t >= BACK_S) for life in losers]
    at_s = np.array([t for life in lives for t, _ in life])
    return Story(bins, at_s, sum(not ok for life in losers for _, ok in life), max(back))


def _life(index: int) -> list[tuple[float, bool]]:
    """(when, did the broker answer?) of every connection of one bin."""
    rng = seeds.rng(1, index, "herd")
    cfg = config.check({"bin_id": f"bin-{index:05d}"})
    pct_s = _RATE_PCT_DAY * rng.lognormvariate(0, _RATE_SIGMA) / 86_400
    first_pct = rng.uniform(0, _EMPTIED_PCT)
    mem = _mounted(rng.uniform(0, cfg.silence_s), int(first_pct))
    t_s, found = rng.uniform(0, cfg.sample_s), []
    while t_s < END_S:
        now_s, pct = int(_START_S + t_s), int((first_pct + pct_s * t_s) % _EMPTIED_PCT)
        level = Level(pct, pct, pct, MEASURED)
        ok = _wake(cfg, mem, now_s, level, not AWAY_S <= t_s < BACK_S)
        if ok is not None:
            found.append((t_s, ok))
        period_s = schedule.period_s(level, cfg, mem, now_s)
        nap_ms = schedule.next_nap_ms(cfg, mem, now_s + _AWAKE_S, None, period_s)
        t_s += _AWAKE_S + nap_ms / 1000
    return found


def _mounted(ago_s: float, pct: int) -> memory.Memory:
    """A bin that knows the time and spoke so long ago."""
    mem = memory.Memory(epoch=1, boot=1)
    mem.set_s = mem.known_s = mem.spoke_s = int(_START_S - ago_s)
    mem.told_pct = pct
    return mem


def _wake(
    cfg: config.Config, mem: memory.Memory, now_s: int, level: Level, up: bool
) -> bool | None:
    """As wake.py does it: did the broker answer?  None where nobody asked it."""
    heard = echo.Sounding(500, 0, 4, echo.OK, 3, 3, 120, None, None, 1)
    news = events.judge(level, heard, Senses(3600, None, None), cfg, mem, now_s)
    facts = (mem.seq, now_s, clock.SET, heard, level, schedule.alarm(news, mem), mem.events.pop())
    mem.outbox.put(report.reading(*facts))
    mem.seq += 1
    if not schedule.due(level, cfg, mem, now_s, False, schedule.period_s(level, cfg, mem, now_s)):
        return None
    if up:
        mem.outbox.forget(len(mem.outbox))
        mem.events.up = mem.events.down = 0
        schedule.spoke(level, mem, now_s + _AWAKE_S)
    else:
        schedule.failed(cfg, mem, now_s + _AWAKE_S)
    return up


def measure(console: Console) -> dict[str, float]:
    """Figures, and the picture build/bench/herd.png."""
    story = tell(BINS)
    normal, recovery = story.per_s(SETTLED_S, AWAY_S), story.per_s(BACK_S, story.whole_s)
    path = places.ROOT / "build" / "bench" / "herd.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(story, path)
    ratio, hour = story.peak_to_mean(BACK_S, story.whole_s), story.hour_peak_to_mean()
    console.print(
        f"{BINS:,} bins, the broker away for an hour: {story.failed:,} connections failed; after "
        f"{(story.whole_s - BACK_S) / HOUR_S:.1f} h all bins were through\n"
        f"recovery: mean {recovery.mean():.2f}/s, busiest minute {recovery.max():.2f}/s, "
        f"ratio {ratio:.2f} (at most 3)\n"
        f"normal life: mean {normal.mean():.2f}/s, busiest minute {normal.max():.2f}/s; "
        f"busiest minute of the hour {hour:.2f} times the mean\n"
        f"picture: {path.relative_to(places.ROOT)}"
    )
    return {
        "herd.peak_to_mean": round(ratio, 2),
        "herd.normal_per_s": round(float(normal.mean()), 3),
        "herd.peak_per_s": round(float(recovery.max()), 3),
        "herd.hour_peak_to_mean": round(hour, 2),
    }


def draw(story: Story, path: Path) -> None:
    """Connections per second from three hours before the outage to eight after it."""
    from matplotlib.figure import Figure

    from sim.report import canvas

    from_s, to_s = AWAY_S - 3 * HOUR_S, BACK_S + 8 * HOUR_S
    rates = story.per_s(from_s, to_s)
    hours = (from_s - BACK_S + story.window_s * np.arange(len(rates))) / HOUR_S
    mean = story.per_s(BACK_S, story.whole_s).mean()
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.axvspan((AWAY_S - BACK_S) / HOUR_S, 0, color=canvas.TRUTH, label="the broker is away")
    axes.step(
        hours, rates, where="post", color=canvas.ON_TIME, lw=1, label="connections, tried or made"
    )
    end = (story.whole_s - BACK_S) / HOUR_S
    axes.hlines(mean, 0, end, color=canvas.LATE, lw=2, label="mean of the recovery")
    axes.hlines(
        3 * mean, 0, end, color=canvas.LATE, ls=":", lw=2, label="three times that, the bound"
    )
    axes.set(xlabel="hours since the broker's return", ylabel="per second", ylim=(0, 4 * mean))
    axes.set_title(f"{story.bins:,} bins after an outage of one hour", loc="left")
    axes.legend(frameon=False, ncols=2, loc="upper right")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
