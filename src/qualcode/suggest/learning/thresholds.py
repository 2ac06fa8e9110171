"""From which probability on a suggestion is shown: what would have served best on transcripts not learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_HIGHEST = 0.5
_TRUST = 0.5
"""How far a code's own codings are believed: the rest is what the probabilities themselves expect."""


def best_threshold(probability: Matrix, right: Matrix) -> float:
    """Return the threshold with the greatest F1; ``right`` is 1 for a coding, 0 for none, or a belief between.

    Both have any one shape. The threshold lies half-way to the next lower probability. Where nothing is right there is
    no best threshold: 1.

    >>> round(best_threshold(np.array([0.9, 0.4, 0.2, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])), 9)
    0.3
    """
    flat, held = probability.ravel(), right.ravel()
    if held.sum() <= 0:
        return 1.0
    order = np.argsort(-flat, kind="stable")
    last = np.flatnonzero(np.diff(flat[order], append=-1))  # cells of one probability are shown together
    found = np.cumsum(held[order])[last]
    f1 = 2 * found / (last + 1 + found[-1])
    best = int(f1.argmax())
    shown, rest = flat[order][last[best]], flat[order][last[min(best + 1, len(last) - 1)]]
    return float((shown + rest) / 2)


def thresholds(probability: Matrix, truth: Truth, known: Truth) -> Matrix:
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
        expected = _TRUST * truth[rows, code] + (1 - _TRUST) * probability[rows, code]
        found[code] = np.sqrt(shared * best_threshold(probability[rows, code], expected))
    return np.asarray(np.minimum(found, _HIGHEST))
