"""What a learner has to beat: the codebook's cues alone, words alone, how often a code is given at all.

Each is a maker (see `crossing.Maker`): it learns from the known cells of a lesson and chooses its thresholds there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from qualcode.evaluation.cross_validation import ScoringMethod, split_folds
from qualcode.suggest.learning.learner import LabelledCorpus
from qualcode.suggest.learning.thresholds import f1_by_threshold
from qualcode.suggest.learning.vocabulary import WORD_PATTERN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.learner import Labels

    Matrix = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Places = NDArray[np.intp]
    Rows = Any

NEVER = np.inf
"""The threshold of a code that is never suggested."""

_MIN_SENTENCES = 2
"""Sentences learnt from that a word or piece must stand in to be a feature."""


def choose_score_threshold(score: Matrix, right: Truth) -> float:
    """Return the score above 0 with the greatest F1 when all cells from it on are chosen; never if none is right.

    Unlike `thresholds.best_threshold` it is a score that was given, not one between two: cues have few different
    ones, and a score of 0 says that nothing was found.

    >>> step_threshold(np.array([0.8, 0.5, 0.5, 0.0]), np.array([True, True, False, True]))
    0.5
    """
    if not right.any():
        return NEVER
    steps, f1 = f1_by_threshold(score, right.astype(float))
    found = f1 * (steps > 0)
    return float(steps[found == found.max()].min()) if found.max() > 0 else NEVER


def score_by_cues(lesson: LabelledCorpus) -> tuple[Matrix, Matrix]:
    """Score sentences by the codebook's cues; nothing is learnt but from which score on a code is suggested."""
    return lesson.cue_scores, _choose_thresholds(lesson.cue_scores, lesson.labels)


def score_by_base_rate(lesson: LabelledCorpus) -> tuple[Matrix, Matrix]:
    """Score all sentences alike, by how often the code was given: the best that can be done is to choose them all."""
    taught = lesson.labels
    asked = taught.finished.sum(axis=0)
    rate = (taught.truth & taught.finished).sum(axis=0) / np.maximum(asked, 1)
    return np.broadcast_to(rate, taught.truth.shape), np.where(rate > 0, 0.0, NEVER)


def _choose_thresholds(score: Matrix, taught: Labels) -> Matrix:
    known = taught.finished
    columns = range(score.shape[1])
    return np.array([choose_score_threshold(score[known[:, k], k], taught.truth[known[:, k], k]) for k in columns])


def make_tfidf_method(*, inner_folds: int = 3) -> ScoringMethod:
    """Return the usual text classifier as a maker: tf-idf of the sentence alone, a logistic regression for each code.

    Features are words, pairs of words and pieces of words of 3 to 5 characters that stand in two sentences learnt
    from; classes are balanced. Thresholds have the greatest F1 on ``inner`` parts of the groups learnt from, each
    scored after learning from the others; then all of them are learnt from. Sentences are counted once for all
    folds, but which features there are and how rare each is comes from those learnt from alone.
    """
    counted = _FeatureCounter()

    def learn(lesson: LabelledCorpus) -> tuple[Matrix, Matrix]:
        taught = lesson.labels
        counts = counted.count(lesson.corpus.texts)
        groups = taught.finished_groups
        score = np.zeros(taught.truth.shape)
        for left_out in split_folds(groups, fold_count=inner_folds):
            inside = np.flatnonzero(np.isin(taught.group, left_out))
            score[inside] = _train_and_score(counts, taught.select_groups(np.setdiff1d(groups, left_out)), inside)
        everything = np.arange(len(lesson.corpus))
        return _train_and_score(counts, taught, everything), _choose_thresholds(score, taught)

    return learn


class _FeatureCounter:
    """Counts the features of the sentences of a corpus, once."""

    def __init__(self) -> None:
        self._texts: tuple[str, ...] = ()
        self._counts: Rows = None

    def count(self, texts: tuple[str, ...]) -> Rows:
        if texts is not self._texts or self._counts is None:
            self._texts, self._counts = texts, _count_features(texts)
        return self._counts


def _count_features(texts: tuple[str, ...]) -> tuple[Rows, Rows]:
    """Return how often words and pairs, and pieces of words, stand in each text; in a column for each that occurs."""
    from sklearn.feature_extraction.text import CountVectorizer

    kinds = ({"ngram_range": (1, 2), "token_pattern": WORD_PATTERN}, {"ngram_range": (3, 5), "analyzer": "char_wb"})
    try:
        words, pieces = (CountVectorizer(min_df=min(_MIN_SENTENCES, len(texts)), **kind) for kind in kinds)
        return words.fit_transform(texts), pieces.fit_transform(texts)
    except ValueError:  # no word stands in two sentences
        empty = sparse.csr_matrix((len(texts), 0))
        return empty, empty


def _compute_tfidf(counts: tuple[Rows, Rows], rows: Places) -> Rows:
    """Return tf-idf of all sentences over the features of the rows learnt from, each kind of length 1."""
    from sklearn.feature_extraction.text import TfidfTransformer

    kinds = []
    for one in counts:
        held = one[:, np.flatnonzero(np.diff(one[rows].tocsc().indptr) >= _MIN_SENTENCES)]
        kinds.append(TfidfTransformer(sublinear_tf=True).fit(held[rows]).transform(held) if held.shape[1] else held)
    return sparse.hstack(kinds, format="csr")


def _train_and_score(counts: tuple[Rows, Rows], taught: Labels, wanted: Places) -> Matrix:
    """Return probabilities of some sentences after learning from the finished ones."""
    finished = taught.finished
    rows = np.flatnonzero(finished.any(axis=1))
    weighted = _compute_tfidf(counts, rows)
    score = np.zeros((len(wanted), taught.truth.shape[1]))
    for code in range(score.shape[1]):
        asked = np.flatnonzero(finished[:, code])
        right = taught.truth[asked, code]
        if right.any() and not right.all() and weighted.shape[1]:
            score[:, code] = _fit_regression(weighted[asked], right)(weighted[wanted])
        elif right.any():
            score[:, code] = right.mean()
    return score


def _fit_regression(features: Rows, right: Truth) -> Callable[[Rows], Matrix]:
    """Return the probabilities that a balanced logistic regression gives."""
    from sklearn.linear_model import LogisticRegression

    fitted: Any = LogisticRegression(class_weight="balanced", solver="liblinear").fit(features, right)
    return lambda rows: np.asarray(fitted.predict_proba(rows)[:, 1])


@dataclass(frozen=True)
class Baseline:
    """A baseline with what it is."""

    method: ScoringMethod
    description: str


def make_baselines() -> dict[str, Baseline]:
    """Return the three baselines by name."""
    return {
        "cues": Baseline(score_by_cues, "the codebook's cues alone, from the score on that served best"),
        "tfidf": Baseline(make_tfidf_method(), "tf-idf of the sentence alone with a logistic regression for each code"),
        "base_rate": Baseline(score_by_base_rate, "every sentence, by the code's base rate"),
    }
