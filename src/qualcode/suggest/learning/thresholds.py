"""Thresholds: the probability from which each code is suggested, chosen to maximise F1 on held-out transcripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    BoolMatrix = NDArray[np.bool_]

_MAX_THRESHOLD = 0.5
_LABEL_WEIGHT = 0.5
"""Weight of a code's own labels in its expected labels; the probabilities have the rest."""


def best_threshold(probability: Array, target: Array) -> float:
    """Return the threshold with the greatest F1, halfway to the next lower probability; 1 if no target is above 0.

    Parameters
    ----------
    probability : any shape
    target : the same shape; 1 for coded, 0 for not coded, or an expected value between

    >>> round(best_threshold(np.array([0.9, 0.4, 0.2, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])), 9)
    0.3
    """
    # F1 is 0 at every threshold, so nothing is shown.
    if target.sum() <= 0:
        return 1.0
    steps, f1 = f1_by_threshold(probability.ravel(), target.ravel())
    best = int(f1.argmax())
    # Every threshold between the two probabilities has the same F1.
    return float((steps[best] + steps[min(best + 1, len(steps) - 1)]) / 2)


def f1_by_threshold(score: Array, target: Array) -> tuple[Array, Array]:
    """Return the distinct scores in descending order, and F1 with each as the threshold; both of shape (steps,).

    F1 is ``2 tp / (shown + positives)``, with the targets summed up for ``tp`` and ``positives``.

    Parameters
    ----------
    score : shape (cells,), not negative
    target : shape (cells,), as in `best_threshold`; not 0 everywhere

    >>> f1_by_threshold(np.array([0.8, 0.5, 0.5, 0.0]), np.array([1.0, 1.0, 0.0, 1.0]))[1].round(2).tolist()
    [0.5, 0.67, 0.86]
    """
    order = np.argsort(-score, kind="stable")
    # Only the last cell of each distinct score: cells of equal score are shown together. -1 ends the last run.
    last = np.flatnonzero(np.diff(score[order], append=-1))
    true_positives = np.cumsum(target[order])[last]
    return score[order][last], 2 * true_positives / (last + 1 + true_positives[-1])


def choose_thresholds(probability: Array, truth: BoolMatrix, known: BoolMatrix) -> Array:
    """Return a threshold for each code, shape (codes,), from held-out probabilities.

    Each is the geometric mean of the threshold best for all codes together (stable but not specific) and the one best
    for the code alone (specific but noisy for a rare code). For the second, labels and probabilities are averaged,
    which reduces the noise. None is above one half: with calibrated probabilities the optimal threshold is half
    the optimal F1 (Lipton, Elkan & Naryanaswamy 2014, "Optimal thresholding of classifiers to maximize F1 measure").

    Parameters
    ----------
    probability, truth, known : shape (units, codes); cells that are not ``known`` are ignored
    """
    shared = best_threshold(probability[known], truth[known].astype(float))
    thresholds = np.full(truth.shape[1], shared)
    for code in range(truth.shape[1]):
        rows = known[:, code]
        # A rare code has few labels; their average with the probabilities varies less.
        expected = _LABEL_WEIGHT * truth[rows, code] + (1 - _LABEL_WEIGHT) * probability[rows, code]
        thresholds[code] = np.sqrt(shared * best_threshold(probability[rows, code], expected))
    return np.asarray(np.minimum(thresholds, _MAX_THRESHOLD))
