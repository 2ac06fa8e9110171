"""Evidence: the features of the second stage, for every unit and code.

The second stage has one weight for each kind of evidence, the same for every code, so that it can be trained on few
interviews. It is trained on held-out scores of the first stage, which are like those of new transcripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qualcode.suggest.learning.corpus import Corpus, take_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

EVIDENCE_KINDS = {
    "words": "the first stage's score",
    "before": "the score of the sentence before it",
    "after": "the score of the sentence after it",
    "further before": "the score of the second sentence before it",
    "further after": "the score of the second sentence after it",
    "answer": "the mean score of the rest of the answer",
    "strongest": "the highest score in the rest of the answer",
    "margin": "the score less that of the best other code",
    "all codes": "the sum of the scores of all codes",
    "first": "whether it is the first sentence of the answer",
    "last": "whether it is the last sentence of the answer",
    "length": "the log of its number of words",
    "answer length": "the log of the number of sentences of the answer",
    "frequency": "the log odds of the code's base rate",
    "cues": "the cue score",
    "cues before": "the cue score of the sentence before it",
    "cues after": "the cue score of the sentence after it",
    "cues in answer": "the highest cue score in the rest of the answer",
    "definition": "similarity to the definition",
    "question": "similarity of the question to the definition",
    "answer and definition": "similarity of the answer to the definition",
    "example": "similarity to the nearest example",
    "counterexample": "similarity to the nearest counterexample",
}
"""Kinds of evidence in the order of the last axis of the evidence array, with what each one measures."""


@dataclass(frozen=True)
class CodebookScores:
    """Scores of units from the codebook alone; all arrays are units x codes, from 0 to 1."""

    cue_scores: Matrix
    similarities: tuple[Matrix, ...]
    """The five of `EntryFeatures.compute_similarities`."""


def compute_evidence(
    corpus: Corpus,
    scores: Matrix,
    codebook_scores: CodebookScores,
    *,
    frequency: Matrix,
) -> Matrix:
    """Return the evidence for every code on every unit, units x codes x kinds (see `EVIDENCE_KINDS`).

    Parameters
    ----------
    scores : shape (units, codes), of the first stage
    frequency : shape (codes,), the share of sentences with each code, from 0 to 1
    """
    before, after = corpus.before, corpus.after
    rest = _RestOfTurn(corpus)
    columns = [
        scores,
        take_rows(scores, before),
        take_rows(scores, after),
        # Two steps along the neighbours of a turn; beyond its ends NO_INDEX gives 0.
        take_rows(take_rows(scores, before), before),
        take_rows(take_rows(scores, after), after),
        rest.mean(scores),
        rest.max(scores),
        scores - _best_other_score(scores),
        *_sentence_evidence(corpus, scores, rest),
        # 1e-4 keeps the log odds finite for a code that none or all of the sentences have.
        np.broadcast_to(np.log((frequency + 1e-4) / (1 - frequency + 1e-4)), scores.shape),
        codebook_scores.cue_scores,
        take_rows(codebook_scores.cue_scores, before),
        take_rows(codebook_scores.cue_scores, after),
        rest.max(codebook_scores.cue_scores),
        *codebook_scores.similarities,
    ]
    return np.stack(columns, axis=-1)


def _sentence_evidence(corpus: Corpus, scores: Matrix, rest: _RestOfTurn) -> list[Matrix]:
    """Return the evidence that is the same for all codes of a unit, each units x codes."""
    # Spaces are counted instead of words, which is fast and enough for a logarithm.
    words = np.array([text.count(" ") + 1 for text in corpus.texts])
    by_unit = (scores.sum(axis=1), corpus.is_first, corpus.is_last, np.log(words), np.log(rest.length))
    return [np.broadcast_to(np.asarray(values, dtype=float)[:, None], scores.shape) for values in by_unit]


def _best_other_score(scores: Matrix) -> Matrix:
    """Return the highest score of any other code on the same unit, units x codes."""
    if scores.shape[1] < 2:
        return np.zeros_like(scores)
    second, best = np.partition(scores, -2, axis=1)[:, -2:].T
    return np.asarray(np.where(scores == best[:, None], second[:, None], best[:, None]))


class _RestOfTurn:
    """Aggregates values over the other sentences of each sentence's turn."""

    def __init__(self, corpus: Corpus) -> None:
        # Sentences of one turn are consecutive, so that reduceat can aggregate them from these starts.
        self._starts = np.flatnonzero(corpus.is_first)
        sizes = np.diff(np.r_[self._starts, len(corpus)])
        self.length = np.repeat(sizes, sizes)
        """Number of sentences of each unit's turn, shape (units,)."""
        self._turn = np.repeat(np.arange(len(self._starts)), sizes)

    def mean(self, values: Matrix) -> Matrix:
        """Return the mean of the other sentences, units x codes; 0 where there are none."""
        if not len(values):
            return values
        others = np.add.reduceat(values, self._starts, axis=0)[self._turn] - values
        return np.asarray(others / np.maximum(self.length - 1, 1)[:, None])

    def max(self, values: Matrix) -> Matrix:
        """Return the highest value of the other sentences, units x codes; 0 where there are none."""
        if not len(values):
            return values
        best = np.maximum.reduceat(values, self._starts, axis=0)[self._turn]
        # The highest value of the others is the best, or the second if the sentence itself is the only best.
        is_best = values == best
        without_best = np.where(is_best, -np.inf, values)
        second = np.maximum.reduceat(without_best, self._starts, axis=0)[self._turn]
        is_tied = np.add.reduceat(is_best.astype(np.intp), self._starts, axis=0)[self._turn] > 1
        rest = np.where(is_best & ~is_tied, second, best)
        # A turn of one sentence has no other value: -inf.
        return np.where(np.isfinite(rest), rest, 0.0)
