"""The learner: from a coder's decisions to a probability for each sentence and code.

The first stage is a kernel ridge regression on words (see `ridge`, `features`). It also gives each training sentence
the score that it has when its own transcript is left out. The second stage is trained on these held-out scores and
other evidence (see `evidence`, `second_stage`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qualcode.errors import InsufficientDataError, name_command
from qualcode.model import Codebook
from qualcode.suggest.learning.corpus import Corpus
from qualcode.suggest.learning.entry_similarity import EntryFeatures
from qualcode.suggest.learning.evidence import CodebookScores, compute_evidence
from qualcode.suggest.learning.features import (
    CorpusFeatures,
    Embed,
    Featuriser,
    compute_feature_weights,
    compute_kernel,
    compute_scores,
    compute_view_scores,
)
from qualcode.suggest.learning.ridge import fit_ridge
from qualcode.suggest.learning.second_stage import UNTRAINED, SecondStage, fit_second_stage
from qualcode.suggest.learning.vocabulary import Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    BoolMatrix = NDArray[np.bool_]
    Indices = NDArray[np.intp]

MAX_TRAINING_ROWS = 6_000
"""Largest number of training sentences: training time grows with its cube."""
MIN_TRAINING_GROUPS = 2
"""Smallest number of finished groups: the held-out scores of one are trained on the others."""


@dataclass(frozen=True)
class Labels:
    """One coder's decisions on a corpus; all arrays but ``group`` are units x codes."""

    truth: BoolMatrix
    """Whether the unit has the code."""
    known: BoolMatrix
    """Whether this was decided: the transcript is finished for the code's family, or the code was given or rejected."""
    finished: BoolMatrix
    """Whether the transcript is finished for the code's family; base rates are estimated on these cells only."""
    group: Indices
    """Group of each unit, shape (units,). A group, which is a transcript or those of a case, is held out as a whole."""

    @property
    def finished_groups(self) -> Indices:
        """Sorted numbers of the groups with a finished cell."""
        return np.unique(self.group[self.finished.any(axis=1)])

    def select_groups(self, groups: Indices) -> Labels:
        """Return the labels with only the cells of some groups known; ``groups`` are numbers of groups."""
        inside = np.isin(self.group, groups)[:, None]
        return Labels(self.truth, self.known & inside, self.finished & inside, self.group)


@dataclass(frozen=True)
class FirstStage:
    """The fitted regression: all that takes long to train."""

    rows: Indices
    """Indices of the training units, shape (rows,): those of all groups in which anything is known."""
    coefficients: Matrix
    """Shape (rows, codes)."""
    held_out: Matrix
    """Score of each training unit by the regression without its group, shape (rows, codes)."""


@dataclass(frozen=True)
class LabelledCorpus:
    """A corpus with the codebook, cue scores and labels; codes are in the codebook's order."""

    corpus: Corpus
    book: Codebook
    cue_scores: Matrix
    """Units x codes, from 0 to 1."""
    labels: Labels


@dataclass(frozen=True)
class Learner:
    """A model trained on one coder's decisions."""

    codes: tuple[str, ...]
    featuriser: Featuriser
    entry_features: EntryFeatures
    first_stage: FirstStage
    feature_weights: Mapping[str, Matrix]
    """The first stage as weights by view, each features x codes."""
    code_frequency: Matrix
    """Share of sentences with each code, shape (codes,)."""
    second_stage: SecondStage

    def probability(self, corpus: Corpus, book: Codebook, cue_scores: Matrix) -> Matrix:
        """Return the probability of every code on every unit of a corpus without training units, units x codes.

        ``cue_scores`` is units x codes.
        """
        labelled_corpus = LabelledCorpus(corpus, book, cue_scores, empty_labels(cue_scores))
        return self.second_stage.probability(self.score_corpus(labelled_corpus).evidence)

    def score_corpus(
        self, labelled_corpus: LabelledCorpus, *, held_out: bool = False, features: CorpusFeatures | None = None
    ) -> ScoredCorpus:
        """Return the scores of each view and the evidence for every code on every unit of a corpus.

        No decision on a sentence is evidence for its neighbours: a transcript that is not finished has codings only,
        and would seem to have the code everywhere. With ``held_out``, for the training corpus, the sentences of each
        group have the scores of the regression without the group. ``features`` are those of the corpus, if they have
        been computed.
        """
        corpus = labelled_corpus.corpus
        features = features or self.featuriser.transform(corpus)
        view_scores = compute_view_scores(features, self.feature_weights)
        scores = compute_scores(features, self.feature_weights, view_scores)
        if held_out:
            # The model's own scores of training sentences repeat their labels.
            scores[self.first_stage.rows] = self.first_stage.held_out
        evidence = compute_evidence(
            corpus,
            scores,
            CodebookScores(labelled_corpus.cue_scores, self.entry_features.compute_similarities(features, corpus)),
            frequency=self.code_frequency,
        )
        return ScoredCorpus(labelled_corpus, features, view_scores, evidence)


