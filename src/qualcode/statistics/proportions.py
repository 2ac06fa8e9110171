"""Proportions of one group and of two groups compared: intervals, ratios, effect sizes and Fisher's exact test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, ndtri

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ProportionPair:
    """Proportions in two groups, for many tables at once: numbers with the property, and group sizes; (tables,)."""

    with_a: Floats
    size_a: Floats
    with_b: Floats
    size_b: Floats

    @property
    def cells(self) -> tuple[Floats, Floats, Floats, Floats]:
        """With and without the property in a, with and without it in b."""
        return self.with_a, self.size_a - self.with_a, self.with_b, self.size_b - self.with_b

    @property
    def has_variation(self) -> NDArray[np.bool_]:
        """Whether some, but not all, of both groups together have the property, and neither group is empty."""
        total = self.with_a + self.with_b
        return (total > 0) & (total < self.size_a + self.size_b) & (self.size_a > 0) & (self.size_b > 0)


def normal_quantile(level: float) -> float:
    """Return how many standard errors are on either side of the middle ``level`` of a normal distribution."""
    return float(ndtri((1 + level) / 2))


def divide(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """Return quotients, NaN where the denominator is 0."""
    top, bottom = np.broadcast_arrays(np.asarray(numerator, np.float64), np.asarray(denominator, np.float64))
    quotients: Floats = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)
    return quotients


def wilson_interval(counts: ArrayLike, sizes: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return Wilson's score interval of proportions ``counts / sizes``; NaN where a size is 0.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association 22, 209-212. Recommended for small samples by Brown, L. D., Cai, T. T., DasGupta,
    A. (2001). Interval estimation for a binomial proportion. Statistical Science 16(2), 101-133.

    Examples
    --------
    22 of 39 cases:

    >>> low, high = wilson_interval(22, 39)
    >>> round(float(low), 3), round(float(high), 3)
    (0.41, 0.707)
    """
    size, z = np.asarray(sizes, np.float64), normal_quantile(level)
    share = divide(counts, size)
    centre = divide(size * share + z**2 / 2, size + z**2)
    half = divide(z * np.sqrt(size * share * (1 - share) + z**2 / 4), size + z**2)
    # Rounding must not leave the bounds beside 0 or 1, or beside the share.
    return np.where(share == 0, 0.0, centre - half), np.where(share == 1, 1.0, centre + half)


