"""Verdicts on the learner's suggestions, code by code, measured on finished transcripts that are left out in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from qualcode.errors import format_names
from qualcode.model import SamplingUnit
from qualcode.suggest.metrics.bootstrap import compute_intervals
from qualcode.suggest.metrics.code_quality import Quality, compute_quality
from qualcode.suggest.metrics.precision_recall import PredictionCounts
from qualcode.suggest.metrics.predictions import Predictions
from qualcode.suggest.metrics.verdicts import CodeVerdict, VerdictRule, decide_verdict
from qualcode.suggest.suggestion_request import NOT_USABLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.second_stage import LeftOutScores
    from qualcode.suggest.learning.training_data import TrainingSet
    from qualcode.suggest.metrics.array_types import Ints

    BoolArray = NDArray[np.bool_]
    Matrix = NDArray[np.float64]

_RULE = VerdictRule()
_NEVER = 2.0
"""A score that no suggestion reaches."""


@dataclass(frozen=True)
class LearnerVerdicts:
    """What left-out transcripts say about the learner's suggestions; all sequences have one value per code."""

    codes: tuple[str, ...]
    verdicts: tuple[str, ...]
    """As in `qualcode evaluate`: use, use with care, do not use."""
    reasons: tuple[str, ...]
    is_calibrated: BoolArray
    """Whether there are enough codings to compare scores with the share that is right."""
    keeps_cues: BoolArray
    """Whether cues stay beside the learner: where it is not usable, or would find fewer codings than they do."""
    min_scores: Matrix
    """Scores from which suggestions are right as often as those of cues, shape (codes,); 0 without cues."""
    calibration: str
    """What was measured, in a sentence; empty where nothing was."""
    sampling_unit: SamplingUnit

    @property
    def is_usable(self) -> BoolArray:
        """Whether the learner's suggestions are worth reading, shape (codes,); otherwise cues come first."""
        return np.array([verdict != NOT_USABLE for verdict in self.verdicts], dtype=bool)

    @property
    def score_types(self) -> list[str]:
        """Return what a score of each code is: a probability, or a score that only ranks."""
        return ["probability" if is_calibrated else "score" for is_calibrated in self.is_calibrated]

    def notes(self, *, with_cues: bool) -> Iterator[str]:
        """Yield what scores mean, and which codes are not usable; ``with_cues`` if cues come first for these."""
        yield self._score_note()
        if not self.is_usable.all():
            yield ("suggestions of the codebook's cues come first where " if with_cues else "") + self._verdict_note()

    def _score_note(self) -> str:
        uncalibrated = self._select_codes(~self.is_calibrated)
        if not uncalibrated:
            return f"scores are probabilities; {self.calibration}"
        missing = (
            f"fewer than {_RULE.min_codings} codings or {_RULE.min_transcripts} {self.sampling_unit} with the code"
        )
        if len(uncalibrated) == len(self.codes):
            return f"scores rank and are not probabilities: too little is finished to measure them ({missing})"
        return (
            f"scores are probabilities; {self.calibration}; they only rank for {format_names(uncalibrated, limit=5)} "
            f"({missing})"
        )

    def _verdict_note(self) -> str:
        names = self._select_codes(~self.is_usable)
        codes = "all codes" if len(names) == len(self.codes) else format_names(names, limit=5)
        return (
            f"on left-out {self.sampling_unit} the model is not better than cues, or too little is coded to tell "
            f"(verdict '{NOT_USABLE}'): {codes}"
        )

    def _select_codes(self, selected: BoolArray) -> list[str]:
        return [code for code, is_selected in zip(self.codes, selected, strict=True) if is_selected]


