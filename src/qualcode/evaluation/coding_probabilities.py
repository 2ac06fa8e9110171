"""Coding probabilities: split from consistency."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation.evaluation_data import EvaluationData, load_evaluation_data, load_or_compute_scores
from qualcode.evaluation.metrics import Predictions
from qualcode.model import Coding
from qualcode.study.coder_state import placed_codings
from qualcode.study.study import Study
from qualcode.suggest.learning.training_data import UnitIndex
from qualcode.suggest.suggestion_request import LEARNER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.intp]


_MIN_PROBABILITY = 1e-6


@dataclass
class CodingProbabilities:
    """A coder's codings with the probability of each; ``said`` is what they were counted over."""

    data: EvaluationData
    predictions: Predictions
    codings: list[Coding] = field(default_factory=list)
    units: list[Places] = field(default_factory=list)
    """The sentences that each coding touches."""
    columns: list[int] = field(default_factory=list)

    @property
    def probability(self) -> NDArray[np.float64]:
        """The highest probability among each coding's sentences: a passage is as likely as its likeliest sentence."""
        pairs = zip(self.units, self.columns, strict=True)
        return np.array([self.predictions.score[units, column].max() for units, column in pairs], dtype=float)


def compute_surprise(probability: Any) -> Any:
    """Return how surprising it is, in bits, that something with a probability is so: 1 for a half, 2 for a quarter.

    >>> surprise(np.array([0.5, 0.25])).tolist()
    [1.0, 2.0]
    """
    return -np.log2(np.maximum(probability, _MIN_PROBABILITY))


def compute_coding_probabilities(study: Study, coder: str | None) -> CodingProbabilities:
    """Lay a coder's codings beside the sentences of finished transcripts."""
    on = load_evaluation_data(study, coder)
    found = CodingProbabilities(on, on.to_predictions(load_or_compute_scores(on, LEARNER, on.make_learner_method)))
    sentences = UnitIndex(on.training_set.labelled_corpus.corpus)
    column = {code: place for place, code in enumerate(on.codes)}
    for coding in placed_codings(study, on.training_set.coder):
        if coding.code in column:
            units = sentences.units_of_coding(coding)
            units = units[found.predictions.asked[units, column[coding.code]]]
            if len(units):
                found.codings.append(coding)
                found.units.append(units)
                found.columns.append(column[coding.code])
    return found
