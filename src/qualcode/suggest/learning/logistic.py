"""Logistic regression on few columns by Newton's method, which converges in a few steps without scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg
from scipy.special import expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

_MAX_STEPS = 50
_TOLERANCE = 1e-8


def fit_logistic(columns: Matrix, truth: BoolArray) -> tuple[Matrix, float]:
    """Return the weights, shape (columns,), and the intercept that maximise the penalised likelihood.

    The loss is ``sum(log(1 + exp(-s_i z_i))) + |w|^2 / 2`` with ``z = X w + b`` and ``s_i`` = 1 where ``truth``,
    else -1: the optimum of scikit-learn's ``LogisticRegression()``. Weights are in log odds per unit of the column.

    Parameters
    ----------
    columns : shape (cells, columns)
    truth : shape (cells,)

    >>> weights, intercept = fit_logistic(np.array([[-1.0], [1.0]]), np.array([False, True]))
    >>> weights.round(4).tolist(), round(abs(intercept), 4)
    ([0.6748], 0.0)
    """
    design = np.column_stack([columns, np.ones(len(columns))])
    # The intercept has no penalty, so that rare codes are not drawn towards probability 1/2.
    penalty = np.r_[np.ones(columns.shape[1]), 0.0]
    weights = np.zeros(design.shape[1])
    # The base rate as the starting point saves steps where codes are rare.
    weights[-1] = _log_odds(truth.mean())
    for _ in range(_MAX_STEPS):
        step = _newton_step(design, truth, weights, penalty)
        loss = _loss(design, truth, weights, penalty)
        # Newton's method may overshoot; the tolerance ends the loop where only rounding differs.
        while _loss(design, truth, weights - step, penalty) > loss + _TOLERANCE:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < _TOLERANCE:
            break
    return weights[:-1], float(weights[-1])


def _newton_step(design: Matrix, truth: BoolArray, weights: Matrix, penalty: Matrix) -> Matrix:
    """Return the inverse Hessian times the gradient of the loss."""
    probability = expit(design @ weights)
    gradient = design.T @ (probability - truth) + penalty * weights
    hessian = (design * (probability * (1 - probability))[:, None]).T @ design + np.diag(penalty)
    hessian[-1, -1] += _TOLERANCE  # the intercept has no penalty
    return np.asarray(linalg.solve(hessian, gradient, assume_a="pos"))


def _loss(design: Matrix, truth: BoolArray, weights: Matrix, penalty: Matrix) -> float:
    log_odds = design @ weights
    # logaddexp does not overflow for large log odds.
    return float(np.logaddexp(0, np.where(truth, -log_odds, log_odds)).sum() + (penalty * weights * weights).sum() / 2)


def _log_odds(share: float) -> float:
    # Finite where all cells have the same label.
    inside = min(max(float(share), 1e-6), 1 - 1e-6)
    return float(np.log(inside / (1 - inside)))
