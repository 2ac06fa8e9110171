"""From which probability on a suggestion is shown: what would have served best on transcripts not learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_MAX_THRESHOLD = 0.5
_LABEL_WEIGHT = 0.5
"""How far a code's own codings are believed: the rest is what the probabilities themselves expect."""


def best_threshold(probability: Matrix, right: Matrix) -> float:
    """Return the threshold with the greatest F1; ``right`` is 1 for a coding, 0 for none, or a belief between.

    Both have any one shape. The threshold lies half-way to the next lower probability. Where nothing is right there is
    no best threshold: 1.

    >>> round(best_threshold(np.array([0.9, 0.4, 0.2, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])), 9)
    0.3
    """
    if right.sum() <= 0:
        return 1.0
    steps, f1 = f1_by_threshold(probability.ravel(), right.ravel())
    best = int(f1.argmax())
    return float((steps[best] + steps[min(best + 1, len(steps) - 1)]) / 2)


def f1_by_threshold(score: Matrix, right: Matrix) -> tuple[Matrix, Matrix]:
    """Return the distinct scores, the highest first, with the F1 of showing all cells from each one on.

    Cells of one score are shown together. ``right`` is as for `best_threshold`, and not 0 everywhere.

    >>> f1_from(np.array([0.8, 0.5, 0.5, 0.0]), np.array([1.0, 1.0, 0.0, 1.0]))[1].round(2).tolist()
    [0.5, 0.67, 0.86]
    """
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.diff(score[order], append=-1))
    found = np.cumsum(right[order])[last]
    return score[order][last], 2 * found / (last + 1 + found[-1])


def choose_thresholds(probability: Matrix, truth: Truth, known: Truth) -> Matrix:
    """Return a threshold for each code from probabilities of units x codes that were not learnt from.

    Each is the geometric mean of the one that is best for all codes together and the one that is best for the code
    alone: the first is sure and crude, the second fine and, for a code with few codings, chance. For the second,
    truth and probability are averaged, which steadies it. None is above one half: where probabilities are what they
    say, the best is half the F1 that it gives (Lipton, Elkan & Naryanaswamy 2014, "Optimal thresholding of classifiers
    to maximize F1 measure").
    """
    shared = best_threshold(probability[known], truth[known].astype(float))
    found = np.full(truth.shape[1], shared)
    for code in range(truth.shape[1]):
        rows = known[:, code]
        expected = _LABEL_WEIGHT * truth[rows, code] + (1 - _LABEL_WEIGHT) * probability[rows, code]
        found[code] = np.sqrt(shared * best_threshold(probability[rows, code], expected))
    return np.asarray(np.minimum(found, _MAX_THRESHOLD))
