"""The current of one wake over time, its phases named: one that measures, one that reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from matplotlib.axes import Axes

from sim.profile import Profile, Step
from sim.report import canvas, shares, words

_HIGH_IN, _TOP_IN, _BOTTOM_IN = 1.5, 0.72, 0.42
_CHAR_IN = 0.055  # of a label
_ROWS, _ROW_IN = 3, 0.15  # of labels over the curve
_NAMED_MC = 0.02  # a share of the wake's charge that makes a phase worth a name


class Stretch(NamedTuple):
    """One phase without a break, with the bursts of sending in it."""

    phase: str
    from_ms: float
    to_ms: float
    mc: float


def sentence(profiles: Sequence[Profile]) -> str:
    """What is to be seen."""
    said = [
        f"a wake that {_what(p)} takes {words.duration(_ms(p))} and {p.mc:.1f} mC"
        for p in profiles
    ]
    text = f"Of the first bin, once it had settled: {words.listing(said)}."
    return f"{text} The area under the line is charge; spikes are the transmitter."


def pictures(profiles: Sequence[Profile]) -> list[str]:
    """One picture (a data: address) for each."""
    with canvas.styled():
        return [_picture(profile) for profile in profiles]


def stretches(profile: Profile) -> list[Stretch]:
    """Phases in the order in which they came; sending belongs to the phase around it, and so do
    the moments at which a sensor is asked while the chip dozes."""
    found: list[Stretch] = []
    for phase, group in groupby(_told(profile.steps), key=lambda pair: pair[0]):
        steps = [step for _, step in group]
        mc = sum((step.to_ms - step.from_ms) * step.ma for step in steps) / 1000
        found.append(Stretch(phase, steps[0].from_ms, steps[-1].to_ms, mc))
    return found


def _told(steps: Sequence[Step]) -> Iterator[tuple[str, Step]]:
    now = "boot"
    for step in steps:
        if step.phase not in ("send", "flash", "mount"):
            now = "sense" if step.phase == "doze" else step.phase
        yield (step.phase if step.phase in ("flash", "mount") else now), step


def _what(profile: Profile) -> str:
    return "reports" if profile.radio else "only measures"


def _ms(profile: Profile) -> float:
    return profile.steps[-1].to_ms


def _picture(profile: Profile) -> str:
    height_in = _HIGH_IN + _TOP_IN + _BOTTOM_IN
    figure = canvas.figure(height_in)
    axes = canvas.axes(figure, _BOTTOM_IN, _HIGH_IN)
    end_ms, most_ma = _ms(profile), max(step.ma for step in profile.steps)
    for step in profile.steps:
        color = shares.COLORS[words.stage(step.phase)]
        axes.fill_between(
            (step.from_ms, step.to_ms), step.ma, color=color, lw=0, antialiased=False
        )
    axes.stairs(
        [step.ma for step in profile.steps],
        [*(step.from_ms for step in profile.steps), end_ms],
        color=canvas.INK,
        lw=0.5,
    )
    axes.set(xlim=(0, end_ms), ylim=(0, 1.05 * most_ma), xlabel="ms", ylabel="mA")
    axes.tick_params(axis="x", color="#B8B8B8")
    kind = "A wake that reports" if profile.radio else "A wake that only measures"
    title = f"{kind}: {end_ms:,.0f} ms, {profile.mc:.1f} mC"
    x, y = 0.02, 1 - 0.1 / height_in
    figure.text(x, y, title, weight="bold", va="top")
    _names(axes, profile, end_ms)
    return canvas.image(figure)


def _names(axes: Axes, profile: Profile, end_ms: float) -> None:
    """Each phase that costs something, over its place, in the lowest row that is free."""
    place = axes.get_xaxis_transform()
    ends = [-1.0] * _ROWS
    for one in stretches(profile):
        if one.mc < _NAMED_MC * profile.mc:
            continue
        text = f"{words.phase(one.phase)} {one.mc:.1f} mC"
        half = _CHAR_IN * len(text) / 2 * end_ms / canvas.INNER_IN
        at = (one.from_ms + one.to_ms) / 2
        x = min(max(at, half), end_ms - half)
        row = next((i for i, end in enumerate(ends) if x - half > end), None)
        if row is None:
            continue
        ends[row] = x + half
        y = 1 + (0.05 + _ROW_IN * row) / _HIGH_IN
        axes.plot((at, at), (1, y), transform=place, color=canvas.FAINT, lw=0.5, clip_on=False)
        axes.text(x, y, text, transform=place, ha="center", va="bottom", fontsize=7)
