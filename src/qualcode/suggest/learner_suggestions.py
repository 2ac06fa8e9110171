"""The ranked list: the probability of every code on every sentence, and the suggestions that are selected from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from qualcode.errors import format_names, name_command, name_option
from qualcode.model import Transcript, family_of
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.learning.learner_cache import load_or_train
from qualcode.suggest.learning.training_data import TrainingSet, build_training_set, compute_cue_scores, index_units
from qualcode.suggest.suggestion_request import LEARNER, CueSearchReport, SuggestionRequest
from qualcode.suggest.suggestion_table import Suggestions, suggestion_id

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning import TrainingResult
    from qualcode.suggest.learning.learner import ScoredCorpus
    from qualcode.suggest.reasons.contributions import Explainer, Reason

_BATCH_CHARACTERS = 500_000
"""Characters of the transcripts of a batch."""
_MIN_CHARACTERS = 100
"""Characters that each transcript adds to its batch besides its text, so that empty ones count too."""

Cell = tuple[int, int]
"""A unit (sentence) and a code by their numbers in the corpus and the learner."""
T = TypeVar("T")


class RankedPart:
    """The probability of every code on every sentence of some transcripts, for one coder."""

    def __init__(
        self,
        study: Study,
        training_set: TrainingSet,
        trained: TrainingResult,
        cues: Suggestions,
        *,
        scored_training_units: ScoredCorpus | None = None,
    ) -> None:
        self._study = study
        self._scored_training_units = scored_training_units
        self._scored_units: ScoredCorpus | None = None if scored_training_units else trained.scored_corpus
        self._cues = cues
        self.data = training_set
        self.trained = trained
        # Never the score of a model that was trained on the sentence itself: that would only repeat its label.
        self.probability = trained.held_out_probability

    @property
    def shown_cells(self) -> NDArray[np.bool_]:
        """Whether each cell reaches its code's threshold, shape (units, codes)."""
        return np.asarray(self.probability >= self.trained.learner.second_stage.thresholds)

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
        part = RankedPart(self._study, training_set, trained, cues, scored_training_units=self.scored_training_units)
        part._scored_units = scored
        return part

    def suggest(self, request: SuggestionRequest) -> Suggestions:
        """Return the requested suggestions with their reasons."""
        return self.add_reasons(self.select_candidates(request))

    def notes(self, min_score: float | None) -> list[str]:
        """Return notes on the training set and on the meaning of scores."""
        finished = len(self.data.labelled_corpus.labels.finished_groups)
        noun = self.data.sampling_unit if finished != 1 else self.data.sampling_unit.removesuffix("s")
        shown_from = f"; each code is shown from its own threshold ({name_option('min_score', 0)} shows all)"
        shown = shown_from if min_score is None else ""
        return [
            f"trained on {self.data.coder}'s codings in {finished:,} finished {noun} and on the codebook's cues; "
            f"scores are probabilities{shown}",
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
            f"mark transcripts as finished ({name_command('done')}), or use {name_option('maker', 'cues')}"
        ]

    def select_candidates(self, request: SuggestionRequest) -> Suggestions:
        """Return the requested suggestions without reasons; without a lowest score, from each code's threshold on."""
        corpus, min_score = self.data.labelled_corpus.corpus, request.min_score
        names, codes = frozenset(request.transcripts), request.codes
        is_high = self.shown_cells if min_score is None else self.probability >= min_score
        in_transcripts = np.array([not names or name in names for name in corpus.transcripts], dtype=bool)
        in_codes = np.array([not codes or code in codes for code in self.trained.learner.codes])
        return self._make_suggestions(
            np.argwhere(is_high & in_transcripts[corpus.transcript][:, None] & in_codes).tolist()
        )

    def add_reasons(self, suggestions: Suggestions) -> Suggestions:
        """Return suggestions of this part with their reasons."""
        cells = self._find_cells(suggestions)
        reasons = self._reason_lines(cells)
        return replace(suggestions, why=[reasons[cell] for cell in cells])

    def select_ids(self, ids: Collection[str]) -> Suggestions:
        """Return the suggestions with these ids, whatever their score, with their reasons."""
        names = self._suggestion_ids()
        # np.ndindex and _suggestion_ids enumerate the cells in the same order; all ids are never in memory at once.
        cells = [(unit, code) for unit, code in np.ndindex(*self.probability.shape) if next(names) in ids]
        return self.add_reasons(self._make_suggestions(cells))

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

    def _make_suggestions(self, cells: Sequence[Sequence[int]]) -> Suggestions:
        corpus, codes = self.data.labelled_corpus.corpus, self.trained.learner.codes
        version = self._study.codebook.version
        rows = []
        for unit, code in cells:
            name, start, text = corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), corpus.texts[unit]
            turn = (name, int(corpus.number[unit]), start, int(corpus.end[unit]), corpus.speakers[unit])
            score = round(float(self.probability[unit, code]), 3)
            key = suggestion_id((name, start, text, codes[code]))
            rows.append((key, *turn, corpus.times[unit], text, codes[code], score, LEARNER, "", version))
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

    def _reason_lines(self, cells: Sequence[Cell]) -> Mapping[Cell, str]:
        """Return the reasons of each cell as one line."""
        from qualcode.suggest.reasons.reason_line import format_reasons

        nearest, coder = self._nearest_quotes(cells), self.data.coder
        self.explainer.prepare(unit for unit, _ in cells)
        return {
            cell: format_reasons(
                self.explainer.list_reasons(*cell), nearest[cell], coder=coder, cues=self._cue_reasons.get(cell, "")
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


class RankedList:
    """The ranked parts of one learner: that of its training set, and those of the other transcripts."""

    def __init__(self, training_part: RankedPart, other_parts: Iterable[RankedPart]) -> None:
        self.training_part = training_part
        self.parts = (training_part, *other_parts)
        self._part_by_transcript = {
            name: part for part in self.parts for name in part.data.labelled_corpus.corpus.transcripts
        }

    def find_part(self, transcript: str) -> RankedPart:
        """Return the part that contains a transcript's sentences."""
        return self._part_by_transcript[transcript]

    def notes(self, min_score: float | None) -> list[str]:
        """Return notes on the training set and on the meaning of scores."""
        return self.training_part.notes(min_score)

    def select_candidates(self, request: SuggestionRequest) -> Suggestions:
        """Return the requested suggestions without reasons."""
        return Suggestions.concat(part.select_candidates(request) for part in self.parts)

    def select_ids(self, ids: Collection[str]) -> Suggestions:
        """Return the suggestions with these ids, whatever their score, with their reasons."""
        return Suggestions.concat(part.select_ids(ids) for part in self.parts)

    def add_reasons(self, suggestions: Suggestions) -> Suggestions:
        """Return suggestions of this list with their reasons."""
        return replace(suggestions, why=self._map_parts(suggestions, lambda part, rows: part.add_reasons(rows).why))

    def similarities(self, suggestions: Suggestions) -> list[float]:
        """Return for each suggestion the similarity of the nearest sentence coded with its code in another group."""
        return self._map_parts(suggestions, lambda part, rows: part.similarities(rows))

    def _map_parts(self, suggestions: Suggestions, values: Callable[[RankedPart, Suggestions], Sequence[T]]) -> list[T]:
        """Return a value for each suggestion, computed by the part that it is from."""
        rows_by_part: dict[int, list[int]] = {}
        for row, name in enumerate(suggestions.transcript):
            rows_by_part.setdefault(id(self._part_by_transcript[name]), []).append(row)
        value_by_row: dict[int, T] = {}
        # Part by part, so that the features of only one part are in memory.
        for part in self.parts:
            if rows := rows_by_part.get(id(part)):
                value_by_row.update(zip(rows, values(part, suggestions.take(rows)), strict=True))
                part.drop_caches()
        return [value_by_row[row] for row in range(len(suggestions))]


def rank_study(study: Study, *, coder: str, report: CueSearchReport | None = None) -> RankedList:
    """Return the ranked list of a study, trained on a coder's decisions; ``report`` is filled by the cue search.

    Raises
    ------
    InsufficientDataError
        There are too few decisions to train on.
    """
    cues = load_cue_suggestions(study, report=report)
    decided = find_decided_transcripts(study, coder)
    transcripts = study.transcripts.values()
    training_part = rank_training_transcripts(
        study, [transcript for transcript in transcripts if transcript.id in decided], cues, coder=coder
    )
    other_parts = []
    for batch in batch_transcripts(transcript for transcript in transcripts if transcript.id not in decided):
        part = training_part.rank_other_sentences(collect_decisions(study, batch, cues, coder), cues)
        part.drop_caches()  # of many parts only the probabilities stay in memory
        other_parts.append(part)
    return RankedList(training_part, other_parts)


def rank_training_transcripts(
    study: Study, transcripts: Sequence[Transcript], cues: Suggestions, *, coder: str
) -> RankedPart:
    """Return the ranked part of the transcripts of the training set.

    Raises
    ------
    InsufficientDataError
        There are too few decisions to train on.
    """
    training_set = collect_decisions(study, transcripts, cues, coder)
    return RankedPart(study, training_set, load_or_train(study, training_set), cues)


def collect_decisions(study: Study, transcripts: Sequence[Transcript], cues: Suggestions, coder: str) -> TrainingSet:
    """Return a coder's decisions on some transcripts, with the scores of cues there."""
    scores = partial(compute_cue_scores, book=study.codebook, suggestions=cues)
    return build_training_set(study, coder=coder, transcripts=transcripts, score_cues=scores)


def find_decided_transcripts(study: Study, coder: str) -> set[str]:
    """Return the transcripts in which a coder has coded, rejected or finished anything."""
    transcripts = {coding.transcript for coding in study.codings if coding.coder == coder}
    # Rejections and finished transcripts count too: they are the negative labels.
    transcripts |= {rejection.transcript for rejection in study.ledger_state.rejections if rejection.coder == coder}
    return transcripts | {mark.transcript for mark in study.ledger_state.finished if mark.coder == coder}


def batch_transcripts(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    """Yield transcripts in batches of about half a million characters."""
    batch: list[Transcript] = []
    length = 0
    for transcript in transcripts:
        batch.append(transcript)
        length += len(transcript.text) + _MIN_CHARACTERS
        if length > _BATCH_CHARACTERS:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch
