"""The learner: from what people decided to a probability for each sentence and code.

First a kernel ridge regression weighs words (see `fit_ridge`, `views`); it gives for every sentence the scores that it
would have had if its own transcript had not been learnt from. On those a logistic regression learns how much each
kind of evidence is worth, the same for all codes (see `compute_evidence`), and with that what a probability is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from qualcode.errors import InsufficientDataError
from qualcode.model import Codebook
from qualcode.suggest.learning.corpus import Corpus
from qualcode.suggest.learning.entry_similarity import EntryFeatures
from qualcode.suggest.learning.evidence import EVIDENCE_KINDS, CodebookScores, compute_evidence
from qualcode.suggest.learning.features import (
    CorpusFeatures,
    Embed,
    Featuriser,
    compute_feature_weights,
    compute_kernel,
    compute_scores,
    compute_view_scores,
)
from qualcode.suggest.learning.logistic import fit_logistic
from qualcode.suggest.learning.ridge import fit_ridge
from qualcode.suggest.learning.thresholds import choose_thresholds
from qualcode.suggest.learning.vocabulary import Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Places = NDArray[np.intp]

MAX_TRAINING_ROWS = 6_000
"""Sentences that are learnt from at the most: time grows with their cube."""

_MAX_DEVIATION = 8.0
_KNOTS = (-2.2, -0.4)
"""Log odds of the probabilities .1 and .4."""
_MIN_SLOPE = 0.1
_CUES_COLUMN = list(EVIDENCE_KINDS).index("cues")
_DEFAULT_CUE_WEIGHT = 3.0
"""Log odds of a cue of weight 1 where no cue was ever heard in what is finished: then the codebook is believed."""

MIN_TRAINING_GROUPS = 2
"""Finished transcripts that are needed at least: scores of one come from the others."""

_MIN_SCALE = 1e-9
"""Evidence that varies less does not vary: a mean of equal numbers is not always quite that number."""


@dataclass(frozen=True)
class Labels:
    """What a coder decided on the units of a corpus; all units x codes."""

    truth: Truth
    """Whether the code was given."""
    known: Truth
    """Whether it was asked: the transcript is finished for the code's family, or the code was given or rejected."""
    finished: Truth
    """Whether the transcript is finished for the code's family: only there are codings as frequent as they are."""
    group: Places
    """Units with one number are left out together: a transcript, or all transcripts of a case."""

    @property
    def finished_groups(self) -> Places:
        """Numbers of the groups in which anything is finished, in their order."""
        return np.unique(self.group[self.finished.any(axis=1)])

    def select_groups(self, groups: Places) -> Labels:
        """Return what was decided in some groups alone."""
        inside = np.isin(self.group, groups)[:, None]
        return Labels(self.truth, self.known & inside, self.finished & inside, self.group)


@dataclass(frozen=True)
class SecondStage:
    """The second step: what each kind of evidence is worth, and from which probability on a code is shown."""

    mean: Matrix
    scale: Matrix
    weights: Matrix
    intercept: float
    spline_weights: Matrix
    """How the slope of the log odds changes at each of the knots: sums of evidence are surer than they ought to be."""
    thresholds: Matrix

    def probability(self, found: Matrix) -> Matrix:
        """Return the probability of each code on each unit from its evidence (units x codes x kinds)."""
        return np.asarray(
            expit(_spline_basis(self._standardise(found) @ self.weights + self.intercept) @ self.spline_weights)
        )

    def contributions(self, found: Matrix) -> Matrix:
        """Return how far each kind of evidence pulls, in log odds, from what is usual."""
        return np.asarray(self._standardise(found) * self.weights * self.slope(found)[..., None])

    def slope(self, found: Matrix) -> Matrix:
        """Return how far the log odds rise with a little more evidence."""
        above = (self._standardise(found) @ self.weights + self.intercept)[..., None] > np.array(_KNOTS)
        return np.asarray(self.spline_weights[1] + above @ self.spline_weights[2:])

    def _standardise(self, found: Matrix) -> Matrix:
        """Return evidence in standard deviations from what is usual; beyond the farthest nothing more is made of it."""
        return np.asarray(np.clip((found - self.mean) / self.scale, -_MAX_DEVIATION, _MAX_DEVIATION))


@dataclass(frozen=True)
class FirstStage:
    """What the first step found, as arrays; it is all that takes long: with the texts it makes the learner again."""

    rows: Places
    """Units that were learnt from."""
    coefficients: Matrix
    """Rows x codes: how far each row speaks for each code in what is like it."""
    held_out: Matrix
    """Scores of the rows, their own group not learnt from; rows x codes."""


@dataclass(frozen=True)
class LabelledCorpus:
    """Sentences with all that is known of them; matrices are units x codes, in the codebook's order."""

    corpus: Corpus
    book: Codebook
    cue_scores: Matrix
    """Scores of the codebook's cues."""
    labels: Labels


