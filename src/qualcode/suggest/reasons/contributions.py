"""Reasons of a suggestion: the contribution of each word and each context to its log odds, and similar sentences.

A weight is the change of the log odds: +0.7 doubles the odds, -0.7 halves them. For a training unit, the part of the
first stage that comes from its own group is subtracted, as in its held-out score.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse

from qualcode.suggest.learning.corpus import NO_INDEX, take_rows
from qualcode.suggest.learning.evidence import EVIDENCE_KINDS
from qualcode.suggest.learning.learner import LabelledCorpus, Learner, ScoredCorpus
from qualcode.suggest.learning.vocabulary import FEATURE_KINDS, find_word_spans, split_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.features import CorpusFeatures, FeatureBlock

    Matrix = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Rows = Any
    """A scipy CSR matrix, rows x features."""
    SimilarUnit = tuple[int, float]
    """Index of a unit, and its similarity from 0 to 1."""

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
"""Label of each view other than a sentence's own words."""

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
"""Label of each kind of evidence that is a reason by itself: not scores, nor what is the same for all codes."""

_SCORE_EVIDENCE = ("words", "margin")
"""Evidence that rises with the first stage's score."""

# Log odds below which a reason is noise: most words of a sentence have some tiny weight.
_MIN_WEIGHT = 0.05


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for a code on a sentence, or against it if the weight is negative."""

    kind: Kind
    text: str
    weight: float
    """In log odds; for a quote its similarity from 0 to 1, negative if it does not have the code."""
    start: int = 0
    """Offset of a word in its sentence."""
    end: int = 0
    transcript: str = ""
    """Transcript of a quote."""


class Explainer:
    """Computes the reasons of the units of a corpus; what all units share is computed once.

    Parameters
    ----------
    scored_units : the corpus that is explained
    scored_training_units : the training corpus, if ``scored_units`` is another one
    """

    def __init__(
        self, learner: Learner, scored_units: ScoredCorpus, *, scored_training_units: ScoredCorpus | None = None
    ) -> None:
        self._learner = learner
        self._scored_units = scored_units
        self._data = scored_units.labelled_corpus
        self._features: CorpusFeatures = scored_units.features
        self._is_new_corpus = scored_training_units is not None
        self._training_units = scored_training_units or scored_units

    @cached_property
    def _score_slope(self) -> float:
        """Change of the log odds before calibration, per unit of the first stage's score."""
        stage, kinds = self._learner.second_stage, list(EVIDENCE_KINDS)
        return float(sum(stage.weights[kind] / stage.scale[kind] for kind in map(kinds.index, _SCORE_EVIDENCE)))

    def _slope(self, unit: int, code: int) -> float:
        """Return the change of the log odds per unit of the first stage's score."""
        # Chain rule: weight of the score in the second stage times the slope of the calibration.
        return self._score_slope * float(self._learner.second_stage.slope(self._scored_units.evidence[unit, code]))

    @cached_property
    def _word_weights(self) -> _WordWeights:
        return _WordWeights(self._learner, self._data, self._features, is_new_corpus=self._is_new_corpus)

    @cached_property
    def _view_scores(self) -> dict[str, Matrix]:
        """Part of each view other than the own words in the first stage's scores, units x codes."""
        scores = {view: part for view, part in self._scored_units.view_scores.items() if view != "own"}
        if self._is_new_corpus:
            return scores
        own_group = {
            view: weight * self._own_group_scores(block.rows, unit_rows)
            for block in self._features.blocks
            for view, weight, unit_rows in block.iter_views()
            if view in scores
        }
        return {view: part - own_group[view] for view, part in scores.items()}

    def _own_group_scores(self, rows: Rows, unit_rows: Indices) -> Matrix:
        """Return the part of a view's scores, before its weight, that each unit's own group adds, units x codes."""
        stage, group = self._learner.first_stage, self._data.labels.group
        scores = np.zeros((len(group), stage.coefficients.shape[1]))
        for number in np.unique(group[stage.rows]):
            is_own = group[stage.rows] == number
            units = np.flatnonzero(group == number)
            explained, training = unit_rows[units], unit_rows[stage.rows[is_own]]
            coefficients = np.where((training != NO_INDEX)[:, None], stage.coefficients[is_own], 0)
            scores[units] = take_rows(
                rows[explained] @ (rows[training].T @ coefficients),
                np.where(explained != NO_INDEX, np.arange(len(units)), NO_INDEX),
            )
        return scores

    def prepare(self, units: Iterable[int]) -> None:
        """Compute what the reasons of several units need, at once and thereby faster."""
        self._word_weights.prepare(units)

    def list_reasons(self, unit: int, code: int) -> list[Reason]:
        """Return the reasons for and against a code on a unit without quotes, by descending absolute weight."""
        reasons = [*self.list_word_reasons(unit, code), *self.list_context_reasons(unit, code)]
        return sorted(
            (reason for reason in reasons if abs(reason.weight) >= _MIN_WEIGHT), key=lambda reason: -abs(reason.weight)
        )

    def list_word_reasons(self, unit: int, code: int) -> list[Reason]:
        """Return the weight of each word of a unit, in their order."""
        text = self._data.corpus.texts[unit]
        weights = self._word_weights.weights(unit, code) * self._slope(unit, code)
        return [
            Reason("word", text[start:end], float(weight), start, end)
            for (start, end), weight in zip(find_word_spans(text), weights, strict=True)
        ]

    def list_context_reasons(self, unit: int, code: int) -> list[Reason]:
        """Return the weights of views and evidence other than the own words, summed by label."""
        total: dict[str, float] = {}
        slope = self._slope(unit, code)
        for view, scores in self._view_scores.items():
            total[VIEW_LABELS[view]] = total.get(VIEW_LABELS[view], 0.0) + float(scores[unit, code]) * slope
        contributions = self._learner.second_stage.contributions(self._scored_units.evidence[unit, code])
        for kind, contribution in zip(EVIDENCE_KINDS, contributions.tolist(), strict=True):
            # The score itself is left out, because words and views are its parts.
            if kind in EVIDENCE_LABELS:
                total[EVIDENCE_LABELS[kind]] = total.get(EVIDENCE_LABELS[kind], 0.0) + contribution
        return [Reason("around", label, weight) for label, weight in total.items()]

    def find_nearest_quotes(self, units: Indices, code: int, *, limit: int = 2) -> list[list[Reason]]:
        """Return for each unit the most similar sentences of other groups with the code.

        The nearest sentence without the code follows if it is more similar than all of them.

        Parameters
        ----------
        units : shape (n,), indices of units
        limit : largest number of sentences with the code
        """
        with_code = self.find_similar_units(units, code, limit=limit)
        without_code = self.find_similar_units(units, code, limit=1, is_coded=False)
        return [
            [
                *self._quote_reasons(coded, 1.0),
                *self._quote_reasons([other for other in uncoded if other[1] > _highest_similarity(coded)], -1.0),
            ]
            for coded, uncoded in zip(with_code, without_code, strict=True)
        ]

    def find_similar_units(
        self, units: Indices, code: int, *, limit: int, is_coded: bool = True
    ) -> list[list[SimilarUnit]]:
        """Return for each unit the most similar training units of other groups, by descending similarity.

        These have the code, or with ``is_coded=False`` are finished without it. ``units`` has shape (n,).
        """
        labels, rows = self._training_units.labelled_corpus.labels, self._learner.first_stage.rows
        truth = labels.truth[rows, code]
        candidates = rows[truth if is_coded else ~truth & labels.finished[rows, code]]
        return self._rank_similar_units(units, candidates, limit)

    def _rank_similar_units(self, units: Indices, candidates: Indices, limit: int) -> list[list[SimilarUnit]]:
        own, training = self._features.blocks[0].rows, self._training_units.features.blocks[0].rows
        # The product is a sum of three cosines, one for each kind of feature.
        similarity = (own[units] @ training[candidates].T).toarray() / len(FEATURE_KINDS)
        if not self._is_new_corpus:
            group = self._data.labels.group
            # As in held-out scores: similar sentences of the same person are no independent evidence.
            similarity[group[units][:, None] == group[candidates][None, :]] = 0
        # Stable, so that of equal similarities the earlier sentence comes first on every machine.
        nearest = np.argsort(-similarity, axis=1, kind="stable")[:, :limit]
        return [
            [(int(candidates[column]), float(values[column])) for column in columns if values[column] > 0]
            for values, columns in zip(similarity, nearest, strict=True)
        ]

    def _quote_reasons(self, similar_units: Sequence[SimilarUnit], sign: float) -> Iterator[Reason]:
        corpus = self._training_units.labelled_corpus.corpus
        for unit, similarity in similar_units:
            name = corpus.transcripts[corpus.transcript[unit]]
            yield Reason("quote", corpus.texts[unit], sign * similarity, transcript=name)


