"""Held-out probabilities of a coder's codings, and how surprising a probability is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qualcode.evaluation.evaluation_data import EvaluationData, load_evaluation_data, load_learner_predictions
from qualcode.model import Coding
from qualcode.study.coder_state import placed_codings
from qualcode.study.study import Study
from qualcode.suggest.learning.training_data import UnitIndex
from qualcode.suggest.metrics import Predictions
from qualcode.suggest.metrics.array_types import Floats, Indices

# Limits a surprise to 20 bits: a probability of 0 would make it, and every mean with it, infinite.
_MIN_PROBABILITY = 1e-6


@dataclass
class CodingProbabilities:
    """A coder's codings in finished transcripts, with the cells of each coding in the predictions."""

    data: EvaluationData
    predictions: Predictions
    codings: list[Coding] = field(default_factory=list)
    units: list[Indices] = field(default_factory=list)
    """The sentences that each coding overlaps."""
    columns: list[int] = field(default_factory=list)
    """The column of each coding's code."""

    @property
    def probability(self) -> Floats:
        """The probability of each coding: the highest among its sentences, shape (codings,)."""
        cells = zip(self.units, self.columns, strict=True)
        return np.array([self.predictions.score[units, column].max() for units, column in cells], dtype=float)


def compute_surprise(probability: Any) -> Any:
    """Return the surprise in bits of an outcome with a probability, -log2 p: 1 for a half, 2 for a quarter.

    >>> compute_surprise(np.array([0.5, 0.25])).tolist()
    [1.0, 2.0]
    """
    return -np.log2(np.maximum(probability, _MIN_PROBABILITY))


def compute_coding_probabilities(study: Study, coder: str | None) -> CodingProbabilities:
    """Return a coder's codings in finished transcripts with their held-out probabilities."""
    data = load_evaluation_data(study, coder)
    result = CodingProbabilities(data, load_learner_predictions(data))
    unit_index = UnitIndex(data.corpus)
    columns = {code: column for column, code in enumerate(data.codes)}
    for coding in placed_codings(study, data.coder):
        if coding.code in columns:
            column = columns[coding.code]
            units = unit_index.units_of_coding(coding)
            units = units[result.predictions.evaluated[units, column]]
            if len(units):
                result.codings.append(coding)
                result.units.append(units)
                result.columns.append(column)
    return result


def coding_probabilities_note(result: CodingProbabilities) -> str:
    """Return the unit, coder and base of coding probabilities, for a note."""
    return (
        f"unit sentence (a coding has the highest probability among its sentences); coder {result.data.coder}; "
        f"{len(result.codings):,} codings, {result.data.describe_base(result.predictions)}"
    )
