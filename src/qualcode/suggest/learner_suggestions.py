"""One ranked list: what a coder's decisions and the codebook's cues together make of every sentence and code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from qualcode.errors import format_names
from qualcode.model import Transcript, family_of
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.learning.learner_cache import load_or_train
from qualcode.suggest.learning.training_data import TrainingSet, build_training_set, compute_cue_scores, index_units
from qualcode.suggest.suggestion_request import LEARNER, CueSearchReport, SuggestionRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest import Suggestions
    from qualcode.suggest.learning import TrainingResult
    from qualcode.suggest.learning.learner import ScoredCorpus
    from qualcode.suggest.reasons.contributions import Explainer, Reason

    Cells = NDArray[np.bool_]

_BATCH_CHARACTERS = 500_000
"""Characters of transcripts that are looked at together."""
_LEAST_CHARACTERS = 100
"""Characters that the shortest transcript counts for."""

T = TypeVar("T")


class RankedPart:
    """The probability of every code on every sentence of a study, as one coder would code it."""

    def __init__(
        self,
        study: Study,
        held: TrainingSet,
        trained: TrainingResult,
        cues: Suggestions,
        *,
        scored_training_units: ScoredCorpus | None = None,
    ) -> None:
        self._study = study
        self._scored_training_units = scored_training_units
        self._scored_units: ScoredCorpus | None = None if scored_training_units else trained.scored_corpus
        self._cues = cues
        self.data = held
        self.trained = trained
        self.probability = trained.held_out_probability

    @property
    def shown_cells(self) -> Cells:
        """Cells that are shown where no score is asked for."""
        return np.asarray(self.probability >= self.trained.learner.second_stage.thresholds)

    @property
    def scored_units(self) -> ScoredCorpus:
        """All that speaks for and against every code on every sentence; weighed again where it was let go."""
        if self._scored_units is None:
            self._scored_units = self.trained.learner.score_corpus(self.data.labelled_corpus)
        return self._scored_units

    @cached_property
    def explainer(self) -> Explainer:
        """Takes probabilities apart."""
        from qualcode.suggest.reasons.contributions import Explainer

        return Explainer(self.trained.learner, self.scored_units, scored_training_units=self._scored_training_units)

    @property
    def scored_training_units(self) -> ScoredCorpus:
        """What was learnt from."""
        return self._scored_training_units or self.scored_units

    def drop_caches(self) -> None:
        """Let go of what explaining takes: of many lists not all are held."""
        if self._scored_training_units is not None:
            self._scored_units = None
            self.__dict__.pop("explainer", None)

    def rank_other_sentences(self, held: TrainingSet, cues: Suggestions) -> RankedPart:
        """Return the list of sentences that were not learnt from, by the same learner."""
        weighed = self.trained.learner.score_corpus(held.labelled_corpus)
        found = self.trained.learner.second_stage.probability(weighed.evidence)
        made = RankedPart(
            self._study,
            held,
            replace(self.trained, held_out_probability=found),
            cues,
            scored_training_units=self.scored_training_units,
        )
        made._scored_units = weighed
        return made

    def suggest(self, asked: SuggestionRequest) -> Suggestions:
        """Return the suggestions that are asked for, with their reasons."""
        return self.add_reasons(self.select_candidates(asked))

    def notes(self, min_score: float | None) -> list[str]:
        """Say what was learnt from, and what a score is."""
        finished = len(self.data.labelled_corpus.labels.finished_groups)
        shown = "from each code's own threshold on; --min-score 0 shows all" if min_score is None else ""
        return [
            f"learnt from {self.data.coder}'s codings in {finished:,} finished {self.data.sampling_unit} and the codebook's "
            f"cues; a score is a probability{f', shown {shown}' if shown else ''}",
            *self._untrained_family_notes(),
        ]

    def _untrained_family_notes(self) -> list[str]:
        """Say which families no transcript that was learnt from is finished for."""
        learnt = self.data.labelled_corpus.labels.finished.any(axis=0)
        codes = self.trained.learner.codes
        left = list(dict.fromkeys(family_of(codes[column]) for column in np.flatnonzero(~learnt)))
        way = "finish some for them ('qualcode done'), or see --maker cues"
        return [f"not learnt, as no transcript is finished for them: {format_names(left)}; {way}"] if left else []

    def select_candidates(self, asked: SuggestionRequest) -> Suggestions:
        """Return the suggestions that are asked for, without reasons.

        Where no least score is given, from each code's own threshold on.
        """
        codes, transcripts, min_score = asked.codes, asked.transcripts, asked.min_score
        corpus = self.data.labelled_corpus.corpus
        enough = self.shown_cells if min_score is None else self.probability >= min_score
        named = frozenset(transcripts)
        here = np.array([not named or name in named for name in corpus.transcripts], dtype=bool)[corpus.transcript]
        wanted = np.array([not codes or code in codes for code in self.trained.learner.codes])
        return self._make_suggestions(np.argwhere(enough & here[:, None] & wanted).tolist())

    def add_reasons(self, found: Suggestions) -> Suggestions:
        """Return suggestions of this list with their reasons."""
        cells = [self._cell(found, row) for row in range(len(found))]
        why = self._reason_lines(cells)
        return replace(found, why=[why[cell] for cell in cells])

    def select_ids(self, ids: Collection[str]) -> Suggestions:
        """Return the suggestions with these ids, whatever their score."""
        names = self._suggestion_ids()
        cells = [(unit, code) for unit, code in np.ndindex(*self.probability.shape) if next(names) in ids]
        return self.add_reasons(self._make_suggestions(cells))

    def similarities(self, found: Suggestions) -> list[float]:
        """Return how like each suggestion's sentence is to the nearest that was coded so elsewhere."""
        cells = [self._cell(found, row) for row in range(len(found))]
        nearest = self._nearest(cells)
        return [max((one.weight for one in nearest[cell]), default=0.0) for cell in cells]

    def _cell(self, found: Suggestions, row: int) -> tuple[int, int]:
        return self._unit[found.transcript[row], found.start[row]], self._column[found.code[row]]

    @cached_property
    def _unit(self) -> Mapping[tuple[str, int], int]:
        return index_units(self.data.labelled_corpus.corpus)

    @cached_property
    def _column(self) -> Mapping[str, int]:
        return {code: place for place, code in enumerate(self.trained.learner.codes)}

    def _suggestion_ids(self) -> Iterator[str]:
        from qualcode.suggest.suggestion_table import suggestion_id

        corpus, codes = self.data.labelled_corpus.corpus, self.trained.learner.codes
        for unit, text in enumerate(corpus.texts):
            place = (corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), text)
            yield from (suggestion_id((*place, code)) for code in codes)

    def _make_suggestions(self, cells: Sequence[Sequence[int]]) -> Suggestions:
        from qualcode.suggest import Suggestions
        from qualcode.suggest.suggestion_table import suggestion_id

        corpus, codes, version = (
            self.data.labelled_corpus.corpus,
            self.trained.learner.codes,
            self._study.codebook.version,
        )
        rows = []
        for unit, code in cells:
            name, start, text = corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), corpus.texts[unit]
            place = (name, int(corpus.number[unit]), start, int(corpus.end[unit]), corpus.speakers[unit], text)
            score = round(float(self.probability[unit, code]), 3)
            key = suggestion_id((name, start, text, codes[code]))
            rows.append((key, *place, codes[code], score, LEARNER, "", version))
        return Suggestions.from_rows(rows)

    def _nearest(self, cells: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], list[Reason]]:
        """Return the sentences that each cell's is most like."""
        by_code: dict[int, list[int]] = {}
        for unit, code in cells:
            by_code.setdefault(code, []).append(unit)
        return {
            (unit, code): quotes
            for code, units in by_code.items()
            for unit, quotes in zip(units, self.explainer.find_nearest_quotes(np.array(units), code), strict=True)
        }

    def _reason_lines(self, cells: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], str]:
        """Return the reasons of each cell as a line."""
        from qualcode.suggest.reasons.reason_line import format_reasons

        nearest, coder = self._nearest(cells), self.data.coder
        self.explainer.prepare(unit for unit, _ in cells)
        return {
            cell: format_reasons(
                self.explainer.list_reasons(*cell), nearest[cell], coder=coder, cues=self._cue_reasons.get(cell, "")
            )
            for cell in cells
        }

    @cached_property
    def _cue_reasons(self) -> Mapping[tuple[int, int], str]:
        """What the cues say of cells that they found anything in."""
        places = zip(self._cues.transcript, self._cues.start, strict=True)
        return {
            self._cell(self._cues, row): self._cues.why[row] for row, place in enumerate(places) if place in self._unit
        }


