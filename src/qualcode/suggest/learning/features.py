"""Feature views of a sentence: its own words, those around it, the question, the whole answer.

The kernel of two sentences is the sum, over views, of the view's weight times the product of their feature rows.
Since it is linear, the regression can be read as one weight for each feature, view and code. With an embedder, views
of sentence vectors are added to those of words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from qualcode.suggest.learning.corpus import NO_INDEX, Corpus, take_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.vocabulary import Vocabulary

    Matrix = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Rows = Any
    """A scipy CSR matrix or a dense array, rows x features, of floats."""

Embed = Callable[[Sequence[str]], "Matrix"]
"""Returns the vectors of sentences, sentences x dimensions (see `qualcode.suggest.embedding`)."""

# Weights were chosen by leaving out transcripts of the shipped study, and then used unchanged on two other sets.
SENTENCE_VIEWS: Mapping[str, float] = {"own": 1.0, "before": 0.35, "after": 0.35}
TURN_VIEWS: Mapping[str, float] = {"answer": 1.5, "question": 0.4, "reply": 0.3, "case": 0.3}
SENTENCE_VECTOR_VIEWS: Mapping[str, float] = {"own meaning": 1.5, "meaning before": 0.5, "meaning after": 0.5}
TURN_VECTOR_VIEWS: Mapping[str, float] = {"meaning of answer": 0.7, "meaning of question": 0.5}
CONSTANT_KERNEL = 0.1
"""Kernel of any two sentences, which fits the base rate of each code."""


@dataclass(frozen=True)
class FeatureBlock:
    """Feature rows that several views share."""

    rows: Rows
    views: Mapping[str, float]
    """Weight of each view."""
    unit_rows: Mapping[str, Indices]
    """For each view the index of each unit's row, shape (units,); `NO_INDEX` where the view is empty."""

    def iter_views(self) -> Iterator[tuple[str, float, Indices]]:
        """Yield the name, the weight and the row indices, shape (units,), of each view."""
        for view, weight in self.views.items():
            yield view, weight, self.unit_rows[view]


@dataclass(frozen=True)
class CorpusFeatures:
    """The features of a corpus of ``units`` sentences; the first block has the words of its sentences."""

    units: int
    blocks: tuple[FeatureBlock, ...]


class Featuriser:
    """Computes the features of corpora with one vocabulary and, optionally, one embedder."""

    def __init__(self, vocabulary: Vocabulary, embed: Embed | None = None) -> None:
        self.vocabulary = vocabulary
        self.centre: Matrix | None = None
        """Mean vector of the sentences of the first corpus, shape (dimensions,)."""
        self._embed = embed

    def transform(self, corpus: Corpus) -> CorpusFeatures:
        """Return the features of a corpus; the first corpus must be that of the training data."""
        rows = _ViewRows(corpus)
        sentences, turns = rows.word_features(self.vocabulary)
        blocks = [
            FeatureBlock(sentences, SENTENCE_VIEWS, rows.unit_rows),
            FeatureBlock(turns, TURN_VIEWS, rows.unit_rows),
        ]
        if self._embed is not None:
            sentence_vectors, turn_vectors = rows.vector_features(self._vectors)
            blocks += [
                FeatureBlock(sentence_vectors, SENTENCE_VECTOR_VIEWS, rows.unit_rows),
                FeatureBlock(turn_vectors, TURN_VECTOR_VIEWS, rows.unit_rows),
            ]
        return CorpusFeatures(len(corpus), tuple(blocks))

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        """Return centred vectors of length 1, texts x dimensions."""
        if self._embed is None or not texts:
            # As wide as the vectors of sentences, so that both can be stacked where no interviewer speaks.
            return np.zeros((len(texts), 1 if self.centre is None else len(self.centre)))
        # Sentence vectors share a common direction; without it cosines differ more.
        vectors = np.asarray(self._embed(texts), dtype=float)
        if self.centre is None:
            # Kept for later corpora: a batch centred by its own mean would not be comparable.
            self.centre = vectors.mean(axis=0)
        return _scale_to_unit_length(vectors - self.centre)


