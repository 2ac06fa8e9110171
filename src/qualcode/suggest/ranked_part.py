"""The ranked part: the probability of every code on the sentences of some transcripts, and what is suggested there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qualcode.errors import format_names, name_command, name_option
from qualcode.model import family_of
from qualcode.segments import count_words
from qualcode.study.study import Study
from qualcode.suggest.learning.training_data import TrainingSet, index_units
from qualcode.suggest.learning.vocabulary import split_words
from qualcode.suggest.metrics.learner_verdicts import LearnerVerdicts
from qualcode.suggest.suggestion_request import CUE_MAKER, LEARNER, CueUse, SuggestionRequest
from qualcode.suggest.suggestion_table import Suggestions, suggestion_id

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning import TrainingResult
    from qualcode.suggest.learning.learner import ScoredCorpus
    from qualcode.suggest.reasons.contributions import Explainer, Reason

_MAX_FILLER_WORDS = 2
"""Words of a sentence that the model suggests nothing for, unless the same words were coded: "Yeah, sure." """

Cell = tuple[int, int]
"""A unit (sentence) and a code by their numbers in the corpus and the learner."""


class RankedPart:
    """The probability of every code on every sentence of some transcripts, for one coder."""

    def __init__(
        self,
        study: Study,
        training_set: TrainingSet,
        trained: TrainingResult,
        verdicts: LearnerVerdicts,
        cues: Suggestions,
        *,
        scored_training_units: ScoredCorpus | None = None,
    ) -> None:
        self._study = study
        self.verdicts = verdicts
        self._scored_training_units = scored_training_units
        self._scored_units: ScoredCorpus | None = None if scored_training_units else trained.scored_corpus
        self._cues = cues
        self.data = training_set
        self.trained = trained
        # Never the score of a model that was trained on the sentence itself: that would only repeat its label.
        self.probability = trained.held_out_probability

    def _select_model_cells(self, min_score: float | None, *, cue_use: CueUse = "none") -> NDArray[np.bool_]:
        """Return which cells the model suggests, from a score or else each code's threshold on, (units, codes)."""
        if min_score == 0:  # everything, to look up any score
            return np.ones(self.probability.shape, dtype=bool)
        lowest = self.trained.learner.second_stage.thresholds if min_score is None else np.full(1, min_score)
        if min_score is None and cue_use == "where better":
            # In the place of cues or beside them, only suggestions that are right as often.
            lowest = np.maximum(lowest, self.verdicts.min_scores)
        return np.asarray((self.probability >= lowest) & ~self._fillers)

    @cached_property
    def _fillers(self) -> NDArray[np.bool_]:
        """Cells of sentences of one or two words without a cue, unless the same words were given the code elsewhere."""
        texts = self.data.labelled_corpus.corpus.texts
        fillers = self.data.labelled_corpus.cue_scores == 0
        coded = self.scored_training_units.labelled_corpus
        short = {unit: tuple(split_words(text)) for unit, text in enumerate(texts) if is_filler(text)}
        fillers[[unit for unit in range(len(texts)) if unit not in short]] = False
        for unit, text in enumerate(coded.corpus.texts):
            if is_filler(text) and coded.labels.truth[unit].any():
                same = [other for other, words in short.items() if words == tuple(split_words(text))]
                fillers[np.ix_(same, coded.labels.truth[unit])] = False
        return np.asarray(fillers)

    def _select_cue_cells(self, cue_use: CueUse, min_score: float) -> NDArray[np.bool_]:
        """Return which cells are suggestions of cues, shape (units, codes)."""
        cue_scores = self.data.labelled_corpus.cue_scores
        is_cue_code = {
            "none": np.zeros(cue_scores.shape[1], dtype=bool),
            "where better": self.verdicts.keeps_cues,
            "all": np.ones(cue_scores.shape[1], dtype=bool),
        }[cue_use]
        return np.asarray((cue_scores > 0) & (cue_scores >= min_score) & is_cue_code)

    @property
    def scored_units(self) -> ScoredCorpus:
        """The scored corpus of this part; computed again after `drop_caches`."""
        if self._scored_units is None:
            self._scored_units = self.trained.learner.score_corpus(self.data.labelled_corpus)
        return self._scored_units

    @cached_property
    def explainer(self) -> Explainer:
        """The explainer of this part's probabilities."""
        from qualcode.suggest.reasons.contributions import Explainer

        return Explainer(self.trained.learner, self.scored_units, scored_training_units=self._scored_training_units)

    @property
    def scored_training_units(self) -> ScoredCorpus:
        """The scored corpus of the training set."""
        return self._scored_training_units or self.scored_units

    def drop_caches(self) -> None:
        """Free what only explanations need; the training set's own part keeps it."""
        if self._scored_training_units is not None:
            self._scored_units = None
            self.__dict__.pop("explainer", None)

    def rank_other_sentences(self, training_set: TrainingSet, cues: Suggestions) -> RankedPart:
        """Return the ranked part of sentences outside the training set, by the same learner."""
        # These sentences are in no training group, so the plain scores are those of a new transcript.
        scored = self.trained.learner.score_corpus(training_set.labelled_corpus)
        probability = self.trained.learner.second_stage.probability(scored.evidence)
        trained = replace(self.trained, held_out_probability=probability)
        part = RankedPart(
            self._study, training_set, trained, self.verdicts, cues, scored_training_units=self.scored_training_units
        )
        part._scored_units = scored
        return part

    def suggest(self, request: SuggestionRequest) -> Suggestions:
        """Return the requested suggestions with their reasons."""
        return self.add_reasons(self.select_candidates(request))

    def notes(self, request: SuggestionRequest) -> list[str]:
        """Return notes on the training set, on the meaning of scores, and on codes that are not usable."""
        finished = len(self.data.labelled_corpus.labels.finished_groups)
        noun = self.data.sampling_unit if finished != 1 else self.data.sampling_unit.removesuffix("s")
        shown_from = f"; each code is shown from its own threshold ({name_option('min_score', 0)} shows all)"
        shown = shown_from if request.min_score is None else ""
        with_cues = request.cue_use == "where better" and any(code.cues for code in self._study.codebook.codes)
        return [
            f"trained on {self.data.coder}'s codings in {finished:,} finished {noun} and on the codebook's cues{shown}",
            *self.verdicts.notes(with_cues=with_cues),
            *self._untrained_family_notes(),
        ]

    def _untrained_family_notes(self) -> list[str]:
        """Return a note on families for which no transcript of the training set is finished."""
        # A code without a finished transcript is left out of the first stage (see `train_learner`).
        is_trained = self.data.labelled_corpus.labels.finished.any(axis=0)
        codes = self.trained.learner.codes
        families = list(dict.fromkeys(family_of(codes[column]) for column in np.flatnonzero(~is_trained)))
        if not families:
            return []
        return [
            f"not trained, because no transcript is finished for them: {format_names(families)}; "
            f"mark transcripts as finished ({name_command('done')})"
        ]

    def select_candidates(self, request: SuggestionRequest) -> Suggestions:
        """Return the requested suggestions without reasons; without a lowest score, from each code's threshold on."""
        corpus = self.data.labelled_corpus.corpus
        names, codes = frozenset(request.transcripts), request.codes
        by_cues = self._select_cue_cells(request.cue_use, request.min_score or 0)
        is_suggested = self._select_model_cells(request.min_score, cue_use=request.cue_use) | by_cues
        in_transcripts = np.array([not names or name in names for name in corpus.transcripts], dtype=bool)
        in_codes = np.array([not codes or code in codes for code in self.trained.learner.codes])
        return self._make_suggestions(
            np.argwhere(is_suggested & in_transcripts[corpus.transcript][:, None] & in_codes).tolist(), by_cues=by_cues
        )

    def add_reasons(self, suggestions: Suggestions) -> Suggestions:
        """Return suggestions of this part with their reasons: those of cues, of the model, or of both."""
        cells, is_suggested = self._find_cells(suggestions), self._select_model_cells(None)
        by_cues = {cell for cell, maker in zip(cells, suggestions.maker, strict=True) if maker == CUE_MAKER}
        reasons = self._reason_lines([cell for cell in cells if cell not in by_cues or is_suggested[cell]], by_cues)
        whys = {
            cell: self._join_reasons(cell, reasons.get(cell, "")) if cell in by_cues else reasons[cell]
            for cell in cells
        }
        return replace(suggestions, why=[whys[cell] for cell in cells])

    def _join_reasons(self, cell: Cell, model_reasons: str) -> str:
        """Return the reasons of a cue suggestion, followed by the model's if it suggests the same."""
        cues = self._cue_reasons.get(cell, "")
        return f"{cues}; the trained model, {self.probability[cell]:.2f}: {model_reasons}" if model_reasons else cues

    def select_ids(self, ids: Collection[str]) -> Suggestions:
        """Return the suggestions with these ids, whatever their score, as a list without options would show them."""
        names = self._suggestion_ids()
        # np.ndindex and _suggestion_ids enumerate the cells in the same order; all ids are never in memory at once.
        cells = [(unit, code) for unit, code in np.ndindex(*self.probability.shape) if next(names) in ids]
        return self.add_reasons(self._make_suggestions(cells, by_cues=self._select_cue_cells("where better", 0)))

    def similarities(self, suggestions: Suggestions) -> list[float]:
        """Return for each suggestion the similarity of the nearest sentence coded with its code in another group."""
        cells = self._find_cells(suggestions)
        nearest = self._nearest_quotes(cells)
        return [max((quote.weight for quote in nearest[cell]), default=0.0) for cell in cells]

    def _find_cells(self, suggestions: Suggestions) -> list[Cell]:
        rows = zip(suggestions.transcript, suggestions.start, suggestions.code, strict=True)
        return [(self._unit[transcript, start], self._column[code]) for transcript, start, code in rows]

    @cached_property
    def _unit(self) -> Mapping[tuple[str, int], int]:
        return index_units(self.data.labelled_corpus.corpus)

    @cached_property
    def _column(self) -> Mapping[str, int]:
        return {code: column for column, code in enumerate(self.trained.learner.codes)}

    def _suggestion_ids(self) -> Iterator[str]:
        """Yield the ids of all cells, unit by unit."""
        corpus, codes = self.data.labelled_corpus.corpus, self.trained.learner.codes
        for unit, text in enumerate(corpus.texts):
            sentence = (corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), text)
            yield from (suggestion_id((*sentence, code)) for code in codes)

    def _make_suggestions(
        self, cells: Sequence[Sequence[int]], *, by_cues: NDArray[np.bool_] | None = None
    ) -> Suggestions:
        corpus, codes = self.data.labelled_corpus.corpus, self.trained.learner.codes
        version, verdicts = self._study.codebook.version, self.verdicts
        score_types = verdicts.score_types
        rows = []
        for unit, code in cells:
            name, start, text = corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), corpus.texts[unit]
            turn = (name, int(corpus.number[unit]), start, int(corpus.end[unit]), corpus.speakers[unit])
            key = suggestion_id((name, start, text, codes[code]))
            scores, maker, score_type = self.probability, LEARNER, score_types[code]
            if by_cues is not None and by_cues[unit, code]:
                scores, maker, score_type = self.data.labelled_corpus.cue_scores, CUE_MAKER, "score"
            score = round(float(scores[unit, code]), 3)
            place = (key, *turn, corpus.times[unit], text, codes[code])
            rows.append((*place, score, maker, "", version, verdicts.verdicts[code], score_type))
        return Suggestions.from_rows(rows)

    def _nearest_quotes(self, cells: Iterable[Cell]) -> Mapping[Cell, list[Reason]]:
        """Return for each cell the most similar sentences that were coded with the code."""
        # One matrix product for each code instead of one for each cell.
        units_by_code: dict[int, list[int]] = {}
        for unit, code in cells:
            units_by_code.setdefault(code, []).append(unit)
        return {
            (unit, code): quotes
            for code, units in units_by_code.items()
            for unit, quotes in zip(units, self.explainer.find_nearest_quotes(np.array(units), code), strict=True)
        }

    def _reason_lines(self, cells: Sequence[Cell], without_cues: Collection[Cell]) -> Mapping[Cell, str]:
        """Return the model's reasons of each cell as one line, in some cells without the words that cues matched."""
        from qualcode.suggest.reasons.reason_line import format_reasons

        nearest, coder = self._nearest_quotes(cells), self.data.coder
        self.explainer.prepare(unit for unit, _ in cells)
        return {
            cell: format_reasons(
                self.explainer.list_reasons(*cell),
                nearest[cell],
                coder=coder,
                cues="" if cell in without_cues else self._cue_reasons.get(cell, ""),
            )
            for cell in cells
        }

    @cached_property
    def _cue_reasons(self) -> Mapping[Cell, str]:
        """The reasons of cue suggestions by cell."""
        places = zip(self._cues.transcript, self._cues.start, strict=True)
        # The table has the cues of the whole study, a part only some of its transcripts.
        cues = self._cues.take([row for row, place in enumerate(places) if place in self._unit])
        return dict(zip(self._find_cells(cues), cues.why, strict=True))


def is_filler(text: str) -> bool:
    """Return whether a sentence has only one or two words.

    >>> is_filler("Yeah, sure."), is_filler("That is so.")
    (True, False)
    """
    return count_words(text) <= _MAX_FILLER_WORDS
