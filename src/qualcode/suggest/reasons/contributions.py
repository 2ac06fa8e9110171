"""Why a code is suggested: what raised its probability, what spoke against it, and what it is like.

Weights are in log odds, as far as each reason moves them: +0.7 doubles the odds, -0.7 halves them. What words
weigh was learnt from other transcripts: in a transcript that was learnt from, its own part is taken off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse

from qualcode.suggest.learning.corpus import NO_INDEX
from qualcode.suggest.learning.evidence import EVIDENCE_KINDS
from qualcode.suggest.learning.learner import LabelledCorpus, Learner, ScoredCorpus
from qualcode.suggest.learning.vocabulary import FEATURE_KINDS, find_word_spans, split_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.features import CorpusFeatures, FeatureBlock

    Matrix = NDArray[np.float64]
    Places = NDArray[np.intp]
    Rows = Any

Kind = Literal["word", "around", "quote"]

_BEFORE, _AFTER, _FURTHER = "the sentence before", "the sentence after", "the sentences further around"
_ANSWER, _QUESTION = "the rest of the answer", "the question asked"
_CUES_AROUND, _DEFINITION = "cues around it", "likeness to the definition"

VIEW_LABELS = {
    "before": _BEFORE,
    "after": _AFTER,
    "answer": _ANSWER,
    "question": _QUESTION,
    "reply": "what the interviewer took up",
    "case": "attributes of the case",
    "own meaning": "its meaning",
    "meaning before": _BEFORE,
    "meaning after": _AFTER,
    "meaning of answer": _ANSWER,
    "meaning of question": _QUESTION,
}
"""Views other than a sentence's own words, with what they are called."""

EVIDENCE_LABELS = {
    "before": _BEFORE,
    "after": _AFTER,
    "further before": _FURTHER,
    "further after": _FURTHER,
    "answer": _ANSWER,
    "strongest": _ANSWER,
    "first": "its place in the answer",
    "last": "its place in the answer",
    "cues": "cues of the codebook",
    "cues before": _CUES_AROUND,
    "cues after": _CUES_AROUND,
    "cues in answer": _CUES_AROUND,
    "definition": _DEFINITION,
    "question": _QUESTION,
    "answer and definition": _DEFINITION,
    "example": "likeness to an example",
    "counterexample": "likeness to a counterexample",
}
"""Evidence that is a reason by itself: not the score, which is taken apart, nor what is the same for all codes."""

_SCORE_EVIDENCE = ("words", "rivals")
"""Evidence that follows the first step's score."""

