"""Random numbers that depend on their owner's name and on nothing else."""

import random


def rng(seed: int, *names: object) -> random.Random:
    """The generator that belongs to `names` in a run with this `seed`.

    Every model of every bin asks for its own, for example `rng(seed, "sound", index)`: the same
    seed and names give the same draws, whichever other models exist and in which order they run.
    """
    return random.Random("/".join(map(str, (seed, *names))))