@dataclass(frozen=True)
class Learner:
    """What was learnt from one coder's decisions under one codebook."""

    codes: tuple[str, ...]
    featuriser: Featuriser
    entry_features: EntryFeatures
    """What the codebook says of each code."""
    first_stage: FirstStage
    feature_weights: Mapping[str, Matrix]
    """Weights of features by view (features x codes)."""
    code_frequency: Matrix
    """Share of sentences with each code."""
    second_stage: SecondStage

    def probability(
        self, corpus: Corpus, book: Codebook, cue_scores: Matrix, *, labels: Labels | None = None
    ) -> Matrix:
        """Return the probability of every code on every unit of a corpus that was not learnt from.

        Neighbours in transcripts that are not finished are believed to be what was ``decided`` on them.
        """
        return self.second_stage.probability(
            self.score_corpus(LabelledCorpus(corpus, book, cue_scores, labels or empty_labels(cue_scores))).evidence
        )

    def score_corpus(
        self, labelled_corpus: LabelledCorpus, *, held_out: bool = False, features: CorpusFeatures | None = None
    ) -> ScoredCorpus:
        """Return all that speaks for and against every code on every unit of a lesson.

        With ``held_out`` the lesson is the one learnt from, and each group is scored as if the first step had left it
        out.
        """
        features = features or self.featuriser.transform(labelled_corpus.corpus)
        added = compute_view_scores(features, self.feature_weights)
        score = compute_scores(features, self.feature_weights, added)
        if held_out:
            score[self.first_stage.rows] = self.first_stage.held_out
        taught = labelled_corpus.labels
        around = np.where(taught.known & ~taught.finished, taught.truth, score)
        known = CodebookScores(
            labelled_corpus.cue_scores, self.entry_features.compute_similarities(features, labelled_corpus.corpus)
        )
        found = compute_evidence(
            labelled_corpus.corpus, score, known, frequency=self.code_frequency, neighbour_scores=around
        )
        return ScoredCorpus(labelled_corpus, features, added, found)


@dataclass(frozen=True)
class ScoredCorpus:
    """A lesson as features, with what each view adds to its scores and all evidence there is."""

    labelled_corpus: LabelledCorpus
    features: CorpusFeatures
    view_scores: Mapping[str, Matrix]
    """By view, units x codes."""
    evidence: Matrix
    """Units x codes x kinds."""


@dataclass(frozen=True)
class TrainingResult:
    """A learner with the probabilities that it gives to what it learnt from, as if that had been left out."""

    learner: Learner
    held_out_probability: Matrix
    """Units x codes; the first step has not seen the unit's group, the second has seen its evidence."""
    scored_corpus: ScoredCorpus
    """What these probabilities follow from."""


def train_learner(
    corpus: Corpus,
    book: Codebook,
    cue_scores: Matrix,
    labels: Labels,
    *,
    lemmatize: Callable[[str], str],
    embed: Embed | None = None,
) -> TrainingResult:
    """Learn from decisions on a corpus; ``cues`` are scores of the codebook's cues, units x codes.

    The words of a code that is finished nowhere are not weighed: of it nearly all that is known are codings, and next
    to nothing but codings every sentence seems to have the code.

    Raises `InsufficientDataError` where there is too little to learn from.
    """
    rows = select_training_rows(labels)
    viewer = Featuriser(Vocabulary.of(_vocabulary_texts(corpus, rows), lemmatize), embed)
    seen = viewer.transform(corpus)
    truth = labels.truth[rows].astype(float)
    known = labels.known[rows] & labels.finished[rows].any(axis=0)
    found = fit_ridge(compute_kernel(seen, rows), truth, groups=labels.group[rows], known=known)
    first = FirstStage(rows, found.coefficients, found.held_out)
    return _train_second_stage(LabelledCorpus(corpus, book, cue_scores, labels), viewer, seen, first)


def resume_training(
    labelled_corpus: LabelledCorpus,
    first_stage: FirstStage,
    *,
    lemmatize: Callable[[str], str],
    embed: Embed | None = None,
) -> TrainingResult:
    """Return what `train_learner` would, from what was kept of its first step: cues and definitions may have changed since."""
    viewer = Featuriser(Vocabulary.of(_vocabulary_texts(labelled_corpus.corpus, first_stage.rows), lemmatize), embed)
    return _train_second_stage(labelled_corpus, viewer, viewer.transform(labelled_corpus.corpus), first_stage)


def _train_second_stage(
    lesson: LabelledCorpus, viewer: Featuriser, seen: CorpusFeatures, first: FirstStage
) -> TrainingResult:
    """Learn the second step."""
    taught, rows = lesson.labels, first.rows
    learnt = compute_feature_weights(seen, rows, first.coefficients)
    codes = tuple(code.id for code in lesson.book.codes)
    entries = EntryFeatures(lesson.book, viewer.vocabulary)
    learner = Learner(codes, viewer, entries, first, learnt, _estimate_code_frequency(taught, rows), _UNTRAINED)
    shown = learner.score_corpus(replace(lesson, labels=empty_labels(lesson.cue_scores)), held_out=True, features=seen)
    second = _fit_second_stage(shown.evidence[rows], taught.truth[rows], taught.finished[rows])
    if (taught.known & ~taught.finished).any():
        shown = learner.score_corpus(lesson, held_out=True, features=seen)
    shown = replace(shown, labelled_corpus=lesson)
    return TrainingResult(replace(learner, second_stage=second), second.probability(shown.evidence), shown)


