"""Cross-validation: each group of transcripts is scored by a method that was trained on the other groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from qualcode.model import ReportProgress, ignore_progress
from qualcode.suggest.learning.features import Embed
from qualcode.suggest.learning.learner import LabelledCorpus, train_learner
from qualcode.suggest.metrics.array_types import Flags, Floats, Indices

FOLDS = 10


@dataclass(frozen=True)
class HeldOutScores:
    """Scores of units by a method that was not trained on them, units x codes; 0 where there is no score."""

    score: Floats
    chosen: Flags
    """Whether the score reaches the threshold, which was chosen without the unit as well."""


ScoringMethod = Callable[[LabelledCorpus], tuple[Floats, Floats]]
"""Trains on the known cells of a corpus; returns scores of all its units (units x codes) and a threshold per code."""


def split_folds(groups: Indices, *, fold_count: int = FOLDS, seed: int = 0) -> Iterator[Indices]:
    """Yield the groups to leave out in each fold: shuffled, in folds of nearly equal size."""
    distinct = np.unique(groups)
    # Ids often follow the kind of participant (S01, P01): without shuffling, a fold could leave out one kind.
    shuffled = np.random.default_rng(seed).permutation(distinct)
    yield from (np.sort(fold) for fold in np.array_split(shuffled, min(fold_count, len(distinct))))


def make_learner_method(lemmatize: Callable[[str], str], embed: Embed | None = None) -> ScoringMethod:
    """Return the learner as a scoring method."""

    def score_units(labelled: LabelledCorpus) -> tuple[Floats, Floats]:
        result = train_learner(
            labelled.corpus, labelled.book, labelled.cue_scores, labelled.labels, lemmatize=lemmatize, embed=embed
        )
        return result.held_out_probability, result.learner.second_stage.thresholds

    return score_units


def cross_validate(
    labelled: LabelledCorpus,
    method: ScoringMethod,
    *,
    fold_count: int = FOLDS,
    report_progress: ReportProgress = ignore_progress,
) -> HeldOutScores:
    """Return the scores of each finished group after training on the other groups alone."""
    labels = labelled.labels
    score = np.zeros(labels.truth.shape)
    chosen = np.zeros(labels.truth.shape, dtype=bool)
    folds = list(split_folds(labels.finished_groups, fold_count=fold_count))
    for number, left_out in enumerate(folds, 1):
        inside = np.isin(labels.group, left_out)
        # Decisions in unfinished transcripts stay in the training set, as they do when suggestions are made.
        training_labels = labels.select_groups(np.setdiff1d(np.unique(labels.group), left_out))
        fold_score, threshold = method(
            LabelledCorpus(labelled.corpus, labelled.book, labelled.cue_scores, training_labels)
        )
        score[inside] = fold_score[inside]
        chosen[inside] = fold_score[inside] >= threshold
        report_progress("cross-validation", number, len(folds))
    return HeldOutScores(score, chosen)