class RankedList:
    """Several ranked lists by one learner as one: that of the transcripts it learnt from, and those of the others."""

    def __init__(self, first: RankedPart, others: Iterable[RankedPart]) -> None:
        self.training_part = first
        self.parts = (first, *others)
        self._part_by_transcript = {
            name: part for part in self.parts for name in part.data.labelled_corpus.corpus.transcripts
        }

    def find_part(self, transcript: str) -> RankedPart:
        """Return the list of a transcript's sentences."""
        return self._part_by_transcript[transcript]

    def notes(self, min_score: float | None) -> list[str]:
        """Say what was learnt from, and what a score is."""
        return self.training_part.notes(min_score)

    def select_candidates(self, asked: SuggestionRequest) -> Suggestions:
        """Return the suggestions that are asked for, without reasons."""
        from qualcode.suggest import Suggestions

        return Suggestions.concat(part.select_candidates(asked) for part in self.parts)

    def select_ids(self, ids: Collection[str]) -> Suggestions:
        """Return the suggestions with these ids, whatever their score."""
        from qualcode.suggest import Suggestions

        return Suggestions.concat(part.select_ids(ids) for part in self.parts)

    def add_reasons(self, found: Suggestions) -> Suggestions:
        """Return suggestions of this list with their reasons."""
        why = self._map_parts(found, lambda part, some: part.add_reasons(some).why)
        return replace(found, why=why)

    def similarities(self, found: Suggestions) -> list[float]:
        """Return how like each suggestion's sentence is to the nearest that was coded so elsewhere."""
        return self._map_parts(found, lambda part, some: part.similarities(some))

    def _map_parts(self, found: Suggestions, values: Callable[[RankedPart, Suggestions], Sequence[T]]) -> list[T]:
        """Return a value for each suggestion, asked of the list that it is from."""
        rows: dict[int, list[int]] = {}
        for row, name in enumerate(found.transcript):
            rows.setdefault(id(self._part_by_transcript[name]), []).append(row)
        by_row: dict[int, T] = {}
        for part in self.parts:
            if here := rows.get(id(part)):
                by_row.update(zip(here, values(part, found.take(here)), strict=True))
                part.drop_caches()
        return [by_row[row] for row in range(len(found))]


