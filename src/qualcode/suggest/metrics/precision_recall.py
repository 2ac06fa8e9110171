"""Precision, recall and F1 from counts of true positives, false positives and false negatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qualcode.suggest.metrics.array_types import Flags, Floats, Ints
from qualcode.suggest.metrics.code_pools import Pool, membership_matrix


@dataclass(frozen=True)
class PredictionCounts:
    """Counts of cells; the last axis of each array is codes or pools, earlier axes are transcripts or draws."""

    true_positives: Ints
    """Suggested and coded."""
    false_positives: Ints
    """Suggested, not coded."""
    false_negatives: Ints
    """Coded, not suggested."""

    @property
    def codings(self) -> Ints:
        """Number of coded cells."""
        return self.true_positives + self.false_negatives

    @property
    def suggested(self) -> Ints:
        """Number of suggested cells."""
        return self.true_positives + self.false_positives

    def sum_transcripts(self) -> PredictionCounts:
        """Return the sums over transcripts, shape (codes,)."""
        return PredictionCounts(
            self.true_positives.sum(axis=0), self.false_positives.sum(axis=0), self.false_negatives.sum(axis=0)
        )

    def sum_pools(self, pools: Sequence[Pool]) -> PredictionCounts:
        """Return the sums over the codes of each pool, shape (..., pools)."""
        member = membership_matrix(pools, self.true_positives.shape[-1])
        return PredictionCounts(
            self.true_positives @ member, self.false_positives @ member, self.false_negatives @ member
        )

    def precision(self) -> Floats:
        """Return the share of suggestions that are right: TP / (TP + FP).

        Returns
        -------
        ndarray of float, shape as the counts
            From 0 to 1; NaN where nothing was suggested.

        References
        ----------
        Kent, A., Berry, M. M., Luehrs, F. U., Perry, J. W. (1955). Machine literature searching VIII. American
        Documentation 6(2), 93-101 (there "pertinency factor").

        Examples
        --------
        Of four suggestions three are right; without suggestions it is undefined.

        >>> PredictionCounts(np.array([3, 0]), np.array([1, 0]), np.array([2, 5])).precision()
        array([0.75,  nan])
        """
        return _divide(self.true_positives, self.suggested)

    def recall(self) -> Floats:
        """Return the share of codings that were suggested: TP / (TP + FN).

        Returns
        -------
        ndarray of float, shape as the counts
            From 0 to 1; NaN where nothing was coded.

        References
        ----------
        Kent et al. (1955), as for `precision` (there "recall factor").

        Examples
        --------
        Of five codings three were suggested; of five others, none.

        >>> PredictionCounts(np.array([3, 0]), np.array([1, 0]), np.array([2, 5])).recall()
        array([0.6, 0. ])
        """
        return _divide(self.true_positives, self.codings)

    def f1(self) -> Floats:
        """Return the harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN).

        Returns
        -------
        ndarray of float, shape as the counts
            From 0 to 1; NaN where nothing was coded and nothing suggested; 0 where only one of the two is missing.

        References
        ----------
        Chinchor, N. (1992). MUC-4 evaluation metrics. Proceedings of MUC-4, 22-29 (F with beta 1). The same as
        the coefficient of Dice, L. R. (1945). Ecology 26(3), 297-302, which is symmetric in the two raters.

        Examples
        --------
        Three true positives, one false positive, two false negatives: 6 / (6 + 1 + 2).

        >>> float(PredictionCounts(np.array(3), np.array(1), np.array(2)).f1().round(4))
        0.6667
        """
        return _divide(2 * self.true_positives, self.suggested + self.codings)


Measure = Callable[[PredictionCounts], Floats]
"""`PredictionCounts.precision`, `PredictionCounts.recall` or `PredictionCounts.f1`."""


def measure_pools(counts: PredictionCounts, pools: Sequence[Pool], *, measure: Measure) -> Floats:
    """Return a measure for each pool: of the sums over its codes, or for a mean, the mean over codes that occur.

    Parameters
    ----------
    counts
        Counts with codes as their last axis, shape (..., codes).
    pools
        The pools.
    measure
        `PredictionCounts.precision`, `PredictionCounts.recall` or `PredictionCounts.f1`.

    Returns
    -------
    ndarray of float, shape (..., pools)
        NaN where undefined. The mean (macro average) is over codes that occur in these counts and for which the
        measure is defined: precision is undefined where nothing was suggested.

    References
    ----------
    Lewis, D. D. (1991). Evaluating text categorization. Proceedings of Speech and Natural Language, 312-318 (micro-
    and macroaveraging). Of the two macro F1s this is the mean of F1s: Opitz, J., Burst, S. (2019). Macro F1 and macro
    F1. arXiv:1911.03347.

    Examples
    --------
    One code with F1 1 (four right), one with F1 0 (four missed), one that never occurs. Pooled 8 / (8 + 4).

    >>> from qualcode.suggest.metrics.code_pools import list_pools
    >>> counts = PredictionCounts(np.array([4, 0, 0]), np.array([0, 0, 0]), np.array([0, 4, 0]))
    >>> measure_pools(counts, list_pools(["f/a", "f/b", "g/c"])[-2:], measure=PredictionCounts.f1).round(4)
    array([0.6667, 0.5   ])
    """
    values = measure(counts.sum_pools(pools))
    by_code = measure(counts)
    # A code that never occurs has F1 0 once it is suggested, which says nothing about finding its codings.
    occurs = (counts.codings > 0) & ~np.isnan(by_code)
    for index, pool in enumerate(pools):
        if pool.level == "mean":
            values[..., index] = _mean_where(by_code[..., list(pool.columns)], occurs[..., list(pool.columns)])
    return values


def _mean_where(values: Floats, where: Flags) -> Floats:
    """Return the mean along the last axis of the values where the mask is true; NaN where it never is."""
    return _divide(np.where(where, values, 0.0).sum(axis=-1), where.sum(axis=-1))


def _divide(part: Ints | Floats, whole: Ints) -> Floats:
    """Return part / whole; NaN where whole is 0."""
    share: Floats = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)
    return share
