"""Calibration: whether of the suggestions with a score of .8 four in five are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from qualcode.evaluation.metrics.array_types import Flags, Floats
from qualcode.evaluation.metrics.predictions import Predictions

CellSelection = Literal["asked", "suggested"]
CELL_SELECTIONS: tuple[CellSelection, ...] = get_args(CellSelection)
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The predictions with a score above ``low`` and up to ``high``; the first bin holds scores of 0 too."""

    number: int
    low: float
    high: float
    predictions: int
    mean_score: float | None
    share_right: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far scores are shares: over all cells ``asked``, or over the ``suggested`` ones, which a person sees."""

    over: CellSelection
    bins: tuple[Bin, ...]
    predictions: int
    ece: float | None
    """Expected calibration error, from 0 to 1; None without predictions."""
    brier: float | None
    """Brier score, from 0 to 1; None without predictions."""


def compute_calibration(judged: Predictions, *, over: CellSelection = "asked") -> Calibration:
    """Compare scores with the shares of predictions that are right.

    Parameters
    ----------
    judged
        The units; each cell (unit and code) is a prediction.
    over
        ``asked``: all cells asked, most of which nobody coded and nobody sees, so that errors look small.
        ``suggested``: the cells that were chosen: what the score beside a suggestion is worth.

    Returns
    -------
    Calibration
        Ten bins of equal width. ``ece``: how far share right and mean score are apart, a mean over bins weighted by
        their shares of the predictions.
        ``brier``: the mean over predictions of (score - right)².

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
    >>> judged = Judged(("f/a",), ("S",), np.zeros(4, dtype=int), truth, truth | True, score, score > 0.5)
    >>> every, seen = calibration(judged), calibration(judged, over="suggested")
    >>> round(every.ece, 3), round(every.brier, 3), round(seen.ece, 3), seen.bins[8].predictions
    (0.3, 0.225, 0.4, 2)
    """
    cells = judged.asked if over == "asked" else judged.suggested
    score, right = judged.score[cells], judged.truth[cells]
    many, scores, rights = _sum_bins(score, right)
    bins = tuple(_make_bin(*sums) for sums in zip(range(BINS), many, scores, rights, strict=True))
    if not len(score):
        return Calibration(over, bins, 0, None, None)
    ece = np.abs(rights - scores).sum() / len(score)  # each bin's weight is its size, which cancels out
    return Calibration(over, bins, len(score), float(ece), float(np.mean((score - right) ** 2)))


def calibration_rows(judged: Predictions) -> list[dict[str, Any]]:
    """Return the bins over the cells asked and over the suggested ones, as rows of a table."""
    return [
        {
            "over": over,
            "bin": one.number,
            "from": one.low,
            "to": one.high,
            "predictions": one.predictions,
            "mean_score": one.mean_score,
            "share_right": one.share_right,
        }
        for over in CELL_SELECTIONS
        for one in compute_calibration(judged, over=over).bins
    ]


def _sum_bins(score: Floats, right: Flags) -> Floats:
    """Return how many predictions each bin has, and the sums of their scores and of those right: shape (3, bins)."""
    place = np.searchsorted(np.arange(1, BINS) / BINS, score, "left")
    sums = (np.bincount(place, minlength=BINS), np.bincount(place, score, BINS), np.bincount(place, right, BINS))
    return np.array(sums, dtype=np.float64)


def _make_bin(place: int, many: float, scores: float, rights: float) -> Bin:
    """Return a bin from its place, its number of predictions, and the sums of their scores and of those right."""
    means = (float(scores / many), float(rights / many)) if many else (None, None)
    return Bin(place + 1, place / BINS, (place + 1) / BINS, int(many), *means)
