"""The learning curve: how good suggestions are after so many finished transcripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import OperationError
from qualcode.evaluation.evaluation_data import EvaluationData, restrict_predictions
from qualcode.evaluation.metrics import Predictions, learning_curve_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.evaluation.cross_validation import ScoringMethod

    Places = NDArray[np.intp]

SIZES = (5, 10, 20, 30, 40, 80, 160, 320, 640, 1280)
REPEATS = 3
TEST_DIVISOR = 5
"""One group in so many is held out for the test."""


def compute_learning_curve(on: EvaluationData) -> list[dict[str, Any]]:
    """Return how F1 grows with the number of finished groups learnt from, over several choices of them.

    In each repeat a fifth of the groups is held out, the same for all sizes; smaller choices are part of greater ones.
    """
    found: dict[int, list[Predictions]] = {}
    maker = on.make_learner_method()
    for repeat in range(REPEATS):
        for size, learnt, held in split_by_size(on.finished_groups, seed=repeat):
            judged = _train_and_test(on, maker, learnt, held)
            if judged is not None:
                found.setdefault(size, []).append(judged)
    return learning_curve_rows(found)


def split_by_size(groups: Places, *, seed: int) -> Iterator[tuple[int, Places, Places]]:
    """Yield sizes with the groups to learn from and those to be judged by.

    >>> [(size, len(learnt), len(held)) for size, learnt, held in choices(np.arange(14), seed=0)]
    [(5, 5, 3), (10, 10, 3)]
    """
    shuffled = np.random.default_rng(seed).permutation(groups)
    many = max(1, round(len(groups) / TEST_DIVISOR))
    held, rest = shuffled[:many], shuffled[many:]
    yield from ((size, rest[:size], held) for size in SIZES if size <= len(rest))


def _train_and_test(on: EvaluationData, maker: ScoringMethod, learnt: Places, held: Places) -> Predictions | None:
    """Learn from some groups and judge by others; None where those have too few codings to learn from."""
    from qualcode.evaluation.cross_validation import HeldOutScores

    lesson = on.training_set.labelled_corpus
    try:
        score, threshold = maker(replace(lesson, labels=lesson.labels.select_groups(learnt)))
    except OperationError:
        return None
    inside = np.isin(lesson.labels.group, held)[:, None]
    return restrict_predictions(on.to_predictions(HeldOutScores(score, score >= threshold)), inside)