_MIN_WEIGHT = 0.05


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that spoke for a code on a sentence, or with a weight below 0 against it."""

    kind: Kind
    text: str
    weight: float
    """In log odds; for a quote how alike it is, from 0 to 1, below 0 where it was not coded so."""
    start: int = 0
    """Where a word stands in its sentence."""
    end: int = 0
    transcript: str = ""
    """Where a quote is from."""


class Explainer:
    """Takes the probabilities of some units apart; what it needs is worked out once for all of them.

    ``weighed`` are the units that were learnt from, or with a ``source`` others; the source is what was learnt from.
    """

    def __init__(
        self, learner: Learner, weighed: ScoredCorpus, *, scored_training_units: ScoredCorpus | None = None
    ) -> None:
        self._learner = learner
        self._weighed = weighed
        self._lesson = weighed.labelled_corpus
        self._seen: CorpusFeatures = weighed.features
        self._others = scored_training_units is not None
        self._source = scored_training_units or weighed

    @cached_property
    def _score_slope(self) -> float:
        """How far a sum of evidence rises with the first step's score."""
        second, names = self._learner.second_stage, list(EVIDENCE_KINDS)
        return float(sum(second.weights[at] / second.scale[at] for at in map(names.index, _SCORE_EVIDENCE)))

    def _slope(self, unit: int, code: int) -> float:
        """Return how far the log odds rise with the first step's score."""
        return self._score_slope * float(self._learner.second_stage.slope(self._weighed.evidence[unit, code]))

    @cached_property
    def _word_weights(self) -> _WordWeights:
        return _WordWeights(self._learner, self._lesson, self._seen, others=self._others)

    @cached_property
    def _view_scores(self) -> dict[str, Matrix]:
        """What each view other than the own words adds to the score, by view, units x codes."""
        found = {view: added for view, added in self._weighed.view_scores.items() if view != "own"}
        if self._others:
            return found
        own = {
            view: weight * self._own_group_scores(look.rows, places)
            for look in self._seen.blocks
            for view, weight, places in look.iter_views()
            if view in found
        }
        return {view: added - own[view] for view, added in found.items()}

    def _own_group_scores(self, rows: Rows, places: Places) -> Matrix:
        """Return what the rows of a unit's own group add in a view (before its weight), units x codes."""
        learnt, group = self._learner.first_stage, self._lesson.labels.group
        found = np.zeros((len(group), learnt.coefficients.shape[1]))
        for number in np.unique(group[learnt.rows]):
            own = group[learnt.rows] == number
            units = np.flatnonzero(group == number)
            here, there = places[units], places[learnt.rows[own]]
            coefficients = np.where((there != NO_INDEX)[:, None], learnt.coefficients[own], 0)
            found[units] = _take_rows(
                rows[here] @ (rows[there].T @ coefficients), np.where(here != NO_INDEX, np.arange(len(units)), NO_INDEX)
            )
        return found

    def prepare(self, units: Iterable[int]) -> None:
        """Work out at once what the reasons of several units need."""
        self._word_weights.prepare(units)

    def list_reasons(self, unit: int, code: int) -> list[Reason]:
        """Return all reasons for and against a code on a unit, the weightiest first; quotes are left out."""
        found = [*self.list_word_reasons(unit, code), *self.list_context_reasons(unit, code)]
        return sorted((one for one in found if abs(one.weight) >= _MIN_WEIGHT), key=lambda one: -abs(one.weight))

    def list_word_reasons(self, unit: int, code: int) -> list[Reason]:
        """Return the weight of each word of a unit, in their order."""
        text = self._lesson.corpus.texts[unit]
        weights = self._word_weights.weights(unit, code) * self._slope(unit, code)
        return [
            Reason("word", text[start:end], float(weight), start, end)
            for (start, end), weight in zip(find_word_spans(text), weights, strict=True)
        ]

    def list_context_reasons(self, unit: int, code: int) -> list[Reason]:
        """Return what else weighs, each thing once."""
        total: dict[str, float] = {}
        slope = self._slope(unit, code)
        for view, added in self._view_scores.items():
            total[VIEW_LABELS[view]] = total.get(VIEW_LABELS[view], 0.0) + float(added[unit, code]) * slope
        pull = self._learner.second_stage.contributions(self._weighed.evidence[unit, code])
        for name, pulled in zip(EVIDENCE_KINDS, pull.tolist(), strict=True):
            if name in EVIDENCE_LABELS:
                total[EVIDENCE_LABELS[name]] = total.get(EVIDENCE_LABELS[name], 0.0) + pulled
        return [Reason("around", said, weight) for said, weight in total.items()]

    def find_nearest_quotes(self, units: Places, code: int, *, limit: int = 2) -> list[list[Reason]]:
        """Return for each unit the sentences of other groups most like it: coded so, and at the end one that is not."""
        nearest, against = (
            self.find_similar_units(units, code, limit=limit),
            self.find_similar_units(units, code, limit=1, is_coded=False),
        )
        return [
            [
                *self._quote_reasons(for_it, 1.0),
                *self._quote_reasons([one for one in not_it if one[1] > _highest_similarity(for_it)], -1.0),
            ]
            for for_it, not_it in zip(nearest, against, strict=True)
        ]

    def find_similar_units(
        self, units: Places, code: int, *, limit: int, is_coded: bool = True
    ) -> list[list[tuple[int, float]]]:
        """Return for each unit those of other groups most like it, and how alike; coded so, or else read and not."""
        taught, rows = self._source.labelled_corpus.labels, self._learner.first_stage.rows
        truth = taught.truth[rows, code]
        return self._rank_similar_units(units, rows[truth if is_coded else ~truth & taught.finished[rows, code]], limit)

    def _rank_similar_units(self, units: Places, others: Places, most: int) -> list[list[tuple[int, float]]]:
        own, theirs = self._seen.blocks[0].rows, self._source.features.blocks[0].rows
        alike = (own[units] @ theirs[others].T).toarray() / len(FEATURE_KINDS)
        if not self._others:
            group = self._lesson.labels.group
            alike[group[units][:, None] == group[others][None, :]] = 0
        best = np.argsort(-alike, axis=1, kind="stable")[:, :most]
        return [
            [(int(others[place]), float(alike[row, place])) for place in places if alike[row, place] > 0]
            for row, places in enumerate(best)
        ]

    def _quote_reasons(self, found: Sequence[tuple[int, float]], sign: float) -> Iterator[Reason]:
        corpus = self._source.labelled_corpus.corpus
        for unit, alike in found:
            name = corpus.transcripts[corpus.transcript[unit]]
            yield Reason("quote", corpus.texts[unit], sign * alike, transcript=name)