def _highest_similarity(similar_units: Sequence[SimilarUnit]) -> float:
    return similar_units[0][1] if similar_units else 0.0


class _WordWeights:
    """The part of each word of a sentence in the first stage's score, as trained on other groups."""

    def __init__(
        self, learner: Learner, data: LabelledCorpus, features: CorpusFeatures, *, is_new_corpus: bool
    ) -> None:
        self._data = data
        self._is_new_corpus = is_new_corpus
        self._learner = learner
        self._block: FeatureBlock = features.blocks[0]
        self._weights_by_unit: dict[int, Matrix] = {}

    def weights(self, unit: int, code: int) -> Matrix:
        """Return the weight of each word of a unit, shape (words,)."""
        self.prepare([unit])
        return np.asarray(self._weights_by_unit[unit][:, code])

    def prepare(self, units: Iterable[int]) -> None:
        """Compute the weights of the words of units, words x codes, all at once."""
        new = np.array(sorted(set(units) - self._weights_by_unit.keys()), dtype=np.intp)
        if not len(new):
            return
        shares, ends = compute_word_shares(self._learner, [self._data.corpus.texts[unit] for unit in new])
        text_of_word = np.repeat(np.arange(len(new)), np.diff(ends))
        # A word's part of a feature times the feature's tf-idf: the parts of all words add up to the view's score.
        parts = shares.multiply(self._block.rows[new][text_of_word]).tocsr()
        weights = np.asarray(parts @ self._learner.feature_weights["own"])
        weights = weights - self._own_group_weights(parts, new[text_of_word])
        for index, unit in enumerate(new.tolist()):
            self._weights_by_unit[unit] = weights[ends[index] : ends[index + 1]]

    def _own_group_weights(self, parts: Rows, unit_of_word: Indices) -> Matrix:
        """Return the part of each word's weights that its own group adds, words x codes."""
        stage, group = self._learner.first_stage, self._data.labels.group
        weights = np.zeros((len(unit_of_word), stage.coefficients.shape[1]))
        # Sentences outside the training set have no group in it to subtract.
        for number in () if self._is_new_corpus else np.unique(group[unit_of_word]):
            words, training = group[unit_of_word] == number, group[stage.rows] == number
            weights[words] = parts[words] @ (self._block.rows[stage.rows[training]].T @ stage.coefficients[training])
        return weights


