"""Measures of how closely two codes occur together, over arrays of pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Counts = NDArray[Any]
"""Whole numbers, as integers or floats."""


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Counts of pairs ``a``, ``b``, each of shape (pairs,), or (clusters, pairs).

    Where ``has_units``, ``joint`` units carry both, so that a pair is a table of two by two, and the last three counts
    are ``joint`` too. Else what is counted as together is another thing than a unit: two passages that overlap, or a
    turn and the turns before it.
    """

    joint: Counts
    first: Counts
    """Units with ``a``."""
    second: Counts
    """Units with ``b``."""
    units: Counts
    """All units of the base."""
    first_near: Counts
    """Units with ``a`` that have ``b`` in reach."""
    second_near: Counts
    """Units with ``b`` that have ``a`` in reach."""
    same: Counts
    """Units with both themselves."""
    has_units: bool = True

    @classmethod
    def of_units(cls, joint: Counts, first: Counts, second: Counts, units: Counts) -> PairCounts:
        """Return the counts of pairs that share units."""
        return cls(joint, first, second, units, joint, joint, joint)

    def select(self, pairs: slice) -> PairCounts:
        """Return the counts of some pairs."""
        return self.map(lambda counts: counts[..., pairs])

    def map(self, change: Callable[[Any], Any]) -> PairCounts:
        """Return the counts after a change of each array."""
        distinct = {id(counts): change(counts) for counts in self._arrays}  # some are one array
        joint, first, second, units, *near = (distinct[id(counts)] for counts in self._arrays)
        return PairCounts(joint, first, second, units, near[0], near[1], near[2], self.has_units)

    @classmethod
    def stack(cls, rows: Sequence[PairCounts], *, pairs: int) -> PairCounts:
        """Return counts of several clusters as arrays of shape (clusters, pairs)."""
        empty = np.zeros((0, pairs), dtype=np.int64)
        arrays = [np.stack(column) for column in zip(*(row._arrays for row in rows), strict=True)] or [empty] * 7
        joint, first, second, units, *near = arrays
        return cls(joint, first, second, units, near[0], near[1], near[2], all(row.has_units for row in rows))

    @property
    def _arrays(self) -> tuple[Counts, ...]:
        joint, first, second, units = self.joint, self.first, self.second, self.units
        return joint, first, second, units, self.first_near, self.second_near, self.same


def jaccard(counts: PairCounts) -> Floats:
    """Return units with both over units with either; NaN if there are none with either.

    Beyond units: of the units with either, the share that have the other in reach.

    References
    ----------
    Jaccard, P. (1912). The distribution of the flora in the alpine zone. New Phytologist 11(2), 37-50.
    His coefficient of community: species common to two districts over all species of the two.

    Examples
    --------
    Of eight units three carry ``a``, two carry ``b``, one of them both: 1 / (3 + 2 - 1).

    >>> eight = PairCounts.of_units(*(np.array([count]) for count in (1, 3, 2, 8)))
    >>> jaccard(eight)
    array([0.25])
    """
    both = counts.first_near + counts.second_near - counts.same
    return _divide(both, counts.first + counts.second - counts.same)


def second_given_first(counts: PairCounts) -> Floats:
    """Return the share of units with ``a`` that have ``b`` too; NaN without ``a``.

    References
    ----------
    Agrawal, R., Imielinski, T., Swami, A. (1993). Mining association rules between sets of items in large databases.
    SIGMOD Record 22(2), 207-216 (confidence of a rule).
    """
    return _divide(counts.first_near, counts.first)


def first_given_second(counts: PairCounts) -> Floats:
    """Return the share of units with ``b`` that have ``a`` too; NaN without ``b``."""
    return _divide(counts.second_near, counts.second)


