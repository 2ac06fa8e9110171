"""Intervals of ratios of sums over clusters, such as codings per words over cases: bootstrap, or linearised."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.statistics.group_draws import Resampling, draw_groups
from qualcode.statistics.proportions import divide, normal_quantile

Floats = NDArray[np.float64]

MAX_DRAWN_CLUSTERS = 2_000
"""Most clusters that are drawn; with more, replicates x clusters would need much memory, and the two kinds agree."""


def ratio_interval(numerators: Any, denominators: NDArray[Any], resampling: Resampling) -> tuple[Floats, Floats]:
    """Return the bounds of the intervals of ``numerators.sum(0) / denominators.sum()``.

    Percentiles of bootstrap replicates up to `MAX_DRAWN_CLUSTERS` clusters, linearised with more. NaN where the
    numerator is 0, since all replicates would be 0 then, and with fewer than two clusters.

    Parameters
    ----------
    numerators
        Array or scipy.sparse array of shape (clusters, ratios).
    denominators
        Shape (clusters,); clusters where it is 0 are not in the sample.
    """
    filled = denominators > 0
    columns = numerators.shape[1]
    if filled.sum() < 2:
        return np.full(columns, np.nan), np.full(columns, np.nan)
    if filled.sum() > MAX_DRAWN_CLUSTERS:
        bounds = linearised_interval(numerators, denominators, level=resampling.level)
    else:
        bounds = percentile_interval(draw_ratios(numerators, denominators, resampling), level=resampling.level)
    found = np.asarray(numerators.sum(axis=0)).ravel() > 0
    return np.where(found, bounds[0], np.nan), np.where(found, bounds[1], np.nan)


def draw_ratios(numerators: Any, denominators: NDArray[Any], resampling: Resampling, *, stream: int = 0) -> Floats:
    """Return the ratios in each bootstrap replicate, shape (replicates, ratios).

    References
    ----------
    Field, C. A., Welsh, A. H. (2007). Bootstrapping clustered data. JRSS B 69(3), 369-390: what belongs together is
    drawn together.
    """
    filled = np.flatnonzero(denominators > 0)
    draws = draw_groups(np.ones(len(filled), dtype=bool), resampling, stream=stream)
    chosen = numerators[filled]
    dense = chosen.toarray() if hasattr(chosen, "toarray") else chosen
    return divide(draws @ dense.astype(np.float64), (draws @ denominators[filled].astype(np.float64))[:, np.newaxis])


def quotient_interval(numerators: Floats, denominators: Floats, resampling: Resampling) -> tuple[Floats, Floats]:
    """Return the bounds of quotients of sums over clusters, of which each has a denominator of its own.

    Both are of shape (clusters, quotients); otherwise as `ratio_interval`.
    """
    clusters = len(numerators)
    if clusters > MAX_DRAWN_CLUSTERS:
        quotients = divide(numerators.sum(axis=0), denominators.sum(axis=0))
        residuals = ((numerators - quotients * denominators) ** 2).sum(axis=0) * clusters / (clusters - 1)
        half = normal_quantile(resampling.level) * divide(np.sqrt(residuals), denominators.sum(axis=0))
        return quotients - half, quotients + half
    draws = draw_groups(np.ones(clusters, dtype=bool), resampling)
    return percentile_interval(divide(draws @ numerators, draws @ denominators), level=resampling.level)


def percentile_interval(replicates: Floats, *, level: float) -> tuple[Floats, Floats]:
    """Return the bounds of the middle ``level`` of replicates, shape (replicates, ratios), without undefined ones.

    References
    ----------
    Efron, B., Tibshirani, R. J. (1993). An introduction to the bootstrap, 13.3.
    """
    tails = [(1 - level) / 2, (1 + level) / 2]
    defined = ~np.isnan(replicates)
    if defined.all():
        low, high = np.quantile(replicates, tails, axis=0)
        return low, high
    bounds = np.full((2, replicates.shape[1]), np.nan)
    for column in np.flatnonzero(defined.any(axis=0)):
        bounds[:, column] = np.quantile(replicates[defined[:, column], column], tails)
    return bounds[0], bounds[1]


def ratio_errors(numerators: Any, denominators: NDArray[Any]) -> Floats:
    """Return the standard errors of ratios of sums by linearisation (the delta method), shape (ratios,).

    References
    ----------
    Cochran, W. G. (1977). Sampling techniques (3rd ed.), 6.4.
    """
    clusters = int((denominators > 0).sum())
    total = float(denominators.sum())
    ratios = np.asarray(numerators.sum(axis=0)).ravel() / total
    # The squares of y - r x, added up without a dense array of clusters x ratios.
    squares = np.asarray((numerators * numerators).sum(axis=0)).ravel()
    products = np.asarray(denominators @ numerators).ravel()
    residuals = squares - 2 * ratios * products + ratios**2 * float(denominators @ denominators)
    errors: Floats = np.sqrt(np.maximum(residuals, 0) * clusters / (clusters - 1)) / total
    return errors


def linearised_interval(numerators: Any, denominators: NDArray[Any], *, level: float) -> tuple[Floats, Floats]:
    """Return the bounds of ratios of sums of counts by linearisation; the lower one is at least 0."""
    ratios = np.asarray(numerators.sum(axis=0)).ravel() / float(denominators.sum())
    half = normal_quantile(level) * ratio_errors(numerators, denominators)
    return np.maximum(ratios - half, 0), ratios + half
