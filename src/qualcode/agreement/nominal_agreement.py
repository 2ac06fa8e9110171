"""Coefficients of agreement on nominal values: percent agreement, the kappas, S, AC1 and Krippendorff's alpha.

Each takes sums over units (`RatingSums`, leading shape ``(...)``: none, or replicates) and returns an array of that
shape, NaN where the coefficient is undefined. Where units miss ratings, the observed agreement p_o is the mean over
units with at least two ratings of the share of pairs of coders who agree (Gwet, K. L., 2014, Handbook of inter-rater
reliability, 4th ed., 5.3); each docstring says which ratings chance agreement p_e is computed from.

All are of the form (p_o - p_e) / (1 - p_e), written here as 1 - (1 - p_o) / (1 - p_e): disagreement observed over
disagreement expected. Disagreement is computed from differences of whole numbers, so that no digits are lost where
nearly all ratings agree, as in a code that is rare among millions of characters.
"""

from __future__ import annotations

import numpy as np

from qualcode.agreement.rating_patterns import Floats
from qualcode.agreement.rating_sums import RatingSums


def divide(part: Floats, whole: Floats) -> Floats:
    """Return ``part / whole``, NaN where ``whole`` is 0."""
    result = np.full(np.broadcast_shapes(np.shape(part), np.shape(whole)), np.nan)
    np.divide(part, whole, out=result, where=np.asarray(whole) != 0)
    return result


def correct_for_chance(sums: RatingSums, expected_disagreement: Floats) -> Floats:
    """Return 1 - (1 - p_o) / (1 - p_e)."""
    observed = divide(sums.paired_units - sums.agreement, sums.paired_units)
    return 1 - divide(observed, expected_disagreement)


def percent_agreement(sums: RatingSums) -> Floats:
    """Return the share of pairs of coders who agree, averaged over units with at least two ratings.

    References
    ----------
    Gwet (2014), 5.3; for two coders the share of units with equal ratings.
    """
    return divide(sums.agreement, sums.paired_units)


def cohen_kappa(sums: RatingSums) -> Floats:
    """Return Cohen's kappa of two coders: chance agreement from the shares of each coder, p_e = sum of p_1c p_2c.

    Only units that both coders rated are used.

    References
    ----------
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20(1),
    37-46.
    """
    (first, _), (_, second_others) = (_shares(sums.paired_values[..., coder, :]) for coder in range(2))
    return correct_for_chance(sums, np.sum(first * second_others, axis=-1))


def scott_pi(sums: RatingSums) -> Floats:
    """Return Scott's pi of two coders: chance agreement from the shares of both together, p_e = sum of p_c ** 2.

    Only units that both coders rated are used.

    References
    ----------
    Scott, W. A. (1955). Reliability of content analysis: the case of nominal scale coding. Public Opinion Quarterly
    19(3), 321-325.
    """
    share, others = _shares(sums.paired_values.sum(axis=-2))
    return correct_for_chance(sums, np.sum(share * others, axis=-1))


def fleiss_kappa(sums: RatingSums) -> Floats:
    """Return Fleiss' kappa: chance agreement from the shares of all coders, p_e = sum of p_c ** 2.

    A value's share is averaged over all rated units, also those with one rating (Gwet 2014, 5.3).

    References
    ----------
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76(5), 378-382.
    """
    share, others = _shares(sums.shares)
    return correct_for_chance(sums, np.sum(share * others, axis=-1))


def conger_kappa(sums: RatingSums) -> Floats:
    """Return Conger's kappa: chance agreement is Cohen's, sum of p_gc p_hc, averaged over pairs of coders g and h.

    A coder's shares are over all units that they rated (Gwet 2014, 5.3). Two coders without missing ratings have
    Cohen's kappa. A coder who rated nothing is left out.

    References
    ----------
    Conger, A. J. (1980). Integration and generalization of kappas for multiple raters. Psychological Bulletin 88(2),
    322-328.
    """
    share, others = (np.nan_to_num(part) for part in _shares(sums.rated_values))
    coders = np.any(share > 0, axis=-1).sum(axis=-1)
    # Over ordered pairs of coders: the product of two sums less that of each coder with themselves.
    pairs = share.sum(axis=-2) * others.sum(axis=-2) - np.sum(share * others, axis=-2)
    return correct_for_chance(sums, divide(np.sum(pairs, axis=-1), coders * (coders - 1.0)))


