"""Baselines for the learner: cues alone, words alone, and the base rate of each code.

Each is a scoring method (see `cross_validation.ScoringMethod`): it is trained on the known cells of a labelled corpus
and chooses its thresholds there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from qualcode.evaluation.cross_validation import ScoringMethod, split_folds
from qualcode.suggest.learning.learner import LabelledCorpus, Labels
from qualcode.suggest.learning.thresholds import f1_by_threshold
from qualcode.suggest.learning.vocabulary import WORD_PATTERN
from qualcode.suggest.metrics.array_types import Flags, Floats, Indices

SparseMatrix = Any

NEVER = np.inf
"""The threshold of a code that is never suggested."""

_MIN_SENTENCES = 2
"""Training sentences that must contain a word or character n-gram for it to be a feature."""


def choose_score_threshold(score: Floats, right: Flags) -> float:
    """Return the score above 0 with the highest F1 when all cells from it on are chosen; `NEVER` if none is right.

    Unlike `thresholds.best_threshold` it is one of the scores, not a number between two: cues have few distinct
    scores, and a score of 0 means that no cue matched.

    >>> choose_score_threshold(np.array([0.8, 0.5, 0.5, 0.0]), np.array([True, True, False, True]))
    0.5
    """
    if not right.any():
        return NEVER
    thresholds, f1 = f1_by_threshold(score, right.astype(float))
    positive_f1 = f1 * (thresholds > 0)
    return float(thresholds[positive_f1 == positive_f1.max()].min()) if positive_f1.max() > 0 else NEVER


def score_by_cues(labelled: LabelledCorpus) -> tuple[Floats, Floats]:
    """Score sentences by the codebook's cues; only the threshold of each code is learned."""
    return labelled.cue_scores, _choose_thresholds(labelled.cue_scores, labelled.labels)


def score_by_base_rate(labelled: LabelledCorpus) -> tuple[Floats, Floats]:
    """Score all sentences by the share of finished sentences with the code; every sentence is chosen."""
    labels = labelled.labels
    finished = labels.finished.sum(axis=0)
    # Unfinished cells are left out: what is coded there is mostly positive and would raise the rate.
    rate = (labels.truth & labels.finished).sum(axis=0) / np.maximum(finished, 1)
    # A threshold of 0 selects every sentence; a code that never occurs in training must not be suggested.
    return np.broadcast_to(rate, labels.truth.shape), np.where(rate > 0, 0.0, NEVER)


def _choose_thresholds(score: Floats, labels: Labels) -> Floats:
    finished = labels.finished
    columns = range(score.shape[1])
    return np.array(
        [choose_score_threshold(score[finished[:, k], k], labels.truth[finished[:, k], k]) for k in columns]
    )


def make_tfidf_method(*, inner_folds: int = 3) -> ScoringMethod:
    """Return a usual text classifier: tf-idf of the sentence alone, with one logistic regression per code.

    Features are words, word pairs, and character n-grams of 3 to 5 that occur in two training sentences; classes are
    balanced. Thresholds have the highest F1 in an inner cross-validation over the training groups; then the method is
    trained on all of them. Sentences are counted once for all folds, but the choice of features and their inverse
    document frequencies come from the training sentences alone.
    """
    counter = _FeatureCounter()

    def score_units(labelled: LabelledCorpus) -> tuple[Floats, Floats]:
        labels = labelled.labels
        counts = counter.count(labelled.corpus.texts)
        groups = labels.finished_groups
        held_out_score = np.zeros(labels.truth.shape)
        for left_out in split_folds(groups, fold_count=inner_folds):
            rows = np.flatnonzero(np.isin(labels.group, left_out))
            training_labels = labels.select_groups(np.setdiff1d(groups, left_out))
            # Scores of training sentences are too high, and thresholds chosen on them would be too high as well.
            held_out_score[rows] = _train_and_score(counts, training_labels, rows)
        all_rows = np.arange(len(labelled.corpus))
        return _train_and_score(counts, labels, all_rows), _choose_thresholds(held_out_score, labels)

    return score_units


class _FeatureCounter:
    """Counts the features of the sentences of a corpus, once for all folds."""

    def __init__(self) -> None:
        self._texts: tuple[str, ...] = ()
        self._counts: tuple[SparseMatrix, SparseMatrix] | None = None

    def count(self, texts: tuple[str, ...]) -> tuple[SparseMatrix, SparseMatrix]:
        # All folds have the same tuple, so identity is enough; comparing the texts would take time in each fold.
        if texts is not self._texts or self._counts is None:
            self._texts, self._counts = texts, _count_features(texts)
        return self._counts


def _count_features(texts: tuple[str, ...]) -> tuple[SparseMatrix, SparseMatrix]:
    """Return the counts of words and word pairs, and of character n-grams, each texts x features."""
    from sklearn.feature_extraction.text import CountVectorizer

    kinds = ({"ngram_range": (1, 2), "token_pattern": WORD_PATTERN}, {"ngram_range": (3, 5), "analyzer": "char_wb"})
    try:
        words, ngrams = (CountVectorizer(min_df=min(_MIN_SENTENCES, len(texts)), **kind) for kind in kinds)
        return words.fit_transform(texts), ngrams.fit_transform(texts)
    except ValueError:  # no word is in two sentences
        empty = sparse.csr_matrix((len(texts), 0))
        return empty, empty


def _compute_tfidf(counts: tuple[SparseMatrix, SparseMatrix], training_rows: Indices) -> SparseMatrix:
    """Return tf-idf of all sentences over the features of the training rows; rows have length 1 for each kind."""
    from sklearn.feature_extraction.text import TfidfTransformer

    weighted = []
    for kind in counts:
        # In CSC form each column's number of stored entries is the number of training sentences with the feature.
        document_frequency = np.diff(kind[training_rows].tocsc().indptr)
        features = kind[:, np.flatnonzero(document_frequency >= _MIN_SENTENCES)]
        if features.shape[1]:
            features = TfidfTransformer(sublinear_tf=True).fit(features[training_rows]).transform(features)
        weighted.append(features)
    return sparse.hstack(weighted, format="csr")


def _train_and_score(counts: tuple[SparseMatrix, SparseMatrix], labels: Labels, rows: Indices) -> Floats:
    """Return the probabilities of some sentences, shape (rows, codes), after training on the finished sentences."""
    finished = labels.finished
    tfidf = _compute_tfidf(counts, np.flatnonzero(finished.any(axis=1)))
    score = np.zeros((len(rows), labels.truth.shape[1]))
    for code in range(score.shape[1]):
        training_rows = np.flatnonzero(finished[:, code])
        coded = labels.truth[training_rows, code]
        if coded.any() and not coded.all() and tfidf.shape[1]:
            score[:, code] = _fit_regression(tfidf[training_rows], coded)(tfidf[rows])
        elif coded.any():  # a regression needs both classes and a feature
            score[:, code] = coded.mean()
    return score


def _fit_regression(features: SparseMatrix, coded: Flags) -> Callable[[SparseMatrix], Floats]:
    """Return the function from features to the probabilities of a class-balanced logistic regression."""
    from sklearn.linear_model import LogisticRegression

    model: Any = LogisticRegression(class_weight="balanced", solver="liblinear").fit(features, coded)
    return lambda rows: np.asarray(model.predict_proba(rows)[:, 1])


def make_baselines() -> dict[str, ScoringMethod]:
    """Return the scoring methods of the three baselines by name."""
    return {"cues": score_by_cues, "tfidf": make_tfidf_method(), "base_rate": score_by_base_rate}
