"""Second stage of the learner: from evidence to the probability of each code.

A logistic regression on standardised evidence, with the same weights for all codes, gives log odds. A piecewise linear
function calibrates them: sums of correlated evidence are too confident.

With few transcripts, the stage fits its own training cells too well. `cross_fit` therefore trains it in turn without a
part of the groups, to measure how good suggestions are in other transcripts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from qualcode.suggest.learning.evidence import EVIDENCE_KINDS
from qualcode.suggest.learning.logistic import fit_logistic
from qualcode.suggest.learning.thresholds import choose_thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

FOLDS = 5
"""Parts in which groups are left out by `cross_fit`."""
_MAX_DEVIATION = 8.0
"""Standard deviations from the mean beyond which evidence is clipped."""
_KNOTS = (-2.2, -0.4)
"""Log odds of the probabilities .1 and .4."""
# Of the calibration: a slope of 0 would give different sentences the same probability.
_MIN_SLOPE = 0.1
_CUES = list(EVIDENCE_KINDS).index("cues")
_DEFAULT_CUE_WEIGHT = 3.0
"""Log odds of a cue score of 1 if the training data have no cue match, so that the codebook is trusted."""
_MIN_SCALE = 1e-9
"""Standard deviation below which evidence counts as constant: rounding makes that of equal numbers not quite 0."""


@dataclass(frozen=True)
class SecondStage:
    """Weights of the kinds of evidence, the calibration, and the threshold of each code."""

    mean: Array
    """Of each kind of evidence, shape (kinds,)."""
    scale: Array
    """Standard deviation of each kind of evidence, shape (kinds,)."""
    weights: Array
    """Log odds per standard deviation, shape (kinds,)."""
    intercept: float
    """In log odds."""
    spline_weights: Array
    """Of the columns of `_spline_basis`, shape (2 + knots,)."""
    thresholds: Array
    """Probability from which each code is suggested, shape (codes,)."""

    def probability(self, evidence: Array) -> Array:
        """Return the probability of each code on each unit, units x codes, from evidence, units x codes x kinds."""
        return np.asarray(expit(_spline_basis(self._log_odds(evidence)) @ self.spline_weights))

    def contributions(self, evidence: Array) -> Array:
        """Return what each kind of evidence adds to the log odds compared with its mean, of the evidence's shape."""
        standardised = _standardise(evidence, self.mean, self.scale)
        return np.asarray(standardised * self.weights * self.slope(evidence)[..., None])

    def slope(self, evidence: Array) -> Array:
        """Return the slope of the calibration, without the last axis of ``evidence``."""
        # Each knot that is passed adds its weight to the slope.
        above = self._log_odds(evidence)[..., None] > np.array(_KNOTS)
        return np.asarray(self.spline_weights[1] + above @ self.spline_weights[2:])

    def _log_odds(self, evidence: Array) -> Array:
        """Return the log odds before calibration."""
        return np.asarray(_standardise(evidence, self.mean, self.scale) @ self.weights + self.intercept)


UNTRAINED = SecondStage(np.zeros(1), np.ones(1), np.zeros(1), 0.0, np.zeros(1), np.zeros(1))
"""Placeholder of a learner whose second stage is not trained yet."""


def fit_second_stage(evidence: Array, truth: BoolArray, known: BoolArray) -> SecondStage:
    """Return the second stage trained on the known cells.

    Parameters
    ----------
    evidence : shape (units, codes, kinds)
    truth : shape (units, codes)
    known : shape (units, codes); only cells of finished transcripts, since elsewhere most known cells are coded
    """
    cells, cell_truth = evidence[known], truth[known]
    mean, scale = cells.mean(axis=0), cells.std(axis=0)
    # Constant evidence becomes 0 and gets no weight; its rounding errors would be divided by a tiny number.
    scale[scale < _MIN_SCALE] = 1
    standardised = _standardise(cells, mean, scale)
    weights, intercept = fit_logistic(standardised, cell_truth)
    spline_weights = _fit_spline(standardised @ weights + intercept, cell_truth)
    if not cells[:, _CUES].any():
        mean[_CUES], weights[_CUES] = 0, _DEFAULT_CUE_WEIGHT
    stage = SecondStage(mean, scale, weights, intercept, spline_weights, np.zeros(truth.shape[1]))
    return replace(stage, thresholds=choose_thresholds(stage.probability(evidence), truth, known))


@dataclass(frozen=True)
class LeftOutScores:
    """Probabilities of finished cells by stages that were trained without their groups; 0 in all other cells."""

    probability: Array
    """Shape (units, codes)."""
    chosen: BoolArray
    """Whether the probability reaches its code's threshold, which was chosen without the group as well."""


def cross_fit(
    evidence: Array, truth: BoolArray, known: BoolArray, *, groups: NDArray[np.intp], fold_count: int = FOLDS
) -> LeftOutScores:
    """Return the scores of the known cells in ``fold_count`` parts of the groups, each by a stage trained on the rest.

    Parameters
    ----------
    evidence, truth, known : as for `fit_second_stage`
    groups : shape (units,); the group of each unit
    """
    probability, chosen = np.zeros(truth.shape), np.zeros(truth.shape, dtype=bool)
    # A fixed seed: the same decisions must give the same verdicts.
    shuffled = np.random.default_rng(0).permutation(np.unique(groups[known.any(axis=1)]))
    for left_out in np.array_split(shuffled, max(1, min(fold_count, len(shuffled)))):
        is_left_out = np.isin(groups, left_out)
        training_cells = known & ~is_left_out[:, None]
        # Without a coding there is nothing to learn, and nothing is suggested.
        if truth[training_cells].any():
            stage = fit_second_stage(evidence, truth, training_cells)
            probability[is_left_out] = stage.probability(evidence[is_left_out])
            chosen[is_left_out] = probability[is_left_out] >= stage.thresholds
    return LeftOutScores(np.where(known, probability, 0.0), chosen & known)


def _standardise(evidence: Array, mean: Array, scale: Array) -> Array:
    """Return evidence in standard deviations from the mean, clipped."""
    return np.asarray(np.clip((evidence - mean) / scale, -_MAX_DEVIATION, _MAX_DEVIATION))


def _spline_basis(log_odds: Array) -> Array:
    """Return the columns 1, the log odds, and their excess over each knot, in a new last axis."""
    above = np.maximum(log_odds[..., None] - np.array(_KNOTS), 0)
    return np.concatenate([np.ones_like(above[..., :1]), log_odds[..., None], above], axis=-1)


def _fit_spline(log_odds: Array, truth: BoolArray) -> Array:
    """Return the weights of a piecewise linear calibration that increases everywhere, shape (2 + knots,)."""
    weights, intercept = fit_logistic(_spline_basis(log_odds)[:, 1:], truth)
    # Slopes of the pieces from left to right; a positive minimum keeps the order of the log odds.
    slopes = np.maximum(np.cumsum(weights), _MIN_SLOPE)
    return np.asarray(np.r_[intercept, slopes[0], np.diff(slopes)])