def brennan_prediger(sums: RatingSums) -> Floats:
    """Return the S of Bennett and others, or Brennan and Prediger's kappa: p_e = 1 / q for q values.

    References
    ----------
    Bennett, E. M., Alpert, R., Goldstein, A. C. (1954). Communications through limited-response questioning. Public
    Opinion Quarterly 18(3), 303-308. Brennan, R. L., Prediger, D. J. (1981). Coefficient kappa: some uses, misuses,
    and alternatives. Educational and Psychological Measurement 41(3), 687-699.
    """
    return correct_for_chance(sums, np.asarray(1 - 1 / sums.n_values))


def pabak(sums: RatingSums) -> Floats:
    """Return the kappa adjusted for prevalence and bias, 2 p_o - 1: two coders and two values. It equals S.

    References
    ----------
    Byrt, T., Bishop, J., Carlin, J. B. (1993). Bias, prevalence and kappa. Journal of Clinical Epidemiology 46(5),
    423-429.
    """
    return 2 * percent_agreement(sums) - 1


def gwet_ac1(sums: RatingSums) -> Floats:
    """Return Gwet's AC1: p_e = sum of p_c (1 - p_c) / (q - 1).

    A value's share p_c is averaged over all rated units. Undefined if only one value is used: chance agreement is then
    0 although every rating at random would agree.

    References
    ----------
    Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high agreement. British
    Journal of Mathematical and Statistical Psychology 61(1), 29-48.
    """
    share, others = _shares(sums.shares)
    expected = divide(np.sum(share * others, axis=-1), np.asarray(sums.n_values - 1.0))
    return correct_for_chance(sums, np.where(expected > 0, 1 - expected, 0))


def krippendorff_alpha(sums: RatingSums) -> Floats:
    """Return Krippendorff's alpha for nominal values: 1 - D_o / D_e over ratings of units with at least two.

    D_o is the share of pairs of ratings within units that differ, each unit weighted by its number of ratings; D_e the
    share of pairs of all n ratings that differ, (n ** 2 - sum of n_c ** 2) / (n (n - 1)).

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. Annenberg School for Communication. Hayes,
    A. F., Krippendorff, K. (2007). Answering the call for a standard reliability measure for coding data.
    Communication Methods and Measures 1(1), 77-89.
    """
    values = sums.paired_values.sum(axis=-2)
    ratings = values.sum(axis=-1)
    share, others = _shares(values)
    expected = np.sum(share * others, axis=-1) * divide(ratings, ratings - 1)
    return 1 - divide(divide(sums.disagreement, ratings), expected)


def prevalence_index(sums: RatingSums) -> Floats:
    """Return how unequal the two values are, from -1 (never coded) over 0 to 1 (always coded): (a - d) / n.

    a and d are the numbers of units that both coders coded, or both did not. Also the difference of the two shares
    over all ratings of paired units, which is how it is computed for more than two coders.

    References
    ----------
    Byrt, T., Bishop, J., Carlin, J. B. (1993). Bias, prevalence and kappa. Journal of Clinical Epidemiology 46(5),
    423-429.
    """
    values = sums.paired_values.sum(axis=-2)
    return divide(values[..., 1] - values[..., 0], values.sum(axis=-1))


def bias_index(sums: RatingSums) -> Floats:
    """Return how much more the first of two coders coded than the second, as a share of the units: (b - c) / n.

    References
    ----------
    See `prevalence_index`; there without a sign.
    """
    coded = sums.paired_values[..., 1]
    return divide(coded[..., 0] - coded[..., 1], sums.paired_units)


def _shares(values: Floats) -> tuple[Floats, Floats]:
    """Return the share of each value among numbers of values, shape (..., values), and the share of all others."""
    whole = values.sum(axis=-1, keepdims=True)
    return divide(values, whole), divide(whole - values, whole)
