"""What a sentence is known by: its own words, those around it, the question asked, the whole answer.

A view is a place to look: the kernel of two sentences is a weighted sum, over views, of how alike the words there
are. Since it is linear, what was learnt can be read as one weight for each word, view and code. Where there is an
embedder, views of meaning (vectors in the place of words) are added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from qualcode.suggest.learning.corpus import NO_INDEX, Corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.vocabulary import Vocabulary

    Matrix = NDArray[np.float64]
    Places = NDArray[np.intp]
    Rows = Any
    """Sparse rows of features, or dense vectors."""

Embed = Callable[[Sequence[str]], "Matrix"]
"""Sentences to vectors, a row each (see `qualcode.suggest.embedding`)."""

SENTENCE_VIEWS: Mapping[str, float] = {"own": 1.0, "before": 0.35, "after": 0.35}
TURN_VIEWS: Mapping[str, float] = {"answer": 1.5, "question": 0.4, "reply": 0.3, "case": 0.3}
SENTENCE_VECTOR_VIEWS: Mapping[str, float] = {"own meaning": 1.5, "meaning before": 0.5, "meaning after": 0.5}
TURN_VECTOR_VIEWS: Mapping[str, float] = {"meaning of answer": 0.7, "meaning of question": 0.5}
CONSTANT_KERNEL = 0.1
"""Kernel of any two sentences: how often a code is given at all."""


@dataclass(frozen=True)
class FeatureBlock:
    """Several views on the same rows, with the weight of each and where it looks (-1: nowhere)."""

    rows: Rows
    views: Mapping[str, float]
    unit_rows: Mapping[str, Places]

    def iter_views(self) -> Iterator[tuple[str, float, Places]]:
        """Yield name, weight and places of each view."""
        for view, weight in self.views.items():
            yield view, weight, self.unit_rows[view]


@dataclass(frozen=True)
class CorpusFeatures:
    """A corpus of ``units`` sentences as features."""

    units: int
    blocks: tuple[FeatureBlock, ...]


class Featuriser:
    """Looks at corpora with one vocabulary and, where there is one, one embedder."""

    def __init__(self, vocabulary: Vocabulary, embed: Embed | None = None, centre: Matrix | None = None) -> None:
        self.vocabulary = vocabulary
        self.centre = centre
        self._embed = embed

    def transform(self, corpus: Corpus) -> CorpusFeatures:
        """Return a corpus as features."""
        frame = _ViewRows(corpus)
        sentences, turns = frame.word_features(self.vocabulary)
        looks = [
            FeatureBlock(sentences, SENTENCE_VIEWS, frame.unit_rows),
            FeatureBlock(turns, TURN_VIEWS, frame.unit_rows),
        ]
        if self._embed is not None:
            own, whole = frame.vector_features(self._vectors)
            looks += [
                FeatureBlock(own, SENTENCE_VECTOR_VIEWS, frame.unit_rows),
                FeatureBlock(whole, TURN_VECTOR_VIEWS, frame.unit_rows),
            ]
        return CorpusFeatures(len(corpus), tuple(looks))

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        """Return vectors of texts, what all sentences have in common taken off, of length 1."""
        if self._embed is None or not texts:
            return np.zeros((len(texts), 1 if self.centre is None else len(self.centre)))
        vectors = np.asarray(self._embed(texts), dtype=float)
        if self.centre is None:
            self.centre = vectors.mean(axis=0)
        return _scale_to_unit_length(vectors - self.centre)


class _ViewRows:
    """Where each view of a corpus looks: rows of sentences, and rows of answers, questions and cases."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._answers, answer = np.unique(corpus.turn, return_inverse=True)
        asked = np.unique(np.r_[corpus.question, corpus.reply])
        self._question_turns = asked[asked != NO_INDEX]
        self._case_texts = tuple(dict.fromkeys(corpus.case_texts))
        row_of = np.full(len(corpus.turns) + 1, NO_INDEX)
        row_of[self._question_turns] = len(self._answers) + np.arange(len(self._question_turns))
        self._answer = answer.ravel()
        self.unit_rows = {
            "own": np.arange(len(corpus)),
            "before": corpus.before,
            "after": corpus.after,
            "answer": self._answer,
            "question": row_of[corpus.question],
            "reply": row_of[corpus.reply],
            "case": self._case_rows(),
        }
        meant = zip(
            [*SENTENCE_VECTOR_VIEWS, *TURN_VECTOR_VIEWS], ["own", "before", "after", "answer", "question"], strict=True
        )
        self.unit_rows |= {view: self.unit_rows[as_words] for view, as_words in meant}

    def _case_rows(self) -> Places:
        if not self._case_texts:
            return np.full(len(self._corpus), NO_INDEX)
        row = {
            text: len(self._answers) + len(self._question_turns) + number
            for number, text in enumerate(self._case_texts)
        }
        return np.array([row[text] if text else NO_INDEX for text in self._corpus.case_texts], dtype=np.intp)

    @property
    def _answer_sums(self) -> Rows:
        units = len(self._corpus)
        return sparse.csr_matrix((np.ones(units), (self._answer, np.arange(units))), (len(self._answers), units))

    def word_features(self, vocabulary: Vocabulary) -> tuple[Rows, Rows]:
        """Return weighted rows of sentences, and of answers, questions and cases."""
        counts = vocabulary.count_features(self._corpus.texts)
        others = vocabulary.count_features([*self._question_texts(), *self._case_texts])
        summing = self._answer_sums
        both = [
            sparse.vstack([summing @ said, other], format="csr") for said, other in zip(counts, others, strict=True)
        ]
        return vocabulary.weight_counts(counts), vocabulary.weight_counts(both)

    def vector_features(self, vectors: Callable[[Sequence[str]], Matrix]) -> tuple[Matrix, Matrix]:
        """Return vectors of sentences, and of answers and questions."""
        own = vectors(self._corpus.texts)
        return own, _scale_to_unit_length(np.vstack([self._answer_sums @ own, vectors(self._question_texts())]))

    def _question_texts(self) -> list[str]:
        return [self._corpus.turns[number] for number in self._question_turns]