@dataclass(frozen=True)
class ScoredCorpus:
    """A labelled corpus with its features, scores and evidence."""

    labelled_corpus: LabelledCorpus
    features: CorpusFeatures
    view_scores: Mapping[str, Matrix]
    """Part of each view in the first stage's scores, units x codes."""
    evidence: Matrix
    """Units x codes x kinds (see `EVIDENCE_KINDS`)."""


@dataclass(frozen=True)
class TrainingResult:
    """A learner with the probabilities of the corpus that it was trained on."""

    learner: Learner
    held_out_probability: Matrix
    """Units x codes; the unit's group is left out of the first stage, but not of the second."""
    scored_corpus: ScoredCorpus


def train_learner(
    corpus: Corpus,
    book: Codebook,
    cue_scores: Matrix,
    labels: Labels,
    *,
    lemmatize: Callable[[str], str],
    embed: Embed | None = None,
) -> TrainingResult:
    """Return a learner trained on the labels of a corpus.

    The first stage is not trained for a code that no transcript is finished for: nearly all its known cells are coded,
    so that every sentence would seem to have the code.

    Parameters
    ----------
    cue_scores : shape (units, codes), from 0 to 1
    lemmatize : returns the lemma of a word in lower case
    embed : returns the vectors of sentences, sentences x dimensions

    Raises
    ------
    InsufficientDataError
        If fewer than two groups are finished, or the finished cells all have the same label.
    """
    rows = select_training_rows(labels)
    featuriser = Featuriser(_build_vocabulary(corpus, rows, lemmatize), embed)
    features = featuriser.transform(corpus)
    target = labels.truth[rows].astype(float)
    known = labels.known[rows] & labels.finished[rows].any(axis=0)
    fit = fit_ridge(compute_kernel(features, rows), target, groups=labels.group[rows], known=known)
    first_stage = FirstStage(rows, fit.coefficients, fit.held_out)
    return _train_second_stage(LabelledCorpus(corpus, book, cue_scores, labels), featuriser, features, first_stage)


def resume_training(
    labelled_corpus: LabelledCorpus,
    first_stage: FirstStage,
    *,
    lemmatize: Callable[[str], str],
    embed: Embed | None = None,
) -> TrainingResult:
    """Return the result of `train_learner` from a saved first stage, which cues and definitions do not affect."""
    vocabulary = _build_vocabulary(labelled_corpus.corpus, first_stage.rows, lemmatize)
    featuriser = Featuriser(vocabulary, embed)
    return _train_second_stage(labelled_corpus, featuriser, featuriser.transform(labelled_corpus.corpus), first_stage)


def _train_second_stage(
    labelled_corpus: LabelledCorpus, featuriser: Featuriser, features: CorpusFeatures, first_stage: FirstStage
) -> TrainingResult:
    book, labels, rows = labelled_corpus.book, labelled_corpus.labels, first_stage.rows
    learner = Learner(
        tuple(code.id for code in book.codes),
        featuriser,
        EntryFeatures(book, featuriser.vocabulary),
        first_stage,
        compute_feature_weights(features, rows, first_stage.coefficients),
        _estimate_code_frequency(labels, rows),
        UNTRAINED,
    )
    scored = learner.score_corpus(labelled_corpus, held_out=True, features=features)
    second_stage = fit_second_stage(scored.evidence[rows], labels.truth[rows], labels.finished[rows])
    return TrainingResult(
        replace(learner, second_stage=second_stage), second_stage.probability(scored.evidence), scored
    )


