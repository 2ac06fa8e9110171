"""Kernel ridge regression with the exact held-out scores of each group.

With the kernel matrix ``K`` of the rows and the penalty ``s``, the coefficients are ``a = G y`` for
``G = (K + s I)^-1``. The scores of the rows ``i`` of a group by a regression trained without that group are
``y_i - (G_ii)^-1 a_i``, so one inverse replaces one training per group (block form of the leave-one-out formula;
Pahikkala, Boberg & Salakoski 2006, "Fast n-fold cross-validation for regularized least-squares"). The coefficients
without that group are ``a - G_:i (G_ii)^-1 a_i``, which scores its other rows.
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
        score is that of the regression on the known rows of other groups
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
    trained = np.flatnonzero(known.any(axis=1))
    if not len(trained):
        return RidgeFit(np.zeros_like(target), np.zeros_like(target))
    # Shared by all codes, since only targets and known rows differ between them.
    inverse = _invert(_add_penalty(kernel[np.ix_(trained, trained)], penalty))
    coefficients, held_out = np.zeros_like(target), np.zeros_like(target)
    # Codes of one family usually have the same known rows, so there are few distinct masks.
    for columns, rows in _group_codes(known[trained]):
        solution = _solve(inverse, target[np.ix_(trained, columns)] * rows[:, None], unknown=np.flatnonzero(~rows))
        coefficients[np.ix_(trained, columns)] = solution.coefficients
        held_out[:, columns] = _held_out_scores(solution, kernel, trained, groups)
    return RidgeFit(coefficients, held_out)


def _add_penalty(kernel: Matrix, penalty: float) -> Matrix:
    # In place: the argument is a copy, and at 6,000 rows another one would have 288 MB.
    kernel[np.diag_indices_from(kernel)] += penalty
    return kernel


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

    def inverse_columns(self, rows: Indices) -> Matrix:
        """Return the columns of ``rows`` in the inverse that the kernel without the unknown rows has."""
        # The rows of unknown ones are exactly 0 in theory, and do not count: they have no coefficients.
        return self.inverse[:, rows] - self.inverse[:, self.unknown] @ (
            self.block_inverse @ self.inverse[np.ix_(self.unknown, rows)]
        )


def _solve(inverse: Matrix, target: Matrix, *, unknown: Indices) -> _Solution:
    block_inverse = linalg.inv(inverse[np.ix_(unknown, unknown)]) if len(unknown) else np.zeros((0, 0))
    of_all_rows = inverse @ target
    coefficients = of_all_rows - inverse[:, unknown] @ (block_inverse @ of_all_rows[unknown])
    # Exactly 0 in theory; rounding errors would give unknown cells an influence.
    coefficients[unknown] = 0
    return _Solution(coefficients, inverse, unknown, block_inverse)


def _held_out_scores(solution: _Solution, kernel: Matrix, trained: Indices, groups: Indices) -> Matrix:
    """Return the score of every row by the regression without its group, shape (rows, codes).

    ``trained`` has the rows of ``kernel`` that the solution is for.
    """
    coefficients = np.zeros((len(kernel), solution.coefficients.shape[1]))
    held_out = np.zeros_like(coefficients)
    is_known = np.ones(len(trained), dtype=bool)
    is_known[solution.unknown] = False
    # Rows of a group need not be consecutive.
    for group in np.unique(groups):
        rows, own = np.flatnonzero(groups == group), np.flatnonzero((groups[trained] == group) & is_known)
        coefficients[trained] = _leave_out(solution, own)
        held_out[rows] = kernel[rows] @ coefficients
    return held_out


def _leave_out(solution: _Solution, rows: Indices) -> Matrix:
    """Return the coefficients of the regression without some of its known rows; theirs are 0."""
    if not len(rows):
        return solution.coefficients
    columns = solution.inverse_columns(rows)
    left_out = solution.coefficients - columns @ linalg.solve(
        columns[rows], solution.coefficients[rows], assume_a="pos"
    )
    # Exactly 0 in theory; rounding errors would give the group and unknown cells an influence.
    left_out[rows] = left_out[solution.unknown] = 0
    return np.asarray(left_out)
