"""Adjustment of p-values for many tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def adjust_p_values(p_values: Sequence[float] | Floats) -> Floats:
    """Return Benjamini and Hochberg's adjusted p-values, which control the false discovery rate.

    Parameters
    ----------
    p_values
        P-values of one family of tests, shape (tests,); NaN where a test is undefined, which counts as no test.

    Returns
    -------
    ndarray of float, shape (tests,)
        The least false discovery rate at which each test is significant, at most 1; NaN where the p-value is.

    References
    ----------
    Benjamini, Y., Hochberg, Y. (1995). Controlling the false discovery rate: a practical and powerful approach to
    multiple testing. Journal of the Royal Statistical Society B 57(1), 289-300.

    Examples
    --------
    >>> adjust_p_values([0.01, 0.04, 0.03, float("nan")]).round(3)
    array([0.03, 0.04, 0.04,  nan])
    """
    values = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    # From the largest to the smallest: each is at most the one before.
    order = tested[np.argsort(-values[tested], kind="stable")]
    ranks = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum.accumulate(np.minimum(values[order] * len(order) / ranks, 1.0))
    return adjusted
