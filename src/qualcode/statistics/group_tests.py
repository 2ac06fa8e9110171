"""Permutation tests of groups: of counts of cases with a property, and of ratios of sums over clusters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from qualcode.statistics.label_permutations import count_labels, permutation_p_values, permute_labels
from qualcode.statistics.proportions import divide

Floats = NDArray[np.float64]
Statistic = Callable[[Any, Any], Floats]
"""From counts and sizes by group, shape (..., groups), to a statistic that is large where groups differ."""


def count_p_values(counts: Floats, sizes: Floats, statistic: Statistic, *, permutations: int, seed: int) -> Floats:
    """Return p-values of tables of a property by group, shape (tables,), by permutation of the cases' groups.

    Parameters
    ----------
    counts, sizes
        Cases with the property and all cases by group, shape (tables, groups).

    Notes
    -----
    In random orders of labels the counts have the multivariate hypergeometric distribution, from which they are
    drawn: that needs no cases.
    """
    observed = statistic(counts, sizes)
    drawn: dict[tuple[float, ...], Floats] = {}
    p_values = np.full(len(counts), np.nan)
    for row in np.flatnonzero(~np.isnan(observed)):
        size, total = sizes[row].astype(np.int64), int(counts[row].sum())
        key = (*size.tolist(), total)
        if key not in drawn:
            generator = np.random.default_rng(seed)
            orders = generator.multivariate_hypergeometric(size, total, size=permutations, method="marginals")
            drawn[key] = statistic(orders, size[np.newaxis])
        p_values[row] = permutation_p_values(observed[row : row + 1], drawn[key][:, np.newaxis])[0]
    return p_values


def rate_spread(sums: Floats, bases: Floats) -> Floats:
    """Return how far rates (sums by bases) of groups are from that of all, shape (...,): mean squares by base.

    For two groups it grows with the absolute difference of the rates, if the bases stay the same.
    """
    overall = divide(sums.sum(axis=-1, keepdims=True), bases.sum(axis=-1, keepdims=True))
    rates = divide(sums, bases)
    spread: Floats = np.where(bases > 0, bases * (rates - overall) ** 2, 0.0).sum(axis=-1)
    return spread


def rate_difference(sums: Floats, bases: Floats) -> Floats:
    """Return the absolute difference of the rates (sums by bases) of two groups."""
    rates = divide(sums, bases)
    return np.abs(rates[..., 0] - rates[..., 1])


def rate_p_values(
    labels: NDArray[np.int64], numerators: Any, denominators: NDArray[Any], *, permutations: int, seed: int
) -> Floats:
    """Return p-values of differences between the groups' ratios of sums, by permutation of the clusters' groups.

    Parameters
    ----------
    labels
        Group of each cluster, from 0, shape (clusters,).
    numerators
        Shape (clusters, ratios).
    denominators
        Above 0, shape (clusters,).

    Returns
    -------
    ndarray of float, shape (ratios,)
        NaN where the numerator is 0 in all clusters.
    """
    groups = int(labels.max()) + 1
    statistic = rate_difference if groups == 2 else rate_spread
    columns = np.column_stack([numerators, denominators]).astype(np.float64)

    def compare(orders: NDArray[np.int64]) -> Floats:
        sums = count_labels(orders, columns, groups=groups)
        return statistic(sums[:, :-1], sums[:, -1:])

    orders = permute_labels(labels, permutations=permutations, seed=seed)
    p_values = permutation_p_values(compare(labels[np.newaxis])[0], compare(orders))
    return np.where(np.asarray(numerators).any(axis=0), p_values, np.nan)


def difference_p_values(values: tuple[Floats, Floats], errors: tuple[Floats, Floats]) -> Floats:
    """Return two-sided p-values of the differences of two independent estimates, by their standard errors."""
    error = np.hypot(*errors)
    p_values: Floats = 2 * ndtr(-np.abs(divide(values[0] - values[1], error)))
    return p_values
