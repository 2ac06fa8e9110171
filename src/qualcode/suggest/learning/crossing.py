"""Scores of every transcript from a learner that never saw it: trained anew, from the vocabulary on, for each fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qualcode.suggest.learning.learner import Lesson, train
from qualcode.suggest.learning.views import Embed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Places = NDArray[np.intp]

FOLDS = 10


@dataclass(frozen=True)
class Crossed:
    """Scores of units by makers that had not learnt from them, units x codes; 0 where nothing was said."""

    score: Matrix
    chosen: Truth
    """Whether the score reaches the threshold, which was chosen without the unit as well."""


Maker = Callable[[Lesson], tuple["Matrix", "Matrix"]]
"""Learns from a lesson (known cells only) and returns scores of all its units and a threshold for each code."""


def folds(groups: Places, *, parts: int = FOLDS, seed: int = 0) -> Iterator[Places]:
    """Yield the groups to leave out each time, shuffled, as evenly as can be."""
    distinct = np.unique(groups)
    shuffled = np.random.default_rng(seed).permutation(distinct)
    yield from (np.sort(part) for part in np.array_split(shuffled, min(parts, len(distinct))))


def learner(lemma: Callable[[str], str], embed: Embed | None = None) -> Maker:
    """Return the learner as a maker that can be crossed."""

    def learn(lesson: Lesson) -> tuple[Matrix, Matrix]:
        made = train(lesson.corpus, lesson.book, lesson.cues, lesson.taught, lemma=lemma, embed=embed)
        return made.held_out, made.learner.second.thresholds

    return learn


def crossed(lesson: Lesson, maker: Maker, *, parts: int = FOLDS) -> Crossed:
    """Return what a maker says of each finished group after learning from the other groups alone."""
    taught = lesson.taught
    score = np.zeros(taught.truth.shape)
    chosen = np.zeros(taught.truth.shape, dtype=bool)
    for left_out in folds(taught.finished_groups, parts=parts):
        inside = np.isin(taught.group, left_out)
        rest = taught.only(np.setdiff1d(np.unique(taught.group), left_out))
        said, threshold = maker(Lesson(lesson.corpus, lesson.book, lesson.cues, rest))
        score[inside] = said[inside]
        chosen[inside] = said[inside] >= threshold
    return Crossed(score, chosen)