def rank_study(study: Study, *, coder: str, report: CueSearchReport | None = None) -> RankedList:
    """Return the ranked list as a coder's decisions make it; raises `TooLittle` where there are too few of them.

    What is to be said of the search for cues is added to ``proposed``.
    """
    cues = load_cue_suggestions(study, report=report)
    decided = find_decided_transcripts(study, coder)
    first = rank_training_transcripts(
        study, [one for name, one in study.transcripts.items() if name in decided], cues, coder=coder
    )
    others = [one for name, one in study.transcripts.items() if name not in decided]
    return RankedList(
        first,
        [
            _without_caches(first.rank_other_sentences(collect_decisions(study, some, cues, coder), cues))
            for some in batch_transcripts(others)
        ],
    )


def _without_caches(made: RankedPart) -> RankedPart:
    """Keep of a list its probabilities only; the rest is worked out again where it is asked for."""
    made.drop_caches()
    return made


def rank_training_transcripts(
    study: Study, transcripts: Sequence[Transcript], cues: Suggestions, *, coder: str
) -> RankedPart:
    """Return the ranked list of the transcripts that are learnt from."""
    held = collect_decisions(study, transcripts, cues, coder)
    return RankedPart(study, held, load_or_train(study, held), cues)


def collect_decisions(study: Study, transcripts: Sequence[Transcript], cues: Suggestions, coder: str) -> TrainingSet:
    """Return what a coder decided on some transcripts, beside what cues find there."""
    scores = partial(compute_cue_scores, book=study.codebook, suggestions=cues)
    return build_training_set(study, coder=coder, transcripts=transcripts, score_cues=scores)


def find_decided_transcripts(study: Study, coder: str) -> set[str]:
    """Return the transcripts that a coder has decided anything on."""
    decided = {coding.transcript for coding in study.codings if coding.coder == coder}
    decided |= {one.transcript for one in study.ledger_state.rejections if one.coder == coder}
    return decided | {one.transcript for one in study.ledger_state.finished if one.coder == coder}


def batch_transcripts(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    """Yield transcripts in bunches that are not too long for memory."""
    some: list[Transcript] = []
    length = 0
    for one in transcripts:
        some.append(one)
        length += len(one.text) + _LEAST_CHARACTERS
        if length > _BATCH_CHARACTERS:
            yield some
            some, length = [], 0
    if some:
        yield some
