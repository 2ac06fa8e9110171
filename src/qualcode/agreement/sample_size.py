"""How many units must be coded twice: the lower limit of kappa that a number of units lets expect, and the reverse."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, comb
from statistics import NormalDist

import numpy as np

from qualcode.agreement.rating_patterns import MISSING, Floats, RatingPatterns

MOST_CODERS = 6


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """The number of units to be coded by all coders, and what it was computed from."""

    units: int
    expected: float
    lower: float
    prevalence: float
    coders: int
    level: float
    smallest_cell: float
    """The smallest expected number of units with some number of coders who use the code; the method needs about 5."""


def plan_units(expected: float, lower: float, prevalence: float, *, coders: int = 2, level: float = 0.95) -> UnitPlan:
    """Return how many units all coders must code so that the expected lower limit of kappa is not below a target.

    Parameters
    ----------
    expected
        The kappa that is expected, above ``lower`` and below 1.
    lower
        The target for the lower limit, above 0.
    prevalence
        The expected share of units with the code, between 0 and 1.
    coders
        Two to six coders, each of whom codes each unit.
    level
        Of the one-sided confidence interval, between .5 and 1.

    Raises
    ------
    ValueError
        For values out of range.

    Notes
    -----
    The interval consists of the kappas that a goodness-of-fit test with one degree of freedom does not reject. The
    model has equally good coders and one common prevalence; kappa is then the intraclass kappa (Fleiss', Scott's pi).
    Units are independent: for sentences of interviews see `design_effect`. At this number the estimate falls below its
    expectation, and the limit below the target, in about half of all studies.

    References
    ----------
    Donner, A., Rotondi, M. A. (2010). Sample size requirements for interval estimation of the kappa statistic for
    interobserver agreement studies with a binary outcome and multiple raters. International Journal of Biostatistics
    6(1), 31. Altaye, M., Donner, A., Klar, N. (2001). Inference procedures for assessing interobserver agreement among
    multiple raters. Biometrics 57(2), 584-588.

    Examples
    --------
    >>> plan_units(0.8, 0.6, 0.3).units
    52
    """
    _check_shares(expected=expected, prevalence=prevalence)
    _check_shares(lower=lower)
    if lower >= expected:
        raise ValueError(f"the lower limit {lower} is not below the expected kappa {expected}")
    _check_design(coders, level)
    cells = count_probabilities(expected, prevalence, coders=coders)
    units = _critical_value(level) / _distance_from(lower, cells, prevalence)
    smallest = float(ceil(units) * cells.min())
    return UnitPlan(ceil(units), expected, lower, prevalence, coders, level, smallest)


def expected_lower_limit(
    expected: float, units: int, prevalence: float, *, coders: int = 2, level: float = 0.95
) -> float:
    """Return the lower limit of kappa that a number of units lets expect: the reverse of `plan_units`.

    Returns
    -------
    float
        0 if the interval reaches down to 0.

    Raises
    ------
    ValueError
        For values out of range.
    """
    from scipy.optimize import brentq  # only here, since loading it takes a third of a second

    _check_shares(expected=expected, prevalence=prevalence)
    _check_design(coders, level)
    cells = count_probabilities(expected, prevalence, coders=coders)

    def excess(lower: float) -> float:
        return units * _distance_from(lower, cells, prevalence) - _critical_value(level)

    return float(brentq(excess, 0.0, expected)) if excess(0.0) > 0 else 0.0


def count_probabilities(kappa: float, prevalence: float, *, coders: int) -> Floats:
    """Return the probability that 0, 1, ... or all coders use the code in a unit, shape (coders + 1,).

    With probability kappa all coders have the same reading, else each codes at random with the prevalence.
    """
    counts = np.arange(coders + 1)
    ways = np.array([comb(coders, count) for count in counts])
    alone = ways * prevalence**counts * (1 - prevalence) ** (coders - counts)
    together = np.where(counts == coders, prevalence, np.where(counts == 0, 1 - prevalence, 0.0))
    return np.asarray(kappa * together + (1 - kappa) * alone, dtype=np.float64)


def _distance_from(lower: float, cells: Floats, prevalence: float) -> float:
    """Return the goodness-of-fit statistic per unit of expected cells, if kappa were the lower limit."""
    limit = count_probabilities(lower, prevalence, coders=len(cells) - 1)
    return float(np.sum((cells - limit) ** 2 / limit))


def _critical_value(level: float) -> float:
    """Return the value of chi-square with one degree of freedom for a one-sided interval: a squared normal one."""
    return NormalDist().inv_cdf(level) ** 2


def _check_shares(**shares: float) -> None:
    for name, share in shares.items():
        if not 0 < share < 1:
            raise ValueError(f"{name} is {share}; a number between 0 and 1 is needed")


def _check_design(coders: int, level: float) -> None:
    if not 2 <= coders <= MOST_CODERS:
        raise ValueError(f"coders is {coders}; 2 to {MOST_CODERS} are possible")
    if not 0.5 < level < 1:
        raise ValueError(f"level is {level}; a number between .5 and 1 is needed")


def design_effect(units_per_group: float, correlation: float) -> float:
    """Return by which factor more units are needed because units of one interview are alike: 1 + (m - 1) icc.

    Parameters
    ----------
    units_per_group
        Units of an interview, m; at least 1.
    correlation
        The intraclass correlation of agreement: see `agreement_correlation`. Negative values count as 0.

    Notes
    -----
    Holds for means over interviews of equal size, such as percent agreement, and roughly for kappa, in which prevalence
    varies between interviews as well. If interviews differ much in length, use the mean length weighted by length.

    References
    ----------
    Kish, L. (1965). Survey sampling, 5.4. Donner, A., Klar, N. (2000). Design and analysis of cluster randomization
    trials, 5.

    Examples
    --------
    >>> design_effect(100, 0.02)
    2.98
    """
    return 1 + (max(units_per_group, 1.0) - 1) * min(max(correlation, 0.0), 1.0)


def plan_groups(units: int, units_per_group: float, correlation: float) -> int:
    """Return how many interviews of some number of units must be coded twice to be worth a number of independent units.

    Examples
    --------
    >>> plan_groups(52, 20, 0.05)
    6
    """
    return ceil(units * design_effect(units_per_group, correlation) / units_per_group)


def agreement_correlation(patterns: RatingPatterns) -> float | None:
    """Return the intraclass correlation of agreement within interviews: are disagreements in a few of them?

    From the analysis of variance of whether all coders of a unit agree, over units with at least two ratings.

    Returns
    -------
    float or None
        None if fewer than two interviews have such units, no interview has two, or all units agree alike. Can be
        negative.

    References
    ----------
    Donner and Klar (2000), see `design_effect`; the estimator is that of analysis of variance.

    Examples
    --------
    All disagreements are in the second of two interviews:

    >>> from qualcode.agreement import build_patterns
    >>> agreement_correlation(build_patterns([[0, 0], [1, 1], [0, 1], [1, 0]], groups=[0, 0, 1, 1]))
    1.0
    """
    paired = patterns.ratings >= 2
    differs = (patterns.values != patterns.values.max(axis=1, keepdims=True)) & (patterns.values != MISSING)
    size = patterns.sum_by_group(paired.astype(np.float64))
    agreeing = patterns.sum_by_group((paired & ~differs.any(axis=1)).astype(np.float64))[size > 0]
    return _analysis_of_variance(size[size > 0], agreeing)


def _analysis_of_variance(size: Floats, agreeing: Floats) -> float | None:
    """Return the intraclass correlation of a 0/1 variable from the number of units and of ones in each group."""
    groups, units = len(size), size.sum()
    if groups < 2 or units <= groups:
        return None
    share, overall = agreeing / size, agreeing.sum() / units
    between = np.sum(size * (share - overall) ** 2) / (groups - 1)
    within = np.sum(size * share * (1 - share)) / (units - groups)
    typical_size = (units - np.sum(size**2) / units) / (groups - 1)
    spread = between + (typical_size - 1) * within
    return float((between - within) / spread) if spread > 0 else None