def measure_learner(training_set: TrainingSet, left_out: LeftOutScores) -> LearnerVerdicts:
    """Return the verdicts on a learner from the scores of finished transcripts that were left out."""
    data = training_set.labelled_corpus
    labels = data.labels
    predictions = Predictions(
        codes=tuple(code.id for code in data.book.codes),
        transcripts=training_set.groups,
        transcript=labels.group,
        truth=labels.truth,
        evaluated=labels.finished,
        score=left_out.probability.clip(0, 1),
        chosen=left_out.chosen,
        sampling_unit=training_set.sampling_unit,
    )
    cues = replace(predictions, score=data.cue_scores, chosen=data.cue_scores > 0)
    everything = replace(predictions, chosen=np.ones_like(predictions.truth))
    # Codes come first, then families and all codes.
    qualities = compute_quality(predictions)[: len(predictions.codes)]
    verdicts = list(_decide_verdicts(predictions, qualities, {"cues": cues, "base_rate": everything}))
    is_usable = np.array([verdict.verdict != NOT_USABLE for verdict in verdicts], dtype=bool)
    is_calibrated = np.array([_is_calibrated(quality) for quality in qualities], dtype=bool)
    has_cues = any(code.cues for code in data.book.codes)
    min_scores = choose_min_scores(predictions, cues, is_usable=is_usable) if has_cues else np.zeros(len(verdicts))
    shown = replace(predictions, chosen=predictions.chosen & (predictions.score >= min_scores))
    return LearnerVerdicts(
        predictions.codes,
        tuple(verdict.verdict for verdict in verdicts),
        tuple(verdict.reason for verdict in verdicts),
        is_calibrated,
        ~is_usable | (count_right(shown) < count_right(cues)),
        min_scores,
        _describe_calibration(predictions, is_calibrated),
        training_set.sampling_unit,
    )


def _decide_verdicts(
    predictions: Predictions, qualities: Sequence[Quality], baselines: Mapping[str, Predictions]
) -> Iterator[CodeVerdict]:
    """Yield the verdict on each code.

    The baseline of tf-idf, which `qualcode evaluate` has too, is left out: it would have to be trained.
    """
    intervals = compute_intervals(predictions, measure=PredictionCounts.f1)[: len(qualities)]
    baseline_f1s = {name: one.counts.sum_transcripts().f1().tolist() for name, one in baselines.items()}
    for code, (quality, interval) in enumerate(zip(qualities, intervals, strict=True)):
        # NaN where the code is neither coded nor suggested.
        f1s = {name: None if isnan(values[code]) else values[code] for name, values in baseline_f1s.items()}
        yield decide_verdict(quality, interval=interval, baselines=f1s, rule=_RULE)


def _is_calibrated(quality: Quality) -> bool:
    """Return whether there are enough codings to compare scores with the share that is right."""
    return quality.codings >= _RULE.min_codings and quality.transcripts >= _RULE.min_transcripts


def count_right(predictions: Predictions) -> Ints:
    """Return the number of suggestions of each code that are right, shape (codes,)."""
    return np.asarray(predictions.counts.true_positives.sum(axis=0))


def choose_min_scores(predictions: Predictions, cues: Predictions, *, is_usable: BoolArray) -> Matrix:
    """Return for each code the lowest score from which suggestions are right as often as those of cues, shape (codes,).

    One code alone has too few suggestions, so there are two scores: one of all usable codes together, and one for the
    other codes, measured on the cells of all codes that have no cue. The share of cues that are right has one right
    and one wrong suggestion added (Laplace), so that a cue without a match counts as right half of the time.
    """
    target = (float((cues.suggested & cues.coded).sum()) + 1) / (float(cues.suggested.sum()) + 2)
    usable = find_min_score(predictions, predictions.evaluated & is_usable, target=target)
    others = find_min_score(predictions, predictions.evaluated & ~cues.chosen, target=target)
    return np.where(is_usable, usable, others)


def find_min_score(predictions: Predictions, cells: BoolArray, *, target: float) -> float:
    """Return the lowest score from which the share of cells that are right is ``target``; `_NEVER` if none is.

    Because they are few, the share has to be higher by one standard error, with one right and one wrong cell added.
    """
    score, is_right = predictions.score[cells], predictions.truth[cells]
    order = np.argsort(-score, kind="stable")
    count = np.arange(1, len(order) + 1)
    share = (np.cumsum(is_right[order]) + 1) / (count + 2)
    is_enough = share - np.sqrt(share * (1 - share) / (count + 3)) >= target
    # Suggestions of equal score are shown together.
    reached = np.flatnonzero(is_enough & (np.diff(score[order], append=-1.0) != 0))
    return float(score[order][reached[-1]]) if len(reached) else _NEVER


def _describe_calibration(predictions: Predictions, is_calibrated: BoolArray) -> str:
    shown = predictions.suggested & is_calibrated
    if not shown.any():
        return "on left-out transcripts nothing was suggested" if is_calibrated.any() else ""
    mean, right = predictions.score[shown].mean(), predictions.coded[shown].mean()
    return (
        f"on left-out {predictions.sampling_unit} suggestions had a mean score of {mean:.2f}, and {right:.2f} of them "
        "were right"
    )
