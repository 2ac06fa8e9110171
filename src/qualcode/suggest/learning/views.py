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

from qualcode.suggest.learning.corpus import NONE, Corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.words import Vocabulary

    Matrix = NDArray[np.float64]
    Places = NDArray[np.intp]
    Rows = Any
    """Sparse rows of features, or dense vectors."""

Embed = Callable[[Sequence[str]], "Matrix"]
"""Sentences to vectors, a row each (see `qualcode.suggest.embedding`)."""

WORDS: Mapping[str, float] = {"own": 1.0, "before": 0.35, "after": 0.35}
TURNS: Mapping[str, float] = {"answer": 1.5, "question": 0.4, "reply": 0.3, "case": 0.3}
MEANING: Mapping[str, float] = {"own meaning": 1.5, "meaning before": 0.5, "meaning after": 0.5}
TURN_MEANING: Mapping[str, float] = {"meaning of answer": 0.7, "meaning of question": 0.5}
CONSTANT = 0.1
"""Kernel of any two sentences: how often a code is given at all."""


@dataclass(frozen=True)
class Look:
    """Several views on the same rows, with the weight of each and where it looks (-1: nowhere)."""

    rows: Rows
    views: Mapping[str, float]
    places: Mapping[str, Places]

    def parts(self) -> Iterator[tuple[str, float, Places]]:
        """Yield name, weight and places of each view."""
        for view, weight in self.views.items():
            yield view, weight, self.places[view]


@dataclass(frozen=True)
class Seen:
    """A corpus of ``units`` sentences as features."""

    units: int
    looks: tuple[Look, ...]


class Viewer:
    """Looks at corpora with one vocabulary and, where there is one, one embedder."""

    def __init__(self, vocabulary: Vocabulary, embed: Embed | None = None, centre: Matrix | None = None) -> None:
        self.vocabulary = vocabulary
        self.centre = centre
        self._embed = embed

    def look(self, corpus: Corpus) -> Seen:
        """Return a corpus as features."""
        frame = _Frame(corpus)
        sentences, turns = frame.words(self.vocabulary)
        looks = [Look(sentences, WORDS, frame.places), Look(turns, TURNS, frame.places)]
        if self._embed is not None:
            own, whole = frame.meaning(self._vectors)
            looks += [Look(own, MEANING, frame.places), Look(whole, TURN_MEANING, frame.places)]
        return Seen(len(corpus), tuple(looks))

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        """Return vectors of texts, what all sentences have in common taken off, of length 1."""
        if self._embed is None or not texts:
            return np.zeros((len(texts), 1 if self.centre is None else len(self.centre)))
        vectors = np.asarray(self._embed(texts), dtype=float)
        if self.centre is None:
            self.centre = vectors.mean(axis=0)
        return _unit(vectors - self.centre)


class _Frame:
    """Where each view of a corpus looks: rows of sentences, and rows of answers, questions and cases."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._answers, answer = np.unique(corpus.turn, return_inverse=True)
        asked = np.unique(np.r_[corpus.question, corpus.reply])
        self._asked = asked[asked != NONE]
        self._told = tuple(dict.fromkeys(corpus.described))
        row_of = np.full(len(corpus.turns) + 1, NONE)
        row_of[self._asked] = len(self._answers) + np.arange(len(self._asked))
        self._answer = answer.ravel()
        self.places = {
            "own": np.arange(len(corpus)),
            "before": corpus.before,
            "after": corpus.after,
            "answer": self._answer,
            "question": row_of[corpus.question],
            "reply": row_of[corpus.reply],
            "case": self._cases(),
        }
        meant = zip([*MEANING, *TURN_MEANING], ["own", "before", "after", "answer", "question"], strict=True)
        self.places |= {view: self.places[as_words] for view, as_words in meant}

    def _cases(self) -> Places:
        if not self._told:
            return np.full(len(self._corpus), NONE)
        row = {text: len(self._answers) + len(self._asked) + number for number, text in enumerate(self._told)}
        return np.array([row[text] if text else NONE for text in self._corpus.described], dtype=np.intp)

    @property
    def _summing(self) -> Rows:
        units = len(self._corpus)
        return sparse.csr_matrix((np.ones(units), (self._answer, np.arange(units))), (len(self._answers), units))

    def words(self, vocabulary: Vocabulary) -> tuple[Rows, Rows]:
        """Return weighted rows of sentences, and of answers, questions and cases."""
        counts = vocabulary.counts(self._corpus.texts)
        others = vocabulary.counts([*self._questions(), *self._told])
        summing = self._summing
        both = [
            sparse.vstack([summing @ said, other], format="csr") for said, other in zip(counts, others, strict=True)
        ]
        return vocabulary.weighted(counts), vocabulary.weighted(both)

    def meaning(self, vectors: Callable[[Sequence[str]], Matrix]) -> tuple[Matrix, Matrix]:
        """Return vectors of sentences, and of answers and questions."""
        own = vectors(self._corpus.texts)
        return own, _unit(np.vstack([self._summing @ own, vectors(self._questions())]))

    def _questions(self) -> list[str]:
        return [self._corpus.turns[number] for number in self._asked]


def _unit(vectors: Matrix) -> Matrix:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1))


def kernel(seen: Seen, rows: Places) -> Matrix:
    """Return how alike some sentences of a corpus are, rows x rows."""
    total = np.full((len(rows), len(rows)), CONSTANT)
    for look in seen.looks:
        used = np.unique(np.concatenate([places[rows] for _, _, places in look.parts()]))
        used = used[used != NONE]
        product = look.rows[used] @ look.rows[used].T
        product = product if isinstance(product, np.ndarray) else product.toarray()
        for _, weight, places in look.parts():
            there = places[rows]
            total += weight * _looked_up(product, np.where(there == NONE, NONE, np.searchsorted(used, there)))
    return total


def _looked_up(product: Matrix, places: Places) -> Matrix:
    found = product.take(places, axis=0).take(places, axis=1)
    found[places == NONE] = 0
    found[:, places == NONE] = 0
    return found


def weights(seen: Seen, rows: Places, coefficients: Matrix) -> dict[str, Matrix]:
    """Return the weight of each feature for each code by view, features x codes."""
    found = {"constant": CONSTANT * coefficients.sum(axis=0, keepdims=True)}
    for look in seen.looks:
        for view, weight, places in look.parts():
            there = places[rows] != NONE
            shape = (look.rows.shape[0], len(rows))
            at = (places[rows][there], np.flatnonzero(there))
            found[view] = np.asarray(
                look.rows.T @ (sparse.csr_matrix((np.full(there.sum(), weight), at), shape) @ coefficients)
            )
    return found


def by_view(seen: Seen, learnt: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """Return what each view adds to the scores of all sentences, units x codes, but for views that look nowhere."""
    found = {}
    for look in seen.looks:
        for view, _, places in look.parts():
            there = places != NONE
            if there.any():
                product = np.asarray(look.rows @ learnt[view])
                found[view] = product[places] if there.all() else np.where(there[:, None], product[places], 0)
    return found


def scores(seen: Seen, learnt: Mapping[str, Matrix], added: Mapping[str, Matrix] | None = None) -> Matrix:
    """Return scores of all sentences of a corpus, units x codes, from what each view adds (see `by_view`)."""
    total = np.repeat(learnt["constant"], seen.units, axis=0)
    for one in (by_view(seen, learnt) if added is None else added).values():
        total += one
    return total
