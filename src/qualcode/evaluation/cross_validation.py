"""Scores of every transcript from a learner that never saw it: trained anew, from the vocabulary on, for each fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qualcode.suggest.learning.features import Embed
from qualcode.suggest.learning.learner import LabelledCorpus, train_learner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Places = NDArray[np.intp]

FOLDS = 10


@dataclass(frozen=True)
class HeldOutScores:
    """Scores of units by makers that had not learnt from them, units x codes; 0 where nothing was said."""

    score: Matrix
    chosen: Truth
    """Whether the score reaches the threshold, which was chosen without the unit as well."""


ScoringMethod = Callable[[LabelledCorpus], tuple["Matrix", "Matrix"]]
"""Learns from a lesson (known cells only) and returns scores of all its units and a threshold for each code."""


def split_folds(groups: Places, *, fold_count: int = FOLDS, seed: int = 0) -> Iterator[Places]:
    """Yield the groups to leave out each time, shuffled, as evenly as can be."""
    distinct = np.unique(groups)
    shuffled = np.random.default_rng(seed).permutation(distinct)
    yield from (np.sort(part) for part in np.array_split(shuffled, min(fold_count, len(distinct))))


def make_learner_method(lemmatize: Callable[[str], str], embed: Embed | None = None) -> ScoringMethod:
    """Return the learner as a maker that can be crossed."""

    def learn(lesson: LabelledCorpus) -> tuple[Matrix, Matrix]:
        made = train_learner(
            lesson.corpus, lesson.book, lesson.cue_scores, lesson.labels, lemmatize=lemmatize, embed=embed
        )
        return made.held_out_probability, made.learner.second_stage.thresholds

    return learn


def cross_validate(lesson: LabelledCorpus, method: ScoringMethod, *, fold_count: int = FOLDS) -> HeldOutScores:
    """Return what a maker says of each finished group after learning from the other groups alone."""
    taught = lesson.labels
    score = np.zeros(taught.truth.shape)
    chosen = np.zeros(taught.truth.shape, dtype=bool)
    for left_out in split_folds(taught.finished_groups, fold_count=fold_count):
        inside = np.isin(taught.group, left_out)
        rest = taught.select_groups(np.setdiff1d(np.unique(taught.group), left_out))
        said, threshold = method(LabelledCorpus(lesson.corpus, lesson.book, lesson.cue_scores, rest))
        score[inside] = said[inside]
        chosen[inside] = said[inside] >= threshold
    return HeldOutScores(score, chosen)
