"""The ranked list: the probability of every code on every sentence, and the suggestions that are selected from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from qualcode.model import Transcript
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.learning.learner_cache import load_or_cross_fit, load_or_train
from qualcode.suggest.learning.training_data import TrainingSet, build_training_set, compute_cue_scores
from qualcode.suggest.metrics.learner_verdicts import measure_learner
from qualcode.suggest.ranked_part import RankedPart
from qualcode.suggest.suggestion_request import CueSearchReport, CueUse, SuggestionRequest
from qualcode.suggest.suggestion_table import Suggestions

if TYPE_CHECKING:
    pass

_BATCH_CHARACTERS = 500_000
"""Characters of the transcripts of a batch."""
_MIN_CHARACTERS = 100
"""Characters that each transcript adds to its batch besides its text, so that empty ones count too."""

T = TypeVar("T")


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

    def notes(self, request: SuggestionRequest) -> list[str]:
        """Return notes on the training set, on the meaning of scores, and on codes that are not usable."""
        return self.training_part.notes(request)

    def has_cues(self, cue_use: CueUse) -> bool:
        """Return whether suggestions of cues are in this list."""
        return cue_use == "all" or (cue_use == "where better" and bool(self.training_part.verdicts.keeps_cues.any()))

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
    trained = load_or_train(study, training_set)
    verdicts = measure_learner(training_set, load_or_cross_fit(study, training_set, trained))
    return RankedPart(study, training_set, trained, verdicts, cues)


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