class _ViewRows:
    """The feature rows of a corpus: one per sentence; and one per answer, question and case, in this order."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        answer_turns, answer = np.unique(corpus.turn, return_inverse=True)
        interviewer_turns = np.unique(np.r_[corpus.question, corpus.reply])
        self._answer = answer.ravel()
        self._answer_count = len(answer_turns)
        self._question_turns = interviewer_turns[interviewer_turns != NO_INDEX]
        self._case_texts = tuple(dict.fromkeys(corpus.case_texts))
        row_of_turn = np.full(len(corpus.turns) + 1, NO_INDEX)  # the last is for the index NO_INDEX
        row_of_turn[self._question_turns] = self._answer_count + np.arange(len(self._question_turns))
        self.unit_rows = {
            "own": np.arange(len(corpus)),
            "before": corpus.before,
            "after": corpus.after,
            "answer": self._answer,
            "question": row_of_turn[corpus.question],
            "reply": row_of_turn[corpus.reply],
            "case": self._case_rows(),
        }
        word_views = ("own", "before", "after", "answer", "question")
        for view, word_view in zip([*SENTENCE_VECTOR_VIEWS, *TURN_VECTOR_VIEWS], word_views, strict=True):
            self.unit_rows[view] = self.unit_rows[word_view]

    def _case_rows(self) -> Indices:
        if not self._case_texts:
            return np.full(len(self._corpus), NO_INDEX)
        first = self._answer_count + len(self._question_turns)
        row = {text: first + number for number, text in enumerate(self._case_texts)}
        return np.array([row[text] if text else NO_INDEX for text in self._corpus.case_texts], dtype=np.intp)

    @property
    def _answer_sums(self) -> Rows:
        """Matrix that adds up the sentences of each answer, answers x units."""
        units = len(self._corpus)
        return sparse.csr_matrix((np.ones(units), (self._answer, np.arange(units))), (self._answer_count, units))

    def word_features(self, vocabulary: Vocabulary) -> tuple[Rows, Rows]:
        """Return the tf-idf rows of sentences, and of answers, questions and cases."""
        counts = vocabulary.count_features(self._corpus.texts)
        other_counts = vocabulary.count_features([*self._question_texts(), *self._case_texts])
        sums = self._answer_sums
        # Counts of an answer are sums over its sentences, so that no word pair crosses a sentence.
        turn_counts = [
            sparse.vstack([sums @ of_sentences, of_others], format="csr")
            for of_sentences, of_others in zip(counts, other_counts, strict=True)
        ]
        return vocabulary.weight_counts(counts), vocabulary.weight_counts(turn_counts)

    def vector_features(self, vectors: Callable[[Sequence[str]], Matrix]) -> tuple[Matrix, Matrix]:
        """Return the vectors of sentences, and of answers and questions."""
        own = vectors(self._corpus.texts)
        return own, _scale_to_unit_length(np.vstack([self._answer_sums @ own, vectors(self._question_texts())]))

    def _question_texts(self) -> list[str]:
        return [self._corpus.turns[turn] for turn in self._question_turns]


def _scale_to_unit_length(vectors: Matrix) -> Matrix:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1))


def compute_kernel(features: CorpusFeatures, units: Indices) -> Matrix:
    """Return the kernel of some units of a corpus, n x n, for ``units`` of shape (n,)."""
    kernel = np.full((len(units), len(units)), CONSTANT_KERNEL)
    for block in features.blocks:
        # Only rows that are used: the product is dense, and its size grows with their square.
        used = np.unique(np.concatenate([unit_rows[units] for _, _, unit_rows in block.iter_views()]))
        used = used[used != NO_INDEX]
        product = block.rows[used] @ block.rows[used].T
        product = product if isinstance(product, np.ndarray) else product.toarray()
        for _, weight, unit_rows in block.iter_views():
            rows = unit_rows[units]
            kernel += weight * _take_cells(product, np.where(rows == NO_INDEX, NO_INDEX, np.searchsorted(used, rows)))
    return kernel


def _take_cells(product: Matrix, indices: Indices) -> Matrix:
    """Return the rows and columns of a square matrix at ``indices``, with zeros where one is `NO_INDEX`."""
    cells = product.take(indices, axis=0).take(indices, axis=1)
    cells[indices == NO_INDEX] = 0
    cells[:, indices == NO_INDEX] = 0
    return cells


def compute_feature_weights(features: CorpusFeatures, units: Indices, coefficients: Matrix) -> dict[str, Matrix]:
    """Return the weight of each feature for each code by view, features x codes, with a constant of 1 x codes.

    Parameters
    ----------
    features : of the training corpus
    units : shape (n,), the training rows of the regression
    coefficients : shape (n, codes), of the regression
    """
    weights = {"constant": CONSTANT_KERNEL * coefficients.sum(axis=0, keepdims=True)}
    for block in features.blocks:
        for view, view_weight, unit_rows in block.iter_views():
            has_row = unit_rows[units] != NO_INDEX
            shape = (block.rows.shape[0], len(units))
            cells = (unit_rows[units][has_row], np.flatnonzero(has_row))
            # Sums the coefficients of all sentences with the same row before the large product.
            selection = sparse.csr_matrix((np.full(has_row.sum(), view_weight), cells), shape)
            weights[view] = np.asarray(block.rows.T @ (selection @ coefficients))
    return weights


def compute_view_scores(features: CorpusFeatures, feature_weights: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """Return the part of each view in the scores, units x codes; views that are empty for all units are left out."""
    return {
        view: take_rows(np.asarray(block.rows @ feature_weights[view]), unit_rows)
        for block in features.blocks
        for view, _, unit_rows in block.iter_views()
        # In a block without rows even the index NO_INDEX would be out of range.
        if (unit_rows != NO_INDEX).any()
    }


def compute_scores(
    features: CorpusFeatures, feature_weights: Mapping[str, Matrix], view_scores: Mapping[str, Matrix] | None = None
) -> Matrix:
    """Return the first stage's scores of a corpus, units x codes.

    Scores are on the scale of the regression's target (about 0 for not coded, 1 for coded). ``view_scores`` are those
    of `compute_view_scores`, if they have been computed.
    """
    scores = np.repeat(feature_weights["constant"], features.units, axis=0)
    for part in (compute_view_scores(features, feature_weights) if view_scores is None else view_scores).values():
        scores += part
    return scores