def _scale_to_unit_length(vectors: Matrix) -> Matrix:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1))


def compute_kernel(seen: CorpusFeatures, rows: Places) -> Matrix:
    """Return how alike some sentences of a corpus are, rows x rows."""
    total = np.full((len(rows), len(rows)), CONSTANT_KERNEL)
    for look in seen.blocks:
        used = np.unique(np.concatenate([places[rows] for _, _, places in look.iter_views()]))
        used = used[used != NO_INDEX]
        product = look.rows[used] @ look.rows[used].T
        product = product if isinstance(product, np.ndarray) else product.toarray()
        for _, weight, places in look.iter_views():
            there = places[rows]
            total += weight * _take_cells(product, np.where(there == NO_INDEX, NO_INDEX, np.searchsorted(used, there)))
    return total


def _take_cells(product: Matrix, places: Places) -> Matrix:
    found = product.take(places, axis=0).take(places, axis=1)
    found[places == NO_INDEX] = 0
    found[:, places == NO_INDEX] = 0
    return found


def compute_feature_weights(seen: CorpusFeatures, rows: Places, coefficients: Matrix) -> dict[str, Matrix]:
    """Return the weight of each feature for each code by view, features x codes."""
    found = {"constant": CONSTANT_KERNEL * coefficients.sum(axis=0, keepdims=True)}
    for look in seen.blocks:
        for view, weight, places in look.iter_views():
            there = places[rows] != NO_INDEX
            shape = (look.rows.shape[0], len(rows))
            at = (places[rows][there], np.flatnonzero(there))
            found[view] = np.asarray(
                look.rows.T @ (sparse.csr_matrix((np.full(there.sum(), weight), at), shape) @ coefficients)
            )
    return found


def compute_view_scores(seen: CorpusFeatures, learnt: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """Return what each view adds to the scores of all sentences, units x codes, but for views that look nowhere."""
    found = {}
    for look in seen.blocks:
        for view, _, places in look.iter_views():
            there = places != NO_INDEX
            if there.any():
                product = np.asarray(look.rows @ learnt[view])
                found[view] = product[places] if there.all() else np.where(there[:, None], product[places], 0)
    return found


def compute_scores(
    seen: CorpusFeatures, learnt: Mapping[str, Matrix], view_scores: Mapping[str, Matrix] | None = None
) -> Matrix:
    """Return scores of all sentences of a corpus, units x codes, from what each view adds (see `compute_view_scores`)."""
    total = np.repeat(learnt["constant"], seen.units, axis=0)
    for one in (compute_view_scores(seen, learnt) if view_scores is None else view_scores).values():
        total += one
    return total
