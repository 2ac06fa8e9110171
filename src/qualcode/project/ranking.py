"""One ranked list: what a coder's decisions and the codebook's cues together make of every sentence and code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from qualcode.errors import listed
from qualcode.model import Transcript, family_of
from qualcode.project.learnt import trained_on
from qualcode.project.making import LEARNER, Asked
from qualcode.project.proposing import Proposed, all_suggestions
from qualcode.project.study import Study
from qualcode.project.teaching import Lessons, cue_scores, lessons, units_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest import Suggestions
    from qualcode.suggest.learning import Trained
    from qualcode.suggest.learning.learner import Weighed
    from qualcode.suggest.learning.reasons import Explainer, Reason

    Cells = NDArray[np.bool_]

_TOGETHER = 500_000
"""Characters of transcripts that are looked at together."""
_AT_LEAST = 100
"""Characters that the shortest transcript counts for."""

T = TypeVar("T")


class Ranked:
    """The probability of every code on every sentence of a study, as one coder would code it."""

    def __init__(
        self, study: Study, held: Lessons, trained: Trained, cues: Suggestions, *, source: Weighed | None = None
    ) -> None:
        self._study = study
        self._source = source
        self._weighed: Weighed | None = None if source else trained.weighed
        self._cues = cues
        self.held = held
        self.trained = trained
        self.probability = trained.held_out

    @property
    def shown(self) -> Cells:
        """Cells that are shown where no score is asked for."""
        return np.asarray(self.probability >= self.trained.learner.second.thresholds)

    @property
    def weighed(self) -> Weighed:
        """All that speaks for and against every code on every sentence; weighed again where it was let go."""
        if self._weighed is None:
            self._weighed = self.trained.learner.weigh(self.held.lesson)
        return self._weighed

    @cached_property
    def explainer(self) -> Explainer:
        """Takes probabilities apart."""
        from qualcode.suggest.learning.reasons import Explainer

        return Explainer(self.trained.learner, self.weighed, source=self._source)

    @property
    def source(self) -> Weighed:
        """What was learnt from."""
        return self._source or self.weighed

    def forget(self) -> None:
        """Let go of what explaining takes: of many lists not all are held."""
        if self._source is not None:
            self._weighed = None
            self.__dict__.pop("explainer", None)

    def beside(self, held: Lessons, cues: Suggestions) -> Ranked:
        """Return the list of sentences that were not learnt from, by the same learner."""
        weighed = self.trained.learner.weigh(held.lesson)
        found = self.trained.learner.second.probability(weighed.evidence)
        made = Ranked(self._study, held, replace(self.trained, held_out=found), cues, source=self.source)
        made._weighed = weighed
        return made

    def listed(self, asked: Asked) -> Suggestions:
        """Return the suggestions that are asked for, with their reasons."""
        return self.explained(self.candidates(asked))

    def said(self, min_score: float | None) -> list[str]:
        """Say what was learnt from, and what a score is."""
        finished = len(self.held.lesson.taught.finished_groups)
        shown = "from each code's own threshold on; --min-score 0 shows all" if min_score is None else ""
        return [
            f"learnt from {self.held.coder}'s codings in {finished:,} finished {self.held.sampled} and the codebook's "
            f"cues; a score is a probability{f', shown {shown}' if shown else ''}",
            *self._not_learnt(),
        ]

    def _not_learnt(self) -> list[str]:
        """Say which families no transcript that was learnt from is finished for."""
        learnt = self.held.lesson.taught.finished.any(axis=0)
        codes = self.trained.learner.codes
        left = list(dict.fromkeys(family_of(codes[column]) for column in np.flatnonzero(~learnt)))
        way = "finish some for them ('qualcode done'), or see --maker cues"
        return [f"not learnt, as no transcript is finished for them: {listed(left)}; {way}"] if left else []

    def candidates(self, asked: Asked) -> Suggestions:
        """Return the suggestions that are asked for, without reasons.

        Where no least score is given, from each code's own threshold on.
        """
        codes, transcripts, min_score = asked.codes, asked.transcripts, asked.min_score
        corpus = self.held.lesson.corpus
        enough = self.shown if min_score is None else self.probability >= min_score
        named = frozenset(transcripts)
        here = np.array([not named or name in named for name in corpus.transcripts], dtype=bool)[corpus.transcript]
        wanted = np.array([not codes or code in codes for code in self.trained.learner.codes])
        return self._rows(np.argwhere(enough & here[:, None] & wanted).tolist())

    def explained(self, found: Suggestions) -> Suggestions:
        """Return suggestions of this list with their reasons."""
        cells = [self._cell(found, row) for row in range(len(found))]
        why = self._why(cells)
        return replace(found, why=[why[cell] for cell in cells])

    def of_ids(self, ids: Collection[str]) -> Suggestions:
        """Return the suggestions with these ids, whatever their score."""
        names = self._ids()
        cells = [(unit, code) for unit, code in np.ndindex(*self.probability.shape) if next(names) in ids]
        return self.explained(self._rows(cells))

    def likeness(self, found: Suggestions) -> list[float]:
        """Return how like each suggestion's sentence is to the nearest that was coded so elsewhere."""
        cells = [self._cell(found, row) for row in range(len(found))]
        nearest = self._nearest(cells)
        return [max((one.weight for one in nearest[cell]), default=0.0) for cell in cells]

    def _cell(self, found: Suggestions, row: int) -> tuple[int, int]:
        return self._unit[found.transcript[row], found.start[row]], self._column[found.code[row]]

    @cached_property
    def _unit(self) -> Mapping[tuple[str, int], int]:
        return units_of(self.held.lesson.corpus)

    @cached_property
    def _column(self) -> Mapping[str, int]:
        return {code: place for place, code in enumerate(self.trained.learner.codes)}

    def _ids(self) -> Iterator[str]:
        from qualcode.suggest.table import suggestion_id

        corpus, codes = self.held.lesson.corpus, self.trained.learner.codes
        for unit, text in enumerate(corpus.texts):
            place = (corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), text)
            yield from (suggestion_id((*place, code)) for code in codes)

    def _rows(self, cells: Sequence[Sequence[int]]) -> Suggestions:
        from qualcode.suggest import Suggestions
        from qualcode.suggest.table import suggestion_id

        corpus, codes, version = self.held.lesson.corpus, self.trained.learner.codes, self._study.book.version
        rows = []
        for unit, code in cells:
            name, start, text = corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), corpus.texts[unit]
            place = (name, int(corpus.number[unit]), start, int(corpus.end[unit]), corpus.speakers[unit], text)
            score = round(float(self.probability[unit, code]), 3)
            key = suggestion_id((name, start, text, codes[code]))
            rows.append((key, *place, codes[code], score, LEARNER, "", version))
        return Suggestions.of(rows)

    def _nearest(self, cells: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], list[Reason]]:
        """Return the sentences that each cell's is most like."""
        by_code: dict[int, list[int]] = {}
        for unit, code in cells:
            by_code.setdefault(code, []).append(unit)
        return {
            (unit, code): quotes
            for code, units in by_code.items()
            for unit, quotes in zip(units, self.explainer.nearest(np.array(units), code), strict=True)
        }

    def _why(self, cells: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], str]:
        """Return the reasons of each cell as a line."""
        from qualcode.suggest.learning.telling import told

        nearest, coder = self._nearest(cells), self.held.coder
        self.explainer.prepare(unit for unit, _ in cells)
        return {
            cell: told(self.explainer.reasons(*cell), nearest[cell], coder=coder, cues=self._heard.get(cell, ""))
            for cell in cells
        }

    @cached_property
    def _heard(self) -> Mapping[tuple[int, int], str]:
        """What the cues say of cells that they found anything in."""
        places = zip(self._cues.transcript, self._cues.start, strict=True)
        return {
            self._cell(self._cues, row): self._cues.why[row] for row, place in enumerate(places) if place in self._unit
        }


