"""Permutation tests: labels of groups are permuted among clusters, all tests at once as products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TOLERANCE = 1e-9
"""Statistics that differ by less are equal up to rounding."""


def permute_labels(labels: Ints, *, permutations: int, seed: int) -> Ints:
    """Return random orders of labels, shape (permutations, clusters); each label is as frequent as in ``labels``."""
    generator = np.random.default_rng(seed)
    return generator.permuted(np.tile(labels, (permutations, 1)), axis=1)


def count_labels(labels: Ints, counts: Any, *, groups: int) -> Floats:
    """Return the sums of counts by group in each order of labels, shape (permutations, columns, groups).

    Parameters
    ----------
    labels
        Shape (permutations, clusters), from 0.
    counts
        Array or scipy.sparse array of shape (clusters, columns).
    """
    columns = [(labels == group).astype(np.float64) @ counts for group in range(groups)]
    return np.stack(columns, axis=-1)


def permutation_p_values(observed: Floats, permuted: Floats) -> Floats:
    """Return the share of orders, with the observed one, in which a statistic is at least as large as observed.

    Parameters
    ----------
    observed
        Statistics of which large values speak against equal groups, shape (columns,); NaN has no p-value.
    permuted
        The same in each order, shape (permutations, columns); undefined ones count as large.

    References
    ----------
    Phipson, B., Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in Genetics
    and Molecular Biology 9(1), 39.
    """
    as_large = ~(permuted < observed - _TOLERANCE * (1 + np.abs(observed)))
    p_values = (1 + as_large.sum(axis=0)) / (1 + len(permuted))
    return np.where(np.isnan(observed), np.nan, p_values)
