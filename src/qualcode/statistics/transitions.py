"""Sequences: how often one code follows another, and how often it would by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_SMALL_PRODUCT = 10_000_000
"""Multiplications of a product of matrices that one thread does fastest."""


@dataclass(frozen=True)
class Transitions:
    """Counts of transitions from one code (row) to another (column), each of shape (codes, codes).

    ``expected`` is their mean over all orders of the units within each transcript, ``p_value`` two-sided.
    """

    count: Ints
    expected: Floats
    p_value: Floats
    from_units: Ints
    """Units with a code that have a unit ``lag`` later, shape (codes,)."""
    to_units: Ints
    """Units with a code that have a unit ``lag`` earlier, shape (codes,)."""
    permutations: int


def count_transitions(
    occurs: Flags, group: Ints, *, lag: int = 1, permutations: int = 1000, seed: int = 0
) -> Transitions:
    """Count how often a unit with one code is followed, ``lag`` units later, by a unit with another code.

    Parameters
    ----------
    occurs
        Whether a unit carries a code, shape (units, codes), the units of each group in order, one group after another.
    group
        The group (transcript) of each unit, ascending, shape (units,); no transition leads from one to another.
    lag
        Number of units from the first to the second.
    permutations
        Number of random orders of the units within each group, from which p-values are computed; 0 for none.

    Returns
    -------
    Transitions
        The p-value is twice the smaller share of orders with at least, or at most, as many transitions, at most 1;
        the observed order counts as one of the orders (Phipson and Smyth 2010). NaN without permutations, and where
        every order has the same count.

    References
    ----------
    Bakeman, R., Quera, V. (2011). Sequential analysis and observational methods for the behavioral sciences. Cambridge
    University Press, chapter 9 (lags) and 10 (permutation of events within a session).

    Phipson, B., Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in Genetics
    and Molecular Biology 9(1), article 39.

    Examples
    --------
    Two interviews with the codes a, b: a then b in both.

    >>> occurs = np.array([[True, False], [False, True], [True, False], [False, True]])
    >>> result = count_transitions(occurs, np.array([0, 0, 1, 1]), permutations=0)
    >>> result.count.tolist(), result.expected.tolist()
    ([[0, 2], [0, 0]], [[0.0, 1.0], [1.0, 0.0]])
    """
    values = occurs.astype(np.float32)  # sums of up to 2**24 units stay exact
    earlier = np.flatnonzero(group[:-lag] == group[lag:]) if len(group) > lag else np.zeros(0, dtype=np.int64)
    count = _count_joint(values[earlier], values[earlier + lag])
    more, fewer = np.zeros_like(count), np.zeros_like(count)
    generator = np.random.default_rng(seed)
    for _ in range(permutations):
        # Sorting random numbers from 0 to 1 within groups is one random order of each group.
        order = np.argsort(group + generator.random(len(group)))
        drawn = _count_joint(values[order[earlier]], values[order[earlier + lag]])
        more += drawn >= count
        fewer += drawn <= count
    expected = _expect_transitions(values, group, lag)
    tails = np.minimum(more, fewer).astype(np.float64)
    p_value = np.minimum(2 * (tails + 1) / (permutations + 1), 1.0)
    is_fixed = (more == permutations) & (fewer == permutations)
    p_value[is_fixed] = np.nan  # also without permutations, where nothing is known
    return Transitions(
        np.rint(count).astype(np.int64),
        expected,
        p_value,
        occurs[earlier].sum(axis=0),
        occurs[earlier + lag].sum(axis=0),
        permutations,
    )


def _count_joint(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return in how many rows a column of the first and one of the second matrix are both 1: ``first.T @ second``."""
    # BLAS starts threads, which on small matrices cost more than they save, most of all on a busy machine.
    if first.size * second.shape[1] < _SMALL_PRODUCT:
        return np.asarray(np.einsum("ui,uj->ij", first, second))
    return np.asarray(first.T @ second)


def _expect_transitions(values: NDArray[np.float32], group: Ints, lag: int) -> Floats:
    """Return the mean count of transitions over all orders of units within groups, shape (codes, codes).

    Each ordered pair of different units of a group of n is ``lag`` apart in (n - lag) / (n (n - 1)) of its orders.
    """
    codes = values.shape[1]
    expected = np.zeros((codes, codes))
    sizes = np.bincount(group) if len(group) else np.zeros(0, dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    for start, size in zip(starts, sizes, strict=True):
        if size > lag:
            block = values[start : start + size].astype(np.float64)
            totals = block.sum(axis=0)
            pairs = np.outer(totals, totals) - block.T @ block
            expected += pairs * (size - lag) / (size * (size - 1))
    return expected