def empty_labels(cells: Matrix) -> Labels:
    """Return labels without any decision, for the shape of ``cells``, units x codes."""
    nothing = np.zeros(cells.shape, dtype=bool)
    return Labels(nothing, nothing, nothing, np.zeros(len(cells), dtype=np.intp))


def select_training_rows(labels: Labels) -> Indices:
    """Return the sorted indices of the training units, shape (rows,), at most `MAX_TRAINING_ROWS`.

    They are all units of the groups in which anything is known: the others need a score without their group as well.

    Raises
    ------
    InsufficientDataError
        If fewer than two groups are finished, or the finished cells all have the same label.
    """
    known_groups = np.unique(labels.group[labels.known.any(axis=1)])
    rows = _sample_rows(np.flatnonzero(np.isin(labels.group, known_groups)), labels)
    _check_sufficient_data(labels, rows)
    return rows


def _build_vocabulary(corpus: Corpus, rows: Indices, lemmatize: Callable[[str], str]) -> Vocabulary:
    """Return the vocabulary of the training units; attributes of cases are added twice, to pass its minimum."""
    case_texts = sorted({corpus.case_texts[row] for row in rows} - {""}) if corpus.case_texts else []
    return Vocabulary.from_texts([*(corpus.texts[row] for row in rows), *case_texts, *case_texts], lemmatize)


def _check_sufficient_data(labels: Labels, rows: Indices) -> None:
    """Raise `InsufficientDataError` if no group can be held out or all cells have the same label."""
    finished = labels.finished[rows]
    truth = labels.truth[rows][finished]
    if len(np.unique(labels.group[rows][finished.any(axis=1)])) < MIN_TRAINING_GROUPS or not truth.any():
        way = (
            f"finish at least {MIN_TRAINING_GROUPS} transcripts of different cases with codings: {name_command('done')}"
        )
        raise InsufficientDataError(f"not enough coded data to train ({way})")
    if truth.all():
        way = f"finish a transcript in which some sentences lack a code: {name_command('done')}"
        raise InsufficientDataError(f"all sentences of the finished transcripts have all codes ({way})")


def _sample_rows(rows: Indices, labels: Labels) -> Indices:
    """Return all rows, or if they are too many a random sample of whole groups, finished groups first.

    A group has at most its share of the sample before the others have theirs, so that no group fills it alone.
    """
    if len(rows) <= MAX_TRAINING_ROWS:
        return rows
    groups, group, sizes = np.unique(labels.group[rows], return_inverse=True, return_counts=True)
    # A fixed seed: the same decisions must give the same suggestions.
    rank = np.empty(len(groups), dtype=np.intp)
    rank[np.random.default_rng(0).permutation(len(groups))] = np.arange(len(groups))
    is_unfinished = ~np.isin(groups, labels.finished_groups)
    within = np.empty(len(rows), dtype=np.intp)  # position of each row within its group
    within[np.argsort(group, kind="stable")] = np.concatenate([np.arange(size) for size in sizes])
    # The last key is the first criterion: share of the group, then finished, then the random order of groups.
    order = np.lexsort((rank[group], is_unfinished[group], within >= MAX_TRAINING_ROWS // MIN_TRAINING_GROUPS))
    return np.sort(rows[order[:MAX_TRAINING_ROWS]])


def _estimate_code_frequency(labels: Labels, rows: Indices) -> Matrix:
    """Return the share of finished cells with each code, shape (codes,), smoothed to lie strictly between 0 and 1.

    A code without finished cells has the share of all codes together.
    """
    finished, given = (cells[rows].sum(axis=0) for cells in (labels.finished, labels.truth & labels.finished))
    # Half a coding is added (Krichevsky-Trofimov), so that log odds are finite.
    overall = (given.sum() + 0.5) / (finished.sum() + 1)
    return np.asarray(np.where(finished > 0, (given + 0.5) / (finished + 1), overall))
