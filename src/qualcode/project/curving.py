"""The learning curve: how good suggestions are after so many finished transcripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import Refused
from qualcode.evaluation import Judged, learning_curve
from qualcode.project.judging import Bench, pick

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.crossing import Maker

    Places = NDArray[np.intp]

SIZES = (5, 10, 20, 30, 40, 80, 160, 320, 640, 1280)
REPEATS = 3
HELD = 5
"""One group in so many is held out for the test."""


def curve_rows(on: Bench) -> list[dict[str, Any]]:
    """Return how F1 grows with the number of finished groups learnt from, over several choices of them.

    In each repeat a fifth of the groups is held out, the same for all sizes; smaller choices are part of greater ones.
    """
    found: dict[int, list[Judged]] = {}
    maker = on.maker()
    for repeat in range(REPEATS):
        for size, learnt, held in choices(on.finished, seed=repeat):
            judged = _tried(on, maker, learnt, held)
            if judged is not None:
                found.setdefault(size, []).append(judged)
    return learning_curve(found)


def choices(groups: Places, *, seed: int) -> Iterator[tuple[int, Places, Places]]:
    """Yield sizes with the groups to learn from and those to be judged by.

    >>> [(size, len(learnt), len(held)) for size, learnt, held in choices(np.arange(14), seed=0)]
    [(5, 5, 3), (10, 10, 3)]
    """
    shuffled = np.random.default_rng(seed).permutation(groups)
    many = max(1, round(len(groups) / HELD))
    held, rest = shuffled[:many], shuffled[many:]
    yield from ((size, rest[:size], held) for size in SIZES if size <= len(rest))


def _tried(on: Bench, maker: Maker, learnt: Places, held: Places) -> Judged | None:
    """Learn from some groups and judge by others; None where those have too few codings to learn from."""
    from qualcode.suggest.learning import Crossed

    lesson = on.held.lesson
    try:
        score, threshold = maker(replace(lesson, taught=lesson.taught.only(learnt)))
    except Refused:
        return None
    inside = np.isin(lesson.taught.group, held)[:, None]
    return pick(on.judged(Crossed(score, score >= threshold)), inside)
