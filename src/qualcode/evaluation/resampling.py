"""How sure the numbers are: intervals and differences over transcripts drawn again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qualcode.evaluation.arrays import Flags, Floats
from qualcode.evaluation.counts import Counts, Measure, measured
from qualcode.evaluation.judged import Judged, same_units
from qualcode.evaluation.pools import pools


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


def weights(asked: Flags, how: Resampling = Resampling()) -> Floats:
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
    found = np.zeros((how.draws, len(asked)))
    if many:
        found[:, asked] = np.random.default_rng(how.seed).multinomial(many, np.full(many, 1 / many), size=how.draws)
    return found


def drawn(found: Counts, weight: Floats) -> Counts:
    """Return the counts in each draw, shape (draws, codes): weights @ counts by transcript."""
    columns = np.hstack([found.right, found.wrong, found.missed]).astype(np.float64)
    right, wrong, missed = np.split((weight @ columns).astype(np.int64), 3, axis=1)
    return Counts(right, wrong, missed)


def intervals(judged: Judged, *, measure: Measure = Counts.f1, how: Resampling = Resampling()) -> list[Interval]:
    """Return the percentile interval of a measure of each pool, over draws of transcripts (or cases).

    Returns
    -------
    list of Interval
        In the order of `pools`. A draw in which the measure is not defined (nothing coded, nothing suggested) is left
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
    return [_interval(column, judged, how) for column in _in_draws(judged, measure, how).T]


def differences(
    ours: Judged, other: Judged, *, measure: Measure = Counts.f1, how: Resampling = Resampling()
) -> list[Difference]:
    """Return how much better ours is than another maker (a baseline) for each pool, both in the same draws.

    Returns
    -------
    list of Difference
        In the order of `pools`. Both must have been judged over the same units.

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
    same_units(ours, other)
    values = _in_sample(ours, measure) - _in_sample(other, measure)
    draws = _in_draws(ours, measure, how) - _in_draws(other, measure, how)
    return [
        Difference(None if np.isnan(value) else float(value), bounds, _not_better(column, bounds))
        for value, column in zip(values, draws.T, strict=True)
        for bounds in [_interval(column, ours, how)]
    ]


def _in_sample(judged: Judged, measure: Measure) -> Floats:
    return measured(judged.counts.summed(), pools(judged.codes), measure=measure)


def _in_draws(judged: Judged, measure: Measure, how: Resampling) -> Floats:
    """Return the measure of each pool in each draw, shape (draws, pools)."""
    found = drawn(judged.counts, weights(_asked_in(judged), how))
    return measured(found, pools(judged.codes), measure=measure)


def _asked_in(judged: Judged) -> Flags:
    """Return in which transcripts anything was asked, shape (transcripts,)."""
    anything = judged.asked.any(axis=1)
    return np.bincount(judged.transcript[anything], minlength=len(judged.transcripts)) > 0


def _interval(values: Floats, judged: Judged, how: Resampling) -> Interval:
    """Return the percentile interval of one number's draws."""
    defined = values[~np.isnan(values)]
    if _asked_in(judged).sum() < 2:
        return Interval(None, None, 0, f"fewer than 2 {judged.sampled} to draw from")
    if not len(defined):
        return Interval(None, None, 0, "not defined in any draw")
    low, high = np.quantile(defined, [(1 - how.level) / 2, (1 + how.level) / 2])
    return Interval(float(low), float(high), len(defined))


def _not_better(values: Floats, bounds: Interval) -> float | None:
    """Return the share of draws in which a difference is not above 0; None where it has no interval."""
    return None if bounds.low is None else float(np.mean(values[~np.isnan(values)] <= 0))
