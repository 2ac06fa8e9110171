"""Kernel ridge regression with exact scores of each group as if it had been left out.

With the kernel matrix ``K`` of the rows and ``w`` their weights, the coefficients are ``a = G y`` for
``G = (K + s diag(1/w))^-1``. Scores of the rows ``i`` of a group from a regression that never saw them are
``y_i - (G_ii)^-1 a_i``: one inverse gives what training once for each group would (the block form of the
leave-one-out formula; Pahikkala et al. 2006, "Fast n-fold cross-validation for regularized least-squares").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Known = NDArray[np.bool_]


@dataclass(frozen=True)
class RidgeFit:
    """What a regression of rows on codes found: coefficients and left-out scores, both rows x codes."""

    coefficients: Matrix
    held_out: Matrix


def fit_ridge(
    kernel: Matrix, target: Matrix, *, groups: NDArray[np.intp], known: Known, penalty: float = 8.0
) -> RidgeFit:
    """Regress targets (rows x codes) on rows with a kernel (rows x rows).

    A row that is not ``known`` for a code takes no part in that code's regression; its score there is what the
    rest gives. ``strength`` is the penalty.

    >>> eye = np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> found = ridge(eye, np.array([[1.0], [0.0]]), groups=np.array([0, 1]), known=np.ones((2, 1), bool), strength=1)
    >>> found.held_out.round(3).tolist()
    [[0.0], [0.333]]
    """
    inverse = _inverse(kernel + penalty * np.eye(len(kernel)))
    coefficients, held_out = np.zeros_like(target), np.zeros_like(target)
    for columns, rows in _group_codes(known):
        found = _solve(inverse, target[:, columns] * known[:, columns], unknown=np.flatnonzero(~rows))
        coefficients[:, columns] = found.coefficients
        held_out[:, columns] = kernel @ found.coefficients
        held_out[np.ix_(rows, columns)] = _held_out_scores(found, target[:, columns], groups, rows)[rows]
    return RidgeFit(coefficients, held_out)


def _inverse(symmetric: Matrix) -> Matrix:
    """Return the inverse of a positive definite matrix, by its Cholesky factor: half the work of any other."""
    factor = linalg.cholesky(symmetric, lower=True, overwrite_a=True, check_finite=False)
    lower, failed = linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)
    if failed:
        raise linalg.LinAlgError("the kernel matrix has no inverse")
    return np.asarray(lower + np.tril(lower, -1).T)


def _group_codes(known: Known) -> Iterator[tuple[NDArray[np.intp], Known]]:
    """Yield codes with the same rows known, together."""
    distinct, place = np.unique(known, axis=1, return_inverse=True)
    for number in range(distinct.shape[1]):
        yield np.flatnonzero(place.ravel() == number), distinct[:, number]


@dataclass(frozen=True)
class _Solution:
    coefficients: Matrix
    inverse: Matrix
    """Of the shifted kernel."""
    unknown: NDArray[np.intp]
    block_inverse: Matrix
    """Inverse of the inverse's block of the unknown rows: what takes them out again."""

    def inverse_block(self, rows: NDArray[np.intp]) -> Matrix:
        """Return a block of the inverse of the shifted kernel without the unknown rows."""
        across = self.inverse[np.ix_(rows, self.unknown)]
        return self.inverse[np.ix_(rows, rows)] - across @ self.block_inverse @ across.T


def _solve(inverse: Matrix, target: Matrix, *, unknown: NDArray[np.intp]) -> _Solution:
    inner = linalg.inv(inverse[np.ix_(unknown, unknown)]) if len(unknown) else np.zeros((0, 0))
    raw = inverse @ target
    coefficients = raw - inverse[:, unknown] @ (inner @ raw[unknown])
    coefficients[unknown] = 0
    return _Solution(coefficients, inverse, unknown, inner)


def _held_out_scores(found: _Solution, target: Matrix, groups: NDArray[np.intp], rows: Known) -> Matrix:
    """Return the score of every known row from the regression without its group."""
    held_out = np.zeros_like(target)
    order = np.argsort(groups, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        inside = part[rows[part]]
        if len(inside):
            block = found.inverse_block(inside)
            held_out[inside] = target[inside] - linalg.solve(block, found.coefficients[inside], assume_a="pos")
    return held_out
