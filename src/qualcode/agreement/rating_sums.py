"""Sums over units from which all statistics of nominal agreement are computed, by transcript or case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qualcode.agreement.group_sums import GroupSums
from qualcode.agreement.rating_patterns import MISSING, Floats, Ints, RatingPatterns


@dataclass(frozen=True, slots=True)
class RatingSums(GroupSums):
    """Sums over units, with the leading axes of `GroupSums`.

    A unit is *rated* if at least one coder gave it a value, *paired* if at least two did; it then has m ratings, m_c of
    them of value c.

    Attributes
    ----------
    paired_units, rated_units : ndarray of float, shape (...)
    agreement : ndarray of float, shape (...)
        Over paired units, the share of pairs of coders who agree: sum over c of m_c (m_c - 1) / (m (m - 1)).
    disagreement : ndarray of float, shape (...)
        Over paired units, m times the share of pairs who do not agree.
    shares : ndarray of float, shape (..., values)
        Over rated units, m_c / m.
    rated_values, paired_values : ndarray of float, shape (..., coders, values)
        How often each coder gave each value, in rated and in paired units.
    """

    paired_units: Floats
    rated_units: Floats
    agreement: Floats
    disagreement: Floats
    shares: Floats
    rated_values: Floats
    paired_values: Floats

    @property
    def n_coders(self) -> int:
        """The number of compared coders."""
        return int(self.rated_values.shape[-2])

    @property
    def n_values(self) -> int:
        """The number of values that they could choose from."""
        return int(self.rated_values.shape[-1])


def sum_ratings(patterns: RatingPatterns) -> RatingSums:
    """Return the sums of each group, with the leading shape (groups,)."""
    ratings = patterns.ratings
    rated, paired = (ratings >= 1).astype(np.float64), (ratings >= 2).astype(np.float64)
    agreement = pair_agreement(patterns.values)
    amounts = (1 / np.maximum(ratings, 1), rated, paired)
    by_coder = [patterns.sum_by_value(amounts, coder) for coder in range(patterns.n_coders)]
    shares, rated_values, paired_values = (np.stack(column, axis=1) for column in zip(*by_coder, strict=True))
    return RatingSums(
        paired_units=patterns.sum_by_group(paired),
        rated_units=patterns.sum_by_group(rated),
        agreement=patterns.sum_by_group(agreement),
        disagreement=patterns.sum_by_group(ratings * (paired - agreement)),
        shares=shares.sum(axis=1),
        rated_values=rated_values,
        paired_values=paired_values,
    )


def pair_agreement(values: Ints) -> Floats:
    """Return the share of pairs of coders who gave a pattern the same value, shape (patterns,); 0 without a pair."""
    columns = np.ascontiguousarray(values.T)
    ratings, agreeing = np.zeros(len(values)), np.zeros(len(values))
    for position, column in enumerate(columns):
        ratings += column != MISSING
        for other in columns[:position]:
            agreeing += (column == other) & (column != MISSING)
    pairs = ratings * (ratings - 1) / 2
    return np.divide(agreeing, pairs, out=np.zeros(len(values)), where=pairs > 0)
