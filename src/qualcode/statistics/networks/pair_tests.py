"""Tests whether two codes occur together more or less often than by chance, over arrays of pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr
from scipy.stats import hypergeom

from qualcode.statistics.networks.pair_measures import Floats, Ints, PairCounts

EXACT_LIMIT = 3000
"""Most joint units that chance can bring about for which the null distribution is computed exactly."""
_VALUES_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class PairTest:
    """Two-sided p-values of pairs, and the expected joint units; NaN where chance allows one value only."""

    p_values: Floats
    expected: Floats


def hypergeometric_test(counts: PairCounts) -> Floats:
    """Return two-sided p-values of pairs if all units were shuffled, shape (pairs,).

    The p-value is twice the smaller tail of the hypergeometric distribution (one-sided it is Fisher's exact test), at
    most 1; NaN where a code is in no unit or in all, so that nothing is tested.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical Society 98(1), 39-82.
    Griffith, D. M., Veech, J. A., Marsh, C. J. (2016). cooccur: probabilistic species co-occurrence analysis in R.
    Journal of Statistical Software 69(c02), 1-17.

    Examples
    --------
    Four units; two carry ``a``, the same two carry ``b``: chance does so in one of six cases.

    >>> four = PairCounts.of_units(*(np.array([count]) for count in (2, 2, 2, 4)))
    >>> hypergeometric_test(four).round(4)
    array([0.3333])
    """
    is_tested = _is_free(counts.first, counts.second, counts.units)
    p_values = np.full(len(counts.joint), np.nan)
    joint, first, second, units = (
        values[is_tested] for values in (counts.joint, counts.first, counts.second, counts.units)
    )
    null = hypergeom(units, first, second)
    p_values[is_tested] = _two_sided(null.cdf(joint), null.sf(joint - 1))
    return p_values


def within_group_test(joint: Ints, first: Ints, second: Ints, units: Ints) -> PairTest:
    """Return the test of pairs against units shuffled within each transcript, for each code on its own.

    Every transcript keeps its number of units and each code the number of its units in every transcript. The joint
    units of a transcript are then hypergeometric, and their sum has the convolution of these distributions, which
    is what very many permutations approach. It is computed exactly; where chance allows more than `EXACT_LIMIT`
    joint units, by a normal distribution with its mean and variance.

    Parameters
    ----------
    joint
        Joint units of each pair, shape (pairs,).
    first, second
        Units with ``a`` and with ``b``, shape (transcripts, pairs).
    units
        Units of each transcript, shape (transcripts,).

    References
    ----------
    Birch, M. W. (1964). The detection of partial association, I: the 2 x 2 case. Journal of the Royal Statistical
    Society B 26(2), 313-324 (the conditional distribution of a sum of 2 x 2 tables).
    Connor, E. F., Simberloff, D. (1979). The assembly of species communities: chance or competition? Ecology 60(6),
    1132-1140 (null models that keep margins).
    """
    size = units[:, None].astype(np.float64)
    means = np.divide(first * second.astype(np.float64), size, out=np.zeros(first.shape), where=size > 0)
    spread = (size - first) * (size - second)
    variances = np.divide(means * spread, size * (size - 1), out=np.zeros(first.shape), where=size > 1)
    expected, variance = means.sum(axis=0), variances.sum(axis=0)
    most = np.minimum(first, second).sum(axis=0)
    p_values = np.full(len(joint), np.nan)
    is_free = variance > 0
    is_exact = is_free & (most <= EXACT_LIMIT)
    for pairs in _split_pairs(np.flatnonzero(is_exact), most):
        p_values[pairs] = _exact_p_values(joint[pairs], first[:, pairs], second[:, pairs], units)
    rest = np.flatnonzero(is_free & ~is_exact)
    deviation = np.sqrt(variance[rest])
    # Half a unit is the correction for continuity.
    lower = ndtr((joint[rest] + 0.5 - expected[rest]) / deviation)
    upper = ndtr(-(joint[rest] - 0.5 - expected[rest]) / deviation)
    p_values[rest] = _two_sided(lower, upper)
    return PairTest(p_values, expected)


def _is_free(first: Ints, second: Ints, units: Ints) -> NDArray[np.bool_]:
    """Return for which pairs chance allows several numbers of joint units."""
    flags: NDArray[np.bool_] = (first > 0) & (first < units) & (second > 0) & (second < units)
    return flags


def _two_sided(lower: Floats, upper: Floats) -> Floats:
    p_values: Floats = np.minimum(1.0, 2 * np.minimum(lower, upper))
    return p_values


def _split_pairs(pairs: Ints, most: Ints) -> list[Ints]:
    """Return pairs in blocks that need little memory, those with distributions of like length together."""
    ordered = pairs[np.argsort(most[pairs], kind="stable")]
    blocks, start = [], 0
    while start < len(ordered):
        # The last of a block has the longest distribution, which sets the memory of all.
        length = int(most[ordered[min(start + 1000, len(ordered)) - 1]]) + 1
        count = max(1, min(1000, _VALUES_AT_ONCE // length))
        blocks.append(ordered[start : start + count])
        start += count
    return blocks


def _exact_p_values(joint: Ints, first: Ints, second: Ints, units: Ints) -> Floats:
    """Return p-values by convolution, transcript by transcript; arrays as in `within_group_test`."""
    distribution = np.zeros((len(joint), int(np.minimum(first, second).sum(axis=0).max(initial=0)) + 1))
    distribution[:, 0] = 1.0
    logs = gammaln(np.arange(int(units.max(initial=0)) + 2) + 1.0)
    length = 1
    for size, in_first, in_second in zip(units.tolist(), first, second, strict=True):
        active = np.flatnonzero((in_first > 0) & (in_second > 0))
        if len(active):
            step = _hypergeometric_table(in_first[active], in_second[active], size, logs)
            longer = min(length + step.shape[1] - 1, distribution.shape[1])
            added = np.zeros((len(active), longer))
            for more in range(step.shape[1]):
                width = min(length, longer - more)
                added[:, more : more + width] += step[:, more, None] * distribution[active, :width]
            distribution[active, :longer] = added
            length = longer
    upto = np.cumsum(distribution, axis=1)
    above = np.cumsum(distribution[:, ::-1], axis=1)[:, ::-1]  # from the tail, so that small values are exact
    rows = np.arange(len(joint))
    return _two_sided(upto[rows, joint], above[rows, joint])


def _hypergeometric_table(first: Ints, second: Ints, units: int, logs: Floats) -> Floats:
    """Return the probability of 0, 1, 2, ... joint units of each pair in one transcript, shape (pairs, values)."""
    values = np.arange(int(np.minimum(first, second).max()) + 1)
    a, b = first[:, None], second[:, None]
    neither = units - a - b + values
    is_possible = (values <= a) & (values <= b) & (neither >= 0)
    parts = (np.where(is_possible, part, 0) for part in (values, a - values, b - values, neither))
    margins = logs[a] + logs[units - a] + logs[b] + logs[units - b] - logs[units]
    return np.exp(np.where(is_possible, margins - sum(logs[part] for part in parts), -np.inf))
