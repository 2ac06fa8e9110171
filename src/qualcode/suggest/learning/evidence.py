"""What speaks for a code on a sentence, beside the words themselves: one row of evidence a sentence and code.

The second step of the learner weighs evidence, the same weights for every code: so much is learnt from few
interviews. It is shown scores of transcripts that the first step had not seen, as it will be in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qualcode.suggest.learning.corpus import NO_INDEX, Corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Places = NDArray[np.intp]

EVIDENCE_KINDS = {
    "words": "its own words and those around it",
    "before": "the sentence before it",
    "after": "the sentence after it",
    "further before": "the sentence before that",
    "further after": "the sentence after that",
    "answer": "the rest of the answer",
    "strongest": "the strongest sentence of the rest of the answer",
    "rivals": "how far it is above the best other code",
    "coded": "how much speaks for any code",
    "first": "being the first sentence of the answer",
    "last": "being the last sentence of the answer",
    "length": "its length",
    "answer length": "the length of the answer",
    "frequency": "how often the code is given at all",
    "cues": "cues of the codebook",
    "cues before": "cues in the sentence before it",
    "cues after": "cues in the sentence after it",
    "cues in answer": "cues in the rest of the answer",
    "definition": "likeness to the definition",
    "question": "likeness of the question to the definition",
    "answer and definition": "likeness of the answer to the definition",
    "example": "likeness to an example of the codebook",
    "counterexample": "likeness to a counterexample",
}
"""Names of evidence, in the order of its columns, with what they say."""


@dataclass(frozen=True)
class CodebookScores:
    """What is known of sentences before their words are weighed; all units x codes, from 0 to 1."""

    cue_scores: Matrix
    """Scores of the codebook's cues."""
    similarities: tuple[Matrix, ...]
    """To the definition (of the sentence, the question and the answer), to an example, to a counterexample."""


def compute_evidence(
    corpus: Corpus, score: Matrix, known: CodebookScores, *, frequency: Matrix, neighbour_scores: Matrix | None = None
) -> Matrix:
    """Return the evidence for every code on every sentence, units x codes x kinds of evidence.

    ``score`` is what the first step says (units x codes), ``frequency`` the share of sentences with each code.
    ``around``, if given, is what to believe of neighbours in the place of their score: what was decided on them.
    """
    beside = score if neighbour_scores is None else neighbour_scores
    before, after = corpus.before, corpus.after
    rest = _RestOfTurn(corpus)
    columns = [
        score,
        _take_rows(beside, before),
        _take_rows(beside, after),
        _take_rows(_take_rows(beside, before), before),
        _take_rows(_take_rows(beside, after), after),
        rest.mean(beside),
        rest.highest(beside),
        score - _best_other_score(score),
        *_sentence_evidence(corpus, score, rest),
        np.broadcast_to(np.log((frequency + 1e-4) / (1 - frequency + 1e-4)), score.shape),
        known.cue_scores,
        _take_rows(known.cue_scores, before),
        _take_rows(known.cue_scores, after),
        rest.highest(known.cue_scores),
        *known.similarities,
    ]
    return np.stack(columns, axis=-1)


def _sentence_evidence(corpus: Corpus, score: Matrix, rest: _RestOfTurn) -> list[Matrix]:
    """Return evidence that is the same for all codes of a sentence."""
    words = np.array([text.count(" ") + 1 for text in corpus.texts])
    each = (score.sum(axis=1), corpus.is_first, corpus.is_last, np.log(words), np.log(rest.length))
    return [np.broadcast_to(np.asarray(one, dtype=float)[:, None], score.shape) for one in each]


def _take_rows(values: Matrix, places: Places) -> Matrix:
    """Return the values of other units; 0 where there is none."""
    return np.where((places != NO_INDEX)[:, None], values[places], 0.0)


def _best_other_score(score: Matrix) -> Matrix:
    """Return the highest score of any other code on the same unit."""
    if score.shape[1] < 2:
        return np.zeros_like(score)
    second, best = np.partition(score, -2, axis=1)[:, -2:].T
    return np.asarray(np.where(score == best[:, None], second[:, None], best[:, None]))


class _RestOfTurn:
    """Looks at the other sentences of each sentence's turn."""

    def __init__(self, corpus: Corpus) -> None:
        self._starts = np.flatnonzero(corpus.is_first)
        sizes = np.diff(np.r_[self._starts, len(corpus)])
        self.length = np.repeat(sizes, sizes)
        self._turn = np.repeat(np.arange(len(self._starts)), sizes)

    def mean(self, values: Matrix) -> Matrix:
        """Return the mean over the other sentences; 0 where there are none."""
        if not len(values):
            return values
        others = np.add.reduceat(values, self._starts, axis=0)[self._turn] - values
        return np.asarray(others / np.maximum(self.length - 1, 1)[:, None])

    def highest(self, values: Matrix) -> Matrix:
        """Return the highest value among the other sentences; 0 where there are none."""
        if not len(values):
            return values
        best = np.maximum.reduceat(values, self._starts, axis=0)[self._turn]
        is_best = values == best
        among = np.where(is_best, -np.inf, values)
        second = np.maximum.reduceat(among, self._starts, axis=0)[self._turn]
        shared = np.add.reduceat(is_best.astype(np.intp), self._starts, axis=0)[self._turn] > 1
        rest = np.where(is_best & ~shared, second, best)
        return np.where(np.isfinite(rest), rest, 0.0)
