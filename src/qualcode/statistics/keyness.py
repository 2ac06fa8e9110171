"""Keyness: which words are more frequent in one part of a text than in the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import chi2

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def log_likelihood(count: Ints, reference_count: Ints, *, size: int, reference_size: int) -> Floats:
    """Return the log-likelihood ratio G2 of words in a target and in a reference.

    Parameters
    ----------
    count, reference_count
        How often each word occurs in the target and in the reference, shape (words,).
    size, reference_size
        Number of words of the target and of the reference.

    Returns
    -------
    ndarray of float, shape (words,)
        G2 over the four cells word/other x target/reference; negative where a word is less frequent in the target.
        NaN if the target or the reference has no words.

    References
    ----------
    Dunning, T. (1993). Accurate methods for the statistics of surprise and coincidence. Computational Linguistics
    19(1), 61-74. The same as ``textstat_keyness(measure = "lr", correction = "none")`` of quanteda; Rayson and
    Garside's value of 2000 leaves out the two cells of the other words.

    Examples
    --------
    >>> log_likelihood(np.array([10]), np.array([5]), size=100, reference_size=200).round(3)
    array([7.33])
    """
    if not size or not reference_size:
        return np.full(len(count), np.nan)
    observed = np.array([count, reference_count, size - count, reference_size - reference_count], dtype=np.float64)
    sizes = np.array([size, reference_size], dtype=np.float64)[:, None]
    total = (observed[0] + observed[1]) / sizes.sum()
    expected = np.concatenate([sizes * total, sizes * (1 - total)])
    # A cell without a word adds nothing: 0 log 0 is 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = xlogy(observed, np.where(observed > 0, observed / expected, 1.0))
    # Rounding can make the sum for equal frequencies a little less than 0.
    value = np.maximum(2 * terms.sum(axis=0), 0.0)
    return np.asarray(np.where(count * float(reference_size) >= reference_count * float(size), value, -value))


def log_ratio(count: Ints, reference_count: Ints, *, size: int, reference_size: int) -> Floats:
    """Return the binary logarithm of the ratio of relative frequencies: 1 is twice as frequent, 2 four times.

    Parameters are those of `log_likelihood`. A count of 0 is taken as 0.5.

    References
    ----------
    Hardie, A. (2014). Log Ratio: an informal introduction. ESRC Centre for Corpus Approaches to Social Science.

    Examples
    --------
    >>> log_ratio(np.array([8, 4]), np.array([2, 0]), size=100, reference_size=100)
    array([2., 3.])
    """
    if not size or not reference_size:
        return np.full(len(count), np.nan)
    target, reference = (np.maximum(values, 0.5) for values in (count, reference_count))
    return np.asarray(np.log2((target / size) / (reference / reference_size)))


def likelihood_p_value(statistic: Floats) -> Floats:
    """Return the p-value of G2 values of either sign: chi-squared with one degree of freedom."""
    return np.asarray(chi2.sf(np.abs(statistic), 1))
