"""Calibration: whether four in five suggestions with a score of .8 are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from qualcode.suggest.metrics.array_types import Flags, Floats
from qualcode.suggest.metrics.predictions import Predictions

CellSelection = Literal["asked", "suggested"]
"""``asked``: all evaluated cells; ``suggested``: those that are suggested to a person."""
CELL_SELECTIONS: tuple[CellSelection, ...] = get_args(CellSelection)
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The cells with a score above ``low`` and up to ``high``; the first bin includes scores of 0."""

    number: int
    low: float
    high: float
    predictions: int
    mean_score: float | None
    share_right: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well scores match the shares of cells that are right."""

    over: CellSelection
    bins: tuple[Bin, ...]
    predictions: int
    ece: float | None
    """Expected calibration error, from 0 to 1; None without predictions."""
    brier: float | None
    """Brier score, from 0 to 1; None without predictions."""


def compute_calibration(predictions: Predictions, *, over: CellSelection = "asked") -> Calibration:
    """Compare scores with the shares of cells that are right.

    Parameters
    ----------
    predictions
        Each cell (unit and code) counts as one prediction.
    over
        ``asked``: all evaluated cells; most are uncoded with a score near 0, which makes errors look small.
        ``suggested``: the suggested cells, so how far a person can trust the score of a suggestion.

    Returns
    -------
    Calibration
        Ten bins of equal width. ``ece``: the absolute difference of share right and mean score, averaged over bins
        with the number of predictions as weight. ``brier``: the mean over predictions of (score - right)².

    References
    ----------
    Naeini, M. P., Cooper, G. F., Hauskrecht, M. (2015). Obtaining well calibrated probabilities using Bayesian binning.
    AAAI, 2901-2907; bins closed above as in Guo, C. et al. (2017). On calibration of modern neural networks. ICML,
    1321-1330. Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather Review
    78(1), 1-3 (half of his sum over both outcomes).

    Examples
    --------
    Two cells at .9, one right: off by .4; two at .2, none right: off by .2. (2 * .4 + 2 * .2) / 4; the Brier score is
    (.01 + .81 + .04 + .04) / 4.

    >>> truth, score = np.array([[1], [0], [0], [0]], dtype=bool), np.array([[0.9], [0.9], [0.2], [0.2]])
    >>> predictions = Predictions(("f/a",), ("S",), np.zeros(4, dtype=int), truth, truth | True, score, score > 0.5)
    >>> every, shown = compute_calibration(predictions), compute_calibration(predictions, over="suggested")
    >>> round(every.ece, 3), round(every.brier, 3), round(shown.ece, 3), shown.bins[8].predictions
    (0.3, 0.225, 0.4, 2)
    """
    cells = predictions.evaluated if over == "asked" else predictions.suggested
    score, right = predictions.score[cells], predictions.truth[cells]
    counts, score_sums, right_sums = _sum_bins(score, right)
    bins = tuple(_make_bin(*sums) for sums in zip(range(BINS), counts, score_sums, right_sums, strict=True))
    if not len(score):
        return Calibration(over, bins, 0, None, None)
    ece = np.abs(right_sums - score_sums).sum() / len(score)  # each bin's weight is its size, which cancels out
    return Calibration(over, bins, len(score), float(ece), float(np.mean((score - right) ** 2)))


def calibration_rows(predictions: Predictions) -> list[dict[str, Any]]:
    """Return the bins over all evaluated cells and over the suggested ones, as rows of a table."""
    return [
        {
            "over": over,
            "bin": score_bin.number,
            "from": score_bin.low,
            "to": score_bin.high,
            "predictions": score_bin.predictions,
            "mean_score": score_bin.mean_score,
            "share_right": score_bin.share_right,
        }
        for over in CELL_SELECTIONS
        for score_bin in compute_calibration(predictions, over=over).bins
    ]


def _sum_bins(score: Floats, right: Flags) -> Floats:
    """Return of each bin the number of predictions, the sum of scores and the number right, shape (3, bins)."""
    # Side 'left' closes bins above; the limits are divided as in `_make_bin`, since .3 and 3 * .1 are different floats.
    index = np.searchsorted(np.arange(1, BINS) / BINS, score, "left")
    sums = (np.bincount(index, minlength=BINS), np.bincount(index, score, BINS), np.bincount(index, right, BINS))
    return np.array(sums, dtype=np.float64)


def _make_bin(index: int, count: float, score_sum: float, right_sum: float) -> Bin:
    means = (float(score_sum / count), float(right_sum / count)) if count else (None, None)
    return Bin(index + 1, index / BINS, (index + 1) / BINS, int(count), *means)