def _take_rows(values: Matrix, places: Places) -> Matrix:
    """Return the rows of values at some places, 0 where there is none."""
    return np.asarray(np.where((places != NO_INDEX)[:, None], values[places], 0))


def _highest_similarity(found: Sequence[tuple[int, float]]) -> float:
    return found[0][1] if found else 0.0


class _WordWeights:
    """What each word of a sentence adds to the first step's score, learnt from other groups."""

    def __init__(self, learner: Learner, lesson: LabelledCorpus, seen: CorpusFeatures, *, others: bool) -> None:
        self._lesson = lesson
        self._others = others
        self._learner = learner
        self._look: FeatureBlock = seen.blocks[0]
        self._weights_by_unit: dict[int, Matrix] = {}

    def weights(self, unit: int, code: int) -> Matrix:
        """Return the weight of each word of a unit."""
        self.prepare([unit])
        return np.asarray(self._weights_by_unit[unit][:, code])

    def prepare(self, units: Iterable[int]) -> None:
        """Work out the weights of the words of units, words x codes, all at once."""
        new = np.array(sorted(set(units) - self._weights_by_unit.keys()), dtype=np.intp)
        if not len(new):
            return
        shares, ends = compute_word_shares(self._learner, [self._lesson.corpus.texts[unit] for unit in new])
        of_word = np.repeat(np.arange(len(new)), np.diff(ends))
        parts = shares.multiply(self._look.rows[new][of_word]).tocsr()
        found = np.asarray(parts @ self._learner.feature_weights["own"]) - self._own_group_weights(parts, new[of_word])
        for place, unit in enumerate(new.tolist()):
            self._weights_by_unit[unit] = found[ends[place] : ends[place + 1]]

    def _own_group_weights(self, parts: Rows, unit: Places) -> Matrix:
        """Return the part of each word's weights that comes from the rows of its own group, words x codes."""
        learnt, group = self._learner.first_stage, self._lesson.labels.group
        found = np.zeros((len(unit), learnt.coefficients.shape[1]))
        for number in () if self._others else np.unique(group[unit]):
            here, inside = group[unit] == number, group[learnt.rows] == number
            found[here] = parts[here] @ (self._look.rows[learnt.rows[inside]].T @ learnt.coefficients[inside])
        return found


def compute_word_shares(learner: Learner, texts: Sequence[str]) -> tuple[Rows, Places]:
    """Return which share of each feature of a text each of its words has (words x features), and the texts' ends.

    A pair of words belongs to both by half; what a text has twice belongs to each place by half.
    """
    vocabulary = learner.featuriser.vocabulary
    said = [split_words(text) for text in texts]
    ends = np.r_[0, np.cumsum([len(words) for words in said])].astype(np.intp)
    flat = [word for words in said for word in words]
    alone = _known_counts(vocabulary.count_features(flat))
    inside = np.ones(len(flat), dtype=bool)
    inside[ends[1:][ends[1:] < len(flat)]] = False
    second = np.flatnonzero(inside & (np.arange(len(flat)) > 0))
    both = _known_counts(vocabulary.count_features([f"{flat[at - 1]} {flat[at]}" for at in second]))
    pairs = (both - alone[second] - alone[second - 1]) * 0.5
    half = sparse.csr_matrix(
        (np.ones(2 * len(second)), (np.r_[second, second - 1], np.tile(np.arange(len(second)), 2))),
        (len(flat), len(second)),
    )
    parts = (alone + half @ pairs).tocsr()
    of_text = np.repeat(np.arange(len(texts)), np.diff(ends))
    summing = sparse.csr_matrix((np.ones(len(flat)), (of_text, np.arange(len(flat)))), (len(texts), len(flat)))
    total = (summing @ parts).tocsr()
    total.data = np.where(total.data > 0, 1 / np.maximum(total.data, 1e-9), 0)
    return parts.multiply(total[of_text]).tocsr(), ends


def _known_counts(counts: Sequence[Rows]) -> Rows:
    """Return counts of all kinds of features side by side, without the columns of what is not known."""
    return sparse.hstack([rows[:, :-1] for rows in counts], format="csr")
