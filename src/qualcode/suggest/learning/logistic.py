"""Logistic regression on few columns, by Newton's method: a dozen small steps, and no library to be loaded for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

_MAX_STEPS = 50
_TOLERANCE = 1e-8


def fit_logistic(columns: Matrix, right: NDArray[np.bool_]) -> tuple[Matrix, float]:
    """Return the weight of each column and the intercept that make what is right likeliest.

    The weights (not the intercept) have the penalty of a standard normal prior, half their sum of squares: the
    optimum is that of scikit-learn's ``LogisticRegression()``.

    Parameters
    ----------
    columns : shape (cells, columns)
    right : shape (cells,)

    >>> weights, intercept = logistic(np.array([[-1.0], [1.0]]), np.array([False, True]))
    >>> weights.round(4).tolist(), round(abs(intercept), 4)
    ([0.6748], 0.0)
    """
    design = np.column_stack([columns, np.ones(len(columns))])
    penalty = np.r_[np.ones(columns.shape[1]), 0.0]
    found = np.zeros(design.shape[1])
    found[-1] = _log_odds(right.mean())
    for _ in range(_MAX_STEPS):
        step = _newton_step(design, right, found, penalty)
        loss = _loss(design, right, found, penalty)
        while _loss(design, right, found - step, penalty) > loss + _TOLERANCE:
            step = step / 2
        found = found - step
        if np.abs(step).max() < _TOLERANCE:
            break
    return found[:-1], float(found[-1])


def _newton_step(design: Matrix, right: NDArray[np.bool_], at: Matrix, penalty: Matrix) -> Matrix:
    """Return the step from a place to the optimum of the parabola that fits there."""
    probability = expit(design @ at)
    gradient = design.T @ (probability - right) + penalty * at
    curvature = (design * (probability * (1 - probability))[:, None]).T @ design + np.diag(penalty)
    curvature[-1, -1] += _TOLERANCE
    return np.asarray(linalg.solve(curvature, gradient, assume_a="pos"))


def _loss(design: Matrix, right: NDArray[np.bool_], at: Matrix, penalty: Matrix) -> float:
    log_odds = design @ at
    return float(np.logaddexp(0, np.where(right, -log_odds, log_odds)).sum() + (penalty * at * at).sum() / 2)


def _log_odds(share: float) -> float:
    inside = min(max(float(share), 1e-6), 1 - 1e-6)
    return float(np.log(inside / (1 - inside)))
