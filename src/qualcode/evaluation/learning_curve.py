"""The learning curve: F1 by the number of finished transcripts in the training set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import OperationError
from qualcode.evaluation.evaluation_data import EvaluationData, restrict_predictions
from qualcode.suggest.metrics import Predictions, learning_curve_rows
from qualcode.suggest.metrics.array_types import Indices

if TYPE_CHECKING:
    from qualcode.evaluation.cross_validation import ScoringMethod

SIZES = (5, 10, 20, 30, 40, 80, 160, 320, 640, 1280)
REPEATS = 3
TEST_DIVISOR = 5
"""One group in this many is in the test set."""


def compute_learning_curve(data: EvaluationData) -> list[dict[str, Any]]:
    """Return F1 by the number of finished groups in the training set, over several random subsets.

    In each repeat a fifth of the groups is the test set, the same for all sizes; smaller training sets are part of
    larger ones.
    """
    repeats: dict[int, list[Predictions]] = {}
    method = data.make_learner_method()
    for repeat in range(REPEATS):
        for size, training_groups, test_groups in split_by_size(data.finished_groups, seed=repeat):
            predictions = _train_and_test(data, method, training_groups, test_groups)
            if predictions is not None:
                repeats.setdefault(size, []).append(predictions)
    return learning_curve_rows(repeats)


def split_by_size(groups: Indices, *, seed: int) -> Iterator[tuple[int, Indices, Indices]]:
    """Yield sizes with the groups to train on and those to test on.

    >>> [(size, len(training), len(test)) for size, training, test in split_by_size(np.arange(14), seed=0)]
    [(5, 5, 3), (10, 10, 3)]
    """
    shuffled = np.random.default_rng(seed).permutation(groups)
    test_count = max(1, round(len(groups) / TEST_DIVISOR))
    # The test set is taken first and sizes are prefixes of the rest, so that only the amount of training data varies.
    test_groups, rest = shuffled[:test_count], shuffled[test_count:]
    yield from ((size, rest[:size], test_groups) for size in SIZES if size <= len(rest))


def _train_and_test(
    data: EvaluationData, method: ScoringMethod, training_groups: Indices, test_groups: Indices
) -> Predictions | None:
    """Return predictions for the test groups; None where the training groups have too few codings."""
    from qualcode.evaluation.cross_validation import HeldOutScores

    labelled = data.training_set.labelled_corpus
    try:
        score, threshold = method(replace(labelled, labels=data.labels.select_groups(training_groups)))
    except OperationError:
        return None
    in_test = np.isin(data.labels.group, test_groups)[:, None]
    return restrict_predictions(data.to_predictions(HeldOutScores(score, score >= threshold)), in_test)
