"""Differences of shares between two groups of cases: intervals and permutation tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qualcode.statistics.group_draws import Flags, Floats, Resampling, draw_groups
from qualcode.statistics.label_permutations import permutation_p_values


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """Differences of shares, first group minus second, with intervals and p-values, each of shape (shares,)."""

    difference: Floats
    low: Floats
    high: Floats
    p_values: Floats


def compare_shares(
    counts: Floats, bases: Floats, is_first: Flags, *, resampling: Resampling, permutations: int
) -> ShareDifference:
    """Return how shares (sums of counts over sums of bases) differ between two groups of cases.

    Intervals are percentiles of resamples of cases within each group. The p-value is the share of divisions of the
    cases into groups of these sizes, drawn at random, whose difference is at least as large in either direction; the
    division that was observed counts as one of them, so that it is never 0.

    Parameters
    ----------
    counts, bases
        By case, shape (cases, shares).
    is_first
        Which cases are in the first group, shape (cases,); the others are in the second.

    Returns
    -------
    ShareDifference
        NaN where a group has an empty base; intervals and p-values are NaN if a group has fewer than two cases.

    References
    ----------
    Efron, B., Tibshirani, R. J. (1993). An introduction to the bootstrap, chapters 8 and 15.
    Phipson, B., Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in Genetics
    and Molecular Biology 9(1), article 39.
    """
    difference = _differences(is_first[None].astype(np.float64), counts, bases)[0]
    undefined = np.full(counts.shape[1], np.nan)
    sizes = int(is_first.sum()), int((~is_first).sum())
    if min(sizes) < 2:
        return ShareDifference(difference, undefined, undefined, undefined)
    # With one seed, two groups of equal size would be drawn alike.
    seeds = resampling, replace(resampling, seed=resampling.seed + 1)
    drawn = [
        _shares(draw_groups(group, one), counts, bases) for group, one in zip((is_first, ~is_first), seeds, strict=True)
    ]
    tail = (1 - resampling.level) / 2
    with np.errstate(invalid="ignore"):
        low, high = _quantiles(drawn[0] - drawn[1], tail)
    order = np.random.default_rng(resampling.seed).random((permutations, len(is_first))).argsort(axis=1)
    permuted = _differences((order < sizes[0]).astype(np.float64), counts, bases)
    return ShareDifference(difference, low, high, permutation_p_values(np.abs(difference), np.abs(permuted)))


def _differences(first: Floats, counts: Floats, bases: Floats) -> Floats:
    """Return differences of shares, shape (divisions, shares); ``first`` is 1 for the cases of the first group."""
    return _shares(first, counts, bases) - _shares(1 - first, counts, bases)


def _shares(weights: Floats, counts: Floats, bases: Floats) -> Floats:
    base = weights @ bases
    shares: Floats = np.divide(weights @ counts, base, out=np.full(base.shape, np.nan), where=base > 0)
    return shares


def _quantiles(values: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return the lower and upper quantile of each column without its NaN; NaN for a column that has nothing else."""
    columns = [column[~np.isnan(column)] for column in values.T]
    limits = [np.quantile(column, [tail, 1 - tail]) if len(column) else np.full(2, np.nan) for column in columns]
    low, high = np.array(limits).reshape(-1, 2).T
    return low, high
