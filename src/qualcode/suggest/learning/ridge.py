"""Kernel ridge regression with the exact held-out scores of each group.

With the kernel matrix ``K`` of the rows and the penalty ``s``, the coefficients are ``a = G y`` for
``G = (K + s I)^-1``. The scores of the rows ``i`` of a group by a regression trained without that group are
``y_i - (G_ii)^-1 a_i``, so one inverse replaces one training per group (block form of the leave-one-out formula;
Pahikkala, Boberg & Salakoski 2006, "Fast n-fold cross-validation for regularized least-squares").
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
    BoolArray = NDArray[np.bool_]
    Indices = NDArray[np.intp]


@dataclass(frozen=True)
class RidgeFit:
    """Result of the regression; both arrays have shape (rows, codes)."""

    coefficients: Matrix
    held_out: Matrix
    """Scores of each row by the regression without its group, on the scale of the target."""


def fit_ridge(kernel: Matrix, target: Matrix, *, groups: Indices, known: BoolArray, penalty: float = 8.0) -> RidgeFit:
    """Return the coefficients and held-out scores of a regression of each code's target on the kernel.

    Parameters
    ----------
    kernel : shape (rows, rows), symmetric and positive semidefinite
    target : shape (rows, codes)
    groups : shape (rows,); rows with one number are left out together
    known : shape (rows, codes); a row not known for a code is left out of that code's regression, and its held-out
        score is that of the regression on the known rows
    penalty : added to the diagonal of the kernel

    Raises
    ------
    numpy.linalg.LinAlgError
        If the kernel matrix with the penalty is not positive definite.

    >>> kernel = np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> everything = np.ones((2, 1), bool)
    >>> fit = fit_ridge(kernel, np.array([[1.0], [0.0]]), groups=np.array([0, 1]), known=everything, penalty=1)
    >>> fit.held_out.round(3).tolist()
    [[0.0], [0.333]]
    """
    # Shared by all codes, since only targets and known rows differ between them.
    inverse = _invert(kernel + penalty * np.eye(len(kernel)))
    coefficients, held_out = np.zeros_like(target), np.zeros_like(target)
    # Codes of one family usually have the same known rows, so there are few distinct masks.
    for columns, rows in _group_codes(known):
        solution = _solve(inverse, target[:, columns] * known[:, columns], unknown=np.flatnonzero(~rows))
        coefficients[:, columns] = solution.coefficients
        held_out[:, columns] = kernel @ solution.coefficients
        held_out[np.ix_(rows, columns)] = _held_out_scores(solution, target[:, columns], groups, rows)[rows]
    return RidgeFit(coefficients, held_out)


def _invert(symmetric: Matrix) -> Matrix:
    """Return the inverse of a positive definite matrix by its Cholesky factor, twice as fast as a general inverse."""
    # The argument is a temporary array, so that it may be overwritten: at 6,000 rows it has 288 MB.
    factor = linalg.cholesky(symmetric, lower=True, overwrite_a=True, check_finite=False)
    lower, failed = linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)
    if failed:
        raise linalg.LinAlgError("the kernel matrix has no inverse")
    # dpotri fills only the lower triangle.
    return np.asarray(lower + np.tril(lower, -1).T)


def _group_codes(known: BoolArray) -> Iterator[tuple[Indices, BoolArray]]:
    """Yield the codes that have the same known rows, with these rows as a mask."""
    distinct, number_of_code = np.unique(known, axis=1, return_inverse=True)
    for number in range(distinct.shape[1]):
        # ravel: numpy 2.0 returns the inverse of unique along an axis with two dimensions.
        yield np.flatnonzero(number_of_code.ravel() == number), distinct[:, number]


@dataclass(frozen=True)
class _Solution:
    coefficients: Matrix
    inverse: Matrix
    """Of the kernel with the penalty, all rows."""
    unknown: Indices
    block_inverse: Matrix
    """Inverse of the inverse's block of unknown rows, by which these are eliminated."""

    def inverse_block(self, rows: Indices) -> Matrix:
        """Return the block of ``rows`` in the inverse that the kernel without the unknown rows has."""
        across = self.inverse[np.ix_(rows, self.unknown)]
        return self.inverse[np.ix_(rows, rows)] - across @ self.block_inverse @ across.T


def _solve(inverse: Matrix, target: Matrix, *, unknown: Indices) -> _Solution:
    block_inverse = linalg.inv(inverse[np.ix_(unknown, unknown)]) if len(unknown) else np.zeros((0, 0))
    of_all_rows = inverse @ target
    coefficients = of_all_rows - inverse[:, unknown] @ (block_inverse @ of_all_rows[unknown])
    # Exactly 0 in theory; rounding errors would give unknown cells an influence.
    coefficients[unknown] = 0
    return _Solution(coefficients, inverse, unknown, block_inverse)


def _held_out_scores(solution: _Solution, target: Matrix, groups: Indices, known_rows: BoolArray) -> Matrix:
    """Return the score of every known row by the regression without its group, shape (rows, codes)."""
    held_out = np.zeros_like(target)
    order = np.argsort(groups, kind="stable")
    # Rows of a group need not be consecutive.
    for group_rows in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        rows = group_rows[known_rows[group_rows]]
        if len(rows):
            block = solution.inverse_block(rows)
            held_out[rows] = target[rows] - linalg.solve(block, solution.coefficients[rows], assume_a="pos")
    return held_out