def compute_word_shares(learner: Learner, texts: Sequence[str]) -> tuple[Rows, Indices]:
    """Return the share of each word in each feature of its text, and the index of each text's first word.

    Half of a word pair belongs to each of its words; a feature that occurs twice is shared by both occurrences.

    Returns
    -------
    shares : words x features, from 0 to 1
    ends : shape (texts + 1,); the words of text ``i`` are ``ends[i]:ends[i + 1]``
    """
    vocabulary = learner.featuriser.vocabulary
    words_by_text = [split_words(text) for text in texts]
    ends = np.r_[0, np.cumsum([len(words) for words in words_by_text])].astype(np.intp)
    words = [word for text_words in words_by_text for word in text_words]
    alone = _known_counts(vocabulary.count_features(words))
    text_of_word = np.repeat(np.arange(len(texts)), np.diff(ends))
    second = np.flatnonzero(np.diff(text_of_word) == 0) + 1  # words that follow another word of their text
    pair_counts = _known_counts(vocabulary.count_features([f"{words[word - 1]} {words[word]}" for word in second]))
    # The count of a two-word text less those of its words leaves the features of the pair.
    pairs = (pair_counts - alone[second] - alone[second - 1]) * 0.5
    pair_to_words = sparse.csr_matrix(
        (np.ones(2 * len(second)), (np.r_[second, second - 1], np.tile(np.arange(len(second)), 2))),
        (len(words), len(second)),
    )
    parts = (alone + pair_to_words @ pairs).tocsr()
    sums = sparse.csr_matrix((np.ones(len(words)), (text_of_word, np.arange(len(words)))), (len(texts), len(words)))
    total = (sums @ parts).tocsr()
    # Differences of counts leave explicit zeros in the sparse matrix.
    total.data = np.where(total.data > 0, 1 / np.maximum(total.data, 1e-9), 0)
    return parts.multiply(total[text_of_word]).tocsr(), ends


def _known_counts(counts: Sequence[Rows]) -> Rows:
    """Return the counts of all kinds of features side by side, without those of unknown features."""
    return sparse.hstack([rows[:, :-1] for rows in counts], format="csr")
