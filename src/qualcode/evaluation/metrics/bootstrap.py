"""How sure the numbers are: intervals and differences over transcripts drawn again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qualcode.evaluation.metrics.array_types import Flags, Floats
from qualcode.evaluation.metrics.code_pools import list_pools
from qualcode.evaluation.metrics.precision_recall import Measure, PredictionCounts, measure_pools
from qualcode.evaluation.metrics.predictions import Predictions, check_same_units


@dataclass(frozen=True, slots=True)
class Resampling:
    """How often transcripts are drawn, from which seed, and how much of the draws an interval holds."""

    draws: int = 2000
    seed: int = 0
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a number lies in most draws; None with a reason where it cannot be told."""

    low: float | None
    high: float | None
    draws: int
    """Draws in which the number is defined: only these are used."""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one maker is than another over the same units."""

    value: float | None
    """Ours less the other's, from -1 to 1; None where one of the two is not defined."""
    interval: Interval
    not_better: float | None
    """The share of draws in which ours is not above the other."""


def draw_weights(asked: Flags, resampling: Resampling = Resampling()) -> Floats:
    """Draw as many transcripts as were asked in, with replacement, and say how often each was drawn.

    Parameters
    ----------
    asked
        Transcripts in which anything was asked, shape (transcripts,): only these are drawn.
    how
        Number of draws and seed.

    Returns
    -------
    ndarray of float, shape (draws, transcripts)
        Whole numbers; each row sums to the number of transcripts asked in.

    References
    ----------
    Efron, B., Tibshirani, R. J. (1993). An introduction to the bootstrap, 6 (the draws) and 20 (a row is a resampling
    vector). Sentences of one transcript are not independent, so that transcripts are drawn, not sentences: Field,
    C. A., Welsh, A. H. (2007). Bootstrapping clustered data. JRSS B 69(3), 369-390.

    Examples
    --------
    >>> drawn = weights(np.array([True, True, False]), Resampling(draws=1000))
    >>> drawn.shape, sorted({tuple(row) for row in drawn.astype(int).tolist()})
    ((1000, 3), [(0, 2, 0), (1, 1, 0), (2, 0, 0)])
    """
    many = int(asked.sum())
    found = np.zeros((resampling.draws, len(asked)))
    if many:
        found[:, asked] = np.random.default_rng(resampling.seed).multinomial(
            many, np.full(many, 1 / many), size=resampling.draws
        )
    return found


def resample_counts(found: PredictionCounts, weight: Floats) -> PredictionCounts:
    """Return the counts in each draw, shape (draws, codes): weights @ counts by transcript."""
    columns = np.hstack([found.true_positives, found.false_positives, found.false_negatives]).astype(np.float64)
    right, wrong, missed = np.split((weight @ columns).astype(np.int64), 3, axis=1)
    return PredictionCounts(right, wrong, missed)


def compute_intervals(
    judged: Predictions, *, measure: Measure = PredictionCounts.f1, resampling: Resampling = Resampling()
) -> list[Interval]:
    """Return the percentile interval of a measure of each pool, over draws of transcripts (or cases).

    Returns
    -------
    list of Interval
        In the order of `list_pools`. A draw in which the measure is not defined (nothing coded, nothing suggested) is left
        out; a mean is over the codes that occur in the draw.

    References
    ----------
    Efron and Tibshirani (1993), 13.3 (the percentile interval). With few transcripts it is too narrow.

    Examples
    --------
    One transcript with everything right and one with everything wrong: a draw of two has F1 1, 0 or 2 / (2 + 1 + 1).

    >>> truth, chosen = np.array([[1], [0], [1]], dtype=bool), np.array([[1], [1], [0]], dtype=bool)
    >>> judged = Judged(("f/a",), ("S1", "S2"), np.array([0, 1, 1]), truth, truth | True, chosen * 0.9, chosen)
    >>> intervals(judged)[0]
    Interval(low=0.0, high=1.0, draws=2000, because='')
    """
    return [_interval(column, judged, resampling) for column in _measure_draws(judged, measure, resampling).T]


def compute_differences(
    ours: Predictions,
    other: Predictions,
    *,
    measure: Measure = PredictionCounts.f1,
    resampling: Resampling = Resampling(),
) -> list[Difference]:
    """Return how much better ours is than another maker (a baseline) for each pool, both in the same draws.

    Returns
    -------
    list of Difference
        In the order of `list_pools`. Both must have been judged over the same units.

    References
    ----------
    Koehn, P. (2004). Statistical significance tests for machine translation evaluation. EMNLP, 388-395 (paired
    bootstrap resampling: the share of draws in which one is better).

    Examples
    --------
    Ours finds the coding of either transcript, the other maker that of the first: F1 1 and 2 / (2 + 0 + 1). Ours is
    not better in draws that take the first transcript twice, one in four.

    >>> truth, chosen = np.array([[1], [1]], dtype=bool), np.array([[1], [0]], dtype=bool)
    >>> ours = Judged(("f/a",), ("S1", "S2"), np.array([0, 1]), truth, truth, truth * 0.9, truth)
    >>> other = Judged(("f/a",), ("S1", "S2"), np.array([0, 1]), truth, truth, chosen * 0.9, chosen)
    >>> found = differences(ours, other)[0]
    >>> round(found.value, 4), found.interval.low, found.interval.high, 0.22 < found.not_better < 0.28
    (0.3333, 0.0, 1.0, True)
    """
    check_same_units(ours, other)
    values = _measure_sample(ours, measure) - _measure_sample(other, measure)
    draws = _measure_draws(ours, measure, resampling) - _measure_draws(other, measure, resampling)
    return [
        Difference(None if np.isnan(value) else float(value), bounds, _not_better(column, bounds))
        for value, column in zip(values, draws.T, strict=True)
        for bounds in [_interval(column, ours, resampling)]
    ]


def _measure_sample(judged: Predictions, measure: Measure) -> Floats:
    return measure_pools(judged.counts.sum_transcripts(), list_pools(judged.codes), measure=measure)


def _measure_draws(judged: Predictions, measure: Measure, how: Resampling) -> Floats:
    """Return the measure of each pool in each draw, shape (draws, pools)."""
    found = resample_counts(judged.counts, draw_weights(_has_asked_cells(judged), how))
    return measure_pools(found, list_pools(judged.codes), measure=measure)


def _has_asked_cells(judged: Predictions) -> Flags:
    """Return in which transcripts anything was asked, shape (transcripts,)."""
    anything = judged.asked.any(axis=1)
    return np.bincount(judged.transcript[anything], minlength=len(judged.transcripts)) > 0


def _interval(values: Floats, judged: Predictions, how: Resampling) -> Interval:
    """Return the percentile interval of one number's draws."""
    defined = values[~np.isnan(values)]
    if _has_asked_cells(judged).sum() < 2:
        return Interval(None, None, 0, f"fewer than 2 {judged.sampling_unit} to draw from")
    if not len(defined):
        return Interval(None, None, 0, "not defined in any draw")
    low, high = np.quantile(defined, [(1 - how.level) / 2, (1 + how.level) / 2])
    return Interval(float(low), float(high), len(defined))


def _not_better(values: Floats, bounds: Interval) -> float | None:
    """Return the share of draws in which a difference is not above 0; None where it has no interval."""
    return None if bounds.low is None else float(np.mean(values[~np.isnan(values)] <= 0))