class RankedList:
    """Several ranked lists by one learner as one: that of the transcripts it learnt from, and those of the others."""

    def __init__(self, first: Ranked, others: Iterable[Ranked]) -> None:
        self.first = first
        self.parts = (first, *others)
        self._part = {name: part for part in self.parts for name in part.held.lesson.corpus.transcripts}

    def part(self, transcript: str) -> Ranked:
        """Return the list of a transcript's sentences."""
        return self._part[transcript]

    def said(self, min_score: float | None) -> list[str]:
        """Say what was learnt from, and what a score is."""
        return self.first.said(min_score)

    def candidates(self, asked: Asked) -> Suggestions:
        """Return the suggestions that are asked for, without reasons."""
        from qualcode.suggest import Suggestions

        return Suggestions.joined(part.candidates(asked) for part in self.parts)

    def of_ids(self, ids: Collection[str]) -> Suggestions:
        """Return the suggestions with these ids, whatever their score."""
        from qualcode.suggest import Suggestions

        return Suggestions.joined(part.of_ids(ids) for part in self.parts)

    def explained(self, found: Suggestions) -> Suggestions:
        """Return suggestions of this list with their reasons."""
        why = self._each(found, lambda part, some: part.explained(some).why)
        return replace(found, why=why)

    def likeness(self, found: Suggestions) -> list[float]:
        """Return how like each suggestion's sentence is to the nearest that was coded so elsewhere."""
        return self._each(found, lambda part, some: part.likeness(some))

    def _each(self, found: Suggestions, values: Callable[[Ranked, Suggestions], Sequence[T]]) -> list[T]:
        """Return a value for each suggestion, asked of the list that it is from."""
        rows: dict[int, list[int]] = {}
        for row, name in enumerate(found.transcript):
            rows.setdefault(id(self._part[name]), []).append(row)
        by_row: dict[int, T] = {}
        for part in self.parts:
            if here := rows.get(id(part)):
                by_row.update(zip(here, values(part, found.take(here)), strict=True))
                part.forget()
        return [by_row[row] for row in range(len(found))]