def newcombe_interval(pair: ProportionPair, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the score interval of the differences of two proportions, a less b; NaN where a group is empty.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions: comparison of
    eleven methods. Statistics in Medicine 17, 873-890 (method 10).
    """
    share_a, share_b = divide(pair.with_a, pair.size_a), divide(pair.with_b, pair.size_b)
    low_a, high_a = wilson_interval(pair.with_a, pair.size_a, level=level)
    low_b, high_b = wilson_interval(pair.with_b, pair.size_b, level=level)
    difference = share_a - share_b
    return (
        difference - np.hypot(share_a - low_a, high_b - share_b),
        difference + np.hypot(high_a - share_a, share_b - low_b),
    )


def risk_ratio(pair: ProportionPair, *, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Return the ratios of two proportions, a to b, with the bounds of their intervals.

    If one of the four cells of a table is 0, 0.5 is added to each. NaN where all or none have the property: the
    groups cannot be compared then.

    References
    ----------
    Katz, D., Baptista, J., Azen, S. P., Pike, M. C. (1978). Obtaining confidence intervals for the risk ratio in
    cohort studies. Biometrics 34, 469-474.
    """
    with_a, without_a, with_b, without_b = _shift_zeros(pair)
    size_a, size_b = with_a + without_a, with_b + without_b
    error = np.sqrt(1 / with_a - 1 / size_a + 1 / with_b - 1 / size_b)
    return _log_interval((with_a / size_a) / (with_b / size_b), error, level=level)


def odds_ratio(pair: ProportionPair, *, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Return the odds ratios of two proportions, a to b, with the bounds of their intervals.

    If one of the four cells of a table is 0, 0.5 is added to each (Haldane and Anscombe's correction). NaN where all
    or none have the property.

    References
    ----------
    Woolf, B. (1955). On estimating the relation between blood group and disease. Annals of Human Genetics 19,
    251-253. Haldane, J. B. S. (1956). The estimation and significance of the logarithm of a ratio of frequencies.
    Annals of Human Genetics 20, 309-311.
    """
    with_a, without_a, with_b, without_b = _shift_zeros(pair)
    error = np.sqrt(1 / with_a + 1 / without_a + 1 / with_b + 1 / without_b)
    return _log_interval(with_a * without_b / (without_a * with_b), error, level=level)


def _shift_zeros(pair: ProportionPair) -> Floats:
    """Return the four cells, shape (4, tables), 0.5 added where one is 0; NaN where nothing can be compared."""
    cells = np.array(pair.cells, dtype=np.float64)
    cells += 0.5 * (cells == 0).any(axis=0)
    return np.where(pair.has_variation, cells, np.nan)


def _log_interval(ratio: Floats, error: Floats, *, level: float) -> tuple[Floats, Floats, Floats]:
    """Return ratios and their bounds, given the standard error of the logarithm."""
    factor = np.exp(normal_quantile(level) * error)
    return ratio, ratio / factor, ratio * factor


def cohens_h(pair: ProportionPair) -> Floats:
    """Return Cohen's effect size h of the difference of two proportions, a less b, from -pi to pi.

    0.2 is small, 0.5 medium, 0.8 large by his conventions.

    References
    ----------
    Cohen, J. (1988). Statistical power analysis for the behavioral sciences (2nd ed.), 6.2.
    """
    a, b = (np.arcsin(np.sqrt(share)) for share in (divide(pair.with_a, pair.size_a), divide(pair.with_b, pair.size_b)))
    h: Floats = 2 * a - 2 * b
    return h


def chi_square(counts: ArrayLike, sizes: ArrayLike) -> Floats:
    """Return Pearson's chi-square of tables of a property by group; NaN where all or none have it, or in one group.

    Parameters
    ----------
    counts, sizes
        Numbers with the property and sizes of the groups, shape (..., groups). Empty groups are left out.
    """
    count, size = np.asarray(counts, np.float64), np.asarray(sizes, np.float64)
    total = size.sum(axis=-1, keepdims=True)
    share = divide(count.sum(axis=-1, keepdims=True), total)
    deviations = divide((count - size * share) ** 2, size * share * (1 - share))
    values = np.where(size > 0, deviations, 0.0).sum(axis=-1)
    is_comparable = ((share > 0) & (share < 1))[..., 0] & ((size > 0).sum(axis=-1) > 1)
    return np.where(is_comparable, values, np.nan)


def cramers_v(counts: ArrayLike, sizes: ArrayLike) -> Floats:
    """Return Cramer's V of a property and the group, from 0 to 1; of two groups it is the absolute value of phi.

    References
    ----------
    Cramer, H. (1946). Mathematical methods of statistics, 21.9.
    """
    # A property has two values, so that V is the root of chi-square by the number of cases.
    v: Floats = np.sqrt(divide(chi_square(counts, sizes), np.asarray(sizes, np.float64).sum(axis=-1)))
    return v


def trend_z(counts: ArrayLike, sizes: ArrayLike) -> Floats:
    """Return the standardised trend of proportions over ordered groups (Cochran and Armitage), scores 0, 1, 2 ...

    Above 0 if the proportion grows with the order. NaN where all or none have the property, or one group is filled.

    Parameters
    ----------
    counts, sizes
        Numbers with the property and sizes of the groups, shape (..., groups).

    References
    ----------
    Armitage, P. (1955). Tests for linear trends in proportions and frequencies. Biometrics 11(3), 375-386.
    """
    count, size = np.asarray(counts, np.float64), np.asarray(sizes, np.float64)
    score = np.arange(size.shape[-1], dtype=np.float64)
    total = size.sum(axis=-1)
    share = divide(count.sum(axis=-1), total)
    slope = ((count - size * share[..., np.newaxis]) * score).sum(axis=-1)
    spread = (size * score**2).sum(axis=-1) - divide((size * score).sum(axis=-1) ** 2, total)
    return divide(slope, np.sqrt(np.maximum(share * (1 - share) * spread, 0)))


def trend_chi_square(counts: ArrayLike, sizes: ArrayLike) -> Floats:
    """Return the square of `trend_z`, which is large for a trend in either direction."""
    return trend_z(counts, sizes) ** 2


def fisher_p_values(pair: ProportionPair) -> Floats:
    """Return the two-sided p-values of Fisher's exact test; NaN where all or none have the property.

    A p-value is the probability of all tables with the same margins that are at most as likely as the one found.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical Society 98, 39-82.

    Examples
    --------
    The lady tasting tea, with three of four cups right: 34/70.

    >>> tea = ProportionPair(*map(np.atleast_1d, (3, 4, 1, 4)))
    >>> fisher_p_values(tea).round(4)
    array([0.4857])
    """
    tables = zip(*(column.tolist() for column in (pair.with_a, pair.size_a, pair.with_b, pair.size_b)), strict=True)
    pairs = zip(tables, pair.has_variation.tolist(), strict=True)
    return np.array([_fisher_p(table) if varies else np.nan for table, varies in pairs], dtype=np.float64)


def _fisher_p(table: Iterable[float]) -> float:
    with_a, size_a, with_b, size_b = table
    total = with_a + with_b
    possible = np.arange(max(0.0, total - size_b), min(total, size_a) + 1)
    logs = _log_choose(size_a, possible) + _log_choose(size_b, total - possible) - _log_choose(size_a + size_b, total)
    # Tables that are as likely as the one found differ from it by rounding.
    likely = logs <= logs[int(with_a - possible[0])] + 1e-7
    return min(1.0, float(np.exp(logs[likely]).sum()))


def _log_choose(size: float, chosen: float | Floats) -> Floats:
    values: Floats = gammaln(size + 1) - gammaln(chosen + 1) - gammaln(size - np.asarray(chosen) + 1)
    return values