def cosine(counts: PairCounts) -> Floats:
    """Return the cosine of the two columns of units: the geometric mean of the two conditional shares.

    References
    ----------
    Ochiai, A. (1957). Zoogeographical studies on the soleoid fishes found in Japan and its neighbouring regions.
    Bulletin of the Japanese Society of Scientific Fisheries 22(9), 526-530.

    Examples
    --------
    >>> cosine(PairCounts.of_units(*(np.array([count]) for count in (2, 4, 4, 8))))
    array([0.5])
    """
    return np.sqrt(second_given_first(counts) * first_given_second(counts))


def expected_count(counts: PairCounts) -> Floats:
    """Return how many units would have both if the two were independent; NaN without units."""
    product = counts.first.astype(np.float64) * counts.second
    return _of_units(counts, _divide(product, counts.units))


def lift(counts: PairCounts) -> Floats:
    """Return units with both over those that are expected if the two were independent; NaN if none are expected.

    References
    ----------
    Brin, S., Motwani, R., Ullman, J. D., Tsur, S. (1997). Dynamic itemset counting and implication rules for market
    basket data. SIGMOD Record 26(2), 255-264 (there "interest").
    """
    return _divide(counts.joint, expected_count(counts))


def npmi(counts: PairCounts) -> Floats:
    """Return normalised pointwise mutual information: -1 never together, 0 independent, 1 only together.

    NaN if one occurs nowhere, or both in every unit.

    References
    ----------
    Bouma, G. (2009). Normalized (pointwise) mutual information in collocation extraction. Proceedings of GSCL, 31-40.
    """
    ratio = lift(counts)
    share = _divide(counts.joint, counts.units)
    never = (counts.joint == 0) & ~np.isnan(ratio)
    # The logarithm of zero is not taken: the limit is -1.
    information = np.log(np.where(ratio > 0, ratio, 1.0))
    surprise = -np.log(np.where(share > 0, share, 1.0))
    return np.where(never, -1.0, np.where(ratio > 0, _divide(information, surprise), np.nan))


def phi(counts: PairCounts) -> Floats:
    """Return Pearson's correlation of the two columns of 0 and 1; NaN if one occurs in no unit or in every unit.

    References
    ----------
    Yule, G. U. (1912). On the methods of measuring association between two attributes. Journal of the Royal
    Statistical Society 75(6), 579-652.
    """
    joint, first, second, units = (
        values.astype(np.float64) for values in (counts.joint, counts.first, counts.second, counts.units)
    )
    spread = np.sqrt(first * (units - first)) * np.sqrt(second * (units - second))
    return _of_units(counts, _divide(units * joint - first * second, spread))


def c_coefficient(counts: PairCounts) -> Floats:
    """Return ATLAS.ti's c: count / (count_a + count_b - count); NaN if that is divided by nothing or less.

    For units it is the Jaccard coefficient. For overlaps ``joint`` are pairs of passages, which may be more than there
    are passages of one code, so that c may be above 1.

    References
    ----------
    ATLAS.ti 22 Windows user manual, "Code co-occurrence coefficient".
    """
    return _divide(counts.joint, counts.first + counts.second - counts.joint)


PAIR_MEASURES: dict[str, Callable[[PairCounts], Floats]] = {
    "jaccard": jaccard,
    "cosine": cosine,
    "b_given_a": second_given_first,
    "a_given_b": first_given_second,
    "expected": expected_count,
    "lift": lift,
    "npmi": npmi,
    "phi": phi,
    "c_coefficient": c_coefficient,
}
"""Every measure by its column."""


def _of_units(counts: PairCounts, values: Floats) -> Floats:
    """Return values that only a table of two by two defines."""
    return values if counts.has_units else np.full(np.shape(values), np.nan)


def _divide(numerator: Counts, denominator: Counts) -> Floats:
    """Return a quotient, NaN where the denominator is not above 0."""
    result = np.full(np.shape(numerator), np.nan)
    np.divide(numerator, denominator, out=result, where=np.asarray(denominator) > 0)
    return result
