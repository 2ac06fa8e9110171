"""Suggestions over a study that is too large to be held: learnt from the transcripts that were decided on, made batch
by batch over all, in the order of the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qualcode.errors import InsufficientDataError, Problem, UsageError
from qualcode.model import Transcript
from qualcode.study.coder_state import finished_families
from qualcode.study.selection import to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import stream_cue_suggestions
from qualcode.suggest.learner_suggestions import (
    RankedPart,
    batch_transcripts,
    collect_decisions,
    find_decided_transcripts,
    rank_training_transcripts,
)
from qualcode.suggest.maker_runs import fallback_note
from qualcode.suggest.suggestion_filters import SuggestionFilter, make_selection_filter, make_undecided_filter
from qualcode.suggest.suggestion_order import select_suggestions
from qualcode.suggest.suggestion_request import LEARNER, CueSearchReport, SuggestionOptions, SuggestionRequest

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions
    from qualcode.suggest.cues.codebook_cues import CodebookCueFinder

_MOST_TRAINING_TRANSCRIPTS = 6_000
"""Transcripts that are learnt from at the most: more sentences than these hold are not learnt from anyway."""


def stream_large_study(
    study: Study, wanted: SuggestionOptions, asked: SuggestionRequest, *, jobs: int, notes: list[str]
) -> Iterator[Suggestions]:
    """Yield suggestions in parts, by the learner or else by cues; sentences on them are added at the end."""
    if wanted.get("order", "transcript") != "transcript":
        raise UsageError("order: a study this large is listed in the order of its texts (--order transcript)")
    named = to_name_tuple(wanted.get("maker"))
    if len(set(named)) > 1:
        raise UsageError("maker: in a study this large, name one maker at a time")
    found, makers = _choose_maker(study, asked, named, jobs=jobs, notes=notes)
    keep = _make_filter(study, wanted)
    shown = 0
    for part in found:
        left = keep(part)
        shown += len(left)
        yield left
    notes.insert(0, f"{shown:,} suggestions by {makers}, codebook {study.codebook.version}")


def _choose_maker(
    study: Study, asked: SuggestionRequest, named: Sequence[str], *, jobs: int, notes: list[str]
) -> tuple[Iterator[Suggestions], str]:
    if "cues" not in named:
        try:
            return _stream_by_learner(study, asked, notes), LEARNER
        except InsufficientDataError as error:
            if named:
                raise
            notes.append(fallback_note(error))
    return _stream_by_cues(study, asked, jobs=jobs, notes=notes), "cues"


def _make_filter(study: Study, wanted: SuggestionOptions) -> SuggestionFilter:
    """Return what leaves out what is decided or not wanted."""
    who = wanted.get("coder") or study.settings.coder
    left = make_undecided_filter(study, coder=who) if who and not wanted.get("decided") else None
    return lambda found: select_suggestions(study, left(found) if left else found, wanted, coder=who)


def _stream_by_cues(study: Study, asked: SuggestionRequest, *, jobs: int, notes: list[str]) -> Iterator[Suggestions]:
    proposed = CueSearchReport()
    chosen = make_selection_filter(
        study, codes=asked.codes, transcripts=asked.transcripts, min_score=asked.min_score or 0.0
    )
    for part in stream_cue_suggestions(study, jobs=jobs, report=proposed):
        yield chosen(part)
    study.streamed_problems = tuple(proposed.problems)
    notes += proposed.slow_cue_notes()


def _stream_by_learner(study: Study, asked: SuggestionRequest, notes: list[str]) -> Iterator[Suggestions]:
    """Learn at once, so that too little to learn from is known; then go through all transcripts."""
    from qualcode.suggest.cues.codebook_cues import CodebookCueFinder
    from qualcode.suggest.cues.cue_maker import suggest_by_finder
    from qualcode.suggest.cues.tokenizer import load_blank_pipeline

    finder = CodebookCueFinder(study.codebook, load_blank_pipeline(study.settings.language))
    among = _sample_decided_transcripts(study, asked.coder)
    cues = suggest_by_finder(finder, among, study.codebook, abbreviations=study.abbreviations)
    first = rank_training_transcripts(study, among, cues, coder=asked.coder)
    notes += first.notes(asked.min_score)
    return _suggest_in_batches(study, asked, finder, first)


def _sample_decided_transcripts(study: Study, coder: str) -> list[Transcript]:
    """Return the transcripts that a coder has decided anything on; of very many a fair sample, finished ones first."""
    wanted = find_decided_transcripts(study, coder)
    if len(wanted) > _MOST_TRAINING_TRANSCRIPTS:
        finished = finished_families(study, coder)
        drawn: list[str] = np.random.default_rng(0).permutation(sorted(wanted)).tolist()
        wanted = set(sorted(drawn, key=lambda name: name not in finished)[:_MOST_TRAINING_TRANSCRIPTS])
    return [one for one in study.stream_transcripts(problems=[]) if one.id in wanted] if wanted else []


def _suggest_in_batches(
    study: Study, asked: SuggestionRequest, finder: CodebookCueFinder, first: RankedPart
) -> Iterator[Suggestions]:
    """Go through all transcripts; those that were learnt from have what they taught themselves taken off."""
    from qualcode.suggest import Suggestions
    from qualcode.suggest.cues.cue_maker import suggest_by_finder

    failed: list[Problem] = []
    learnt = frozenset(first.data.labelled_corpus.corpus.transcripts)
    for some in batch_transcripts(study.stream_transcripts(problems=failed)):
        new = [one for one in some if one.id not in learnt]
        cues = suggest_by_finder(finder, new, study.codebook, abbreviations=study.abbreviations)
        parts = (
            [first.rank_other_sentences(collect_decisions(study, new, cues, asked.coder), cues).suggest(asked)]
            if new
            else []
        )
        wanted = [one.id for one in some if one.id in learnt and (not asked.transcripts or one.id in asked.transcripts)]
        parts += [first.suggest(replace(asked, transcripts=wanted))] if wanted else []
        yield _sort_by_transcript(Suggestions.concat(parts), some)
    study.streamed_problems = tuple(failed)


def _sort_by_transcript(found: Suggestions, transcripts: Sequence[Transcript]) -> Suggestions:
    """Put suggestions that are in order within each transcript into the order of transcripts."""
    rank = {one.id: place for place, one in enumerate(transcripts)}
    return found.take(sorted(range(len(found)), key=lambda row: rank[found.transcript[row]]))
