"""Codings per words of two or more groups compared: interval of the ratio, and tests over clusters of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qualcode.incidence import ClusterCounts
from qualcode.statistics import (
    MAX_DRAWN_CLUSTERS,
    Resampling,
    difference_p_values,
    divide,
    draw_ratios,
    normal_quantile,
    percentile_interval,
    rate_p_values,
    ratio_errors,
)
from qualcode.tables.group_counts import GroupCounts

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RateComparison:
    """For each code set: bounds of the ratio of two groups' rates, a p-value, and why one of them is missing."""

    low: Floats
    high: Floats
    p: Floats
    reasons: list[str]


def compare_rates(counts: GroupCounts, *, resampling: Resampling, permutations: int) -> RateComparison:
    """Return the comparison of the rates of groups; of three or more there is only a p-value."""
    size = len(counts.cases)
    low, high, p_values = np.full((3, size), np.nan)
    found = RateComparison(low, high, p_values, [""] * size)
    for base in zip(*counts.clusters, strict=True):
        positions = base[0].code_sets
        low[positions], high[positions], p_values[positions], reason = _compare_base(base, resampling, permutations)
        for position in positions.tolist():
            found.reasons[position] = reason or _describe_rates(counts, position)
    return found


def _describe_rates(counts: GroupCounts, position: int) -> str:
    """Return why there is no ratio of the rates of two groups, or no interval."""
    codings = counts.codings[position]
    if len(codings) == 2 and counts.words[position].all() and codings.any() and not codings.all():
        return "no ratio of rates: one is 0"
    return ""


def _compare_base(
    base: Sequence[ClusterCounts], resampling: Resampling, permutations: int
) -> tuple[Floats, Floats, Floats, str]:
    """Return bounds, p-values and a reason for the code sets of one base, one entry of ``base`` for each group."""
    undefined = np.full(len(base[0].code_sets), np.nan)
    filled = np.array([counts.words > 0 for counts in base])
    if not filled.any(axis=1).all():
        return undefined, undefined, undefined, ""
    if (filled.sum(axis=0) > 1).any():
        return undefined, undefined, undefined, "transcripts are in several groups: no test or interval of rates"
    if filled.sum() == len(base):
        return undefined, undefined, undefined, "one case in each group: no test or interval of rates"
    if filled.sum() > MAX_DRAWN_CLUSTERS:
        return _compare_many(base, resampling)
    labels = filled.argmax(axis=0)[filled.any(axis=0)]
    codings = sum(counts.codings for counts in base)[filled.any(axis=0)].toarray()
    words = np.sum([counts.words for counts in base], axis=0)[filled.any(axis=0)]
    p_values = rate_p_values(labels, codings, words, permutations=permutations, seed=resampling.seed)
    if len(base) > 2:
        return undefined, undefined, p_values, ""
    if filled.sum(axis=1).min() < 2:
        return undefined, undefined, p_values, "one case in a group: no interval of rates"
    return *_ratio_bounds(base, resampling), p_values, ""


def _ratio_bounds(base: Sequence[ClusterCounts], resampling: Resampling) -> tuple[Floats, Floats]:
    """Return the percentile bounds of the ratio of two groups' rates; missing where one of the rates is 0."""
    replicates = [
        draw_ratios(counts.codings, counts.words, resampling, stream=number) for number, counts in enumerate(base)
    ]
    coded = np.array([np.asarray(counts.codings.sum(axis=0)).ravel() > 0 for counts in base]).all(axis=0)
    # A replicate without codings of b is infinitely large: left out, it would make the interval too narrow.
    ratios = np.where(replicates[1] > 0, divide(*replicates), np.where(replicates[0] > 0, np.inf, np.nan))
    with np.errstate(invalid="ignore"):  # a limit between two infinite ratios
        bounds = percentile_interval(ratios, level=resampling.level)
    low, high = (np.where(coded & np.isfinite(bound), bound, np.nan) for bound in bounds)
    return low, high


def _compare_many(base: Sequence[ClusterCounts], resampling: Resampling) -> tuple[Floats, Floats, Floats, str]:
    """Return bounds and p-values by linearisation, for groups that are too large to be drawn and permuted."""
    undefined = np.full(len(base[0].code_sets), np.nan)
    if len(base) > 2:
        return undefined, undefined, undefined, "too many cases for a permutation test of rates"
    rates = [np.asarray(counts.codings.sum(axis=0)).ravel() / counts.words.sum() for counts in base]
    errors = [ratio_errors(counts.codings, counts.words) for counts in base]
    log_error = np.hypot(*(divide(error, rate) for error, rate in zip(errors, rates, strict=True)))
    factor = np.exp(normal_quantile(resampling.level) * log_error)
    ratio = divide(*rates)
    return ratio / factor, ratio * factor, difference_p_values((rates[0], rates[1]), (errors[0], errors[1])), ""