def ranked(study: Study, *, coder: str, proposed: Proposed | None = None) -> RankedList:
    """Return the ranked list as a coder's decisions make it; raises `TooLittle` where there are too few of them.

    What is to be said of the search for cues is added to ``proposed``.
    """
    cues = all_suggestions(study, proposed=proposed)
    decided = decided_on(study, coder)
    first = first_ranked(study, [one for name, one in study.transcripts.items() if name in decided], cues, coder=coder)
    others = [one for name, one in study.transcripts.items() if name not in decided]
    return RankedList(
        first, [_light(first.beside(held_with(study, some, cues, coder), cues)) for some in batches(others)]
    )


def _light(made: Ranked) -> Ranked:
    """Keep of a list its probabilities only; the rest is worked out again where it is asked for."""
    made.forget()
    return made


def first_ranked(study: Study, transcripts: Sequence[Transcript], cues: Suggestions, *, coder: str) -> Ranked:
    """Return the ranked list of the transcripts that are learnt from."""
    held = held_with(study, transcripts, cues, coder)
    return Ranked(study, held, trained_on(study, held), cues)


def held_with(study: Study, transcripts: Sequence[Transcript], cues: Suggestions, coder: str) -> Lessons:
    """Return what a coder decided on some transcripts, beside what cues find there."""
    scores = partial(cue_scores, book=study.book, found=cues)
    return lessons(study, coder=coder, transcripts=transcripts, cues=scores)


def decided_on(study: Study, coder: str) -> set[str]:
    """Return the transcripts that a coder has decided anything on."""
    decided = {coding.transcript for coding in study.codings if coding.coder == coder}
    decided |= {one.transcript for one in study.state.rejected if one.coder == coder}
    return decided | {one.transcript for one in study.state.done if one.coder == coder}


def batches(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    """Yield transcripts in bunches that are not too long for memory."""
    some: list[Transcript] = []
    length = 0
    for one in transcripts:
        some.append(one)
        length += len(one.text) + _AT_LEAST
        if length > _TOGETHER:
            yield some
            some, length = [], 0
    if some:
        yield some
