"""Bootstrap intervals and differences: transcripts are resampled with replacement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qualcode.statistics import Resampling as AgreementResampling
from qualcode.statistics import draw_groups
from qualcode.suggest.metrics.array_types import Flags, Floats
from qualcode.suggest.metrics.code_pools import list_pools
from qualcode.suggest.metrics.precision_recall import Measure, PredictionCounts, measure_pools
from qualcode.suggest.metrics.predictions import Predictions, check_same_units


@dataclass(frozen=True, slots=True)
class Resampling:
    """Number of draws, seed of the random generator, and the share of draws within an interval."""

    draws: int = 2000
    seed: int = 0
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds that contain a number in most draws; None with a reason where undefined."""

    low: float | None
    high: float | None
    draws: int
    """Draws in which the number is defined: only these are used."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one scoring method is than another on the same units."""

    value: float | None
    """Ours less the other's, from -1 to 1; None where one of the two is undefined."""
    interval: Interval
    not_better: float | None
    """The share of draws in which ours is not above the other."""


def draw_weights(sampled: Flags, resampling: Resampling = Resampling()) -> Floats:
    """Draw as many transcripts as are sampled, with replacement, and return how often each was drawn.

    Parameters
    ----------
    sampled
        Transcripts to draw from, shape (transcripts,).
    resampling
        Number of draws and seed.

    Returns
    -------
    ndarray of float, shape (draws, transcripts)
        Whole numbers; each row sums to the number of sampled transcripts.

    References
    ----------
    Efron, B., Tibshirani, R. J. (1993). An introduction to the bootstrap, 6 (the draws) and 20 (a row is a resampling
    vector). Sentences of one transcript are not independent, so transcripts are drawn, not sentences: Field,
    C. A., Welsh, A. H. (2007). Bootstrapping clustered data. JRSS B 69(3), 369-390.

    Examples
    --------
    >>> weights = draw_weights(np.array([True, True, False]), Resampling(draws=1000))
    >>> weights.shape, sorted({tuple(row) for row in weights.astype(int).tolist()})
    ((1000, 3), [(0, 2, 0), (1, 1, 0), (2, 0, 0)])
    """
    return draw_groups(sampled, AgreementResampling(resampling.draws, resampling.seed))


def resample_counts(counts: PredictionCounts, weights: Floats) -> PredictionCounts:
    """Return the counts in each draw, shape (draws, codes): weights @ counts by transcript."""
    # As floats, which NumPy multiplies by BLAS, unlike integers; sums of whole numbers of this size are exact.
    columns = np.hstack([counts.true_positives, counts.false_positives, counts.false_negatives]).astype(np.float64)
    return PredictionCounts(*np.split((weights @ columns).astype(np.int64), 3, axis=1))


def percentile_interval(draws: Floats, *, level: float) -> tuple[float, float]:
    """Return the bounds of the middle ``level`` of some draws, shape (draws,).

    References
    ----------
    Efron and Tibshirani (1993), 13.3. With few transcripts it is too narrow.

    Examples
    --------
    >>> percentile_interval(np.arange(5.0), level=0.5)
    (1.0, 3.0)
    """
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def compute_intervals(
    predictions: Predictions, *, measure: Measure = PredictionCounts.f1, resampling: Resampling = Resampling()
) -> list[Interval]:
    """Return the percentile interval of a measure for each pool, over draws of transcripts (or cases).

    Returns
    -------
    list of Interval
        In the order of `list_pools`. Draws in which the measure is undefined (nothing coded, nothing suggested) are
        left out; a mean is over the codes that occur in the draw.

    References
    ----------
    See `percentile_interval`.

    Examples
    --------
    One transcript with everything right and one with everything wrong: a draw of two has F1 1, 0 or 2 / (2 + 1 + 1).

    >>> truth, chosen = np.array([[1], [0], [1]], dtype=bool), np.array([[1], [1], [0]], dtype=bool)
    >>> transcript = np.array([0, 1, 1])
    >>> predictions = Predictions(("f/a",), ("S1", "S2"), transcript, truth, truth | True, chosen * 0.9, chosen)
    >>> compute_intervals(predictions)[0]
    Interval(low=0.0, high=1.0, draws=2000, reason='')
    """
    draws = _measure_draws(predictions, measure, resampling)
    return [_make_interval(values, predictions, resampling) for values in draws.T]


