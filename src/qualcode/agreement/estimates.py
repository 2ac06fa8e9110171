"""Values of statistics with bootstrap intervals over transcripts or cases; undefined ones have a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from qualcode.agreement.group_sums import GroupSums
from qualcode.agreement.rating_patterns import Floats
from qualcode.statistics import Resampling, draw_groups

TOO_FEW_GROUPS = "fewer than two transcripts or cases to resample"
NO_REPLICATE = "undefined in every bootstrap replicate"

_ELEMENTS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its interval; each is None with a reason where undefined."""

    value: float | None
    reason: str = ""
    low: float | None = None
    high: float | None = None
    interval_reason: str = ""
    """Why there is no interval; empty if there is one, or if none was asked for."""
    groups: int = 0
    """Transcripts or cases that were resampled."""
    undefined_replicates: int = 0
    """Replicates in which the statistic is undefined; the interval leaves them out."""
    resampling: Resampling | None = None


Sums = TypeVar("Sums", bound=GroupSums)


def estimate(
    formula: Callable[[Any], Floats],
    sums: Sums,
    *,
    explain: Callable[[Sums], str],
    resampling: Resampling | None = None,
    draws: Floats | None = None,
) -> Estimate:
    """Return the value of a statistic and its percentile interval.

    Parameters
    ----------
    formula
        From sums to a value, NaN where undefined.
    sums
        By group.
    explain
        The reason why a statistic is undefined, from the sums of all groups; called only if it is.
    resampling : optional
        None: no interval.
    draws : ndarray of float, shape (replicates, groups), optional
        The draws of `draw_groups` with the same groups and ``resampling``, for many statistics of the same units.

    References
    ----------
    Efron, B., Tibshirani, R. J. (1993). An introduction to the bootstrap, 13.3 (percentile interval). Units of one
    transcript are not independent, so that transcripts are drawn: Field, C. A., Welsh, A. H. (2007). Bootstrapping
    clustered data. JRSS B 69(3), 369-390.
    """
    total = sums.total()
    value = float(formula(total))
    if np.isnan(value):
        return Estimate(None, explain(total))
    if resampling is None:
        return Estimate(value)
    groups = int(np.sum(sums.filled_groups))
    if groups < 2:
        return Estimate(value, interval_reason=TOO_FEW_GROUPS, groups=groups, resampling=resampling)
    weights = draw_groups(sums.filled_groups, resampling) if draws is None else draws
    return _with_interval(value, compute_replicates(formula, sums, weights), groups, resampling)


def compute_replicates(formula: Callable[[Any], Floats], sums: GroupSums, draws: Floats) -> Floats:
    """Return a statistic in each draw of groups, shape (replicates,), in blocks that need little memory."""
    width = max(1, sums.size // draws.shape[1])
    rows = max(1, _ELEMENTS_AT_ONCE // width)
    blocks = [formula(sums.combine(draws[start : start + rows])) for start in range(0, len(draws), rows)]
    return np.concatenate(blocks)


def _with_interval(value: float, replicates: Floats, groups: int, resampling: Resampling) -> Estimate:
    defined = replicates[~np.isnan(replicates)]
    undefined = len(replicates) - len(defined)
    if not len(defined):
        return Estimate(value, "", None, None, NO_REPLICATE, groups, undefined, resampling)
    tail = (1 - resampling.level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value, "", float(low), float(high), "", groups, undefined, resampling)