def empty_labels(cells: Matrix) -> Labels:
    """Return that nothing was decided on any cell."""
    nothing = np.zeros(cells.shape, dtype=bool)
    return Labels(nothing, nothing, nothing, np.zeros(len(cells), dtype=np.intp))


def select_training_rows(taught: Labels) -> Places:
    """Return the units that are learnt from; refuse where they are too few."""
    rows = _sample_rows(np.flatnonzero(taught.known.any(axis=1)), taught)
    _check_enough(taught, rows)
    return rows


_UNTRAINED = SecondStage(np.zeros(1), np.ones(1), np.zeros(1), 0.0, np.zeros(1), np.zeros(1))
"""The second step before it is learnt."""


def _vocabulary_texts(corpus: Corpus, rows: Places) -> list[str]:
    """Return the texts that the vocabulary is learnt from."""
    told = sorted({corpus.case_texts[row] for row in rows} - {""}) if corpus.case_texts else []
    return [*(corpus.texts[row] for row in rows), *told, *told]


def _check_enough(taught: Labels, rows: Places) -> None:
    """Refuse to learn where nothing could be left out, or nothing told apart."""
    finished = taught.finished[rows]
    given = taught.truth[rows][finished]
    if len(np.unique(taught.group[rows][finished.any(axis=1)])) < MIN_TRAINING_GROUPS or not given.any():
        way = f"finish at least {MIN_TRAINING_GROUPS} transcripts of different cases with codings: 'qualcode done'"
        raise InsufficientDataError(f"too little to learn from ({way})")
    if given.all():
        raise InsufficientDataError("nothing to tell apart: all finished sentences have all codes that were asked")


def _sample_rows(rows: Places, taught: Labels) -> Places:
    """Return all rows, or a fair sample of them where they are too many: whole groups, finished ones first.

    A group has no more than its share of the rows before others have theirs, so that it is never learnt from alone.
    """
    if len(rows) <= MAX_TRAINING_ROWS:
        return rows
    groups, group, sizes = np.unique(taught.group[rows], return_inverse=True, return_counts=True)
    rank = np.empty(len(groups), dtype=np.intp)
    rank[np.random.default_rng(0).permutation(len(groups))] = np.arange(len(groups))
    open_ones = ~np.isin(groups, taught.finished_groups)
    within = np.empty(len(rows), dtype=np.intp)
    within[np.argsort(group, kind="stable")] = np.concatenate([np.arange(size) for size in sizes])
    order = np.lexsort((rank[group], open_ones[group], within >= MAX_TRAINING_ROWS // MIN_TRAINING_GROUPS))
    return np.sort(rows[order[:MAX_TRAINING_ROWS]])


def _estimate_code_frequency(taught: Labels, rows: Places) -> Matrix:
    """Return how often each code is given where it was asked, between 0 and 1 even where it never is.

    A code that was asked nowhere is taken to be as frequent as codes are.
    """
    asked, given = (cells[rows].sum(axis=0) for cells in (taught.finished, taught.truth & taught.finished))
    usual = (given.sum() + 0.5) / (asked.sum() + 1)
    return np.asarray(np.where(asked > 0, (given + 0.5) / (asked + 1), usual))


def _fit_second_stage(found: Matrix, truth: Truth, known: Truth) -> SecondStage:
    """Learn what evidence is worth from units x codes x kinds where all was read: else codings were too frequent."""
    cells, right = found[known], truth[known]
    mean, scale = cells.mean(axis=0), cells.std(axis=0)
    scale[scale < _MIN_SCALE] = 1
    usual = np.clip((cells - mean) / scale, -_MAX_DEVIATION, _MAX_DEVIATION)
    worth, base = fit_logistic(usual, right)
    bends = _fit_spline(usual @ worth + base, right)
    if not cells[:, _CUES_COLUMN].any():
        mean[_CUES_COLUMN], worth[_CUES_COLUMN] = 0, _DEFAULT_CUE_WEIGHT
    empty = SecondStage(mean, scale, worth, base, bends, np.zeros(truth.shape[1]))
    return replace(empty, thresholds=choose_thresholds(empty.probability(found), truth, known))


def _spline_basis(log_odds: Matrix) -> Matrix:
    """Return log odds as columns, the last axis: 1, themselves, and how far they are above each knot."""
    above = np.maximum(log_odds[..., None] - np.array(_KNOTS), 0)
    return np.concatenate([np.ones_like(above[..., :1]), log_odds[..., None], above], axis=-1)


def _fit_spline(log_odds: Matrix, right: Truth) -> Matrix:
    """Learn what log odds are worth: a line with bends at the knots that rises everywhere."""
    weights, base = fit_logistic(_spline_basis(log_odds)[:, 1:], right)
    slopes = np.maximum(np.cumsum(weights), _MIN_SLOPE)
    return np.asarray(np.r_[base, slopes[0], np.diff(slopes)])