def compute_differences(
    ours: Predictions,
    other: Predictions,
    *,
    measure: Measure = PredictionCounts.f1,
    resampling: Resampling = Resampling(),
) -> list[Difference]:
    """Return how much better ours is than another scoring method (a baseline) for each pool, both in the same draws.

    Returns
    -------
    list of Difference
        In the order of `list_pools`.

    Raises
    ------
    DifferentUnits
        If the two were not evaluated on the same units.

    References
    ----------
    Koehn, P. (2004). Statistical significance tests for machine translation evaluation. EMNLP, 388-395 (paired
    bootstrap resampling: the share of draws in which one is better).

    Examples
    --------
    Ours suggests the coding of either transcript, the other method that of the first: F1 1 and 2 / (2 + 0 + 1). Ours
    is not better in draws that take the first transcript twice, one in four.

    >>> truth, chosen = np.array([[1], [1]], dtype=bool), np.array([[1], [0]], dtype=bool)
    >>> ours = Predictions(("f/a",), ("S1", "S2"), np.array([0, 1]), truth, truth, truth * 0.9, truth)
    >>> other = Predictions(("f/a",), ("S1", "S2"), np.array([0, 1]), truth, truth, chosen * 0.9, chosen)
    >>> difference = compute_differences(ours, other)[0]
    >>> round(difference.value, 4), difference.interval.low, difference.interval.high
    (0.3333, 0.0, 1.0)
    >>> 0.22 < difference.not_better < 0.28
    True
    """
    check_same_units(ours, other)
    values = _measure_sample(ours, measure) - _measure_sample(other, measure)
    # Both draws have the same seed and the same sampled transcripts, so each difference is over one resample.
    draws = _measure_draws(ours, measure, resampling) - _measure_draws(other, measure, resampling)
    intervals = [_make_interval(column, ours, resampling) for column in draws.T]
    return [
        Difference(None if np.isnan(value) else float(value), interval, _share_not_better(column, interval))
        for value, column, interval in zip(values, draws.T, intervals, strict=True)
    ]


def _measure_sample(predictions: Predictions, measure: Measure) -> Floats:
    return measure_pools(predictions.counts.sum_transcripts(), list_pools(predictions.codes), measure=measure)


def _measure_draws(predictions: Predictions, measure: Measure, resampling: Resampling) -> Floats:
    """Return the measure of each pool in each draw, shape (draws, pools)."""
    counts = resample_counts(predictions.counts, draw_weights(_sampled_transcripts(predictions), resampling))
    return measure_pools(counts, list_pools(predictions.codes), measure=measure)


def _sampled_transcripts(predictions: Predictions) -> Flags:
    """Return which transcripts have an evaluated cell, shape (transcripts,)."""
    # A transcript without an evaluated cell adds nothing to any count: drawing it would only widen the interval.
    units = predictions.evaluated.any(axis=1)
    return np.bincount(predictions.transcript[units], minlength=len(predictions.transcripts)) > 0


def _make_interval(draws: Floats, predictions: Predictions, resampling: Resampling) -> Interval:
    """Return the percentile interval of one number's draws, or why there is none."""
    if _sampled_transcripts(predictions).sum() < 2:
        return Interval(None, None, 0, f"fewer than 2 {predictions.sampling_unit} to draw from")
    defined = draws[~np.isnan(draws)]
    if not len(defined):
        return Interval(None, None, 0, "not defined in any draw")
    return Interval(*percentile_interval(defined, level=resampling.level), len(defined))


def _share_not_better(draws: Floats, interval: Interval) -> float | None:
    """Return the share of draws in which a difference is not above 0; None where it has no interval."""
    return None if interval.low is None else float(np.mean(draws[~np.isnan(draws)] <= 0))
