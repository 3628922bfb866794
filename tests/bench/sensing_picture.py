"""Why a quarter of the bin is sometimes the wrong one: one bar for each kind of waste."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim import places

PICTURE = places.ROOT / "build" / "sensing.png"
# Attribute of a tally, what it means, colour.
_CAUSES = (
    ("border", "within 5 points of a border: heaps and slopes", "#7aa6c2"),
    ("silent", "no echo: the last level is shown", "#9a9a9a"),
    ("held", "a jump that waits for more looks", "#e0b050"),
    ("astray", "folds, single things, frost, soft waste seen through", "#c0504d"),
)


def draw(parts: Mapping[str, Any]) -> None:
    """Shares of the wakes with a wrong quartile, by surface and cause, and the target."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4.5))
    base = [0.0] * len(parts)
    for name, meaning, colour in _CAUSES:
        shares = [tally.pct(getattr(tally, name), tally.wakes) for tally in parts.values()]
        axes.bar(list(parts), shares, bottom=base, color=colour, label=meaning)
        base = [low + share for low, share in zip(base, shares, strict=True)]
    axes.axhline(5, linestyle=":", color="black")
    axes.annotate("target: 5 %", (-0.4, 5.3))
    axes.set(ylabel="wakes with the wrong quartile, %", title="What makes a quarter the wrong one")
    axes.legend(fontsize=8)
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=120, bbox_inches="tight")
    plt.close(figure)
